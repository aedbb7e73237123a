"""How a pod chooses nodes by the pods there: the terms of pod affinity and anti-affinity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from k8slint.values.labels import LabelSelector, Requirement
from k8slint.values.reading import ShapeError, items_at, mapping_at, selector_at, strings_at, text_at, whole_at

NOTHING = LabelSelector((Requirement("", "Never"),))
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


@dataclass(frozen=True, slots=True)
class PodTerm:
    """One term of pod affinity or anti-affinity: which pods it selects, and over which topology.

    `namespaces` are the listed names, or the pod's own namespace if the term has neither a list nor a selector of
    namespaces; `namespace_selector` is None if the term has none.
    """

    topology_key: str
    selector: LabelSelector
    namespaces: frozenset[str]
    namespace_selector: LabelSelector | None

    @classmethod
    def of(cls, data: Mapping[str, Any], where: str, namespace: str, labels: Mapping[str, str]) -> PodTerm:
        """The term in the manifest of a pod with this namespace and these labels.

        `matchLabelKeys` and `mismatchLabelKeys` are merged into the selector, as by the API server on creation.
        """
        selector = selector_at(data, "labelSelector", where)
        names = frozenset(strings_at(data, "namespaces", where))
        spaces = selector_at(data, "namespaceSelector", where)
        if not names and spaces is None:
            names = frozenset((namespace,))
        key = text_at(data, "topologyKey", where)
        if not key:
            raise ShapeError(f"{where}.topologyKey", "empty where a label key was expected")
        if selector is not None:
            selector = with_keys(selector, strings_at(data, "matchLabelKeys", where), "In", labels)
            selector = with_keys(selector, strings_at(data, "mismatchLabelKeys", where), "NotIn", labels)
        return cls(key, NOTHING if selector is None else selector, names, spaces)


@dataclass(frozen=True, slots=True)
class PodAffinity:
    """The terms of a pod's affinity or anti-affinity: those required, and those preferred, with their weights."""

    required: tuple[PodTerm, ...] = ()
    preferred: tuple[tuple[int, PodTerm], ...] = ()

    @classmethod
    def of(cls, spec: Mapping[str, Any], key: str, namespace: str, labels: Mapping[str, str]) -> PodAffinity:
        """The terms under `podAffinity` or `podAntiAffinity`, whichever the key is."""
        where = f"spec.affinity.{key}"
        affinity = mapping_at(mapping_at(spec, "affinity", "spec"), key, "spec.affinity")
        if not affinity:
            return _NO_AFFINITY
        required = tuple(
            PodTerm.of(term, here, namespace, labels) for here, term in items_at(affinity, _REQUIRED, where)
        )
        preferred = tuple(
            (
                whole_at(item, "weight", here),
                PodTerm.of(mapping_at(item, "podAffinityTerm", here), f"{here}.podAffinityTerm", namespace, labels),
            )
            for here, item in items_at(affinity, _PREFERRED, where)
        )
        return cls(required, preferred)


_NO_AFFINITY = PodAffinity()


def with_keys(
    selector: LabelSelector, keys: tuple[str, ...], operator: str, labels: Mapping[str, str]
) -> LabelSelector:
    """The selector with a requirement for each key that the pod's labels have: In, or NotIn, the pod's own value."""
    more = [Requirement(key, operator, (labels[key],)) for key in keys if key in labels]
    wanted = [requirement for requirement in more if requirement not in selector.requirements]
    return LabelSelector(selector.requirements + tuple(wanted)) if wanted else selector
