"""Findings that say the same, grouped for showing them; they are never counted as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from k8slint.finding import Finding, Location
from k8slint.report.escape import visible


class Group(NamedTuple):
    """A finding, and the others of the same severity, rule and message."""

    first: Finding
    others: tuple[Finding, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings of the group, in order of place."""
        return (self.first, *self.others)


def gathered(findings: Iterable[Finding]) -> list[Group]:
    """The findings in groups: the worst first, then by the place of the first finding."""
    alike: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        alike.setdefault((finding.severity, finding.rule, finding.message), []).append(finding)
    groups = [Group(first, tuple(others)) for first, *others in alike.values()]
    return sorted(groups, key=lambda group: group.first.severity.rank)


def by_rule(groups: Iterable[Group]) -> list[list[Group]]:
    """The groups of each rule; the rules are in the order of their first groups."""
    rules: dict[str, list[Group]] = {}
    for group in groups:
        rules.setdefault(group.first.rule, []).append(group)
    return list(rules.values())


def places(findings: Sequence[Finding], most: int) -> str:
    """The places of the first `most` findings, file by file: `a.yaml:3, 9, b.yaml:4, ...`."""
    listed = list(_by_file(finding.location for finding in findings[:most]))
    return ", ".join([*listed, *(["..."] if len(findings) > most else [])])


def _by_file(locations: Iterable[Location]) -> Iterator[str]:
    file = ""
    for location in locations:
        yield str(location.line) if location.file == file else f"{visible(location.file)}:{location.line}"
        file = location.file
