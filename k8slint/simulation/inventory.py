"""What will exist once the manifests are applied: theirs, and of the described cluster what they do not replace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from k8slint.cluster.cluster import CLUSTER_SCOPED, Cluster
from k8slint.objects.object import Object
from k8slint.simulation.defaults import DEFAULT_NAMESPACE

_OLD_GROUPS: Final = {"extensions": "apps"}


@dataclass(frozen=True, slots=True)
class Item:
    """An object with the namespace it will be in, and whether the description rather than a manifest has it."""

    obj: Object
    group_kind: str
    namespace: str
    is_described: bool

    @property
    def name(self) -> str:
        """Its name."""
        return self.obj.name

    @property
    def data(self) -> dict[str, Any]:
        """Its data as written."""
        return self.obj.data

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it one and the same object: type, namespace and name."""
        return self.group_kind, self.namespace, self.obj.name

    @property
    def label(self) -> str:
        """Kind, namespace and name for messages: `Deployment default/web`."""
        return f"{self.obj.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.obj.kind} {self.name}"


@dataclass(frozen=True)
class Inventory:
    """The items in order: the description's, then the manifests', which stand for the described objects they replace.

    `described` holds all that the description has, replaced or not.
    """

    items: tuple[Item, ...]
    described: Mapping[tuple[str, str, str], Item]
    repeated: tuple[str, ...]
    has_description: bool

    @classmethod
    def of(cls, cluster: Cluster) -> Inventory:
        """What the objects of a run amount to."""
        described = {item.key: item for item in _items(cluster.description or (), is_described=True)}
        named: dict[tuple[str, str, str], Item] = {}
        unnamed: list[Item] = []
        times: Counter[str] = Counter()
        for item in _items(cluster.objects, is_described=False):
            if item.name:
                named[item.key] = item
                times[item.label] += 1
            else:
                unnamed.append(item)
        kept = [item for key, item in described.items() if key not in named]
        repeated = tuple(label for label, count in times.items() if count > 1)
        return cls((*kept, *named.values(), *unnamed), described, repeated, cluster.description is not None)

    def of_kind(self, group_kind: str) -> tuple[Item, ...]:
        """The items of `Kind` or `Kind.group`."""
        return self._by_kind.get(group_kind, ())

    def find(self, group_kind: str, namespace: str, name: str) -> Item | None:
        """The item of that name, if there is one."""
        return self._by_key.get((group_kind, namespace, name))

    def describes(self, group_kind: str) -> bool:
        """Whether the description lists objects of the kind, so that it can be taken to list them all."""
        return group_kind in self._described_kinds

    @cached_property
    def manifests(self) -> tuple[Item, ...]:
        """The items that manifests write."""
        return tuple(item for item in self.items if not item.is_described)

    @cached_property
    def _described_kinds(self) -> frozenset[str]:
        return frozenset(kind for kind, _, _ in self.described)

    @cached_property
    def _by_key(self) -> dict[tuple[str, str, str], Item]:
        return {item.key: item for item in self.items}

    @cached_property
    def _by_kind(self) -> dict[str, tuple[Item, ...]]:
        found: dict[str, list[Item]] = {}
        for item in self.items:
            found.setdefault(item.group_kind, []).append(item)
        return {kind: tuple(items) for kind, items in found.items()}


def _items(objects: Iterable[Object], *, is_described: bool) -> Iterable[Item]:
    for obj in objects:
        group = _OLD_GROUPS.get(obj.gvk.group, obj.gvk.group)
        group_kind = f"{obj.kind}.{group}" if group else obj.kind
        namespace = "" if group_kind in CLUSTER_SCOPED else obj.namespace or DEFAULT_NAMESPACE
        yield Item(obj, group_kind, namespace, is_described)
