"""The kinds that each Kubernetes minor serves, and how they come and go."""
