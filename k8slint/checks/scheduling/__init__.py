"""Pods that never run and claims that never bind on the described cluster, found by one dry run of all manifests.

`stage.py` is the entry point. Each defect is reported once: `diagnosis.py` decides which rule reports a workload, and
`messages.py` writes the message.
"""
