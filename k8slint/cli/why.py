"""`k8slint why`: one workload, node by node and filter by filter."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from k8slint.cli.resource_names import in_short, is_kind, kind_and_name
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
    premises,
    rehearse,
)
from k8slint.cli.streams import complain, config_for, draws_blocks, wants_color, width, write_stdout
from k8slint.usage import UsageError

if TYPE_CHECKING:
    from k8slint.objects.object import Object
    from k8slint.simulation.results import DryRun


def why(  # noqa: PLR0917 - typer reads the options from the signature
    workload: Annotated[
        str, typer.Argument(metavar="KIND/NAME", help="A workload or pod, as deploy/web, deploy web, or web alone.")
    ],
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
    from k8slint.report.schedule.why import render

    (kind, name), given = asked(workload, paths or [])
    given = [*given, *(filename or ())] or ["."]
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
    subject = rehearse(start, scores=True)
    for gap in subject.gaps:
        complain(f"{gap}; left out, the answer is that of the rest")
    owners = find(subject.run, kind, name, namespace)
    is_colored = wants_color(settings.color if color is None else color)
    pages = [render(subject, owner, color=is_colored, width=width(), blocks=draws_blocks()) for owner in owners]
    write_stdout("\n".join(pages))
    lacks_given = any(gap.startswith(f"{path}: ") for gap in subject.gaps for path in given)
    raise typer.Exit(2 if lacks_given else exit_code(pod for owner in owners for pod in subject.run.of(owner)))


def asked(workload: str, paths: list[str]) -> tuple[tuple[str, str], list[str]]:
    """The kind and the name asked for, and the paths; as for kubectl, the name may be the word after the kind."""
    if "/" not in workload and is_kind(workload) and paths and not os.path.exists(paths[0]):
        return kind_and_name(f"{workload}/{paths[0]}"), paths[1:]
    return kind_and_name(workload), paths


def find(run: DryRun, kind: str, name: str, namespace: str) -> list[Object]:
    """The workloads of that kind and name, or for a pod the workload that makes it; several if namespaces differ.

    Raises:
        UsageError: if there is none, or if the name alone is given and several kinds have it.
    """
    from k8slint.values.nearest import did_you_mean, nearest

    known = [(each.obj, each.namespace, each.obj.name) for each in run.workloads]
    known += [(refusal.obj, refusal.obj.namespace or namespace, refusal.obj.name) for refusal in run.refusals]
    known += [(pod.owner, pod.namespace, pod.owner.name) for pod in run.pods]
    pods = [(pod.owner, pod.namespace, pod.name) for pod in run.pods]
    meant = [(obj, space, own) for obj, space, own in known if obj.kind == kind or not kind]
    within = [
        (obj, own)
        for obj, space, own in (*meant, *(pods if kind in ("", "Pod") else ()))
        if not namespace or space == namespace
    ]
    found = list(dict.fromkeys(obj for obj, own in within if own == name))
    kinds = list(dict.fromkeys(obj.kind for obj in found))
    if len(kinds) > 1 and not kind:
        raise UsageError(f'"{name}" is {" or ".join(in_short(each, name) for each in kinds)}; say which')
    if found:
        return found
    near = nearest(name, (own for _, own in within))
    if near:
        hint = did_you_mean(near)
    else:
        others = dict.fromkeys(f"{obj.kind.lower()}/{own}" for obj, _, own in known if own)
        hint = f"there are {', '.join(list(others)[:5])}" if others else "there is no workload at all"
    where = f' in namespace "{namespace}"' if namespace else ""
    raise UsageError(f'there is no {kind or "workload"} "{name}"{where}; {hint}')


def find_one(run: DryRun, kind: str, name: str, namespace: str) -> Object:
    """The one workload of that kind and name.

    Raises:
        UsageError: if there is none, or more than one.
    """
    found = find(run, kind, name, namespace)
    if len(found) > 1:
        spaces = " or ".join(f"-n {obj.namespace or 'default'}" for obj in found)
        raise UsageError(f'several are called "{name}"; say which: {spaces}')
    return found[0]
