"""`k8slint rules`: what k8slint can say."""

from __future__ import annotations

import json
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from k8slint.cli.streams import width
from k8slint.report.frame import aligned, hanging

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from k8slint.engine.rule import Rule


class TableFormat(StrEnum):
    """The format of the list."""

    TABLE = "table"
    JSON = "json"


def rules(
    output: Annotated[TableFormat, typer.Option("--output", "-o", help="A table, or JSON.")] = TableFormat.TABLE,
) -> None:
    """List every rule."""
    from k8slint.engine.rule import load_rules

    known = list(load_rules().values())
    if output is TableFormat.JSON:
        typer.echo(json.dumps({"version": 1, "rules": [_entry(rule) for rule in known]}, indent=2))
    else:
        off = sum(not rule.default for rule in known)
        total = f"{len(known)} rules, {off} of them off by default. `k8slint explain RULE` tells more."
        typer.echo("\n".join([*table(known, width()), *hanging(total, width(), "")]))


def _entry(rule: Rule) -> dict[str, object]:
    page = rule.page
    return {
        "id": rule.id,
        "category": rule.category,
        "severity": rule.severity.value,
        "default": rule.default,
        "profiles": list(rule.profiles),
        "summary": rule.summary,
        "why": page.why,
        "effect": page.effect,
        "fix": page.fix,
        "ignoreWhen": page.ignore_when,
        "references": list(page.references),
        "peers": list(page.peers),
    }


def table(known: Collection[Rule], room: int | None) -> Iterator[str]:
    """One line for each rule, by category, and an empty line after each category."""
    longest = max(len(rule.id) for rule in known)
    for category, rules_of_it in groupby(known, key=lambda rule: rule.category):
        yield category.upper()
        rows = [(f"{rule.id:<{longest}}", f"{rule.severity.value:<7}", _said(rule)) for rule in rules_of_it]
        yield from aligned(rows, room, "   ")
        yield ""


def _said(rule: Rule) -> str:
    if not rule.default:
        return f"{rule.summary} (off; profile {', '.join(rule.profiles)})"
    # The profiles that give the rule another severity.
    others = (f"{severity} in {name}" for name, severity in rule.profiles.items() if severity is not rule.severity)
    text = ", ".join(others)
    return f"{rule.summary} ({text})" if text else rule.summary
