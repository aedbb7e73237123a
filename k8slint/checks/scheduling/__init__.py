"""Pods and claims that never come to run on the described cluster, found by one dry run for all manifests.

`stage.py` is the way in. Each defect is said once: `diagnosis.py` decides which rule speaks of a workload, and
`messages.py` has the words.
"""
