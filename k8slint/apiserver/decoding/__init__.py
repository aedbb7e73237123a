"""Objects decoded as the API server decodes them."""
