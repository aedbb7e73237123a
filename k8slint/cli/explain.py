"""`k8slint explain`: a rule's file as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from k8slint.cli import completion
from k8slint.cli.rules import table
from k8slint.cli.streams import width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.engine.rule import Rule


def explain(
    rule: Annotated[
        str,
        typer.Argument(metavar="RULE", help="The id of a rule, or a category.", autocompletion=completion.rules),
    ],
) -> None:
    """Print what a rule finds, why it matters, and what to do; of a category, its rules."""
    from k8slint.engine.rule import load_rules
    from k8slint.engine.selection import named

    known = load_rules()
    if rule in known:
        typer.echo("\n".join(_page(known[rule])))
        return
    members = [known[each] for each in named(known, rule)]
    typer.echo("\n".join([*table(members, width()), "`k8slint explain RULE` tells more."]))


def _page(rule: Rule) -> Iterator[str]:
    page = rule.page
    profiles = ", ".join(
        name if severity is rule.severity else f"{name} ({severity})" for name, severity in rule.profiles.items()
    )
    on = "on by default" if rule.default else "off by default"
    yield f"{rule.id} ({rule.severity}, {rule.category}, {on}{f'; in profile {profiles}' if profiles else ''})"
    yield ""
    yield rule.summary
    yield from _section("Why", page.why)
    yield from _section("In the cluster", page.effect)
    yield from _section("Fix", page.fix)
    yield from _section("Ignore it when", page.ignore_when)
    for title, examples in (("Found", page.bad), ("Not found", page.good)):
        for example in examples[:2]:
            yield from _section(title, example.rstrip())
    yield from _section("References", "\n".join(page.references))
    yield from _section("Elsewhere", ", ".join(page.peers))
    yield ""
    yield f"To hide one finding: # k8slint: ignore[{rule.id}] the reason"


def _section(title: str, text: str) -> Iterator[str]:
    if text:
        yield ""
        yield f"{title}:"
        yield from (f"  {line}".rstrip() for line in text.splitlines())
