"""Label selectors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

_FORMS: Final = {
    "In": "{key} in ({values})",
    "NotIn": "{key} notin ({values})",
    "Exists": "{key}",
    "DoesNotExist": "!{key}",
    "Gt": "{key}>{values}",
    "Lt": "{key}<{values}",
}
_INT = re.compile(r"[+-]?[0-9]+")


class Requirement(NamedTuple):
    """One condition on one label of an object."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether the labels meet the condition; no labels meet an unknown operator.

        Mirrors: apimachinery pkg/labels/selector.go Requirement.Matches @ v1.36
        """
        match self.operator:
            case "In":
                return self.key in labels and labels[self.key] in self.values
            case "NotIn":
                return self.key not in labels or labels[self.key] not in self.values
            case "Exists":
                return self.key in labels
            case "DoesNotExist":
                return self.key not in labels
            case "Gt" | "Lt":
                return self._compares(labels)
            case _:
                return False

    def _compares(self, labels: Mapping[str, str]) -> bool:
        if self.key not in labels or len(self.values) != 1:
            return False
        here, there = _int64(labels[self.key]), _int64(self.values[0])
        if here is None or there is None:
            return False
        return here > there if self.operator == "Gt" else here < there


class LabelSelector(NamedTuple):
    """A selector: the labels must meet all requirements; a selector without requirements selects everything.

    >>> LabelSelector.of({"matchLabels": {"app": "web"}}).matches({"app": "web", "tier": "front"})
    True
    """

    requirements: tuple[Requirement, ...]

    @classmethod
    def of(cls, selector: Any) -> LabelSelector:
        """The selector of a mapping with `matchLabels` and `matchExpressions`, without parts of the wrong type."""
        if not isinstance(selector, dict):
            return cls(())
        requirements = list(cls.of_labels(selector.get("matchLabels")).requirements)
        expressions = selector.get("matchExpressions")
        for expression in expressions if isinstance(expressions, list) else ():
            if isinstance(expression, dict):
                values = expression.get("values")
                requirements.append(
                    Requirement(
                        str(expression.get("key", "")),
                        str(expression.get("operator", "")),
                        tuple(str(value) for value in values) if isinstance(values, list) else (),
                    )
                )
        return cls(tuple(requirements))

    @classmethod
    def of_labels(cls, labels: Any) -> LabelSelector:
        """The selector that a plain mapping of labels writes, such as the one of a Service."""
        if not isinstance(labels, dict):
            return cls(())
        # The API server reads null as the empty string.
        pairs = ((key, "" if value is None else str(value)) for key, value in labels.items())
        return cls(tuple(Requirement(str(key), "In", (value,)) for key, value in pairs))

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether the labels meet every requirement."""
        return all(requirement.matches(labels) for requirement in self.requirements)

    def __str__(self) -> str:
        """The selector in kubectl's form.

        >>> str(LabelSelector.of({"matchExpressions": [{"key": "tier", "operator": "In", "values": ["a", "b"]}]}))
        'tier in (a,b)'
        """
        return ",".join(_requirement_text(requirement) for requirement in self.requirements)


def _int64(text: str) -> int | None:
    # int() would also accept spaces, underscores and digits outside ASCII, which Go does not.
    if len(text) > 20 or not _INT.fullmatch(text):
        return None
    number = int(text)
    return number if -(2**63) <= number < 2**63 else None


def _requirement_text(requirement: Requirement) -> str:
    form = "{key} {operator} ({values})"
    if requirement.operator == "In" and len(requirement.values) == 1:
        form = "{key}={values}"
    else:
        form = _FORMS.get(requirement.operator, form)
    return form.format(key=requirement.key, operator=requirement.operator, values=",".join(requirement.values))
