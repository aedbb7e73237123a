"""The API server's admission plugins."""
