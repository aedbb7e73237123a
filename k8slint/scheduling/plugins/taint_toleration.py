"""TaintToleration: taints of nodes, and the pods that tolerate them."""

from __future__ import annotations

from functools import lru_cache, partial

from k8slint.scheduling.cache import NodeInfo
from k8slint.scheduling.framework import Code, Handle, Plugin, Status, default_normalize_score
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.objects.taints import untolerated

NAME = "TaintToleration"


def filter_node(pod: Pod, node_info: NodeInfo, handle: Handle[None]) -> Status | None:
    """A refusal by the first taint that keeps the pod off.

    Mirrors: pkg/scheduler/framework/plugins/tainttoleration Filter @ v1.36
    """
    node = node_info.node
    taint = untolerated(node.taints, pod.tolerations) if node.taints else None
    return None if taint is None else _status(handle.features.taint(taint))


def score(pod: Pod, node_info: NodeInfo, _: Handle[None]) -> int:
    """How many taints of effect PreferNoSchedule the pod does not tolerate: the fewer, the better.

    Mirrors: pkg/scheduler/framework/plugins/tainttoleration Score @ v1.36
    """
    taints = node_info.node.taints
    if not taints:
        return 0
    tolerations = [item for item in pod.tolerations if item.effect in ("", "PreferNoSchedule")]
    return sum(
        taint.effect == "PreferNoSchedule" and not any(toleration.tolerates(taint) for toleration in tolerations)
        for taint in taints
    )


@lru_cache(maxsize=1024)
def _status(reason: str) -> Status:
    return Status(NAME, Code.UNRESOLVABLE, (reason,))


PLUGIN = Plugin(
    NAME,
    filter=filter_node,
    score=score,
    normalize_score=partial(default_normalize_score, reverse=True),
    weight=3,
)
