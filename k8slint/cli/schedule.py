"""`k8slint schedule`: where every pod would go, and why some go nowhere."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from k8slint.cli.streams import complain, config_for, draws_blocks, read_stdin, wants_color, width, write_stdout
from k8slint.usage import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from k8slint.cluster.cluster import Cluster
    from k8slint.report.schedule.subject import Subject
    from k8slint.scheduling import Profile
    from k8slint.simulation.results import DryRun
    from k8slint.values.version import KubernetesVersion

# Scores are kept for each pod and node: beyond this many they would fill the memory.
_MOST_SCORES = 200_000
_HOW = "describe the cluster with --cluster FILE, as kubectl get nodes -o yaml prints it, or --nodes 3:cpu=4,memory=16Gi"


class ScheduleFormat(StrEnum):
    """How to show it."""

    TABLE = "table"
    WIDE = "wide"
    JSON = "json"
    MARKDOWN = "markdown"


Paths = Annotated[list[str] | None, typer.Argument(metavar="PATH", help="Files or directories; - is standard input.")]
Files = Annotated[list[str] | None, typer.Option("--filename", "-f", metavar="PATH", help="The same, as kubectl has it.")]
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
) -> None:
    """Show on which node each pod would run, and what keeps the others off."""
    from k8slint.report.schedule import FORMATS  # noqa: PLC0415 - imported when it runs
    from k8slint.simulation.results import Verdict  # noqa: PLC0415

    subject = rehearse(
        [*(paths or ()), *(filename or ())],
        cluster=cluster,
        nodes=nodes,
        kubernetes_version=kubernetes_version,
        scheduler_config=scheduler_config,
        namespace=namespace,
        config=config,
        scores=output in (ScheduleFormat.WIDE, ScheduleFormat.JSON),
    )
    run = subject.run
    if not run.pods and not run.refusals:
        raise UsageError("nothing to schedule: no workload among the objects, or none that has pods")
    is_colored = wants_color() if color is None else color
    write_stdout(FORMATS[output.value](subject, color=is_colored, width=width(), blocks=draws_blocks()))
    is_whole = all(pod.verdict is Verdict.ASSIGNED for pod in run.pods)
    raise typer.Exit(int(not is_whole or any(refusal.is_known for refusal in run.refusals)))


def rehearse(
    paths: Sequence[str],
    *,
    cluster: str,
    nodes: str,
    kubernetes_version: str,
    scheduler_config: str,
    namespace: str,
    config: str,
    scores: bool,
) -> Subject:
    """The dry run of the paths, ready to be shown; with scores if asked for and not too many.

    Raises:
        UsageError: for what cannot be done as asked, or cannot be read.
    """
    from k8slint.lint import STDIN, Request, collect  # noqa: PLC0415 - imported when it runs
    from k8slint.report.schedule.subject import Subject  # noqa: PLC0415
    from k8slint.simulation.explain import Explainer  # noqa: PLC0415

    given = list(paths) or ["."]
    request = Request(
        paths=given,
        config=config_for(config, given),
        stdin=read_stdin() if STDIN in given else b"",
        kubernetes_version=kubernetes_version,
        cluster=cluster,
        nodes=nodes,
    )
    material = collect(request)
    _check_version(material.version)
    if material.failures:
        for failure in material.failures[:-1]:
            complain(failure)
        raise UsageError(material.failures[-1])
    for reading in material.readings:
        for problem in _unreadable(reading):
            complain(f"{problem}: left out")
    within = _in_namespace(material.cluster, namespace) if namespace else material.cluster
    run = _dry_run(within, material.version, _profiles(scheduler_config), explain=False)
    if run.nodes is None:
        raise UsageError(f"no nodes are known; {_HOW}")
    if scores and len(run.pods) * len(run.nodes) <= _MOST_SCORES:
        run = _dry_run(within, material.version, _profiles(scheduler_config), explain=True)
    elif scores:
        complain(f"{len(run.pods)} pods on {len(run.nodes)} nodes: scores are left out")
    return Subject(run, Explainer(run), str(material.version))
