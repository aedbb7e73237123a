"""The plugins of the default profile, one module each, under the names they have upstream."""
