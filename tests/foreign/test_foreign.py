"""Files of other tools, as they lie in every repository: none of them gets a finding, whatever is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8slint.lint import lint
from k8slint.project import Request

FILES = Path(__file__).parent / "files"
# A Skaffold config is skipped by nobody: it says which images get their tag.
SILENT = {"skaffold.yaml"}


@pytest.fixture(scope="module")
def report():
    return lint(Request([str(FILES)], select=["ALL"]))


def test_none_gets_a_finding(report):
    assert not [f"{found.location.file}:{found.location.line} {found.message}" for found in report.findings]
    assert not report.failures
    assert not report.ignored


def test_each_is_skipped_with_a_reason(report):
    given = {str(file.relative_to(FILES)) for file in FILES.rglob("*") if file.is_file()}
    skipped = {str(Path(each.file).relative_to(FILES)) for each in report.summary.skipped if each.reason}
    assert given - skipped == SILENT
    assert len(given) > 50


def test_so_is_each_when_it_is_given_alone():
    for file in sorted(FILES.rglob("*.*")):
        # What a test expects is known by the test, which lies beside it or is given as context.
        if file.is_file() and "e2e" not in file.parts:
            assert not lint(Request([str(file)], select=["ALL"])).findings, file


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: v1\n kind: Pod\n",
        "apiVersion: v1\n\tkind: Pod\nmetadata: {name: a}\n",
        " apiVersion: v1\n kind: Pod\nmetadata: {name: a}\n",
        "apiVersion: v1\nkind Pod\nmetadata:\n  name: a\n",
        "apiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\n",
        "kind: Pod\nmetadata: {name: a}\nspec: [\n",
        "metadata: [}\napiVersion: v1\n",
        "# a comment\n'apiVersion': v1\n\"kind\": Pod\nmetadata: x: y\n",
        "on: push\n---\napiVersion: v1\nkind: Pod\nspec: [\n",
        '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"',
        "{apiVersion: v1, kind: Pod, metadata: {name: a}",
        '{\n  // a comment\n  "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}\n}',
        "---apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
    ],
)
def test_an_object_that_cannot_be_read_is_reported(text):
    assert [found.rule for found in lint(Request(["-"], stdin=text.encode(), select=["document"])).findings] == [
        "syntax-error"
    ]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-32", "cp037"])
def test_in_an_encoding_that_kubectl_does_not_read_it_is_reported_while_it_can_be_told(encoding):
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
    found = lint(Request(["-"], stdin=text.encode(encoding), select=["document"])).findings
    assert bool(found) == (encoding != "cp037")


@pytest.mark.parametrize(
    "text",
    [
        "on: [\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
        "target:\n  apiVersion: v1\n  kind: Pod\nx: [\n",
        "kind: role\nmetadata: {name: a}\nspec: [\n",
        "- apiVersion: v1\n  kind: Pod\n  x: [\n",
        '{"a": {"apiVersion": "v1", "kind": "Pod"}',
        '{"a": "apiVersion: v1", // "kind"\n "kind": 1',
    ],
)
def test_only_the_document_that_is_broken_counts(text):
    assert not lint(Request(["-"], stdin=text.encode(), select=["document"])).findings


@pytest.mark.parametrize(
    "text",
    [
        "apiversion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\n",
        "apiVersion: v1\nKind: Pod\nmetadata: {name: a}\n",
        "api_version: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\n",
        "apiVersion: apps/v1\nmetadata: {name: a}\nspec: {}\n",
    ],
)
def test_half_an_object_is_still_one(text):
    (found,) = lint(Request(["-"], stdin=text.encode(), select=["document"])).findings
    assert found.rule == "not-an-object"
