"""What changes the objects of a build: one module a sort of change, each a function of the objects."""
