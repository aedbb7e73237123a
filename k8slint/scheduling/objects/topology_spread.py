"""How evenly pods are to spread over zones, nodes or other domains: topology spread constraints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from k8slint.scheduling.objects.pod_affinity import NOTHING, with_keys
from k8slint.values.labels import LabelSelector
from k8slint.values.reading import ShapeError, selector_at, strings_at, text_at, whole_at


@dataclass(frozen=True, slots=True)
class SpreadConstraint:
    """How evenly the selected pods must (`hard`) or should spread over a topology."""

    topology_key: str
    max_skew: int
    hard: bool
    selector: LabelSelector
    min_domains: int = 1
    honors_affinity: bool = True
    honors_taints: bool = False

    @classmethod
    def of(cls, data: Mapping[str, Any], where: str, labels: Mapping[str, str]) -> SpreadConstraint:
        """The constraint in the manifest of a pod with these labels, with `matchLabelKeys` merged into the selector."""
        unsatisfiable = text_at(data, "whenUnsatisfiable", where)
        if unsatisfiable not in ("DoNotSchedule", "ScheduleAnyway"):
            raise ShapeError(
                f"{where}.whenUnsatisfiable", f'"{unsatisfiable}", expected DoNotSchedule or ScheduleAnyway'
            )
        max_skew = whole_at(data, "maxSkew", where)
        if max_skew < 1:
            raise ShapeError(f"{where}.maxSkew", f"{max_skew}, expected a number above 0")
        key = text_at(data, "topologyKey", where)
        if not key:
            raise ShapeError(f"{where}.topologyKey", "empty where a label key was expected")
        selector = selector_at(data, "labelSelector", where)
        if selector is not None:
            selector = with_keys(selector, strings_at(data, "matchLabelKeys", where), "In", labels)
        return cls(
            topology_key=key,
            max_skew=max_skew,
            hard=unsatisfiable == "DoNotSchedule",
            selector=NOTHING if selector is None else selector,
            min_domains=whole_at(data, "minDomains", where, 1),
            honors_affinity=_policy(data, "nodeAffinityPolicy", where, "Honor"),
            honors_taints=_policy(data, "nodeTaintsPolicy", where, "Ignore"),
        )


def _policy(data: Mapping[str, Any], key: str, where: str, default: str) -> bool:
    policy = text_at(data, key, where, default)
    if policy not in ("Honor", "Ignore"):
        raise ShapeError(f"{where}.{key}", f'"{policy}", expected Honor or Ignore')
    return policy == "Honor"
