"""Findings on other people's manifests, in the folder that K8SLINT_CORPUS names; each folder in it is one run.

Without arguments: the number of findings of each rule, by the set that the repository belongs to. With rules or
categories: every finding of theirs as `file:line: rule: message`, to be read for false alarms. Sets are the second
column of a table in the folder's `SOURCES.md`, if it has one.

usage: corpus.py [RULE...]
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from k8slint.engine.rule import load_rules
from k8slint.finding import Finding
from k8slint.lint import lint
from k8slint.project import Request
from k8slint.report.escape import visible
from k8slint.usage import UsageError

CORPUS = Path(os.path.abspath(os.environ.get("K8SLINT_CORPUS", "")))


def main(rules: Sequence[str]) -> int:
    """Print the findings; return the exit code: 2 if there is no corpus or no such rule, else 0."""
    if not (os.environ.get("K8SLINT_CORPUS") and CORPUS.is_dir()):
        print("K8SLINT_CORPUS names no folder; it should hold a folder of manifests a project", file=sys.stderr)
        return 2
    try:
        found = list(findings(rules or ["ALL"]))
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(listed(found) if rules else table(found)))
    return 0


def findings(rules: Sequence[str]) -> Iterator[tuple[str, Finding]]:
    """Every finding of the rules, with the set of its repository."""
    sets = sets_of_repositories()
    for repository in sorted(path for path in CORPUS.iterdir() if path.is_dir()):
        report = lint(Request([str(repository)], select=rules))
        for failure in report.failures:
            print(failure.message, file=sys.stderr)
        for finding in report.findings:
            yield sets.get(repository.name, "other"), finding


def sets_of_repositories() -> dict[str, str]:
    """The `set` column of the table in SOURCES.md, by the name of the repository's folder."""
    sets = {}
    table = CORPUS / "SOURCES.md"
    for line in table.read_text(encoding="utf-8").splitlines() if table.is_file() else ():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) > 2 and re.fullmatch(r"[\w.-]+/[\w.-]+", cells[0]):
            sets[cells[0].replace("/", "__")] = cells[1]
    return sets


def table(found: Sequence[tuple[str, Finding]]) -> Iterator[str]:
    """One line for each rule, the most frequent first: how many findings, in how many files, and by set."""
    known = load_rules()
    counts = Counter(finding.rule for _, finding in found)
    width = max(map(len, known))
    yield f"{'rule':<{width}}   {'count':>5}   {'files':>5}   by set"
    for rule, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        files = {finding.location.file for _, finding in found if finding.rule == rule}
        by_set = Counter(name for name, finding in found if finding.rule == rule)
        parts = ", ".join(f"{name} {number}" for name, number in by_set.most_common())
        off = "" if known[rule].default else " (off)"
        yield f"{rule + off:<{width}}   {count:>5}   {len(files):>5}   {parts}"
    silent = sorted(set(known) - set(counts))
    yield f"{len(found)} findings of {len(counts)} rules; silent: {', '.join(silent) or 'none'}"


def listed(found: Sequence[tuple[str, Finding]]) -> Iterator[str]:
    """One line for each finding, and how many there are."""
    for _, finding in found:
        file = Path(finding.location.file).relative_to(CORPUS)
        yield f"{visible(str(file))}:{finding.location.line}: {finding.rule}: {visible(finding.message)}"
    yield f"{len(found)} findings"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
