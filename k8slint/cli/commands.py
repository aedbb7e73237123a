"""The commands, put together. Each is a module; what a command needs is imported when it runs."""

from __future__ import annotations

import typer

from k8slint.cli.check import check
from k8slint.cli.cluster import cluster
from k8slint.cli.explain import explain
from k8slint.cli.init import init
from k8slint.cli.rules import rules
from k8slint.cli.schedule import schedule
from k8slint.cli.test import test
from k8slint.cli.version import version
from k8slint.cli.why import why

app = typer.Typer(
    name="k8slint",
    help="What would the cluster do with these manifests? Answers before you apply, without a cluster.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (check, schedule, why, explain, rules, test, init, version):
    app.command()(command)
app.add_typer(cluster)
