"""Pitfalls of how the API server stores objects, whatever their kind."""
