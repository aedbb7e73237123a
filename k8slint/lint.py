"""The pipeline: sources to a report."""
