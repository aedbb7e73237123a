"""Pitfalls of ConfigMaps and Secrets: what they may hold, and whether a running container sees a change."""
