"""Findings that say the same, grouped for showing them; they are never counted as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from k8slint.finding import Finding, Location
from k8slint.report.escape import visible
from k8slint.values.regex import regex

_ITEM: Final = regex(r"\[[0-9]+\]")
_LAST: Final = regex(r"[^.\[\]]*(?:\[[^\]]*\])?\Z")


class Group(NamedTuple):
    """A finding, and the others of the same severity, rule and cause."""

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
        alike.setdefault((finding.severity, finding.rule, _cause(finding)), []).append(finding)
    groups = [Group(first, tuple(others)) for first, *others in alike.values()]
    return sorted(groups, key=lambda group: group.first.severity.rank)


def _cause(finding: Finding) -> str:
    """The message; if it begins with the path of the field, as the API server's do, with the field's name alone."""
    path = finding.field_path
    if not path or not finding.message.startswith(f"{path}:"):
        return finding.message
    return _last(path) + finding.message[len(path) :]


@lru_cache(maxsize=1024)
def _last(path: str) -> str:
    """The last name of a path: the same field of other containers, or of a Pod and a Deployment, is one cause.

    >>> _last("spec.template.spec.containers[1].ports[0].name"), _last("metadata.labels[example.org/a]")
    ('name', 'labels[example.org/a]')
    """
    match = _LAST.search(_ITEM.sub("", path))
    return match[0] if match is not None else path


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
