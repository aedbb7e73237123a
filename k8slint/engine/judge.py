"""Problems to findings: which rules look at an object, and where in the file what they find is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from k8slint.cluster.cluster import Cluster
from k8slint.engine.frames import joined, locate, shown_line
from k8slint.engine.ignores import complaints, ignores_of
from k8slint.engine.selection import Selection
from k8slint.finding import Finding, Ignored, ObjectName, RelatedLocation
from k8slint.loading.document import Document, Path, ReadProblem, Span
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Problem, Related
from k8slint.objects.read import Reading
from k8slint.schema.fields import check_fields
from k8slint.schema.schemas import Schemas


class World(NamedTuple):
    """What a source is judged against.

    `is_whole` says that the files read are meant to be all there is, so that absence may be said. `unread` are texts
    of what could not be read or is no manifest: a name that occurs there may be defined there. `amendments` are texts
    of patches and mutating webhooks: they make no object, but may mend one.
    """

    cluster: Cluster
    schemas: Schemas
    is_whole: bool
    unread: tuple[str, ...] = ()
    amendments: tuple[str, ...] = ()


@dataclass(slots=True)
class Judged:
    """The findings of a source, those that were ignored, and how many references could not be judged."""

    findings: list[Finding] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    not_judged: int = 0


def judge(reading: Reading, world: World, selection: Selection) -> Judged:
    """Every finding of the selected rules in one source, in no order yet."""
    judged = Judged()
    ignores = ignores_of(reading)
    used = set()
    candidates = list(_candidates(reading, world, selection))
    concealed = _concealed(candidates)
    for candidate in candidates:
        rule_id, _, obj, problem = candidate
        finding = _finding(candidate, selection, concealed)
        hiding = [ignore for ignore in ignores if ignore.hides(rule_id, finding.location.line, obj)]
        used.update(hiding)
        if isinstance(problem, Problem) and not _may_say(problem, world):
            judged.not_judged += 1
        elif hiding:
            judged.ignored.append(Ignored(finding, ""))
        else:
            judged.findings.append(finding)
    for rule_id, ignore, message in complaints(ignores, used, selection.rules, selection.severities):
        if selection.has(rule_id):
            problem = ReadProblem(rule_id, message, ignore.span)
            judged.findings.append(_finding((rule_id, ignore.document, ignore.obj, problem), selection, concealed))
    return judged


# A problem with the id of its rule, its document, and its object where it has one.
Candidate = tuple[str, Document, Object | None, Problem | ReadProblem]
Concealed = Mapping[Document, Sequence[Span]]


def _candidates(reading: Reading, world: World, selection: Selection) -> Iterator[Candidate]:
    for document in reading.documents:
        for read_problem in document.problems:
            if selection.has(read_problem.kind):
                yield read_problem.kind, document, None, read_problem
    for other in reading.others:
        if other.problem is not None and selection.has(other.problem.kind):
            yield other.problem.kind, other.document, None, other.problem
    for obj in reading.objects:
        for rule_id, problem in _problems(obj, world, selection):
            yield rule_id, obj.document, obj, problem


def _concealed(candidates: Iterable[Candidate]) -> Concealed:
    """The values that no frame may show, since some problem says they are secret."""
    spans: dict[Document, list[Span]] = {}
    for _, document, obj, problem in candidates:
        if isinstance(problem, Problem) and problem.conceals and obj is not None:
            spans.setdefault(document, []).append(document.span((*obj.path, *problem.path)))
    return {document: joined(several) for document, several in spans.items()}


def _may_say(problem: Problem, world: World) -> bool:
    if problem.absent and not world.is_whole:
        return False
    return not (_occurs(problem.absent, world.unread) or _occurs(problem.unless, (*world.unread, *world.amendments)))


def _occurs(word: str, texts: Iterable[str]) -> bool:
    return bool(word) and any(word in text for text in texts)


def _problems(obj: Object, world: World, selection: Selection) -> Iterator[tuple[str, Problem]]:
    for problem in check_fields(obj, world.schemas):
        if selection.has(problem.kind):
            yield problem.kind, problem
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


def _finding(candidate: Candidate, selection: Selection, concealed: Concealed) -> Finding:
    rule_id, document, obj, problem = candidate
    page = selection.rules[rule_id].page
    path: Path = ()
    if isinstance(problem, ReadProblem):
        span, effect, fix = problem.span, page.effect, page.fix
        place = span
        related = tuple(_place(document, at, message, concealed) for at, message in problem.related)
    else:
        root = obj.path if obj is not None else ()
        span, path = document.span((*root, *problem.path), key=problem.at_key), problem.path
        # How long a secret is stays as secret as the rest of it.
        place = (span[0], span[0]) if problem.conceals else span
        effect, fix = problem.effect or page.effect, problem.fix or page.fix
        related = tuple(dict.fromkeys(_related(other, concealed) for other in problem.related))
    return Finding(
        rule=rule_id,
        severity=selection.severities[rule_id],
        message=problem.message,
        effect=effect,
        fix=fix,
        object=_name(obj) if obj is not None else None,
        field_path=field_path(path),
        location=locate(document, place),
        related=related,
        line=shown_line(document, span, concealed.get(document, ())),
    )


def _place(document: Document, span: Span, message: str, concealed: Concealed) -> RelatedLocation:
    return RelatedLocation(message, locate(document, span), shown_line(document, span, concealed.get(document, ())))


def _related(related: Related, concealed: Concealed) -> RelatedLocation:
    document = related.obj.document
    return _place(document, document.span((*related.obj.path, *related.path)), related.message, concealed)


def _name(obj: Object) -> ObjectName:
    return ObjectName(obj.gvk.api_version, obj.gvk.kind, obj.namespace, obj.name)


def field_path(path: Iterable[str | int]) -> str:
    """A path as the API server writes it.

    >>> field_path(("spec", "containers", 0, "image"))
    'spec.containers[0].image'
    >>> field_path(("metadata", "labels", "app.kubernetes.io/name"))
    'metadata.labels[app.kubernetes.io/name]'
    """
    text = ""
    for step in path:
        if isinstance(step, int) or "." in step or "/" in step:
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text
