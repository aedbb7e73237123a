"""Every format says of a run what its exit code says: red if and only if the run fails."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from junitparser import JUnitXml

from k8slint.finding import Failure, Severity
from k8slint.report import FORMATS
from tests.build import finding, report

GONE = Failure("nowhere.yaml", "nowhere.yaml: no such file or directory")
BARE = Failure("a.yaml", "nothing to check: no Kubernetes object in a.yaml")

# Severities of the findings, and what else the report says; then the exit code.
SITUATIONS: Mapping[str, tuple[str, dict[str, Any], int]] = {
    "clean": ("", {}, 0),
    "infos": ("info", {}, 0),
    "infos that fail": ("info", {"fail_level": Severity.INFO}, 1),
    "warnings": ("warning", {}, 1),
    "errors": ("error", {}, 1),
    "all": ("error warning info", {}, 1),
    "warnings that do not fail": ("warning", {"fail_level": Severity.ERROR}, 0),
    "warnings beside errors that fail": ("warning error", {"fail_level": Severity.ERROR}, 1),
    "errors that do not fail": ("error warning", {"fail_level": None}, 0),
    "a path that is not there": ("", {"failures": (GONE,)}, 2),
    "a path that is not there beside infos": ("info", {"failures": (GONE,)}, 2),
    "a path that is not there beside errors": ("error", {"failures": (GONE, BARE)}, 2),
    "a path that is not there where nothing fails": ("error", {"failures": (GONE,), "fail_level": None}, 2),
    "nothing to check": ("", {"failures": (BARE,), "objects": 0}, 2),
}


def sarif(text: str) -> int:
    (invocation,) = json.loads(text)["runs"][0]["invocations"]
    notes = [note for note in invocation.get("toolExecutionNotifications", ()) if note["level"] == "error"]
    assert invocation["executionSuccessful"] is (invocation["exitCode"] != 2) is not bool(notes)
    return int(invocation["exitCode"])


def junit(text: str) -> int:
    (suite,) = JUnitXml.fromstring(text.encode())
    cases = list(suite)
    passed = sum(case.is_passed for case in cases)
    assert (suite.tests, suite.failures + suite.errors) == (len(cases), len(cases) - passed)
    return 2 if suite.errors else int(suite.failures > 0)


def github(text: str) -> int:
    errors = re.findall(r"^::error (\w+)=", text, re.MULTILINE)
    return 2 if "title" in errors else int(bool(errors))


def azure(text: str) -> int:
    errors = re.findall(r"^##vso\[task\.logissue type=error(.)", text, re.MULTILINE)
    return 2 if "]" in errors else int(bool(errors))


def gitlab(text: str) -> int:
    severities = {issue["severity"] for issue in json.loads(text)}
    return 2 if "blocker" in severities else int(bool(severities & {"critical", "major"}))


def rdjson(text: str) -> int:
    errors = [entry for entry in json.loads(text)["diagnostics"] if entry["severity"] == "ERROR"]
    return 2 if any("code" not in entry for entry in errors) else int(bool(errors))


def checkstyle(text: str) -> int:
    errors = ET.fromstring(text).findall(".//error[@severity='error']")  # noqa: S314 - our own output
    return 2 if any("line" not in error.attrib for error in errors) else int(bool(errors))


def markdown(text: str) -> int:
    heading = text.splitlines()[0]
    assert ("✅" in heading) is not ("❌" in heading)
    return 2 if "could not do its work" in heading else int("❌" in heading)


READERS: Mapping[str, Callable[[str], int]] = {
    "sarif": sarif,
    "junit": junit,
    "github": github,
    "azure": azure,
    "gitlab": gitlab,
    "rdjson": rdjson,
    "checkstyle": checkstyle,
    "markdown": markdown,
}
# These leave it to the exit code: text for people, and data from which the reader draws its own conclusion.
SILENT = {"text", "concise", "grouped", "statistics", "json", "json-lines"}


def test_every_format_is_read() -> None:
    assert {*READERS, *SILENT} == set(FORMATS)


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("name", READERS)
def test_a_format_is_red_when_the_run_fails(name: str, situation: str) -> None:
    severities, more, code = SITUATIONS[situation]
    findings = [finding(severity=Severity(word), rule=f"rule-{word}") for word in severities.split()]

    whole = report(*findings, **more)

    assert whole.exit_code == code
    assert READERS[name](FORMATS[name](whole)) == code


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("name", FORMATS)
def test_all_clear_is_said_of_clean_runs_only(name: str, situation: str) -> None:
    severities, more, code = SITUATIONS[situation]
    whole = report(*[finding(severity=Severity(word)) for word in severities.split()], **more)

    assert "All clear" not in FORMATS[name](whole) or code == 0
