"""The warnings of the API server about objects that it accepts."""
