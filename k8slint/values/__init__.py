"""Value types of the Kubernetes API: quantities, images, selectors, names, versions. Standard library only."""
