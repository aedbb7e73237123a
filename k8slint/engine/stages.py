"""The stages of judging a source, in their order; each problem carries the id of its rule.

What kustomize says of kustomizations is found once for the run, before the sources are judged: `engine/rendered.py`.
The documents come first: what cannot be read, and what is no object. Then each object goes through `STAGES`: the API
server, the pitfalls, the dry run; policies among the files (ValidatingAdmissionPolicies) would belong after the API
server. The problems of the ignores come last, because they depend on what the other stages have found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from k8slint.apiserver.create import WARNINGS, create
from k8slint.apiserver.schemas import Schemas
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.unread import Unread
from k8slint.engine.selection import DRY_RUN, Selection
from k8slint.engine.unfinished import finished
from k8slint.loading.document import Document, Path, ReadProblem, Span
from k8slint.objects.from_documents import Reading
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Place, Problem

if TYPE_CHECKING:
    from k8slint.engine.ignores import Ignores

# Kinds by which admission judges what else is in their namespace, and fields of pods that their classes decide.
_POLICIES: Final = ("LimitRange", "ResourceQuota")
_OF_CLASSES: Final = ("overhead", "preemptionPolicy", "priority", "runtimeClassName")


def _is_any(_: Object) -> bool:
    """Whether an object is applied wherever the source is: yes, for there are no alternatives."""
    return True


class World(NamedTuple):
    """What a source is judged against.

    `bundles` are the worlds of the kustomizations that take the source in, as dev and prod take in a base: an object
    that one of them lacks is missing. `is_common`: an object is applied wherever the source is.
    """

    cluster: Cluster
    schemas: Schemas
    unread: Unread
    bundles: tuple[World, ...] = ()
    is_common: Callable[[Object], bool] = _is_any

    def may_say(self, problem: Problem | ReadProblem) -> bool:
        """Whether the problem may be reported: nothing that was not read could make it untrue."""
        if isinstance(problem, ReadProblem) or problem.rests_on is None:
            return True
        return not self.unread.may_undo(problem.rests_on)


class Said(NamedTuple):
    """A problem with its document, and its object or None."""

    document: Document
    obj: Object | None
    problem: Problem | ReadProblem

    @property
    def span(self) -> Span:
        """The part of the text that the problem points at."""
        if isinstance(self.problem, ReadProblem):
            return self.problem.span
        root = self.obj.path if self.obj is not None else ()
        return self.document.span((*root, *self.problem.path), key=self.problem.place is Place.KEY)

    @property
    def is_secret(self) -> bool:
        """Whether the problem points at a value that no report may show."""
        return isinstance(self.problem, Problem) and self.problem.place is Place.SECRET


def said_of(reading: Reading, world: World, selection: Selection) -> Iterator[Said]:
    """Every problem that the selected rules find in a source, except those of the ignores."""
    yield from _documents(reading, selection)
    for obj in reading.objects:
        for stage in STAGES:
            for problem in stage(obj, world, selection):
                yield Said(obj.document, obj, problem)


def said_of_ignores(ignores: Ignores, selection: Selection, is_wanted: Callable[[str], bool]) -> Iterator[Said]:
    """Every problem with the ignores; call this after `hiding` was called for all other problems.

    `is_wanted` is asked with the rule of each problem before its message is made.
    """

    def is_on(rule: str) -> bool:
        return selection.has(rule) and is_wanted(rule)

    for complaint in ignores.complaints(selection.severities, is_on):
        problem = ReadProblem(complaint.rule, complaint.message, complaint.span)
        yield Said(complaint.document, complaint.obj, problem)


def _documents(reading: Reading, selection: Selection) -> Iterator[Said]:
    for document in reading.documents:
        for problem in document.problems:
            if selection.has(problem.rule):
                yield Said(document, None, problem)
    for other in reading.others:
        if other.problem is not None and selection.has(other.problem.rule):
            yield Said(other.document, None, other.problem)


def api_server(obj: Object, world: World, selection: Selection) -> Iterator[Problem]:
    """What the API server would say of what is applied."""
    for problem in finished(create(obj, world.schemas), obj, world.cluster, world.unread):
        if selection.has(problem.rule):
            yield problem


def refusals(obj: Object, world: World) -> tuple[Problem, ...]:
    """What keeps the API server from taking what is applied."""
    found = finished(create(obj, world.schemas), obj, world.cluster, world.unread)
    return tuple(problem for problem in found if problem.rule not in WARNINGS and world.may_say(problem))


def pitfalls(obj: Object, world: World, selection: Selection) -> Iterator[Problem]:
    """What the rules with a check find in the object, then what a bundle that takes the object in lacks."""
    found = _checked(obj, world.cluster, selection)
    return _checked_in_bundles(obj, found, world, selection) if world.bundles else found


def dry_run(obj: Object, world: World, selection: Selection) -> Iterator[Problem]:
    """What keeps the pods of the object from running on the described cluster; if none is, what admission refuses."""
    rules = selection.aimed_at(DRY_RUN, obj.group_kind)
    if not rules:
        return
    cluster = world.cluster
    if cluster.nodes is None:
        found = _refused(obj, cluster, world.is_common)
    else:
        from k8slint.checks.scheduling.stage import problems_of  # noqa: PLC0415 - most runs describe no cluster

        found = problems_of(obj, cluster.whole)
    ids = {rule.id for rule in rules}
    yield from (problem for problem in found if problem.rule in ids)


def _refused(obj: Object, cluster: Cluster, is_common: Callable[[Object], bool]) -> Sequence[Problem]:
    """The problems that admission has with the object for what other files hold."""
    has_class = obj.pod is not None and any(obj.pod.spec.get(field) is not None for field in _OF_CLASSES)
    if not has_class and not any(map(cluster.whole.of_kind, _POLICIES)):
        return ()
    from k8slint.checks.scheduling.by_files import problems_by_files  # noqa: PLC0415 - few files decide on others

    return problems_by_files(obj, cluster, is_common, has_class=has_class)


Stage = Callable[[Object, World, Selection], Iterator[Problem]]
STAGES: Final[tuple[Stage, ...]] = (
    api_server,
    pitfalls,
    dry_run,
)
"""The stages that an object goes through, in order."""


def dry_run_once(cluster: Cluster, selections: Iterable[Selection]) -> tuple[str, ...]:
    """Make the dry run, if a rule asks for one, before any worker would make its own; return what it assumes.

    Raises:
        UsageError: for a cluster description that cannot be read.
    """
    if cluster.nodes is None:
        return ()
    distinct = {id(each): each for each in selections}
    if not any(each.aimed_at(DRY_RUN) for each in distinct.values()):
        return ()
    from k8slint.checks.scheduling.stage import assumptions  # noqa: PLC0415 - most runs describe no cluster

    return assumptions(cluster)


def _checked(obj: Object, cluster: Cluster, selection: Selection) -> Iterator[Problem]:
    for rule in selection.aimed_at("object", obj.group_kind):
        for problem in rule.check(obj, cluster):
            yield problem._replace(rule=rule.id)
    for pod in obj.pods:
        yield from _checked_pod(pod, cluster, selection)


def _checked_pod(pod: Pod, cluster: Cluster, selection: Selection) -> Iterator[Problem]:
    for rule in selection.aimed_at("pod"):
        for problem in rule.check(pod, cluster):
            yield _moved(problem, pod.path, rule.id)
    for rule in selection.aimed_at("container"):
        for container in pod.containers:
            for problem in rule.check(container, cluster):
                yield _moved(problem, (*pod.path, *container.path), rule.id)


def _moved(problem: Problem, prefix: Path, rule: str) -> Problem:
    return problem._replace(path=(*prefix, *problem.path), rule=rule)


def _checked_in_bundles(obj: Object, found: Iterable[Problem], world: World, selection: Selection) -> Iterator[Problem]:
    said = set()
    for problem in found:
        said.add((problem.rule, problem.path))
        yield problem
    for bundle in world.bundles:
        for problem in _checked(obj, bundle.cluster, selection):
            is_absence = problem.rests_on is not None and problem.rests_on.name != ""
            if is_absence and (problem.rule, problem.path) not in said and bundle.may_say(problem):
                said.add((problem.rule, problem.path))
                # The bundle has been asked what was not read; the file's own world need not be asked too.
                yield problem._replace(rests_on=None)
