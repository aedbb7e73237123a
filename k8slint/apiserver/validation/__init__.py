"""What the API server refuses in an object that decodes."""
