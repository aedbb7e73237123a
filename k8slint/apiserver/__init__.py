"""The API server: what it does with one object on its way into the store, in its order."""
