"""The plugins of the default profile, one module each, with their upstream names."""
