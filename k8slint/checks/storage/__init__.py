"""Pitfalls of storage: where data stays, which volume can hold a claim, how much memory a volume may take."""
