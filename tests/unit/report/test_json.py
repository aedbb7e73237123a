from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from k8slint.bundled import SCHEMAS
from k8slint.finding import Failure, Ignored, KindCount, Severity, Skipped
from k8slint.report.json import render
from tests.build import finding, related, report

SCHEMA = json.loads((SCHEMAS / "report.schema.json").read_text(encoding="utf-8"))


def test_the_whole_report() -> None:
    full = report(
        finding(related=(related(),)),
        finding(severity=Severity.INFO, object=None, field_path=""),
        skipped=(Skipped("chart/a.yaml", 3, "Helm template"),),
        not_judged=4,
        ignored=5,
        assumptions=("several nodes of unknown size",),
        failures=(Failure("gone", "gone.yaml: no such file"),),
        without_schema=(KindCount("Order.acme.io/v1", 2),),
        settings=(KindCount("Kustomization", 1),),
        charts=("chart",),
        kustomizations=("prod",),
    )

    data = json.loads(render(full))

    Draft202012Validator(SCHEMA).validate(data)
    second = data["findings"].pop()
    assert (second["severity"], second["object"], second["fieldPath"], second["related"]) == ("info", None, "", [])
    assert data == {
        "version": 1,
        "kubernetesVersion": "1.36",
        "summary": {
            "files": 2,
            "objects": 3,
            "fully": 1,
            "inPart": [],
            "withoutSchema": [{"kind": "Order.acme.io/v1", "objects": 2}],
            "settings": [{"kind": "Kustomization", "objects": 1}],
            "charts": ["chart"],
            "kustomizations": ["prod"],
            "skipped": [{"file": "chart/a.yaml", "line": 3, "reason": "Helm template"}],
            "notJudged": 4,
            "ignored": 5,
            "hidden": 0,
            "errors": 1,
            "warnings": 0,
            "infos": 1,
        },
        "assumptions": ["several nodes of unknown size"],
        "failures": ["gone.yaml: no such file"],
        "ignored": [],
        "findings": [
            {
                "rule": "missing-configmap-key",
                "severity": "error",
                "message": 'ConfigMap "web-config" has no key "LOG_LVL"',
                "effect": "The container stays in CreateContainerConfigError.",
                "fix": "Name a key of the ConfigMap.",
                "object": {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "prod", "name": "web"},
                "fieldPath": "spec.template.spec.containers[0].env[0]",
                "location": {
                    "file": "apps/web/deploy.yaml",
                    "line": 31,
                    "column": 18,
                    "endLine": 31,
                    "endColumn": 25,
                },
                "related": [
                    {
                        "message": "a similar key is defined here",
                        "location": {
                            "file": "apps/web/config.yaml",
                            "line": 7,
                            "column": 3,
                            "endLine": 7,
                            "endColumn": 12,
                        },
                    }
                ],
            }
        ],
    }


def test_without_findings() -> None:
    data = json.loads(render(report()))

    Draft202012Validator(SCHEMA).validate(data)
    assert data["findings"] == []


def test_an_ignored_finding_is_told_with_its_reason() -> None:
    data = json.loads(render(report(ignored_findings=(Ignored(finding(), "a fixture"),))))

    Draft202012Validator(SCHEMA).validate(data)
    (entry,) = data["ignored"]
    assert (entry["finding"]["rule"], entry["reason"]) == ("missing-configmap-key", "a fixture")


def test_a_finding_is_a_line() -> None:
    lines = render(report(finding(), finding())).splitlines()

    assert sum('"rule": ' in line for line in lines) == 2


def objects_of(schema: Any) -> list[dict[str, Any]]:
    found, pending = [], [schema]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            pending.extend(part.values())
            if part.get("type") == "object":
                found.append(part)
        elif isinstance(part, list):
            pending.extend(part)
    return found


def test_the_schema_is_closed_and_described() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert len(objects_of(SCHEMA)) == 9
    for part in objects_of(SCHEMA):
        assert part["additionalProperties"] is False
        assert set(part["required"]) == set(part["properties"])
        for name, field in part["properties"].items():
            target = SCHEMA["$defs"][field["$ref"].split("/")[-1]] if "$ref" in field else field
            assert "description" in field or "description" in target, name


@pytest.mark.parametrize(
    "wrong",
    [{"version": 2}, {"extra": 1}, {"summary": {}}, {"findings": [{}]}, {"kubernetesVersion": 1.36}],
)
def test_the_schema_refuses_other_reports(wrong: dict[str, Any]) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid(json.loads(render(report())) | wrong)
