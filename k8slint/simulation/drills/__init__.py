"""Questions to the dry run: what if a node is lost, nodes are added, or a workload has more pods?"""
