"""`k8slint schedule`: where every pod would go, and why some go nowhere."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar

import typer

from k8slint.cli.streams import (
    complain,
    config_for,
    draws_blocks,
    read_documents,
    read_stdin,
    wants_color,
    width,
    write_stdout,
)
from k8slint.usage import UsageError
from k8slint.values.record import replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from k8slint.apiserver.admission.refusal import Refusal
    from k8slint.cluster.cluster import Cluster
    from k8slint.config import Config
    from k8slint.objects.from_documents import Reading
    from k8slint.project import Material
    from k8slint.report.schedule.view import Subject
    from k8slint.scheduling import Profile
    from k8slint.simulation.drills.premises import Premises
    from k8slint.simulation.results import DryRun, PodResult

# Scores are kept for each pod and node: beyond this many they would fill the memory.
_MOST_SCORES = 200_000
T = TypeVar("T")
_HOW = "describe the cluster with --nodes 3:cpu=4,memory=16Gi or --cluster FILE (k8slint cluster example prints one)"


class ScheduleFormat(StrEnum):
    """The format of the dry run."""

    TABLE = "table"
    WIDE = "wide"
    JSON = "json"
    MARKDOWN = "markdown"


Paths = Annotated[list[str] | None, typer.Argument(metavar="PATH", help="Files or directories; - is standard input.")]
Files = Annotated[
    list[str] | None, typer.Option("--filename", "-f", metavar="PATH", help="The same, as kubectl has it.")
]
ClusterFile = Annotated[str, typer.Option(metavar="FILE", help="The cluster: nodes, volumes, classes, running pods.")]
Nodes = Annotated[str, typer.Option(metavar="NODES", help="Nodes in short: 3, or 3:cpu=4,memory=16Gi,zones=a|b|c.")]
Minor = Annotated[str, typer.Option(metavar="MINOR", help="The cluster's minor, from 1.33 on.")]
SchedulerConfig = Annotated[str, typer.Option(metavar="FILE", help="A KubeSchedulerConfiguration.")]
Namespace = Annotated[str, typer.Option("--namespace", "-n", metavar="NAME", help="Of objects that name none.")]
ConfigFile = Annotated[str, typer.Option(metavar="FILE", help="Settings, instead of the nearest .k8slint.yaml.")]
Color = Annotated[bool | None, typer.Option(help="Colours; as the terminal has it if not said.")]


def schedule(  # noqa: PLR0917 - typer reads the options from the signature
    paths: Paths = None,
    filename: Files = None,
    cluster: ClusterFile = "",
    nodes: Nodes = "",
    output: Annotated[
        ScheduleFormat, typer.Option("--output", "-o", help="A table of nodes, of pods too, JSON, or Markdown.")
    ] = ScheduleFormat.TABLE,
    kubernetes_version: Minor = "",
    scheduler_config: SchedulerConfig = "",
    namespace: Namespace = "",
    config: ConfigFile = "",
    color: Color = None,
    without: Annotated[
        str, typer.Option(metavar="NODES", help="What if these are lost: node-3, zone=a, or the worst of any 2.")
    ] = "",
    add: Annotated[
        list[str] | None,
        typer.Option(metavar="POOL", help="How many of these until all fit: big:cpu=8,memory=32Gi,zones=a|b,max=10."),
    ] = None,
    scale: Annotated[
        str, typer.Option(metavar="KIND/NAME=N..M", help="What if a workload has more replicas: deploy/web=2..10.")
    ] = "",
) -> None:
    """Show on which node each pod would run, and what keeps the others off."""
    from k8slint.report.schedule import FORMATS

    given = [*(paths or ()), *(filename or ())] or ["."]
    settings = config_for(config, given)
    start = premises(
        given,
        settings,
        cluster=cluster,
        nodes=nodes,
        kubernetes_version=kubernetes_version,
        scheduler_config=scheduler_config,
        namespace=namespace,
    )
    asks = bool(without) + bool(add) + bool(scale)
    if asks > 1:
        raise UsageError("--without, --add and --scale are one question each; ask one at a time")
    subject = rehearse(start, scores=output in (ScheduleFormat.WIDE, ScheduleFormat.JSON) and not asks)
    for gap in subject.gaps:
        complain(gap)
    run = subject.run
    if not run.pods and not run.refusals and not run.workloads and not asks:
        raise UsageError("nothing to schedule: no workload among the objects")
    told = None
    if asks:
        from k8slint.cli.drills import answer

        told, subject = answer(start, subject, without=without, add=add or (), scale=scale, namespace=namespace)
        run = subject.run
    is_colored = wants_color(settings.color if color is None else color)
    if told is None:
        text = FORMATS[output.value](subject, color=is_colored, width=width(), blocks=draws_blocks())
    else:
        from k8slint.report.drills import render

        text = render(told, subject, output.value, color=is_colored, width=width(), blocks=draws_blocks())
    write_stdout(text)
    comes_to_nothing = any(refusal.is_known for refusal in run.refusals)
    raise typer.Exit(2 if subject.gaps else exit_code(run.pods) or int(comes_to_nothing))


class Start(NamedTuple):
    """What a dry run starts from, where the cluster is described, and what could not be read."""

    premises: Premises
    named: str
    gaps: tuple[str, ...]

    def ask(self, question: Callable[[], T]) -> T:
        """What the question to the dry run answers.

        Raises:
            UsageError: for a description of the cluster that cannot be read.
        """
        from k8slint.scheduling import ShapeError

        try:
            return question()
        except ShapeError as error:
            raise UsageError(f"{self.named}: {error}") from None


def premises(
    paths: Sequence[str],
    settings: Config,
    *,
    cluster: str,
    nodes: str,
    kubernetes_version: str,
    scheduler_config: str,
    namespace: str,
) -> Start:
    """What the dry run of the paths starts from; a manifest that cannot be read is left out and becomes a gap.

    Raises:
        UsageError: for what cannot be done as asked, and for a description of the scheduler that cannot be read.
    """
    from k8slint.project import STDIN, Request, collect
    from k8slint.simulation.drills.premises import Premises

    request = Request(
        paths=paths,
        config=settings,
        stdin=read_stdin() if STDIN in paths else b"",
        kubernetes_version=kubernetes_version,
        cluster=cluster,
        nodes=nodes,
    )
    material = collect(request)
    for note in material.notes:
        complain(note)
    unread = (failure.message for failure in material.failures)
    gaps = (*unread, *(gap for reading in material.readings for gap in _gaps(reading)))
    known = _in_namespace(material.cluster, namespace) if namespace else material.cluster
    premises = Premises(
        known, material.version, _profiles(scheduler_config), tuple(_refused(known, material)), without_secrets
    )
    return Start(premises, cluster or "the cluster", gaps)


def rehearse(start: Start, *, scores: bool) -> Subject:
    """The dry run, ready to be shown; with scores if asked for and not too many to keep.

    Raises:
        UsageError: if no node is known, and for a description of the cluster that cannot be read.
    """
    run = start.ask(start.premises.run)
    if run.nodes is None:
        raise UsageError(f"no nodes are known; {_HOW}")
    pods, nodes_known = len(run.pods), len(run.nodes)
    if scores and pods * nodes_known <= _MOST_SCORES:
        run = start.ask(partial(start.premises.run, explain=True))
    elif scores:
        complain(f"scores are left out: {pods} pods on {nodes_known} nodes have too many")
    return subject_of(start, run)


def subject_of(start: Start, run: DryRun) -> Subject:
    """A run, ready to be shown."""
    from k8slint.report.schedule.view import Subject
    from k8slint.simulation.explain import Explainer

    return Subject(run, Explainer(run), str(start.premises.version), start.gaps)


def exit_code(pods: Iterable[PodResult]) -> int:
    """0 if all the pods have a node, else 1."""
    from k8slint.simulation.results import Verdict

    return int(any(pod.verdict is not Verdict.ASSIGNED for pod in pods))


def _gaps(reading: Reading) -> Iterator[str]:
    """One sentence for each part of a source that could not be read."""
    for document in reading.documents:
        for problem in document.problems if document.failed else ():
            file, line, _ = document.source.place(problem.span[0])
            yield f"{file}:{line}: {problem.message}"
    for other in reading.others:
        if other.problem is not None:
            file, line, _ = reading.source.place(other.document.span(other.path)[0])
            yield f"{file}:{line}: {other.problem.message}"


def _refused(cluster: Cluster, material: Material) -> Iterator[Refusal]:
    """The workloads and claims that the API server does not take as they are written, each with its first reason."""
    from k8slint.apiserver.admission.refusal import Refusal
    from k8slint.apiserver.schemas import schemas_for
    from k8slint.cluster.unread import Unread, unread_texts
    from k8slint.engine.stages import World, refusals

    amendments = tuple(source.text for source in material.amendments)
    unread = Unread(material.is_whole, tuple(unread_texts(material.loaded, material.readings)), amendments)
    world = World(cluster, schemas_for(material.version, ()), unread)
    for obj in cluster.objects:
        if obj.pod is None and obj.kind != "PersistentVolumeClaim":
            continue
        first, *others = refusals(obj, world) or (None,)
        if first is not None:
            more = f" (and {len(others)} more, which k8slint check lists)" if others else ""
            yield Refusal(obj, first.path, f"{first.message}{more}", None)


def _in_namespace(cluster: Cluster, namespace: str) -> Cluster:
    """The cluster with all objects that name no namespace put into the given one."""
    from k8slint.values.names import is_dns_label

    if not is_dns_label(namespace):
        raise UsageError(f'--namespace "{namespace}" is no name of a namespace')
    objects = tuple(obj if obj.namespace else replaced(obj, namespace=namespace) for obj in cluster.objects)
    return replaced(cluster, objects=objects)


def without_secrets(run: DryRun) -> DryRun:
    """The run without secret values in what the API server says."""
    from dataclasses import replace

    from k8slint.engine.masking import masked
    from k8slint.simulation.results import Verdict

    refusals = (replace(each, message=masked(each.message, each.obj.document)) for each in run.refusals)
    pods = (
        replace(pod, message=masked(pod.message, pod.owner.document)) if pod.verdict is Verdict.REFUSED else pod
        for pod in run.pods
    )
    return replace(run, refusals=tuple(refusals), pods=tuple(pods))


def _profiles(file: str) -> tuple[Profile, ...]:
    """The profiles of a KubeSchedulerConfiguration, or the default one if no file is named."""
    from k8slint.scheduling import Profile
    from k8slint.simulation.scheduler_config import profile_from

    if not file:
        return (Profile(),)
    documents = read_documents(file)
    try:
        return profile_from(documents)
    except ValueError as error:
        raise UsageError(f"{file}: {error}") from None
