"""Pitfalls of storage: where data stays, which volume can hold a claim, what a volume in memory may take."""
