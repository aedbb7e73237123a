from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from k8slint.finding import Failure, RuleText, Severity, SourceLine
from k8slint.report import rdjson
from k8slint.report.rdjson import render
from tests.build import finding, place, report

# DiagnosticResult as reviewdog documents it; its decoder refuses fields that it does not know.
POSITION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {name: {"type": "integer", "minimum": 1, "maximum": 2**31 - 1} for name in ("line", "column")},
}
RANGE = {
    "type": "object",
    "required": ["start"],
    "additionalProperties": False,
    "properties": {"start": POSITION, "end": POSITION},
}
NAMED = {"type": "object", "additionalProperties": False, "properties": {"url": {"type": "string", "format": "uri"}}}
SEVERITY = {"enum": ["UNKNOWN_SEVERITY", "ERROR", "WARNING", "INFO"]}
SOURCE = {**NAMED, "properties": {"name": {"type": "string"}, **NAMED["properties"]}}
DIAGNOSTIC = {
    "type": "object",
    "required": ["message", "location"],
    "additionalProperties": False,
    "properties": {
        "message": {"type": "string"},
        "location": {
            "type": "object",
            "required": ["path"],
            "additionalProperties": False,
            "properties": {"path": {"type": "string"}, "range": RANGE},
        },
        "severity": SEVERITY,
        "source": SOURCE,
        "code": {**NAMED, "properties": {"value": {"type": "string"}, **NAMED["properties"]}},
    },
}
SCHEMA = Draft202012Validator(
    {
        "type": "object",
        "required": ["diagnostics"],
        "additionalProperties": False,
        "properties": {
            "diagnostics": {"type": "array", "items": DIAGNOSTIC},
            "source": SOURCE,
            "severity": SEVERITY,
        },
    }
)


def read(text: str) -> Any:
    data = json.loads(text)
    SCHEMA.validate(data)
    return data


def test_a_diagnostic() -> None:
    data = read(render(report(finding())))

    assert data["source"] == {"name": "k8slint"}
    assert data["diagnostics"] == [
        {
            "message": 'ConfigMap "web-config" has no key "LOG_LVL". '
            "The container stays in CreateContainerConfigError. Name a key of the ConfigMap.",
            "location": {
                "path": "apps/web/deploy.yaml",
                "range": {"start": {"line": 31, "column": 18}, "end": {"line": 31, "column": 25}},
            },
            "severity": "ERROR",
            "code": {"value": "missing-configmap-key"},
        }
    ]


def test_severities_follow_the_fail_level() -> None:
    whole = report(*(finding(severity=severity) for severity in Severity), fail_level=Severity.ERROR)

    assert [entry["severity"] for entry in read(render(whole))["diagnostics"]] == ["ERROR", "WARNING", "INFO"]


def test_columns_count_bytes() -> None:
    """`𐐀` has four bytes in UTF-8, `ü` two."""
    one = finding(location=place(column=3, width=2), line=SourceLine(31, "a𐐀bü"))

    (entry,) = read(render(report(one)))["diagnostics"]

    assert entry["location"]["range"] == {"start": {"line": 31, "column": 6}, "end": {"line": 31, "column": 9}}


@pytest.mark.parametrize(
    "line",
    [None, SourceLine(31, "key: •••••• value", (5, 12)), SourceLine(31, "••• x", None), SourceLine(31, "cut", (1, 2))],
)
def test_where_the_line_is_not_shown_as_it_is_there_are_no_columns(line: Any) -> None:
    (entry,) = read(render(report(finding(line=line))))["diagnostics"]

    assert entry["location"]["range"] == {"start": {"line": 31}, "end": {"line": 31}}


def test_what_could_not_be_read_is_an_error_without_a_code() -> None:
    assert read(render(report(failures=(Failure("a", "a: permission denied"),))))["diagnostics"] == [
        {"message": "a: permission denied", "location": {"path": "a"}, "severity": "ERROR"}
    ]


def test_addresses_are_there_if_the_project_has_one(monkeypatch: Any) -> None:
    texts = {"missing-configmap-key": RuleText("references", Severity.ERROR, "", "", "", "")}
    monkeypatch.setattr(rdjson, "documentation", lambda: "https://example.com/k8slint")
    monkeypatch.setattr("k8slint.report.links.documentation", lambda: "https://example.com/k8slint")

    data = read(render(report(finding(), rules=texts)))

    assert data["source"]["url"] == "https://example.com/k8slint"
    assert data["diagnostics"][0]["code"]["url"] == (
        "https://example.com/k8slint/rules/references/missing-configmap-key.yaml"
    )
