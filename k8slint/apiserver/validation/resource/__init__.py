"""Devices that pods claim: the group resource.k8s.io."""
