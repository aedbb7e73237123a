"""The arithmetic of what a pod asks for: its containers together, and the resources of the pod as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol, Self, TypeVar

from k8slint.values.reading import text_at
from k8slint.values.version import KubernetesVersion

# Since this minor, the feature gate PodLevelResources is on by default.
POD_LEVEL_SINCE: Final = KubernetesVersion(1, 34)
_POD_LEVEL: Final = ("cpu", "memory")


class Amount(Protocol):
    """An amount of a resource, of any type that can be added and compared."""

    def __add__(self, other: Self, /) -> Self:
        """The sum."""

    def __lt__(self, other: Self, /) -> bool:
        """Whether it is less."""


A = TypeVar("A", bound=Amount)
T = TypeVar("T")


def at_worst(apps: Iterable[Mapping[str, A]], inits: Iterable[tuple[bool, Mapping[str, A]]]) -> dict[str, A]:
    """What the containers of a pod need together at their worst moment, by resource.

    `inits` are the init containers in order, each with whether it is a sidecar. While another init container runs, the
    sidecars before it run too; afterwards all sidecars run beside the app containers.

    >>> at_worst([{"cpu": 2}], [(True, {"cpu": 1}), (False, {"cpu": 3})])
    {'cpu': 4}

    Mirrors: component-helpers resource/helpers.go AggregateContainerRequests, PodLimits @ v1.36
    """
    running: dict[str, A] = {}
    sidecars: dict[str, A] = {}
    worst: dict[str, A] = {}
    for amounts in apps:
        add_to(running, amounts)
    for is_side, amounts in inits:
        if is_side:
            add_to(running, amounts)
            add_to(sidecars, amounts)
            step = sidecars
        else:
            step = dict(amounts)
            add_to(step, sidecars)
        _raise_to(worst, step)
    _raise_to(running, worst)
    return running


def add_to(total: dict[str, A], more: Mapping[str, A]) -> None:
    """Add amounts to a total, by name."""
    for name, amount in more.items():
        total[name] = total[name] + amount if name in total else amount


def _raise_to(total: dict[str, A], least: Mapping[str, A]) -> None:
    for name, amount in least.items():
        if name not in total or total[name] < amount:
            total[name] = amount


def pod_level(resources: Mapping[str, T]) -> dict[str, T]:
    """The amounts of those resources that count if they are written for the pod as a whole.

    Mirrors: component-helpers resource/helpers.go IsSupportedPodLevelResource @ v1.36
    """
    return {name: amount for name, amount in resources.items() if is_pod_level(name)}


def is_pod_level(name: str) -> bool:
    """Whether a resource counts if it is written for the pod as a whole."""
    return name in _POD_LEVEL or name.startswith("hugepages-")


def is_sidecar(container: Mapping[str, Any], where: str) -> bool:
    """Whether an init container keeps running beside the app containers."""
    return text_at(container, "restartPolicy", where) == "Always"
