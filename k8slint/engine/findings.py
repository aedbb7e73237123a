"""Problems to findings: which rules look at an object, and where in the file what they find is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from k8slint.apiserver.create import check_fields
from k8slint.apiserver.schemas import Schemas
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.unread import Unread
from k8slint.engine.locate import locate, shown_line
from k8slint.engine.masking import joined, masked
from k8slint.engine.selection import Selection
from k8slint.finding import Finding, Ignored, ObjectName, RelatedLocation
from k8slint.loading.document import Document, Path, ReadProblem, Span, field_path
from k8slint.objects.from_documents import Reading
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Place, Problem, Related

if TYPE_CHECKING:
    from k8slint.engine.ignores import Ignores

# A text without any of these has neither an ignore nor what tries to be one. To look for the comments one by one takes
# several times as long.
_SIGNS: Final = ("k8slint", "noqa", "nolint", "/ignore.")
_COMMENTS: Final = "#(?: ?k8| ks8| K8)"


class World(NamedTuple):
    """What a source is judged against.

    `is_whole` says that the files read are meant to be all there is, so that absence may be said. `unread` are texts
    of what could not be read or is no manifest: a name may be defined there. `amendments` are texts of patches and
    mutating webhooks: they make no object, but may mend one. `bundles` are what those see that take the source in, as
    the kustomizations of dev and prod do a base: what one of them lacks is missing.
    """

    cluster: Cluster
    schemas: Schemas
    is_whole: bool
    unread: tuple[Unread, ...] = ()
    amendments: tuple[str, ...] = ()
    bundles: tuple[World, ...] = ()


class Judged:
    """The findings of a source, those that were ignored, and how many references could not be judged.

    `missed` is what checks asked for and the cluster description does not tell. Of a rule that finds very much in one
    source, `found` counts all, and the findings are some.
    """

    __slots__ = ("findings", "found", "ignored", "missed", "not_judged")

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.ignored: list[Ignored] = []
        self.not_judged = 0
        self.missed: frozenset[str] = frozenset()
        self.found: dict[tuple[str, bool], int] = {}

    @property
    def cut(self) -> Mapping[str, int]:
        """How many findings the rules have of which only some are kept."""
        return {rule: count for (rule, _), count in self.found.items() if count > MOST_FINDINGS}

    def takes(self, rule: str, *, is_ignored: bool) -> bool:
        """Whether one more finding of the rule is kept; it is counted."""
        count = self.found[rule, is_ignored] = self.found.get((rule, is_ignored), 0) + 1
        return count <= MOST_FINDINGS


# Who has so many findings of one rule in one file mends them by a change of what writes the file.
MOST_FINDINGS: Final = 10_000


def judge(reading: Reading, world: World, selection: Selection) -> Judged:
    """Every finding of the selected rules in one source, in no order yet."""
    judged = Judged()
    ignores = _ignores_of(reading, selection)
    world.cluster.missed.clear()
    candidates = list(_candidates(reading, world, selection))
    judged.missed = frozenset(world.cluster.missed)
    concealed = _concealed(candidates)
    for candidate in candidates:
        rule_id, document, obj, problem = candidate
        span = _span(candidate)
        hiding = ignores.hiding(rule_id, document.source.position(span[0])[0], obj) if ignores is not None else None
        if isinstance(problem, Problem) and not _may_say(problem, world):
            judged.not_judged += 1
        elif judged.takes(rule_id, is_ignored=hiding is not None):
            finding = _finding(candidate, span, selection, concealed)
            if hiding is None:
                judged.findings.append(finding)
            else:
                judged.ignored.append(Ignored(finding, hiding.reason))

    def is_wanted(rule: str) -> bool:
        return selection.has(rule) and judged.takes(rule, is_ignored=False)

    for complaint in ignores.complaints(selection.severities, is_wanted) if ignores is not None else ():
        problem = ReadProblem(complaint.rule, complaint.message, complaint.span)
        at = (complaint.rule, complaint.document, complaint.obj, problem)
        judged.findings.append(_finding(at, complaint.span, selection, concealed))
    return judged


def may_ignore(text: str) -> bool:
    """Whether a text may have an ignore, or what tries to be one: a look that costs next to nothing."""
    return any(sign in text for sign in _SIGNS) or re.search(_COMMENTS, text) is not None


def _ignores_of(reading: Reading, selection: Selection) -> Ignores | None:
    """The ignores written in a source; none for most sources."""
    if not may_ignore(reading.source.text):
        return None
    from k8slint.engine.ignores import ignores_of  # noqa: PLC0415 - most files have no ignores

    return ignores_of(reading, selection.rules)


# A problem with the id of its rule, its document, and its object where it has one.
Candidate = tuple[str, Document, Object | None, Problem | ReadProblem]
Concealed = Mapping[Document, Sequence[Span]]


def _candidates(reading: Reading, world: World, selection: Selection) -> Iterator[Candidate]:
    for document in reading.documents:
        for read_problem in document.problems:
            if selection.has(read_problem.rule):
                yield read_problem.rule, document, None, read_problem
    for other in reading.others:
        if other.problem is not None and selection.has(other.problem.rule):
            yield other.problem.rule, other.document, None, other.problem
    for obj in reading.objects:
        found = list(_problems(obj, world, selection))
        for rule_id, problem in (*found, *_lacking(obj, world, selection, found)):
            yield rule_id, obj.document, obj, problem


def _lacking(
    obj: Object, world: World, selection: Selection, found: Iterable[tuple[str, Problem]]
) -> Iterator[tuple[str, Problem]]:
    """What one of the bundles that take an object in lacks, though it is among the files."""
    said = {(rule_id, problem.path) for rule_id, problem in found} if world.bundles else set()
    for bundle in world.bundles:
        for rule_id, problem in _rule_problems(obj, bundle, selection):
            if _absent(problem) and (rule_id, problem.path) not in said and _may_say(problem, bundle):
                said.add((rule_id, problem.path))
                # What was not read elsewhere need not be asked again.
                yield rule_id, problem._replace(rests_on=None)


def _concealed(candidates: Iterable[Candidate]) -> Concealed:
    """The values that no frame may show, since some problem says they are secret."""
    spans: dict[Document, list[Span]] = {}
    for _, document, obj, problem in candidates:
        if isinstance(problem, Problem) and problem.place is Place.SECRET and obj is not None:
            spans.setdefault(document, []).append(document.span((*obj.path, *problem.path)))
    return {document: joined(several) for document, several in spans.items()}


def _absent(problem: Problem) -> str:
    return problem.rests_on.name if problem.rests_on is not None else ""


def _may_say(problem: Problem, world: World) -> bool:
    if problem.rests_on is None:
        return True
    absent, word = problem.rests_on
    if absent and not world.is_whole:
        return False
    if absent and any(each.may_define(absent) for each in world.unread):
        return False
    if not word:
        return True
    return not any(each.may_mend(word) for each in world.unread) and not any(word in text for text in world.amendments)


def _problems(obj: Object, world: World, selection: Selection) -> Iterator[tuple[str, Problem]]:
    for problem in check_fields(obj, world.schemas):
        if selection.has(problem.rule):
            yield problem.rule, problem
    yield from _rule_problems(obj, world, selection)


def _rule_problems(obj: Object, world: World, selection: Selection) -> Iterator[tuple[str, Problem]]:
    for rule in selection.for_object(obj.group_kind):
        for problem in rule.check(obj, world.cluster):
            yield rule.id, problem
    if obj.pod is not None:
        yield from _pod_problems(obj.pod, world, selection)


def _pod_problems(pod: Pod, world: World, selection: Selection) -> Iterator[tuple[str, Problem]]:
    for rule in selection.aimed_at("pod"):
        for problem in rule.check(pod, world.cluster):
            yield rule.id, _moved(problem, pod.path)
    for rule in selection.aimed_at("container"):
        for container in pod.containers:
            for problem in rule.check(container, world.cluster):
                yield rule.id, _moved(problem, (*pod.path, *container.path))


def _moved(problem: Problem, prefix: Path) -> Problem:
    return problem._replace(path=(*prefix, *problem.path)) if prefix else problem


def _span(candidate: Candidate) -> Span:
    _, document, obj, problem = candidate
    if isinstance(problem, ReadProblem):
        return problem.span
    root = obj.path if obj is not None else ()
    return document.span((*root, *problem.path), key=problem.place is Place.KEY)


def _finding(candidate: Candidate, span: Span, selection: Selection, concealed: Concealed) -> Finding:
    rule_id, document, obj, problem = candidate
    page = selection.rules[rule_id].page
    path: Path = ()
    if isinstance(problem, ReadProblem):
        place = span
        related = tuple(_place(document, at, message, concealed) for at, message in problem.related)
    else:
        path = problem.path
        # How long a secret is stays as secret as the rest of it.
        place = (span[0], span[0]) if problem.place is Place.SECRET else span
        related = tuple(dict.fromkeys(_related(other, concealed) for other in problem.related))
    return Finding(
        rule=rule_id,
        severity=selection.severities[rule_id],
        message=masked(problem.message, document),
        effect=masked(problem.effect or page.effect, document),
        fix=masked(problem.fix or page.fix, document),
        object=_name(obj) if obj is not None else None,
        field_path=field_path(path),
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
    return ObjectName(obj.gvk.api_version, obj.gvk.kind, obj.namespace, obj.name)
