"""The objects that exist once the manifests are applied: theirs, and those described that they do not replace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from k8slint.apiserver.defaults.core import DEFAULT_NAMESPACE
from k8slint.cluster.cluster import CLUSTER_SCOPED, Cluster
from k8slint.objects.object import Object
from k8slint.values.grouped import grouped
from k8slint.values.reading import ShapeError, mapping_at

# Applying a manifest of these kinds moves nothing: bound volumes stay bound, running pods stay on their nodes.
_LASTING: Final = frozenset({"Node", "PersistentVolume", "PersistentVolumeClaim", "Pod"})


@dataclass(frozen=True, slots=True)
class Item:
    """An object with its namespace, and whether it comes from the cluster description or from a manifest."""

    obj: Object
    group_kind: str
    namespace: str
    is_described: bool

    @property
    def name(self) -> str:
        """The name of the object."""
        return self.obj.name

    @property
    def data(self) -> dict[str, Any]:
        """The data of the object, as written."""
        return self.obj.data

    @property
    def key(self) -> tuple[str, str, str]:
        """The identity of the object: type, namespace and name."""
        return self.group_kind, self.namespace, self.obj.name

    @property
    def label(self) -> str:
        """Kind, namespace and name for messages: `Deployment default/web`."""
        return f"{self.obj.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.obj.kind} {self.name}"


@dataclass(frozen=True)
class Inventory:
    """The items in order: first those described that no manifest replaces, then the manifests'.

    `described` has all objects of the description, replaced or not. `lasting` are manifests of described objects that
    stay as they are: not these, but the described objects are items. `repeated` are the labels of objects with several
    manifests; the last one counts.
    """

    items: tuple[Item, ...]
    described: Mapping[tuple[str, str, str], Item]
    lasting: tuple[Item, ...]
    repeated: tuple[str, ...]

    @classmethod
    def of(cls, cluster: Cluster) -> Inventory:
        """The inventory of a run's manifests and its cluster description.

        Raises:
            ShapeError: if the description has two nodes of the same name.
        """
        described: dict[tuple[str, str, str], Item] = {}
        for item in _items(cluster.description or (), is_described=True):
            if item.group_kind == "Node" and item.key in described:
                raise ShapeError("metadata.name", "two nodes have this name", item.label)
            described[item.key] = item
        named: dict[tuple[str, str, str], Item] = {}
        unnamed: list[Item] = []
        times: Counter[str] = Counter()
        lasting: list[Item] = []
        for item in _items(cluster.objects, is_described=False):
            if not item.name:
                unnamed.append(item)
                continue
            times[item.label] += 1
            if item.group_kind in _LASTING and item.key in described:
                lasting.append(item)
            else:
                named[item.key] = item
        kept = [item for key, item in described.items() if key not in named]
        repeated = tuple(label for label, count in times.items() if count > 1)
        return cls((*kept, *named.values(), *unnamed), described, tuple(lasting), repeated)

    def of_kind(self, group_kind: str) -> tuple[Item, ...]:
        """The items of a type, written `Kind` or `Kind.group`."""
        return self._by_kind.get(group_kind, ())

    def find(self, group_kind: str, namespace: str, name: str) -> Item | None:
        """The item with this type, namespace and name, or None."""
        return self._by_key.get((group_kind, namespace, name))

    def describes(self, group_kind: str) -> bool:
        """Whether the description has objects of the type, so that it can be taken to have them all."""
        return group_kind in self._described_kinds

    @cached_property
    def manifests(self) -> tuple[Item, ...]:
        """The items that come from manifests."""
        return tuple(item for item in self.items if not item.is_described)

    @cached_property
    def _described_kinds(self) -> frozenset[str]:
        return frozenset(kind for kind, _, _ in self.described)

    @cached_property
    def _by_key(self) -> dict[tuple[str, str, str], Item]:
        return {item.key: item for item in self.items}

    @cached_property
    def _by_kind(self) -> dict[str, tuple[Item, ...]]:
        return grouped((item.group_kind, item) for item in self.items)


def _items(objects: Iterable[Object], *, is_described: bool) -> Iterable[Item]:
    for obj in objects:
        namespace = "" if obj.stored_as in CLUSTER_SCOPED else obj.namespace or DEFAULT_NAMESPACE
        yield Item(obj, obj.stored_as, namespace, is_described)


def placed(data: Mapping[str, Any], namespace: str, name: str) -> dict[str, Any]:
    """The object with its namespace and name written out."""
    return {**data, "metadata": {**mapping_at(data, "metadata", ""), "namespace": namespace, "name": name}}
