"""Nodes in the state of a running cluster: with what hand-written ones leave out, and the taints of conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from k8slint.scheduling.objects.node import DEFAULT_PODS
from k8slint.simulation.assumptions import Assumptions, Weight
from k8slint.simulation.in_words import enumerated
from k8slint.values.reading import ShapeError, amounts_at, flag_at, items_at, labels_at, mapping_at, text_at
from k8slint.values.well_known import (
    ARCH,
    DISK_PRESSURE,
    HOSTNAME,
    MEMORY_PRESSURE,
    NETWORK_UNAVAILABLE,
    NOT_READY,
    OS,
    PID_PRESSURE,
    UNREACHABLE,
    UNSCHEDULABLE,
)

# The amounts taken if a node does not give them: more than any pod asks for.
_PLENTY: Final = {"cpu": "1000000", "memory": "1Ei", "ephemeral-storage": "1Ei"}
_USUAL_LABELS: Final = {OS: "linux", ARCH: "amd64"}
# A condition and its status, and the taint that they put on the node, with its effects.
_TAINTS: Final = (
    ("Ready", "False", NOT_READY, ("NoSchedule", "NoExecute")),
    ("Ready", "Unknown", UNREACHABLE, ("NoSchedule", "NoExecute")),
    ("MemoryPressure", "True", MEMORY_PRESSURE, ("NoSchedule",)),
    ("DiskPressure", "True", DISK_PRESSURE, ("NoSchedule",)),
    ("PIDPressure", "True", PID_PRESSURE, ("NoSchedule",)),
    ("NetworkUnavailable", "True", NETWORK_UNAVAILABLE, ("NoSchedule",)),
)


def complete_nodes(nodes: Iterable[Mapping[str, Any]], assumptions: Assumptions) -> list[dict[str, Any]]:
    """The nodes with everything that the scheduler reads, in order.

    Raises:
        ShapeError: if a node cannot be read or has no name.
    """
    complete: dict[str, dict[str, Any]] = {}
    for data in nodes:
        name = ""
        try:
            name = text_at(mapping_at(data, "metadata", ""), "name", "metadata")
            complete[name] = _complete(data, name, assumptions)
        except ShapeError as error:
            raise error.of(f"Node {name}".rstrip()) from None
    return list(complete.values())


def unknown_amounts(data: Mapping[str, Any]) -> frozenset[str]:
    """The resources for which a node, as written, gives no amount."""
    status = mapping_at(data, "status", "")
    given = mapping_at(status, "allocatable", "status") or mapping_at(status, "capacity", "status")
    return frozenset(_PLENTY) - given.keys()


def _complete(data: Mapping[str, Any], name: str, assumptions: Assumptions) -> dict[str, Any]:
    metadata, spec = mapping_at(data, "metadata", ""), mapping_at(data, "spec", "")
    if not name:
        raise ShapeError("metadata.name", "absent, expected the name of the node")
    labels = labels_at(metadata, "labels", "metadata")
    if any(key not in labels for key in _USUAL_LABELS):
        assumptions.take("linux on amd64 is taken where a node has no label for it", name, Weight.LOW)
    labels = {HOSTNAME: name, **_USUAL_LABELS, **labels}
    # The kubelet also writes the older names of these two labels.
    labels = {f"beta.{key}": labels[key] for key in _USUAL_LABELS} | labels
    return {
        **data,
        "metadata": {**metadata, "labels": labels},
        "spec": {**spec, "taints": _taints(data, spec)},
        "status": {**mapping_at(data, "status", ""), "allocatable": _allocatable(data, name, assumptions)},
    }


def _allocatable(data: Mapping[str, Any], name: str, assumptions: Assumptions) -> dict[str, Any]:
    status = mapping_at(data, "status", "")
    key = "allocatable" if mapping_at(status, "allocatable", "status") else "capacity"
    for resource, nanos in amounts_at(status, key, "status").items():
        if nanos < 0:
            raise ShapeError(f"status.{key}[{resource}]", f'"{status[key][resource]}" is less than 0')
    given = dict(mapping_at(status, key, "status"))
    if key == "capacity" and given:
        sentence = "the whole capacity is taken as free for pods where a node gives no allocatable"
        assumptions.take(sentence, name, Weight.HIGH)
    if "pods" not in given:
        assumptions.take(f"{DEFAULT_PODS} pods are taken where a node gives no number of pods", name, Weight.LOW)
    absent = [resource for resource in _PLENTY if resource not in given]
    if absent:
        are, them = ("is", "it") if len(absent) == 1 else ("are", "them")
        weight = Weight.LOW if absent == ["ephemeral-storage"] else Weight.HIGH
        sentence = f"{enumerated(absent)} {are} taken to be enough where a node does not give {them}"
        assumptions.take(sentence, name, weight)
    return {"pods": str(DEFAULT_PODS), **_PLENTY, **given}


def _taints(data: Mapping[str, Any], spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The node's taints, with those that follow from its conditions.

    Mirrors: pkg/controller/nodelifecycle/node_lifecycle_controller.go nodeConditionToTaintKeyStatusMap @ v1.36
    """
    taints = items_at(spec, "taints", "spec")
    present = {(text_at(taint, "key", where), text_at(taint, "effect", where)) for where, taint in taints}
    wanted: list[tuple[str, str]] = []
    for where, condition in items_at(mapping_at(data, "status", ""), "conditions", "status"):
        kind, status = text_at(condition, "type", where), text_at(condition, "status", where)
        for of_kind, of_status, key, effects in _TAINTS:
            if (kind, status) == (of_kind, of_status):
                wanted += [(key, effect) for effect in effects]
    if flag_at(spec, "unschedulable", "spec"):
        wanted.append((UNSCHEDULABLE, "NoSchedule"))
    added = [{"key": key, "effect": effect} for key, effect in wanted if (key, effect) not in present]
    return [*(dict(taint) for _, taint in taints), *added]
