"""Expressions of CEL, compiled and evaluated as the API server does it; what cannot be is declined, never guessed."""
