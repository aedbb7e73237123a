"""Pitfalls of the network: node ports, routes, namespaces, canaries."""
