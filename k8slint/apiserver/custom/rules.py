"""Custom resources, held against the rules of their CRD that are written in CEL (`x-kubernetes-validations`).

Mirrors: apiextensions-apiserver pkg/apiserver/schema/cel/validation.go Validator.Validate @ v1.37
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from k8slint.apiserver.custom.keywords import Defect, as_json
from k8slint.apiserver.custom.seen import names_of, seen
from k8slint.apiserver.custom.structural import Itself
from k8slint.apiserver.decoding.scalars import Fault
from k8slint.cel.engine import Failed, Outcome, Program, Refused, Unjudged, Values, program
from k8slint.loading.document import Path
from k8slint.objects.fields import mapping, sequence, text
from k8slint.values.placeholder import has_placeholder
from k8slint.values.regex import regex

if TYPE_CHECKING:
    from k8slint.apiserver.schemas import Asked

RULES: Final = "x-kubernetes-validations"
# For all objects of a source: some seconds at most.
_MOST_WORK: Final = 300_000_000
_LONGEST_MESSAGE: Final = 5 * 1024
_FIELD_PATH = regex(r"\.([^.\[\]]+)|\['((?:[^'\\]|\\.)*)'\]")
_REASONS: Final = {
    "FieldValueDuplicate": "duplicate-value",
    "FieldValueForbidden": "forbidden-field",
    "FieldValueRequired": "required-field",
}


class Rule(NamedTuple):
    """A rule of a schema, as the CRD writes it."""

    data: Mapping[str, Any]

    @property
    def expression(self) -> str:
        """The expression; empty where there is none."""
        return text(self.data.get("rule"))

    def program(self) -> Program | Refused | Unjudged:
        """The rule compiled; an optional `oldSelf` is none."""
        return program(self.expression, has_optional_old_self=self.data.get("optionalOldSelf") is True)

    @property
    def is_for_changes(self) -> bool:
        """Whether the rule only says how a value may change, which is not asked of an object that is created."""
        if self.data.get("optionalOldSelf") is True or "oldSelf" not in self.expression:
            return False
        plain = program(self.expression)
        return isinstance(plain, Program) and plain.uses_old_self()

    @property
    def name(self) -> str:
        """What the API server calls the rule."""
        return text(self.data.get("message")).strip() or self.expression.strip()


class Unknown(NamedTuple):
    """A rule of which it is not known whether a value keeps it."""

    rule: Rule


def broken(data: Any, schema: Mapping[str, Any], asked: Asked) -> Iterator[Defect | Unknown]:
    """The rules that a completed object breaks, each at what it is said of, and those of which nothing is known."""
    yield from _broken(data, schema, _Place((), "", is_root=True), asked)


class _Place(NamedTuple):
    """Where a value stands: its path, also as the API server writes it, and whether it is an object as a whole."""

    path: Path
    field: str
    is_root: bool = False

    def below(self, step: str | int, *, is_key: bool = False) -> _Place:
        """A field, an item, or the value of a key of a map."""
        plain = f"{self.field}.{step}" if self.field else str(step)
        return _Place((*self.path, step), f"{self.field}[{step}]" if is_key or isinstance(step, int) else plain)


def _broken(value: Any, schema: Any, place: _Place, asked: Asked) -> Iterator[Defect | Unknown]:
    if value is None or not isinstance(schema, dict) or not _has_rules(Itself(schema)):
        return
    if rules := rules_of(schema):
        yield from _at(value, schema, rules, place, asked)
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _broken(item, schema.get("items"), place.below(index), asked)
    elif isinstance(value, dict):
        properties, further = mapping(schema.get("properties")), schema.get("additionalProperties")
        for key, entry in value.items():
            if key in properties:
                yield from _broken(entry, properties[key], place.below(key), asked)
            else:
                yield from _broken(entry, further, place.below(key, is_key=True), asked)


@lru_cache(maxsize=4_096)
def _has_rules(node: Itself) -> bool:
    """Whether a part of a schema, or anything in it, has rules."""
    pending, done = [node.value], set[int]()
    while pending:
        part = pending.pop()
        if not isinstance(part, dict) or id(part) in done:
            continue
        done.add(id(part))
        if part.get(RULES):
            return True
        pending += (part.get("items"), part.get("additionalProperties"), *mapping(part.get("properties")).values())
    return False


def rules_of(node: Mapping[str, Any]) -> list[Rule]:
    """The rules of a part of a schema, but for empty ones."""
    rules = [Rule(mapping(data)) for data in sequence(node.get(RULES))]
    return [rule for rule in rules if rule.expression.strip()]


def _at(
    value: Any, schema: Mapping[str, Any], rules: list[Rule], place: _Place, asked: Asked
) -> Iterator[Defect | Unknown]:
    """The rules of one part of the schema, asked of a value there."""
    itself, names = seen(value, schema, is_root=place.is_root), names_of(Itself(schema))
    values = Values(itself.value) if itself is not None else None
    for rule in rules:
        compiled = rule.program()
        if rule.is_for_changes or isinstance(compiled, Refused):  # which is said of the CRD
            continue
        outcome: Outcome = Unjudged.LIBRARY
        if isinstance(compiled, Unjudged):
            outcome = compiled
        elif itself is not None and values is not None and itself.may_be_asked(compiled, names):
            asked.work += compiled.work(values)
            outcome = compiled.evaluate(values) if asked.work <= _MOST_WORK else Unjudged.WORK
        if isinstance(outcome, (Unjudged, str)):
            yield Unknown(rule)
        elif outcome is not True and values is not None and not _waits(value):
            yield (
                _failure(outcome, rule, place, schema)
                if isinstance(outcome, Failed)
                else _refusal(value, rule, place, values)
            )


def _failure(outcome: Failed, rule: Rule, place: _Place, schema: Mapping[str, Any]) -> Defect:
    """A rule that cannot be evaluated, of which the API server says so."""
    said = f'Invalid value: "{text(schema.get("type"))}": {outcome.reason} evaluating rule: {rule.name}'
    return _defect(place, None, rule, Fault("invalid-value", said))


def _waits(value: Any) -> bool:
    """Whether anything in a value is yet to be filled in."""
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, (dict, list)):
            pending += part.values() if isinstance(part, dict) else part
        elif has_placeholder(part):
            return True
    return False


def _refusal(value: Any, rule: Rule, place: _Place, values: Values) -> Defect:
    """A rule that is broken, in its own words, at the field that it names."""
    message = _message(rule, values) or text(rule.data.get("message")).strip() or f"failed rule: {rule.name}"
    shown = "" if isinstance(value, (dict, list)) else f"{as_json(value)}: "
    id_ = _REASONS.get(text(rule.data.get("reason")), "invalid-value")
    said = {
        "duplicate-value": f"Duplicate value: {shown}".rstrip(": "),
        "forbidden-field": f"Forbidden: {message}",
        "required-field": f"Required value: {message}",
    }.get(id_, f"Invalid value: {shown}{message}")
    if id_ == "duplicate-value":
        said += f": {message}"
    for name, key in _FIELD_PATH.findall(text(rule.data.get("fieldPath"))):
        place = place.below(name or _unescaped(key))
    return _defect(place, value, rule, Fault(id_, said))


def _unescaped(key: str) -> str:
    return key.replace("\\'", "'").replace("\\\\", "\\")


def _defect(place: _Place, value: Any, rule: Rule, fault: Fault) -> Defect:
    message = f"{place.field}: {fault.message}" if place.field else fault.message
    return Defect(place.path, value, fault._replace(message=message), node=rule.data, keyword="rule")


def _message(rule: Rule, values: Values) -> str:
    """What the rule's own expression says; empty where it says nothing that the API server would print."""
    expression = text(rule.data.get("messageExpression"))
    compiled = program(expression) if expression else None
    if not isinstance(compiled, Program) or compiled.uses_old_self():
        return ""
    said = compiled.evaluate(values)
    plain = said.strip() if isinstance(said, str) else ""
    return plain if len(plain.encode()) <= _LONGEST_MESSAGE and "\n" not in plain else ""
