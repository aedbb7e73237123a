"""Amounts that the API server takes, and that nobody can mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.volume_matching import claims_of, quantity
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, mapping
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.placeholder import has_placeholder
from k8slint.values.quantity import Quantity
from k8slint.values.regex import regex

_MI: Final = 2**20
# Less memory than a container needs to begin with, whatever runs in it.
_LEAST_MEMORY: Final = 4 * _MI
_LEAST_STORAGE: Final = _MI
_MANY_CORES: Final = 100
_NUMBER: Final = regex(r"[0-9]+(?:\.[0-9]+)?")
# Whoever writes 1Mi or 99999m has thought of the unit.
_THOUSANDTHS: Final = "m"


def implausible_quantity(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An amount of cpu, memory or storage that is off by a thousand or a million.

    Fractions of a byte are left to the API server, which warns of them in the name of this rule.
    """
    if obj.pod is not None:
        yield from _of_pod(obj, cluster)
    for claim in claims_of(obj):
        path = (*claim.path, "resources", "requests")
        yield from _small(obj, path, mapping(dig(obj.data, *path)), "storage", _LEAST_STORAGE)


def _of_pod(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    pod = obj.pod
    if pod is None:
        return
    holders = [(container.path, container.data) for container in pod.containers]
    for at, holder in (*holders, (("spec",), pod.spec)):
        resources = holder.get("resources")
        if not isinstance(resources, dict):
            continue
        for field in ("limits", "requests"):
            path, amounts = (*pod.path, *at, "resources", field), mapping(resources.get(field))
            # A request equal to the limit is the same slip once more.
            if field == "requests" and amounts == resources.get("limits"):
                continue
            yield from _small(obj, path, amounts, "memory", _LEAST_MEMORY)
            yield from _small(obj, path, amounts, "ephemeral-storage", _LEAST_STORAGE)
            yield from _many_cores(obj, path, amounts, cluster)
    for at, volume in pod.volumes:
        source = mapping(volume.get("emptyDir"))
        yield from _small(obj, (*pod.path, *at, "emptyDir"), source, "sizeLimit", _LEAST_STORAGE)


def _small(obj: Object, path: Path, amounts: Mapping[str, Any], name: str, least: int) -> Iterator[Problem]:
    """The problem of an amount of bytes that is too small for anything."""
    written = amounts.get(name)
    if written is None or has_placeholder(written):
        return
    amount = quantity(written)
    if amount is None or not 0 < amount.value < least or (not amount.is_whole and name != "sizeLimit"):
        return
    number = _NUMBER.match(str(written))
    is_plain = number is not None and str(written).strip() in (number[0], number[0] + _THOUSANDTHS)
    if not is_plain and (name, path[-1]) != ("memory", "limits"):
        return
    meant = number[0] + ("Gi" if name == "storage" else "Mi") if number else ""
    yield Problem(
        (*path, name),
        f"{name} {written} is {_bytes(amount)}",
        effect=_EFFECTS[name, path[-1] == "limits"],
        fix=f"Write the unit: {meant}, if that is meant." if meant else "",
    )


_OOM: Final = "The container does not start, or is OOMKilled at once: not even the runtime's own process fits."
_EFFECTS: Final[Mapping[tuple[str, bool], str]] = {
    ("memory", True): _OOM,
    (
        "memory",
        False,
    ): "The scheduler counts the Pod as if it needed no memory, and it is among the first to be evicted.",
    ("ephemeral-storage", True): "The Pod is evicted as soon as it has written a line to its log.",
    ("ephemeral-storage", False): "The scheduler counts the Pod as if it needed no disk.",
    ("storage", False): "The volume is made as small as its driver makes any, or the claim stays Pending.",
    ("sizeLimit", False): "The Pod is evicted as soon as a file is in the volume.",
}


def _many_cores(obj: Object, path: Path, amounts: Mapping[str, Any], cluster: Cluster) -> Iterator[Problem]:
    written = amounts.get("cpu")
    amount = quantity(written)
    if amount is None or amount.value < _MANY_CORES or has_placeholder(written) or _has_such_node(amount, cluster):
        return
    if str(written).endswith(_THOUSANDTHS):
        return
    number = _NUMBER.fullmatch(str(written))
    is_limit = path[-1] == "limits"
    yield Problem(
        (*path, "cpu"),
        f"cpu {written} is {amount.value} cores",
        effect=(
            "The limit never holds: the container may use every core of its node."
            if is_limit and "cpu" in mapping(dig(obj.data, *path[:-1], "requests"))
            else "The Pod stays Pending: hardly a node has so many, and FailedScheduling says Insufficient cpu."
        ),
        fix=f"Write the unit: {written}m are {written} thousandths of a core." if number else "",
    )


def _has_such_node(amount: Quantity, cluster: Cluster) -> bool:
    """Whether the cluster that is described has a node with so much cpu."""
    for node in cluster.nodes or ():
        there = quantity(dig(node.data, "status", "allocatable", "cpu"))
        if there is not None and there >= amount:
            return True
    return False


def _bytes(amount: Quantity) -> str:
    """An amount of bytes for people.

    >>> _bytes(Quantity.parse("1")), _bytes(Quantity.parse("2Mi")), _bytes(Quantity.parse("500m"))
    ('1 byte', '2 MiB', '0.5 bytes')
    """
    if not amount.is_whole:
        return f"{amount.nanos / 10**9:g} bytes"
    for unit, size in (("MiB", _MI), ("KiB", 2**10)):
        if amount.value % size == 0:
            return f"{amount.value // size} {unit}"
    return "1 byte" if amount.value == 1 else f"{amount.value} bytes"
