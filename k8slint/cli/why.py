"""`k8slint why`: one workload, node by node and filter by filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from k8slint.cli.kinds import kind_and_name
from k8slint.cli.schedule import (
    ClusterFile,
    Color,
    ConfigFile,
    Files,
    Minor,
    Namespace,
    Nodes,
    Paths,
    SchedulerConfig,
    exit_code,
    rehearse,
)
from k8slint.cli.streams import config_for, draws_blocks, wants_color, width, write_stdout
from k8slint.usage import UsageError

if TYPE_CHECKING:
    from k8slint.objects.object import Object
    from k8slint.simulation.results import DryRun


def why(  # noqa: PLR0917 - typer reads the options from the signature
    workload: Annotated[str, typer.Argument(metavar="KIND/NAME", help="A workload or pod, as deploy/web.")],
    paths: Paths = None,
    filename: Files = None,
    cluster: ClusterFile = "",
    nodes: Nodes = "",
    kubernetes_version: Minor = "",
    scheduler_config: SchedulerConfig = "",
    namespace: Namespace = "",
    config: ConfigFile = "",
    color: Color = None,
) -> None:
    """Explain where the pods of one workload would go, and what keeps them off each node."""
    from k8slint.report.schedule.why import render  # noqa: PLC0415 - imported when it runs

    kind, name = kind_and_name(workload)
    given = [*(paths or ()), *(filename or ())] or ["."]
    settings = config_for(config, given)
    subject = rehearse(
        given,
        settings,
        cluster=cluster,
        nodes=nodes,
        kubernetes_version=kubernetes_version,
        scheduler_config=scheduler_config,
        namespace=namespace,
        scores=True,
    )
    owners = _find(subject.run, kind, name, namespace)
    chosen = settings.color if color is None else color
    is_colored = wants_color() if chosen is None else chosen
    pages = [render(subject, owner, color=is_colored, width=width(), blocks=draws_blocks()) for owner in owners]
    write_stdout("\n".join(pages))
    raise typer.Exit(exit_code(subject, [pod for owner in owners for pod in subject.run.of(owner)]))


def _find(run: DryRun, kind: str, name: str, namespace: str) -> list[Object]:
    """The workloads of that kind and name, or for a pod the workload that makes it; several where namespaces differ.

    Raises:
        UsageError: where there is none.
    """
    from k8slint.values.nearest import nearest  # noqa: PLC0415 - only for what is misspelt

    known = [(each.obj, each.namespace, each.obj.name) for each in run.workloads]
    known += [(refusal.obj, refusal.obj.namespace or namespace, refusal.obj.name) for refusal in run.refusals]
    known += [(pod.owner, pod.namespace, pod.owner.name) for pod in run.pods]
    candidates = [(obj, space, own) for obj, space, own in known if obj.kind == kind]
    if kind == "Pod":
        candidates += [(pod.owner, pod.namespace, pod.name) for pod in run.pods]
    within = [(obj, own) for obj, space, own in candidates if not namespace or space == namespace]
    found = list(dict.fromkeys(obj for obj, own in within if own == name))
    if found:
        return found
    near = nearest(name, (own for _, own in within))
    if near:
        hint = f'did you mean "{near}"?'
    else:
        others = dict.fromkeys(f"{obj.kind.lower()}/{own}" for obj, _, own in known if own)
        hint = f"there are {', '.join(list(others)[:5])}" if others else "there is no workload at all"
    where = f' in namespace "{namespace}"' if namespace else ""
    raise UsageError(f'there is no {kind} "{name}"{where}; {hint}')
