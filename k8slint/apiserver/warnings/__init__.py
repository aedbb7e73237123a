"""What the API server says beside taking an object."""
