"""What the scheduler reads of pods, nodes and volumes."""
