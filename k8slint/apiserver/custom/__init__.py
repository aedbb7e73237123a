"""Custom resources checked against their CustomResourceDefinitions."""
