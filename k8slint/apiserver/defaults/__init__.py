"""The defaults that the API server fills in."""
