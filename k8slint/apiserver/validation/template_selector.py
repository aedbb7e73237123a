"""The selector of a workload, checked against the labels in its pod template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from k8slint.apiserver.validation.field import Field
from k8slint.apiserver.validation.selectors import label_selector
from k8slint.loading.document import Path
from k8slint.values.labels import LabelSelector, Requirement
from k8slint.values.nearest import nearest

RULE: Final = "selector-template-mismatch"
_REFUSED: Final = "`selector` does not match template `labels`"


class _Wanted(NamedTuple):
    """One condition of a selector, and the field that states it."""

    path: Path
    requirement: Requirement


def needed_selector(spec: Field, kind: str) -> bool:
    """The selector of a workload, which must be there and not empty. Returns whether labels can be compared with it."""
    selector = spec["selector"]
    if is_misspelt(spec):
        return False
    if not selector.is_set:
        selector.required(rule=RULE, fix=_first_label(spec["template"]))
        return True
    is_sound = sound_selector(selector)
    not_empty(spec, kind)
    return is_sound


def is_misspelt(spec: Field) -> bool:
    """Whether the selector is absent and a misspelt field is there instead, which is reported as unknown."""
    return (
        spec.value.__class__ is dict and spec["selector"].value is None and nearest("selector", spec.value) is not None
    )


def sound_selector(selector: Field) -> bool:
    """The form of a selector. Returns whether it has no fault."""
    found = len(selector.run.found)
    label_selector(selector)
    return len(selector.run.found) == found


def not_empty(spec: Field, kind: str) -> None:
    """A selector that is there must not be empty."""
    selector = spec["selector"]
    if selector.is_set and not selector["matchLabels"] and not selector["matchExpressions"]:
        fix = _first_label(spec["template"])
        selector.invalid(f"empty selector is invalid for {kind}", {}, rule=RULE, fix=fix)


def template_labels(selector: Field, template: Field, made: Mapping[str, Any] | None = None) -> None:
    """The selector must match the template; an absent one matches nothing. `made` are the labels that the server adds.

    Mirrors: pkg/apis/apps/validation/validation.go ValidatePodTemplateSpecForReplicaSet @ v1.37
    """
    if selector.is_set:
        _meets(_wanted(selector), template, made or {})
    else:
        template["metadata"]["labels"].invalid(_REFUSED, rule=RULE)


def template_labels_by_map(selector: Field, template: Field) -> None:
    """The same for a selector that is a plain map of labels.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePodTemplateSpecForRC @ v1.37
    """
    _meets(_wanted_labels(selector), template, {})


def _wanted(selector: Field) -> Iterator[_Wanted]:
    yield from _wanted_labels(selector["matchLabels"])
    for expression in selector["matchExpressions"]:
        key, operator = expression["key"].value, expression["operator"].value
        values = tuple(value.value or "" for value in expression["values"])
        if all(part.__class__ is str for part in (key, operator, *values)) and not expression["values"].is_hole:
            yield _Wanted(expression.path, Requirement(key, operator, values))


def _wanted_labels(labels: Field) -> Iterator[_Wanted]:
    for key, value in labels.entries():
        if value.value.__class__ is str:
            yield _Wanted(value.path, Requirement(key, "In", (value.value,)))


def _meets(wanted: Iterator[_Wanted], template: Field, made: Mapping[str, Any]) -> None:
    labels = template["metadata"]["labels"]
    if labels.is_hole:
        return
    written: dict[str, Any] = labels.value or {}
    unmet = [one for one in wanted if _is_unmet(one.requirement, {**made, **written})]
    if unmet:
        _mismatch(labels, written, unmet)


def _is_unmet(wanted: Requirement, labels: dict[str, Any]) -> bool:
    if any(value.__class__ is not str for value in (labels.get(wanted.key, ""), *wanted.values)):
        return False
    # A label that is written as null is there and empty, but cannot be told from an absent one here.
    if wanted.operator == "In" and "" in wanted.values and wanted.key not in labels:
        return False
    return not wanted.matches(labels)


def _mismatch(labels: Field, written: dict[str, Any], unmet: list[_Wanted]) -> None:
    wanted = unmet[0].requirement
    key = wanted.key
    if key in written:
        has = f"the template has {key}={written[key]}"
    else:
        near = nearest(key, written)
        has = f'the template has no label "{key}"' + (f', the nearest is "{near}"' if near else "")
    labels.invalid(
        f"{_REFUSED}: the selector asks for {LabelSelector((wanted,))}, {has}",
        at=(key,) if key in written else (),
        rule=RULE,
        related=[(one.path, f"asks for {LabelSelector((one.requirement,))}") for one in unmet],
    )


def _first_label(template: Field) -> str:
    for key, value in template["metadata"]["labels"].entries():
        if value.value.__class__ is str:
            return f"Name a label of the Pod template in spec.selector.matchLabels, such as {key}: {value.value}"
    return ""
