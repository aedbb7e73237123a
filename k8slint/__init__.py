"""What would the cluster do with these manifests? Answers before you apply, without a cluster."""

__version__ = "0.1.0"
