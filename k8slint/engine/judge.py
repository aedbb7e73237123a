"""Problems to findings: which rules look at an object, and where in the file what they find is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from k8slint.cluster.cluster import Cluster
from k8slint.engine.frames import locate, shown_line
from k8slint.engine.rule import Rule
from k8slint.finding import Finding, ObjectName, RelatedLocation, Severity
from k8slint.loading.document import Document, Path, ReadProblem
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem, Related
from k8slint.objects.read import Reading
from k8slint.schema.fields import check_fields
from k8slint.schema.schemas import Schemas


@dataclass(frozen=True, eq=False)
class Selection:
    """The rules that are on, each with the severity it has here."""

    rules: Mapping[str, Rule]
    severities: Mapping[str, Severity]
    _by_kind: dict[str, tuple[Rule, ...]] = field(default_factory=dict, repr=False)

    def has(self, rule_id: str) -> bool:
        """Whether the rule is on."""
        return rule_id in self.severities

    def aimed_at(self, target: str) -> tuple[Rule, ...]:
        """The rules that are on whose checks are called with that."""
        if target not in self._by_kind:
            chosen = (rule for rule in self.rules.values() if rule.target == target and rule.id in self.severities)
            self._by_kind[target] = tuple(chosen)
        return self._by_kind[target]

    def for_object(self, group_kind: str) -> tuple[Rule, ...]:
        """The object rules that are on for a kind."""
        key = f"object {group_kind}"
        if key not in self._by_kind:
            self._by_kind[key] = tuple(
                rule for rule in self.aimed_at("object") if not rule.kinds or group_kind in rule.kinds
            )
        return self._by_kind[key]


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """What a source is judged against.

    `is_whole` says that the files read are meant to be all there is, so that absence may be said. `unread` are texts
    of what could not be read or is no manifest: a name that occurs there may be defined there.
    """

    cluster: Cluster
    schemas: Schemas
    is_whole: bool
    unread: tuple[str, ...] = ()


@dataclass(slots=True)
class Judged:
    """The findings of a source, and how many references could not be judged."""

    findings: list[Finding] = field(default_factory=list)
    not_judged: int = 0


def judge(reading: Reading, world: World, selection: Selection) -> Judged:
    """Every finding of the selected rules in one source, in no order yet."""
    judged = Judged()
    for document in reading.documents:
        for read_problem in document.problems:
            if selection.has(read_problem.kind):
                judged.findings.append(_of_text(document, read_problem, selection))
    for other in reading.others:
        if other.problem is not None and selection.has(other.problem.kind):
            judged.findings.append(_finding(other.problem.kind, other.document, None, other.problem, selection))
    for obj in reading.objects:
        for rule_id, problem in _problems(obj, world, selection):
            if problem.absent and not _may_say_absent(problem.absent, world):
                judged.not_judged += 1
            else:
                judged.findings.append(_finding(rule_id, obj.document, obj, problem, selection))
    return judged


def _may_say_absent(name: str, world: World) -> bool:
    return world.is_whole and not any(name in text for text in world.unread)


def _problems(obj: Object, world: World, selection: Selection) -> Iterator[tuple[str, Problem]]:
    for problem in check_fields(obj, world.schemas):
        if selection.has(problem.kind):
            yield problem.kind, problem
    for rule in selection.for_object(obj.group_kind):
        for problem in rule.check(obj, world.cluster):
            yield rule.id, problem
    pod = obj.pod
    if pod is None:
        return
    for rule in selection.aimed_at("pod"):
        for problem in rule.check(pod, world.cluster):
            yield rule.id, _moved(problem, pod.path)
    for rule in selection.aimed_at("container"):
        for container in pod.containers:
            for problem in rule.check(container, world.cluster):
                yield rule.id, _moved(problem, (*pod.path, *container.path))


def _moved(problem: Problem, prefix: Path) -> Problem:


    return replace(problem, path=(*prefix, *problem.path)) if prefix else problem


def _finding(
    rule_id: str, document: Document, obj: Object | None, problem: Problem, selection: Selection
) -> Finding:
    root = obj.path if obj is not None else ()
    span = document.span((*root, *problem.path), key=problem.at_key)
    page = selection.rules[rule_id].page
    return Finding(
        rule=rule_id,
        severity=selection.severities[rule_id],
        message=problem.message,
        effect=problem.effect or page.effect,
        fix=problem.fix or page.fix,
        object=_name(obj) if obj is not None else None,
        field_path=field_path(problem.path),
        location=locate(document, span),
        related=tuple(_related(related) for related in problem.related),
        line=shown_line(document, span, conceals=problem.conceals),
    )


def _of_text(document: Document, problem: ReadProblem, selection: Selection) -> Finding:
    page = selection.rules[problem.kind].page
    return Finding(
        rule=problem.kind,
        severity=selection.severities[problem.kind],
        message=problem.message,
        effect=page.effect,
        fix=page.fix,
        object=None,
        field_path="",
        location=locate(document, problem.span),
        related=tuple(
            RelatedLocation(message, locate(document, span), shown_line(document, span))
            for span, message in problem.related
        ),
        line=shown_line(document, problem.span),
    )


def _related(related: Related) -> RelatedLocation:
    document = related.obj.document
    span = document.span((*related.obj.path, *related.path))
    return RelatedLocation(related.message, locate(document, span), shown_line(document, span))


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
