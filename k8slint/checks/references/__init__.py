"""References between objects: names, keys and ports that nothing supplies."""
