"""Documents to Kubernetes objects and their pod templates."""
