"""The cluster description written out: lean, and without names."""
