"""Custom resources, held against the rules of their CRD that are written in CEL (`x-kubernetes-validations`).

Mirrors: apiextensions-apiserver pkg/apiserver/schema/cel/validation.go Validator.Validate @ v1.37
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from k8slint.apiserver.custom.keywords import Defect, as_json
from k8slint.apiserver.custom.seen import names_of, seen
from k8slint.apiserver.custom.structural import Itself
from k8slint.apiserver.decoding.scalars import Fault
from k8slint.cel.engine import Failed, Program, Refused, Unjudged, Values, program
from k8slint.loading.document import Path
from k8slint.objects.fields import mapping, sequence, text
from k8slint.values.placeholder import has_placeholder
from k8slint.values.regex import regex

RULES: Final = "x-kubernetes-validations"
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
    why: Unjudged


def broken(data: Any, schema: Mapping[str, Any]) -> Iterator[Defect | Unknown]:
    """The rules that a completed object breaks, each at what it is said of, and those of which nothing is known."""
    yield from _broken(data, schema, (), "", is_root=True)


def _broken(value: Any, schema: Any, path: Path, field: str, *, is_root: bool = False) -> Iterator[Defect | Unknown]:
    if value is None or not isinstance(schema, dict) or not _has_rules(Itself(schema)):
        return
    if rules := rules_of(schema):
        yield from _at(value, schema, rules, path, field, is_root=is_root)
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _broken(item, schema.get("items"), (*path, index), f"{field}[{index}]")
    elif isinstance(value, dict):
        properties, further = mapping(schema.get("properties")), schema.get("additionalProperties")
        for key, entry in value.items():
            if key in properties:
                inner = f"{field}.{key}" if field else key
                yield from _broken(entry, properties[key], (*path, key), inner)
            else:
                yield from _broken(entry, further, (*path, key), f"{field}[{key}]")


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
    value: Any, schema: Mapping[str, Any], rules: list[Rule], path: Path, field: str, *, is_root: bool
) -> Iterator[Defect | Unknown]:
    itself, values = seen(value, schema, is_root=is_root), None
    for rule in rules:
        if rule.is_for_changes:
            continue
        compiled = rule.program()
        if isinstance(compiled, Refused):  # which is said of the CRD
            continue
        if isinstance(compiled, Unjudged):
            yield Unknown(rule, compiled)
            continue
        if itself is None or not itself.may_be_asked(compiled, names_of(Itself(schema))):
            yield Unknown(rule, Unjudged.LIBRARY)
            continue
        values = values or Values(itself.value)
        outcome = compiled.evaluate(values)
        if outcome is True or (isinstance(outcome, (bool, Failed)) and _waits(value)):
            continue
        if isinstance(outcome, Failed):
            said = f"{outcome.reason} evaluating rule: {rule.name}"
            yield _defect(path, field, value, rule, Fault("invalid-value", f'Invalid value: "{_type(schema)}": {said}'))
        elif outcome is False:
            yield _refusal(path, field, value, rule, values)
        else:
            yield Unknown(rule, outcome if isinstance(outcome, Unjudged) else Unjudged.LIBRARY)


def _type(schema: Mapping[str, Any]) -> str:
    return text(schema.get("type"))


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


def _refusal(path: Path, field: str, value: Any, rule: Rule, values: Values) -> Defect:
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
    steps = [name or _unescaped(key) for name, key in _FIELD_PATH.findall(text(rule.data.get("fieldPath")))]
    below = "".join(f".{step}" for step in steps)
    return _defect((*path, *steps), (field + below).removeprefix("."), value, rule, Fault(id_, said))


def _unescaped(key: str) -> str:
    return key.replace("\\'", "'").replace("\\\\", "\\")


def _defect(path: Path, field: str, value: Any, rule: Rule, fault: Fault) -> Defect:
    message = f"{field}: {fault.message}" if field else fault.message
    return Defect(path, value, fault._replace(message=message), node=rule.data, keyword="rule")


def _message(rule: Rule, values: Values) -> str:
    """What the rule's own expression says; empty where it says nothing that the API server would print."""
    expression = text(rule.data.get("messageExpression"))
    compiled = program(expression) if expression else None
    if not isinstance(compiled, Program) or compiled.uses_old_self():
        return ""
    said = compiled.evaluate(values)
    plain = said.strip() if isinstance(said, str) else ""
    return plain if len(plain.encode()) <= _LONGEST_MESSAGE and "\n" not in plain else ""
