"""Which objects a patch or replacement is for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from k8slint.rendering.gvk import Gvk, ResId
from k8slint.rendering.origin import Origin
from k8slint.rendering.problems import Refused
from k8slint.rendering.resource import Resource
from k8slint.values.labels import LabelSelector, Requirement
from k8slint.values.regex import regex

_TERM: Final = regex(
    r"\s*(?:(?P<not>!)\s*(?P<absent>[^\s!=<>,()]+)|(?P<key>[^\s!=<>,()]+)\s*"
    r"(?:(?P<sign>==|=|!=)\s*(?P<value>[^\s!=<>,()]*)|(?P<than>[<>])\s*(?P<number>[^\s!=<>,()]+)"
    r"|(?P<set>in|notin)\s*\((?P<values>[^()]*)\))?)\s*(?:,|$)"
)
_PARTS: Final = ("group", "version", "kind", "name", "namespace")
# Of Go's regular expressions the few things that Python writes otherwise.
_GO_ONLY: Final = re.compile(r"\\z|\\Q|\\E|\\C|\[\[:|\\p|\(\?[a-zA-Z]*U")
_LONGEST: Final = 10_000


class Selector(NamedTuple):
    """A target: anchored regular expressions, None where all match, and selectors for labels and annotations."""

    group: re.Pattern[str] | None
    version: re.Pattern[str] | None
    kind: re.Pattern[str] | None
    name: re.Pattern[str] | None
    namespace: re.Pattern[str] | None
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


def _fits(pattern: re.Pattern[str] | None, text: str) -> bool:
    return pattern is None or pattern.search(text) is not None


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


def go_regex(text: str, origin: Origin, *, anchored: bool = False) -> re.Pattern[str] | None:
    """A regular expression of Go, compiled; None for an empty one.

    Raises:
        Refused: for what is none, or what Python has no like for.
    """
    if not text:
        return None
    if len(text) > _LONGEST or _GO_ONLY.search(text):
        raise Refused(f'the regular expression "{text[:80]}" is of a form that is not read here', origin)
    try:
        return re.compile(rf"^(?:{text})\Z" if anchored else text)
    except (re.error, RecursionError, OverflowError) as error:
        raise Refused(f'error parsing regexp "{text}": {error}', origin) from None


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
