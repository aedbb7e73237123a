"""TaintToleration: nodes that keep off pods which do not tolerate their taints."""

from __future__ import annotations

from functools import lru_cache

from k8slint.scheduling.features import Features
from k8slint.scheduling.objects.node import Node
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.objects.taints import untolerated
from k8slint.scheduling.result import Code, Status

NAME = "TaintToleration"


def judge(pod: Pod, node: Node, features: Features) -> Status | None:
    """A refusal for the first taint that blocks and is not tolerated.

    Mirrors: pkg/scheduler/framework/plugins/tainttoleration Filter @ v1.36
    """
    taint = untolerated(node.taints, pod.tolerations) if node.taints else None
    return None if taint is None else _status(features.taint(taint))


def count_disliked(pod: Pod, node: Node) -> int:
    """How many taints the pod would rather avoid: the fewer, the better."""
    if not node.taints:
        return 0
    tolerations = [item for item in pod.tolerations if item.effect in ("", "PreferNoSchedule")]
    return sum(
        taint.effect == "PreferNoSchedule" and not any(toleration.tolerates(taint) for toleration in tolerations)
        for taint in node.taints
    )


@lru_cache(maxsize=1024)
def _status(reason: str) -> Status:
    return Status(NAME, Code.UNRESOLVABLE, (reason,))
