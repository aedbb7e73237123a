"""A node as the scheduler sees it, and the order in which nodes are tried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from k8slint.scheduling.objects.resources import Resources, resources_of
from k8slint.scheduling.objects.taints import Taint
from k8slint.values.quantity import Quantity
from k8slint.values.reading import (
    ShapeError,
    amounts_at,
    as_mapping,
    flag_at,
    items_at,
    labels_at,
    mapping_at,
    quantity,
    strings_at,
    text_at,
    whole_at,
)
from k8slint.values.well_known import OLD_REGION, OLD_ZONE, REGION, ZONE

DEFAULT_PODS = 110


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One node, equal to itself alone.

    `images` has the size in bytes by name. `features` is None if the node does not declare its features.
    """

    name: str
    labels: Mapping[str, str]
    taints: tuple[Taint, ...]
    unschedulable: bool
    allocatable: Resources
    max_pods: int
    images: Mapping[str, int]
    features: frozenset[str] | None
    assumptions: tuple[str, ...]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Node:
        """The node of a manifest; its capacity counts if it has no allocatable, and 110 pods if it gives no number.

        Raises:
            ShapeError: naming the node and the field that cannot be read, or if it gives no amounts at all.
        """
        metadata = mapping_at(as_mapping(data, "node"), "metadata", "")
        name = text_at(metadata, "name", "metadata")
        try:
            return cls(name=name, **_fields(data, metadata, name))
        except ShapeError as error:
            raise error.of(f"Node {name}") from None

    @property
    def zone_key(self) -> str:
        """A text that is equal for nodes of the same region and zone; empty if the node has neither.

        As upstream, the old labels win over the new ones.

        Mirrors: component-helpers node/topology/helpers.go GetZoneKey @ v1.36
        """
        zone = self.labels.get(OLD_ZONE, self.labels.get(ZONE, ""))
        region = self.labels.get(OLD_REGION, self.labels.get(REGION, ""))
        return f"{region}:\x00:{zone}" if zone or region else ""


def in_scheduling_order(nodes: Iterable[Node]) -> list[Node]:
    """The nodes in the order the scheduler tries them: one of each zone in turn, zones and nodes in their given order.

    Mirrors: pkg/scheduler/backend/cache/node_tree.go list @ v1.36
    """
    zones: dict[str, list[Node]] = {}
    for node in nodes:
        zones.setdefault(node.zone_key, []).append(node)
    deepest = max((len(members) for members in zones.values()), default=0)
    return [members[rank] for rank in range(deepest) for members in zones.values() if rank < len(members)]


def _fields(data: Mapping[str, Any], metadata: Mapping[str, Any], name: str) -> dict[str, Any]:
    spec, status = mapping_at(data, "spec", ""), mapping_at(data, "status", "")
    assumptions = []
    key = "allocatable" if status.get("allocatable") is not None else "capacity"
    if status.get(key) is None:
        raise ShapeError("status.allocatable", "absent, and no capacity either: what the node holds is not known")
    if key == "capacity":
        assumptions.append(f'node "{name}" gives no allocatable: its whole capacity is taken as free for pods')
    amounts = amounts_at(status, key, "status")
    if "pods" not in amounts:
        assumptions.append(f'node "{name}" gives no number of pods: {DEFAULT_PODS} is taken')
    return {
        "labels": labels_at(metadata, "labels", "metadata"),
        "taints": tuple(Taint.of(item, here) for here, item in items_at(spec, "taints", "spec")),
        "unschedulable": flag_at(spec, "unschedulable", "spec"),
        "allocatable": resources_of(amounts),
        "max_pods": Quantity(amounts["pods"]).value if "pods" in amounts else DEFAULT_PODS,
        "images": _images(status),
        "features": frozenset(strings_at(status, "declaredFeatures", "status"))
        if "declaredFeatures" in status
        else None,
        "assumptions": tuple(assumptions),
    }


def _images(status: Mapping[str, Any]) -> dict[str, int]:
    """The sizes in bytes of the node's images, by each of their names."""
    sizes: dict[str, int] = {}
    for here, image in items_at(status, "images", "status"):
        raw = image.get("sizeBytes", 0)
        size = quantity(raw, f"{here}.sizeBytes").value if isinstance(raw, str) else whole_at(image, "sizeBytes", here)
        for name in strings_at(image, "names", here):
            sizes.setdefault(name, size)
    return sizes
