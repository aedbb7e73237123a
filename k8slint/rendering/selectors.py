"""Which objects a patch or replacement is for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from k8slint.rendering.gvk import Gvk, ResId
from k8slint.rendering.origin import Origin
from k8slint.rendering.problems import Refused
from k8slint.rendering.resource import Resource
from k8slint.values.automaton import Automaton
from k8slint.values.expressions import DeclinedError
from k8slint.values.labels import LabelSelector, Requirement
from k8slint.values.regex import regex

_TERM: Final = regex(
    r"\s*(?:(?P<not>!)\s*(?P<absent>[^\s!=<>,()]+)|(?P<key>[^\s!=<>,()]+)\s*"
    r"(?:(?P<sign>==|=|!=)\s*(?P<value>[^\s!=<>,()]*)|(?P<than>[<>])\s*(?P<number>[^\s!=<>,()]+)"
    r"|(?P<set>in|notin)\s*\((?P<values>[^()]*)\))?)\s*(?:,|$)"
)
_PARTS: Final = ("group", "version", "kind", "name", "namespace")
_LONGEST_SAID: Final = 80
_MOST_KNOWN: Final = 10_000


class Pattern:
    """A regular expression, with what is known of texts; it is searched for in linear time.

    Raises:
        DeclinedError: if the expression is invalid or not supported.
    """

    __slots__ = ("_automaton", "_known")

    def __init__(self, expression: str) -> None:
        self._automaton = Automaton(expression)
        self._known: dict[str, bool] = {}

    def occurs_in(self, text: str) -> bool:
        """Whether the expression matches any part of the text."""
        found = self._known.get(text)
        if found is None:
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            found = self._known[text] = self._automaton.occurs_in(text)
        return found


class Selector(NamedTuple):
    """A target: anchored regular expressions, None where all match, and selectors for labels and annotations."""

    group: Pattern | None
    version: Pattern | None
    kind: Pattern | None
    name: Pattern | None
    namespace: Pattern | None
    labels: LabelSelector
    annotations: LabelSelector

    def takes_type(self, gvk: Gvk) -> bool:
        """Whether group, version and kind match."""
        return _fits(self.group, gvk.group) and _fits(self.version, gvk.version) and _fits(self.kind, gvk.kind)

    def takes_name(self, name: str) -> bool:
        """Whether a name matches."""
        return _fits(self.name, name)

    def takes_namespace(self, namespace: str) -> bool:
        """Whether a namespace matches."""
        return _fits(self.namespace, namespace)

    def takes_id(self, identity: ResId) -> bool:
        """Whether type, name and namespace match, the last as written."""
        return (
            self.takes_type(identity.gvk)
            and self.takes_name(identity.name)
            and self.takes_namespace(identity.namespace)
        )

    def takes_metadata(self, resource: Resource) -> bool:
        """Whether the labels and annotations match."""
        return (not self.labels.requirements or self.labels.matches(resource.texts("labels"))) and (
            not self.annotations.requirements or self.annotations.matches(resource.texts("annotations"))
        )

    @property
    def has_identity(self) -> bool:
        """Whether any of type, name and namespace is asked for."""
        return any(part is not None for part in self[: len(_PARTS)])


def _fits(pattern: Pattern | None, text: str) -> bool:
    return pattern is None or pattern.occurs_in(text)


def selector_of(data: Mapping[str, Any], origin: Origin) -> Selector:
    """The selector that a `target`, `select` or `reject` writes.

    Raises:
        Refused: for an expression or selector that kustomize cannot read.

    Mirrors: sigs.k8s.io/kustomize/api types/selector.go NewSelectorRegex @ v0.21.1
    """
    patterns = [go_regex(data.get(part) or "", origin.below(part), anchored=True) for part in _PARTS]
    group, version, kind, name, namespace = patterns
    return Selector(
        group,
        version,
        kind,
        name,
        namespace,
        label_selector(data.get("labelSelector") or "", origin.below("labelSelector")),
        label_selector(data.get("annotationSelector") or "", origin.below("annotationSelector")),
    )


def go_regex(text: str, origin: Origin, *, anchored: bool = False) -> Pattern | None:
    """A regular expression of Go; None for an empty one.

    Raises:
        Refused: for what is none, or is not supported.
    """
    if not text:
        return None
    pattern = _compiled(f"^(?:{text})$" if anchored else text)
    if pattern is None:
        raise Refused(f'error parsing regexp: "{text[:_LONGEST_SAID]}"', origin)
    return pattern


@lru_cache(maxsize=1024)
def _compiled(text: str) -> Pattern | None:
    try:
        return Pattern(text)
    except DeclinedError:
        return None


def label_selector(text: str, origin: Origin) -> LabelSelector:
    """A selector in kubectl's form.

    Raises:
        Refused: for a text that is none.
    """
    requirements: list[Requirement] = []
    at = 0
    while text.strip() and at < len(text):
        match = _TERM.match(text, at)
        if match is None or match.end() == at:
            raise Refused(f'unable to parse the selector "{text}"', origin)
        requirements.append(_requirement(match))
        at = match.end()
    return LabelSelector(tuple(requirements))


def _requirement(match: re.Match[str]) -> Requirement:
    key = match["key"]
    if match["not"]:
        return Requirement(match["absent"], "DoesNotExist")
    if match["sign"]:
        return Requirement(key, "NotIn" if match["sign"] == "!=" else "In", (match["value"],))
    if match["than"]:
        return Requirement(key, "Lt" if match["than"] == "<" else "Gt", (match["number"],))
    if match["set"]:
        values = tuple(value.strip() for value in match["values"].split(","))
        return Requirement(key, "In" if match["set"] == "in" else "NotIn", values)
    return Requirement(key, "Exists")


def selected(resources: Iterable[Resource], selector: Selector) -> Iterator[Resource]:
    """The objects that a target means: by their current or first name and namespace, and their current type.

    Mirrors: sigs.k8s.io/kustomize/api resmap/reswrangler.go resWrangler.Select @ v0.21.1
    """
    for resource in resources:
        if not selector.takes_type(resource.gvk):
            continue
        current, original = resource.current_id, resource.original_id
        if (
            (
                selector.takes_namespace(original.effective_namespace)
                or selector.takes_namespace(current.effective_namespace)
            )
            and (selector.takes_name(original.name) or selector.takes_name(current.name))
            and selector.takes_metadata(resource)
        ):
            yield resource
