"""Pitfalls of workloads: selectors, owners, images, schedules."""
