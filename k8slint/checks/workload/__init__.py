"""Pitfalls of workloads: selectors, owners, ports, images, environments, schedules."""
