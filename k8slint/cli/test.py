"""`k8slint test`: rule files as their own tests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from k8slint.usage import UsageError


def test(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of rule files, as <category>/<id>.yaml.")],
) -> None:
    """Run the examples of rule files: each must find what its marks say, and nothing else."""
    from k8slint.apiserver.schemas import NEWEST
    from k8slint.engine.examples import run_examples
    from k8slint.engine.rule_files import checked_rules

    known = checked_rules(folder)
    if not known:
        raise UsageError(f"{folder}: no rule files; expected <category>/<id>.yaml")
    mismatches = [mismatch for rule in known.values() for mismatch in run_examples(rule, NEWEST)]
    for mismatch in mismatches:
        typer.echo(f"{mismatch.rule}: {mismatch.example}, line {mismatch.line}: {mismatch.text}")
    examples = sum(len(rule.page.bad) + len(rule.page.good) for rule in known.values())
    typer.echo(f"{len(known)} rules, {examples} examples, {len(mismatches)} mismatches")
    raise typer.Exit(int(bool(mismatches)))
