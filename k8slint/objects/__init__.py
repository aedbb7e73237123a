"""Makes Kubernetes objects and their pod templates from documents."""
