"""Twice the input is twice the work, whatever a stranger writes; of nobody's input does the work explode."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

import k8slint
from k8slint.checks import serving
from k8slint.checks.references import overlaps
from k8slint.checks.workload import disruption_budgets
from k8slint.cluster import pod_selectors as selection
from k8slint.cluster import similar_names as spelling
from k8slint.finding import Ignored, Report
from k8slint.lint import Request, lint
from k8slint.report import FORMATS, Detail
from k8slint.values import nearest
from tests.growth import attacks, generators, projects, relations
from tests.growth.steps import Work, growth

Make = Callable[[int], str]
# The second doubling may cost so many times the first: sorting is a little more than linear.
MOST = 2.3
# From so many on, all that is bounded has met its bound.
PAST_BOUNDS = 30
IS_WHOLE = os.environ.get("K8SLINT_GROWTH") == "all"
SAMPLED = "one in twenty; K8SLINT_GROWTH=all runs every one"


def check(make: Make) -> Callable[[int], Work]:
    """The work of a run over a manifest of a size, all rules on."""

    def work_of(size: int) -> Work:
        request = Request(["-"], stdin=make(size).encode(), select=["ALL"], workers=1)
        return lambda: lint(request)

    return work_of


def sampled(cases: Iterator[tuple[str, Make]], offset: int) -> list[Any]:
    """The cases, those that are not of the sample to be skipped in an ordinary run."""
    skip = pytest.mark.skip(reason=SAMPLED)
    return [
        pytest.param(make, id=name, marks=[] if IS_WHOLE or number % 20 == offset else skip)
        for number, (name, make) in enumerate(cases)
    ]


@pytest.fixture(autouse=True)
def low_bounds(monkeypatch):
    """A name is compared with a hundred others and no more: with fewer, to be past that takes no long input."""
    bounds = (
        (nearest, "MOST_COMPARED"),
        (spelling, "MOST_COMPARED"),
        (selection, "_FEW_VALUES"),
        (disruption_budgets, "_MOST_COUNTED"),
        (overlaps, "_MOST_GUARDED"),
        (serving, "MOST_SELECTED"),
    )
    for module, bound in bounds:
        monkeypatch.setattr(module, bound, 10)


@pytest.mark.parametrize("make", relations.ALL, ids=lambda make: make.__name__)
def test_what_could_be_compared_with_each_other_is_not(make):
    assert growth(check(make), PAST_BOUNDS) <= MOST


@pytest.mark.parametrize("make", sampled(generators.of_kinds(), 1))
def test_objects_of_a_kind(make):
    assert growth(check(make), 8) <= MOST


@pytest.mark.parametrize("make", sampled(generators.of_lists(), 5))
def test_entries_of_a_list(make):
    # The API server reads lists of devices up to 32 entries.
    assert growth(check(make), 40) <= MOST


@pytest.mark.parametrize("write", projects.ALL, ids=lambda write: write.__name__)
def test_files_of_a_project(tmp_path, write):
    assert growth(project(tmp_path, write), 20) <= MOST


def project(tmp_path: Path, write: projects.Write) -> Callable[[int], Work]:
    """The work of a run over a folder of a size, written once."""

    def work_of(size: int) -> Work:
        folder = tmp_path / str(size)
        if not folder.exists():
            folder.mkdir()
            write(folder, size)
        return lambda: k8slint.check(folder, select=["ALL"])

    return work_of


def findings_of(make: Make) -> Callable[[int], Report]:
    return lambda size: lint(Request(["-"], stdin=make(size).encode(), select=["ALL"], workers=1))


def ignored_findings(size: int) -> Report:
    """A report of which every finding is ignored, as many of each rule."""
    report = findings_of(relations.the_same_object)(size)
    return report._replace(findings=(), ignored=tuple(Ignored(each, "a reason") for each in report.findings))


REPORTS: Mapping[str, Callable[[int], Report]] = {
    "findings": findings_of(relations.config_maps_that_are_nearly_there),
    "findings on one long line": findings_of(relations.findings_on_one_line),
    "findings of one rule": findings_of(relations.the_same_object),
    "ignored findings": ignored_findings,
    "nothing read": findings_of(relations.broken_documents),
}


@pytest.mark.parametrize("report_of", REPORTS.values(), ids=REPORTS)
@pytest.mark.parametrize("name", FORMATS)
def test_findings_of_a_report(name, report_of):
    def work_of(size: int) -> Work:
        report = report_of(size)
        return lambda: FORMATS[name](report, color=True, width=100, detail=Detail.FULL)

    assert growth(work_of, 15) <= MOST


# Enough for a machine that is many times slower than any on which this was written, and for no work that explodes.
PROCESSOR_SECONDS = 30
RUN = """
import json, resource, sys, time
from k8slint.lint import Request, lint
for name, text in json.load(sys.stdin):
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + {seconds}, resource.RLIM_INFINITY))
    print(name, flush=True)
    lint(Request(["-"], stdin=text.encode(), select=["ALL"], workers=1))
print("done")
"""


def sized(make: Make, size: int) -> str:
    """What a generator makes of about a size in characters."""
    number = 20
    while len(make(number)) < size and number < size:
        number = max(number + 1, min(size, number * size // max(len(make(number)), 1)))
    return make(number)


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_CPU"), reason="the system limits no processor time")
@pytest.mark.parametrize("batch", range(4))
def test_no_input_explodes(batch):
    """What runs in C is no line of Python: here work that grows with the square is killed. No clock is asserted."""
    cases = dict(attacks.texts(100_000))
    if batch >= 2:
        makes = (make for make in (*relations.ALL, *relations.PRODUCTS) if make is not relations.nested_ignores)
        cases = {make.__name__: sized(make, 100_000) for make in makes}
    elif not IS_WHOLE:
        cases = dict(islice(cases.items(), 0, None, 10))
    chosen = list(cases.items())[batch % 2 :: 2]
    program = RUN.format(seconds=PROCESSOR_SECONDS)
    run = subprocess.run(
        [sys.executable, "-c", program], check=False, input=json.dumps(chosen), capture_output=True, text=True
    )
    assert (run.returncode, run.stdout.splitlines()[-1:]) == (0, ["done"]), run.stderr
