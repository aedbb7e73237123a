"""References between objects: a name, a key or a port that nothing answers to."""
