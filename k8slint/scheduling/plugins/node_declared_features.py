"""NodeDeclaredFeatures: abilities of the kubelet a pod cannot do without."""

from __future__ import annotations

from dataclasses import dataclass

from k8slint.scheduling.features import Features
from k8slint.scheduling.framework import Prepared
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.result import Code, Status
from k8slint.scheduling.snapshot import Snapshot

NAME = "NodeDeclaredFeatures"
_REJECTION = Status(NAME, Code.UNRESOLVABLE, ("node(s) didn't match Pod's required features",))


def prepare(pod: Pod, snapshot: Snapshot, features: Features) -> Prepared:
    """A check of the node's features, when the pod needs any.

    Mirrors: pkg/scheduler/framework/plugins/nodedeclaredfeatures PreFilter @ v1.36
    """
    return _Check(pod, snapshot) if pod.features and features.judges_features else None


@dataclass(slots=True)
class _Check:
    pod: Pod
    snapshot: Snapshot

    def judge(self, index: int) -> Status | None:
        """A refusal of a node that says which features it has, and leaves one out.

        A real node always says; one that was written by hand is taken to have them all.
        """
        node = self.snapshot.nodes[index]
        if node.features is None:
            text = f'node "{node.name}" does not say which features it declares: it is taken to have those pods need'
            self.snapshot.assumptions[text] = None
            return None
        return None if self.pod.features <= node.features else _REJECTION

    def shift(self, pod: Pod, index: int, sign: int) -> None:
        """Nothing: which pods are there does not matter."""
