"""Selectors of workloads, compared with the labels of their own pods."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.kustomizations import kustomizations
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Problem, Related
from k8slint.values.labels import LabelSelector, Requirement
from k8slint.values.nearest import nearest
from k8slint.values.placeholder import has_placeholder

_LABELS: Final = ("spec", "template", "metadata", "labels")
_OPERATORS: Final = frozenset({"In", "NotIn", "Exists", "DoesNotExist"})
# In older versions, the API server fills in a missing selector from the template's labels.
_SELECTOR_REQUIRED: Final = frozenset({("apps", "v1"), ("apps", "v1beta2"), ("batch", "v1")})


def selector_template_mismatch(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A workload whose selector does not match its own pods, or that lacks a required selector.

    Mirrors: pkg/apis/apps/validation/validation.go ValidatePodTemplateSpecForReplicaSet @ v1.36
    """
    pod = obj.pod
    if pod is None or (obj.kind == "Job" and obj.spec.get("manualSelector") is not True):
        return
    selector, labels = obj.spec.get("selector"), _label_texts(pod)
    if labels is None:
        return
    is_required = (obj.gvk.group, obj.gvk.version) in _SELECTOR_REQUIRED
    if is_required and (selector is None or (_is_empty(selector) and obj.kind != "Job")):
        # If the template has no labels either, the object is a piece to which kustomize adds both.
        if labels and not _kustomize_adds_selectors(cluster):
            yield _missing_selector(selector, labels)
        return
    if not isinstance(selector, dict):
        return
    unmet = [(path, wanted) for path, wanted in _wanted(obj, selector) if _is_unmet(wanted, labels)]
    if unmet:
        yield _mismatch(obj, labels, unmet)


def _label_texts(pod: Pod) -> dict[str, str] | None:
    """The template's labels, or None if a value is no string, which is another defect."""
    written = dig(pod.data, "metadata", "labels")
    if not all(value is None or isinstance(value, str) for value in mapping(written).values()):
        return None
    return {key: value or "" for key, value in mapping(written).items()}


def _is_empty(selector: Any) -> bool:
    return isinstance(selector, dict) and not selector.get("matchLabels") and not selector.get("matchExpressions")


@once
def _kustomize_adds_selectors(cluster: Cluster) -> bool:
    return any(
        obj.data.get("commonLabels")
        or any(entry.get("includeSelectors") is True for _, entry in items(obj.data.get("labels")))
        for obj in kustomizations(cluster)
    )


def _missing_selector(selector: Any, labels: dict[str, str]) -> Problem:
    said = "Required value" if selector is None else "Invalid value: {}: an empty selector is not allowed"
    key, value = next(iter(labels.items()))
    fix = f"Name a label of the Pod template in spec.selector.matchLabels, such as {key}: {value}"
    return Problem(("spec", "selector"), f"spec.selector: {said}", fix=fix)


def _wanted(obj: Object, selector: dict[str, Any]) -> Iterator[tuple[Path, Requirement]]:
    is_plain = obj.kind == "ReplicationController"
    base: Path = ("spec", "selector") if is_plain else ("spec", "selector", "matchLabels")
    for key, value in (selector if is_plain else mapping(selector.get("matchLabels"))).items():
        if value is None or isinstance(value, str):
            yield (*base, key), Requirement(key, "In", (value or "",))
    for index, expression in items(None if is_plain else selector.get("matchExpressions")):
        for wanted in LabelSelector.of({"matchExpressions": [expression]}).requirements:
            yield ("spec", "selector", "matchExpressions", index), wanted


def _is_unmet(wanted: Requirement, labels: dict[str, str]) -> bool:
    if wanted.matches(labels) or wanted.operator not in _OPERATORS:
        return False
    if wanted.operator in ("In", "NotIn") and not wanted.values:
        return False
    return not any(has_placeholder(part) for part in (wanted.key, *wanted.values, *labels, labels.get(wanted.key)))


def _mismatch(obj: Object, labels: dict[str, str], unmet: list[tuple[Path, Requirement]]) -> Problem:
    wanted = unmet[0][1]
    key = wanted.key
    asked = LabelSelector((wanted,))
    if key in labels:
        has = f"the template has {key}={labels[key]}"
    else:
        near = nearest(key, labels)
        has = f'the template has no label "{key}"' + (f', the nearest is "{near}"' if near else "")
    written = json.dumps(labels, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    refused = f"{'.'.join(_LABELS)}: Invalid value: {written}: `selector` does not match template `labels`"
    return Problem(
        (*_LABELS, key) if key in labels else _LABELS,
        f"{refused}: the selector asks for {asked}, {has}",
        related=tuple(Related(obj, path, f"asks for {LabelSelector((other,))}") for path, other in unmet),
    )
