"""The dry run: what the controllers and the scheduler make of the manifests in a described cluster."""
