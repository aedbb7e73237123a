"""The real program over thousands of manifests of others, in the folder that K8SLINT_CORPUS names.

Beside them `INDEX.tsv` has a line a file: `path`, `class` (`broken` if no YAML), `objects` (how many it holds) and
`features`.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("K8SLINT_CORPUS", ""))

pytestmark = pytest.mark.skipif(not os.environ.get("K8SLINT_CORPUS"), reason="K8SLINT_CORPUS names no folder")


# Why objects are skipped that some program reads, or some test: the index counts them.
UNAPPLIED = "never applied"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The JSON report on the whole corpus, every rule on."""
    file = tmp_path_factory.mktemp("corpus") / "report.json"
    program = str(Path(sys.executable).with_name("k8slint"))
    command = [program, "check", ".", "--select", "ALL", "--output-format", f"json={file}"]
    process = subprocess.run(command, check=False, capture_output=True, cwd=CORPUS, timeout=600)
    assert (process.returncode, process.stdout, process.stderr) == (1, b"", b"")
    return json.loads(file.read_text())


@pytest.fixture(scope="module")
def index():
    with (CORPUS / "INDEX.tsv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t"))


def test_every_file_is_looked_at(report, index):
    """Files of settings hold one object each, which no API server takes."""
    summary, objects = report["summary"], [int(row["objects"]) for row in index]
    settings = sum(each["objects"] for each in summary["settings"])
    unapplied = sum(each["reason"].endswith(UNAPPLIED) for each in summary["skipped"])
    assert sum(count > 0 for count in objects) - settings - unapplied <= summary["files"] <= len(index)
    assert summary["objects"] + settings + unapplied >= sum(objects)


def test_broken_files_have_one_syntax_error_each_and_the_others_none(report, index):
    broken = sorted(row["path"] for row in index if row["class"] == "broken")
    assert broken
    assert [f["location"]["file"] for f in report["findings"] if f["rule"] == "syntax-error"] == broken


def test_duplicate_keys_are_found_where_there_are_some(report, index):
    """The index counts by exact text; a key that is written twice in other words is found besides."""
    twice = {row["path"] for row in index if "duplicate-keys" in row["features"]}
    assert twice <= {f["location"]["file"] for f in report["findings"] if f["rule"] == "duplicate-key"}


def test_whatever_holds_objects_is_not_skipped(report, index):
    objects = {row["path"]: int(row["objects"]) for row in index}
    skipped = {
        entry["file"]
        for entry in report["summary"]["skipped"]
        if entry["line"] == 1 and not entry["reason"].endswith(UNAPPLIED)
    }
    assert not [path for path in skipped if objects.get(path) == 1]


def test_the_script_counts_and_lists(index):
    script = [sys.executable, str(ROOT / "scripts" / "corpus.py")]
    listed = subprocess.run([*script, "syntax-error"], check=True, capture_output=True, text=True).stdout.splitlines()
    assert listed[-1] == f"{sum(row['class'] == 'broken' for row in index)} findings"
    assert all(": syntax-error: " in line for line in listed[:-1])
    wrong = subprocess.run([*script, "sintax-error"], check=False, capture_output=True, text=True)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "did you mean" in wrong.stderr
