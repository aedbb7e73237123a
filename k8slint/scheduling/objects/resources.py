"""What a pod requests: the sums over containers, init containers, sidecars, the pod itself and its overhead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from k8slint.values.quantity import Quantity
from k8slint.values.reading import ShapeError, amounts_at, items_at, mapping_at, text_at
from k8slint.values.resources import POD_LEVEL_SINCE, add_to, at_worst, pod_level
from k8slint.values.resources import is_sidecar as is_sidecar  # noqa: PLC0414 - part of what a pod requests, so exported here
from k8slint.values.version import KubernetesVersion

Nanos = dict[str, int]

_MISSING_CPU = 10**8  # 100m
_MISSING_MEMORY = 200 * 2**20 * 10**9
_NATIVE_PREFIX = "kubernetes.io/"


class Resources(NamedTuple):
    """An amount of each resource: cpu in millicores, the rest in whole units (bytes, pieces).

    `extended` has everything else that the scheduler counts: extended resources, huge pages, attachable volumes. Like
    the scheduler, it keeps a resource with the amount 0.
    """

    cpu_millicores: int = 0
    memory_bytes: int = 0
    ephemeral_bytes: int = 0
    extended: tuple[tuple[str, int], ...] = ()

    def of(self, resource: str) -> int:
        """The amount of one resource; 0 if it is absent."""
        match resource:
            case "cpu":
                return self.cpu_millicores
            case "memory":
                return self.memory_bytes
            case "ephemeral-storage":
                return self.ephemeral_bytes
            case _:
                return next((amount for name, amount in self.extended if name == resource), 0)


class NonZero(NamedTuple):
    """Cpu and memory for the scores, to which a container without a request counts 100m and 200Mi."""

    cpu_millicores: int = 0
    memory_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Amounts:
    """The three sums that the scheduler keeps for one pod."""

    request: Resources = field(default_factory=Resources)
    # `placed` is what the pod adds to its node once it is there, `scored` what it counts while nodes are scored for it.
    # They differ for resources of the pod as a whole, because upstream does not pass their gate on to that scorer.
    placed: NonZero = field(default_factory=NonZero)
    scored: NonZero = field(default_factory=NonZero)


def pod_amounts(pod: Mapping[str, Any], version: KubernetesVersion) -> Amounts:
    """The sums of a pod.

    Resources of the pod as a whole count from 1.34 on, since when their gate is on by default.

    Raises:
        ShapeError: if a quantity cannot be read, or is less than 0 in a container's requests.

    Mirrors: component-helpers resource/helpers.go PodRequests @ v1.36
    """
    spec = mapping_at(pod, "spec", "")
    containers = _Containers.of(pod, spec)
    whole = _pod_level(spec) if version >= POD_LEVEL_SINCE else {}
    overhead = amounts_at(spec, "overhead", "spec")
    asked = _with(containers.total({}), whole, overhead)
    missing = {"cpu": _MISSING_CPU, "memory": _MISSING_MEMORY}
    absent = {name: amount for name, amount in missing.items() if name not in asked} if whole else missing
    return Amounts(
        request=resources_of(asked),
        placed=_nominal(_with(containers.total(absent), whole, overhead)),
        scored=_nominal(_with(containers.total(missing), {}, overhead)),
    )


def resources_of(amounts: Nanos) -> Resources:
    """The amounts in the scheduler's units, each rounded up, without the resources that it does not count."""
    extended = tuple((name, Quantity(nanos).value) for name, nanos in sorted(amounts.items()) if is_extended(name))
    return Resources(
        Quantity(amounts.get("cpu", 0)).millicores,
        Quantity(amounts.get("memory", 0)).value,
        Quantity(amounts.get("ephemeral-storage", 0)).value,
        extended,
    )


def is_extended(name: str) -> bool:
    """Whether the scheduler counts a resource with this name besides cpu, memory, ephemeral storage and pods.

    Mirrors: pkg/scheduler/util/utils.go IsScalarResourceName @ v1.36
    """
    if name.startswith(("hugepages-", "attachable-volumes-")) or _NATIVE_PREFIX in name:
        return True
    return "/" in name and not name.startswith("requests.")


def is_ignorable(name: str) -> bool:
    """Whether a profile can tell the scheduler to ignore the resource: only a vendor's."""
    return "/" in name and _NATIVE_PREFIX not in name and not name.startswith("requests.")


@dataclass(frozen=True, slots=True)
class _Containers:
    apps: tuple[Nanos, ...]
    inits: tuple[tuple[bool, Nanos], ...]

    @classmethod
    def of(cls, pod: Mapping[str, Any], spec: Mapping[str, Any]) -> _Containers:
        status = mapping_at(pod, "status", "")
        resized = _Resized.of(status) if spec.get("nodeName") else _Resized({}, infeasible=False)
        apps = tuple(resized.amounts(container, where) for where, container in items_at(spec, "containers", "spec"))
        inits = []
        for where, container in items_at(spec, "initContainers", "spec"):
            sidecar = is_sidecar(container, where)
            amounts = resized.amounts(container, where) if sidecar else _asked(container, where)
            inits.append((sidecar, amounts))
        return cls(apps, tuple(inits))

    def total(self, missing: Nanos) -> Nanos:
        """What all containers together need at their worst moment; `missing` is used for what one does not request."""
        return at_worst(
            ({**missing, **amounts} for amounts in self.apps),
            ((sidecar, {**missing, **amounts}) for sidecar, amounts in self.inits),
        )


@dataclass(frozen=True, slots=True)
class _Resized:
    """What the kubelet reports to have given the containers of a running pod, by container."""

    given: Mapping[str, Nanos]
    infeasible: bool

    @classmethod
    def of(cls, status: Mapping[str, Any]) -> _Resized:
        given: dict[str, Nanos] = {}
        for key in ("containerStatuses", "initContainerStatuses"):
            for where, container in items_at(status, key, "status"):
                if container.get("resources") is None:
                    continue
                actual = amounts_at(mapping_at(container, "resources", where), "requests", f"{where}.resources")
                allocated = amounts_at(container, "allocatedResources", where)
                given[text_at(container, "name", where)] = _larger(actual, allocated)
        pending = [
            item for _, item in items_at(status, "conditions", "status") if item.get("type") == "PodResizePending"
        ]
        return cls(given, infeasible=bool(pending) and pending[0].get("reason") == "Infeasible")

    def amounts(self, container: Mapping[str, Any], where: str) -> Nanos:
        asked = _asked(container, where)
        given = self.given.get(text_at(container, "name", where)) if self.given else None
        if given is None:
            return asked
        return given if self.infeasible else _larger(asked, given)


def _asked(container: Mapping[str, Any], where: str) -> Nanos:
    resources = mapping_at(container, "resources", where)
    requests = amounts_at(resources, "requests", f"{where}.resources")
    for name, nanos in requests.items():
        if nanos < 0:
            raise ShapeError(f"{where}.resources.requests[{name}]", f'"{Quantity(nanos)}" is less than 0')
    return requests


def _pod_level(spec: Mapping[str, Any]) -> Nanos:
    requests = amounts_at(mapping_at(spec, "resources", "spec"), "requests", "spec.resources")
    return pod_level(requests)


def _with(containers: Nanos, whole: Nanos, overhead: Nanos) -> Nanos:
    total = {**containers, **whole}
    add_to(total, overhead)
    return total


def _nominal(amounts: Nanos) -> NonZero:
    return NonZero(Quantity(amounts.get("cpu", 0)).millicores, Quantity(amounts.get("memory", 0)).value)


def _larger(one: Nanos, other: Nanos) -> Nanos:
    return {
        name: max(one.get(name, other.get(name, 0)), other.get(name, one.get(name, 0))) for name in {**one, **other}
    }
