"""What will exist once the manifests are applied: theirs, and of the described cluster what they do not replace."""

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

# Applying a manifest of these moves nothing: what is bound stays bound, what runs keeps running where it is.
_LASTING: Final = frozenset({"Node", "PersistentVolume", "PersistentVolumeClaim", "Pod"})


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

    `described` holds all that the description has, replaced or not; `lasting` are manifests of what is there already
    and stays as it is. `repeated` names what several manifests write: the last of them counts.
    """

    items: tuple[Item, ...]
    described: Mapping[tuple[str, str, str], Item]
    lasting: tuple[Item, ...]
    repeated: tuple[str, ...]

    @classmethod
    def of(cls, cluster: Cluster) -> Inventory:
        """What the objects of a run amount to.

        Raises:
            ShapeError: where the description has two nodes of one name.
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
        return grouped((item.group_kind, item) for item in self.items)


def _items(objects: Iterable[Object], *, is_described: bool) -> Iterable[Item]:
    for obj in objects:
        namespace = "" if obj.stored_as in CLUSTER_SCOPED else obj.namespace or DEFAULT_NAMESPACE
        yield Item(obj, obj.stored_as, namespace, is_described)


def placed(data: Mapping[str, Any], namespace: str, name: str) -> dict[str, Any]:
    """The object with its namespace and name written out."""
    return {**data, "metadata": {**mapping_at(data, "metadata", ""), "namespace": namespace, "name": name}}
