"""The shape of objects: built-in kinds as the API server decodes them, custom resources by their CRD."""
