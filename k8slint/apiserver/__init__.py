"""The API server: one object on its way into the store, in the order of the server."""
