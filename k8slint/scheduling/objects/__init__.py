"""Pods, nodes and volumes, with the fields that the scheduler reads."""
