"""`k8slint capacity`: how many more pods of one workload fit."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

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
    premises,
    rehearse,
    subject_of,
)
from k8slint.cli.streams import complain, config_for, draws_blocks, wants_color, width, write_stdout
from k8slint.cli.why import asked, find_one


class CapacityFormat(StrEnum):
    """The format of the answer."""

    TABLE = "table"
    JSON = "json"


def capacity(  # noqa: PLR0917 - typer reads the options from the signature
    workload: Annotated[
        str, typer.Argument(metavar="KIND/NAME", help="A workload or pod, as deploy/web, deploy web, or web alone.")
    ],
    paths: Paths = None,
    filename: Files = None,
    cluster: ClusterFile = "",
    nodes: Nodes = "",
    output: Annotated[
        CapacityFormat, typer.Option("--output", "-o", help="A table of nodes, or JSON.")
    ] = CapacityFormat.TABLE,
    kubernetes_version: Minor = "",
    scheduler_config: SchedulerConfig = "",
    namespace: Namespace = "",
    config: ConfigFile = "",
    color: Color = None,
) -> None:
    """Count how many more pods of one workload fit once all others are placed, and say what stops the next."""
    from k8slint.engine.masking import masked
    from k8slint.report.drills.capacity import render, render_json
    from k8slint.simulation.drills.capacity import capacity as count

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
    run = rehearse(start, scores=False).run
    for gap in start.gaps:
        complain(f"{gap}; left out, the answer is that of the rest")
    found = start.ask(partial(count, run, find_one(run, kind, name, namespace)))
    if found.next is not None:
        found = replace(found, next=replace(found.next, message=masked(found.next.message, found.next.owner.document)))
    subject = subject_of(start, found.after)
    is_colored = wants_color(settings.color if color is None else color)
    if output is CapacityFormat.JSON:
        write_stdout(render_json(found, subject))
    else:
        write_stdout(render(found, subject, color=is_colored, width=width(), blocks=draws_blocks()))
    raise typer.Exit(2 if start.gaps or not found.is_known else int(not found.total))
