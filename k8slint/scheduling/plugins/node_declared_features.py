"""NodeDeclaredFeatures: features of the kubelet that a pod needs."""

from __future__ import annotations

from dataclasses import dataclass

from k8slint.scheduling.cache import Cache
from k8slint.scheduling.framework import Code, FilterState, Handle, Plugin, Status
from k8slint.scheduling.objects.pod import Pod

NAME = "NodeDeclaredFeatures"
_STATUS = Status(NAME, Code.UNRESOLVABLE, ("node(s) didn't match Pod's required features",))


def pre_filter(pod: Pod, cache: Cache, handle: Handle[None]) -> FilterState | None:
    """A filter by the node's features, or None if the pod needs none or the minor does not judge them.

    Mirrors: pkg/scheduler/framework/plugins/nodedeclaredfeatures PreFilter @ v1.36
    """
    return _State(pod, cache) if pod.features and handle.features.judges_features else None


@dataclass(slots=True)
class _State(FilterState):
    pod: Pod
    cache: Cache

    def filter(self, index: int) -> Status | None:
        """A refusal of a node that declares its features and lacks one that the pod needs.

        A node that declares none is taken to have them all: it was written by hand, since real nodes always declare.
        """
        node = self.cache.nodes[index]
        if node.features is None:
            text = f'node "{node.name}" does not say which features it declares: it is taken to have those pods need'
            self.cache.assumptions[text] = None
            return None
        return None if self.pod.features <= node.features else _STATUS


PLUGIN = Plugin(NAME, looks_at="cluster", pre_filter=pre_filter)
