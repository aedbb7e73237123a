"""Jobs, whose pods run to an end."""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.cluster.cluster import Cluster
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem


def job_restart_policy(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Job or CronJob whose Pods would restart for ever: its restartPolicy is Always, or absent, which means Always.

    Mirrors: pkg/apis/batch/validation/validation.go validateJobSpec @ v1.36
    """
    pod = obj.pod
    if pod is None or not pod.spec:
        return
    written = pod.spec.get("restartPolicy")
    if written not in (None, "", "Always"):
        return
    path = (*pod.path, "spec", "restartPolicy")
    why = "absent means Always" if not written else 'not "Always"'
    refused = f'{".".join(map(str, path))}: Required value: valid values: "OnFailure", "Never"'
    yield Problem(path, f"{refused}; {why}")
