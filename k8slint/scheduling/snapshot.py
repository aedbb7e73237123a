"""A cluster at one moment, as the scheduler sees it: the start and the end of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from k8slint.scheduling.listers import Listers
from k8slint.scheduling.objects.node import Node
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.objects.volumes import Claim, PersistentVolume


class Reserved(NamedTuple):
    """The claims and volumes that a pod bound, as they were before, and the names of the volumes made for it."""

    claims: tuple[Claim, ...]
    volumes: tuple[PersistentVolume, ...]
    made: frozenset[str] = frozenset()


def _nothing() -> Mapping[Pod, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Nodes in the order they were described, with the pods on them. A change makes a new snapshot.

    `pods` maps each pod, in the order they came, to the name of its node; `nominated` maps each pod that waits for room
    to the name of the node. `terminating` pods are still on their nodes, and end to make room. `reserved` has, for each
    pod that bound claims, the claims and volumes of `listers` as they were before.
    """

    nodes: tuple[Node, ...]
    listers: Listers = field(default_factory=Listers)
    pods: Mapping[Pod, str] = field(default_factory=_nothing)
    nominated: Mapping[Pod, str] = field(default_factory=_nothing)
    terminating: frozenset[Pod] = frozenset()
    reserved: Mapping[Pod, Reserved] = field(default_factory=_nothing)

    @classmethod
    def of(cls, nodes: Iterable[Node], listers: Listers | None = None) -> Snapshot:
        """A cluster without pods."""
        return cls(tuple(nodes), listers or Listers())

    def with_pods(self, pods: Mapping[Pod, str]) -> Snapshot:
        """The same cluster with more pods on its nodes; those are nominated no longer."""
        nominated = {pod: node for pod, node in self.nominated.items() if pod not in pods}
        return replace(self, pods=MappingProxyType({**self.pods, **pods}), nominated=MappingProxyType(nominated))

    def without(self, *pods: Pod) -> Snapshot:
        """The same cluster as if the pods had never come: the claims and volumes that they bound are as before.

        The pods are in the order in which they came.
        """
        claims, volumes = dict(self.listers.claims), dict(self.listers.volumes)
        for pod in reversed(pods):
            before = self.reserved.get(pod, Reserved((), ()))
            claims |= {(claim.namespace, claim.name): claim for claim in before.claims}
            for name in before.made:
                volumes.pop(name, None)
            volumes |= {volume.name: volume for volume in before.volumes}
        gone = frozenset(pods)
        return replace(
            self,
            listers=replace(self.listers, claims=claims, volumes=volumes),
            pods=_less(self.pods, gone),
            nominated=_less(self.nominated, gone),
            terminating=self.terminating - gone,
            reserved=_less(self.reserved, gone),
        )

    def with_node(self, node: Node) -> Snapshot:
        """The same cluster with this node in place of the one of the same name."""
        return replace(self, nodes=tuple(node if other.name == node.name else other for other in self.nodes))


_Value = TypeVar("_Value")


def _less(found: Mapping[Pod, _Value], gone: frozenset[Pod]) -> Mapping[Pod, _Value]:
    return MappingProxyType({other: value for other, value in found.items() if other not in gone})
