"""Events, as the API server validates them on creation."""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.field import Field
from k8slint.apiserver.validation.formats import qualified_name

_MOST_LETTERS: Final = 128
_MOST_OF_NOTE: Final = 1024
_ELSEWHERE: Final = "does not match event.namespace"


def event(obj: Field) -> None:
    """An Event of the core group.

    Mirrors: pkg/apis/core/validation/events.go legacyValidateEvent @ v1.37
    """
    _event(obj, "involvedObject", "message")


def new_event(obj: Field) -> None:
    """An Event of events.k8s.io; the server's messages use the field names of the core group.

    Mirrors: pkg/apis/core/validation/events.go ValidateEventCreate @ v1.37
    """
    _event(obj, "regarding", "note")
    series = obj["series"]
    if series.is_set and not series.is_hole:
        count = series["count"]
        if (count.value or 0).__class__ is int and (count.value or 0) < 2:
            count.invalid("should be at least 2", "")
        if not series["lastObservedTime"]:
            series["lastObservedTime"].required()
    if not obj["eventTime"]:
        obj["eventTime"].required()
    kind = obj["type"]
    if not kind.may_be("Normal", "Warning"):
        fix = 'write "Normal" or "Warning"'
        kind.invalid(f"has invalid value: {kind.value or ''}", "", rule="unsupported-value", fix=fix)
    for name in ("deprecatedFirstTimestamp", "deprecatedLastTimestamp", "deprecatedCount", "deprecatedSource"):
        if obj[name]:
            obj[name].invalid("needs to be unset", "", fix="remove it")


def _event(obj: Field, about: str, note: str) -> None:
    """An event with an eventTime: it must say who reports it, and what was done."""
    own, other = obj["metadata"]["namespace"].value or "default", obj[about]["namespace"]
    if not obj["eventTime"]:
        if not other.is_hole and own.__class__ is str and (other.value or "default") != own:
            other.invalid(_ELSEWHERE, other.value or "", fix=f"write {own}")
        return
    if not other and own not in ("default", "kube-system"):
        other.invalid(_ELSEWHERE, "", fix=f"write {own}")
    controller = obj["reportingController"] if note == "note" else obj["reportingComponent"]
    if controller:
        qualified_name(controller)
    else:
        controller.required()
    for name in ("reportingInstance", "action", "reason"):
        field = obj[name]
        if not field:
            field.required()
        _at_most(field, _MOST_LETTERS)
    _at_most(obj[note], _MOST_OF_NOTE)


def _at_most(text: Field, most: int) -> None:
    if text.value.__class__ is str and len(text.value.encode(errors="surrogatepass")) > most:
        text.invalid(f"can have at most {most} characters", "")
