"""Pitfalls in how the API server stores objects of any kind."""
