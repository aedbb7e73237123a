"""Custom resources against their definitions."""
