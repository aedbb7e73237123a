"""What the API server, its admission plugins and the controllers make of manifests, so that pods can be scheduled."""
