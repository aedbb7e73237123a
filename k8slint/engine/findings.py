"""From problems to findings: which are reported at all, and where in the file each one is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final

from k8slint.engine.locate import locate, shown_line
from k8slint.engine.masking import joined, masked, without_forms
from k8slint.engine.selection import Selection
from k8slint.engine.stages import Said, World, said_of, said_of_ignores
from k8slint.finding import Finding, Ignored, ObjectName, RelatedLocation
from k8slint.loading.document import Document, ReadProblem, Span
from k8slint.objects.from_documents import Reading
from k8slint.objects.object import Object
from k8slint.objects.problem import Place, Related
from k8slint.values.field_path import field_path

if TYPE_CHECKING:
    from k8slint.engine.ignores import Ignore, Ignores

# A text without any of these has no ignore and no attempt at one. To search it for such comments takes several times
# as long.
_SIGNS: Final = ("k8slint", "noqa", "nolint", "/ignore.")
_COMMENTS: Final = "#(?: ?k8| ks8| K8)"


class Judged:
    """The findings of a source, the ignored ones, and the number of references that could not be judged.

    `missed` is what checks asked for and the cluster description does not tell, `unjudged` the rules of custom kinds of
    which it is not known whether the objects keep them. `found` counts the findings by rule and by whether they are
    ignored, also those beyond `MOST_FINDINGS`, which are not kept.
    """

    __slots__ = ("findings", "found", "ignored", "missed", "not_judged", "unjudged")

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.ignored: list[Ignored] = []
        self.not_judged = 0
        self.missed: frozenset[str] = frozenset()
        self.unjudged: dict[str, set[str]] = {}
        self.found: dict[tuple[str, bool], int] = {}

    @property
    def cut(self) -> Mapping[str, int]:
        """The number of findings of each rule that has more than are kept."""
        return {rule: count for (rule, _), count in self.found.items() if count > MOST_FINDINGS}

    def takes(self, rule: str, *, is_ignored: bool) -> bool:
        """Count one more finding of the rule; return whether to keep it."""
        count = self.found[rule, is_ignored] = self.found.get((rule, is_ignored), 0) + 1
        return count <= MOST_FINDINGS


# A file with more findings of one rule is generated: what needs mending is the generator, not each line.
MOST_FINDINGS: Final = 10_000


def judge(reading: Reading, world: World, selection: Selection, rendered: Iterable[Said] = ()) -> Judged:
    """Judge one source by the selected rules; the findings are not sorted yet.

    `rendered` is what was found in the source when kustomizations were built.
    """
    judged = Judged()
    ignores = _ignores_of(reading, selection)
    world.cluster.missed.clear()
    world.schemas.asked.clear()
    kept: list[_Kept] = []
    secrets: dict[Document, list[Span]] = {}
    of_rendering = (said for said in rendered if selection.has(said.problem.rule))
    for said in chain(of_rendering, said_of(reading, world, selection)):
        span = said.span
        if said.is_secret:
            secrets.setdefault(said.document, []).append(span)
        hiding = _hiding(ignores, said, span) if ignores is not None else None
        if not world.may_say(said.problem):
            judged.not_judged += 1
        elif judged.takes(said.problem.rule, is_ignored=hiding is not None):
            kept.append((said, span, hiding))
    judged.missed = frozenset(world.cluster.missed)
    judged.unjudged = dict(world.schemas.asked.unjudged)
    if ignores is not None:
        takes = partial(judged.takes, is_ignored=False)
        kept += ((said, said.span, None) for said in said_of_ignores(ignores, selection, takes))
    kept = _heard(kept, selection)
    # Places and source lines are looked up only for the problems that are kept.
    concealed = {document: joined(spans) for document, spans in secrets.items()}
    for said, span, hiding in kept:
        finding = _finding(said, span, selection, concealed)
        if hiding is None:
            judged.findings.append(finding)
        else:
            judged.ignored.append(Ignored(finding, hiding.reason))
    return judged


_Kept = tuple[Said, Span, "Ignore | None"]


def _heard(kept: list[_Kept], selection: Selection) -> list[_Kept]:
    """All but the problems whose rule yields to another that speaks of the same place."""
    rules = selection.rules
    if not any(rules[said.problem.rule].yields_to for said, _, _ in kept):
        return kept
    spoken = {(said.document, span, said.problem.rule) for said, span, _ in kept}
    return [
        (said, span, hiding)
        for said, span, hiding in kept
        if not any((said.document, span, other) in spoken for other in rules[said.problem.rule].yields_to)
    ]


def may_ignore(text: str) -> bool:
    """Whether a text may have an ignore or an attempt at one: a cheap test before the search."""
    return any(sign in text for sign in _SIGNS) or re.search(_COMMENTS, text) is not None


def _ignores_of(reading: Reading, selection: Selection) -> Ignores | None:
    """The ignores of a source, or None if its text cannot have any."""
    if not may_ignore(reading.source.text):
        return None
    from k8slint.engine.ignores import ignores_of  # noqa: PLC0415 - most files have no ignores

    return ignores_of(reading, selection.rules)


def _hiding(ignores: Ignores, said: Said, span: Span) -> Ignore | None:
    return ignores.hiding(said.problem.rule, said.document.source.position(span[0])[0], said.obj)


# The spans that no frame may show, because a problem says that their values are secret.
Concealed = Mapping[Document, Sequence[Span]]


def _finding(said: Said, span: Span, selection: Selection, concealed: Concealed) -> Finding:
    document, obj, problem = said
    page = selection.rules[problem.rule].page
    named = ""
    if isinstance(problem, ReadProblem):
        place = span
        related = tuple(_place(document, at, message, concealed) for at, message in problem.related)
    else:
        named = problem.named or field_path(problem.path)
        # An empty range: the length of a secret is secret too.
        place = (span[0], span[0]) if problem.place is Place.SECRET else span
        related = tuple(dict.fromkeys(_related(other, concealed) for other in problem.related))
    return Finding(
        rule=problem.rule,
        severity=selection.severities[problem.rule],
        message=masked(problem.message, document),
        effect=masked(problem.effect or page.effect, document),
        fix=masked(problem.fix or page.fix, document),
        object=_name(obj) if obj is not None else None,
        field_path=without_forms(named),
        location=locate(document, place),
        related=related,
        line=shown_line(document, span, concealed.get(document, ())),
    )


def _place(document: Document, span: Span, message: str, concealed: Concealed) -> RelatedLocation:
    return RelatedLocation(
        masked(message, document), locate(document, span), shown_line(document, span, concealed.get(document, ()))
    )


def _related(related: Related, concealed: Concealed) -> RelatedLocation:
    document = related.obj.document
    return _place(document, document.span((*related.obj.path, *related.path)), related.message, concealed)


def _name(obj: Object) -> ObjectName:
    parts = (obj.gvk.api_version, obj.gvk.kind, obj.namespace, obj.name)
    return ObjectName(*map(without_forms, parts))
