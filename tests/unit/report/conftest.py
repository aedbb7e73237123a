"""Builders of findings and reports: each test changes what it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from k8slint.finding import (
    Finding,
    Location,
    ObjectName,
    RelatedLocation,
    Report,
    Severity,
    SourceLine,
    Summary,
)


@pytest.fixture(scope="session")
def place() -> Callable[..., Location]:
    def build(file: str = "apps/web/deploy.yaml", line: int = 31, column: int = 18, width: int = 7) -> Location:
        return Location(file, line, column, line, column + width)

    return build


@pytest.fixture(scope="session")
def finding(place: Callable[..., Location]) -> Callable[..., Finding]:
    def build(**changes: Any) -> Finding:
        fields: dict[str, Any] = {
            "rule": "missing-configmap-key",
            "severity": Severity.ERROR,
            "message": 'ConfigMap "web-config" has no key "LOG_LVL"',
            "effect": "The container stays in CreateContainerConfigError.",
            "fix": "Name a key of the ConfigMap.",
            "object": ObjectName("apps/v1", "Deployment", "prod", "web"),
            "field_path": "spec.template.spec.containers[0].env[0]",
            "location": place(),
            "line": SourceLine(31, "            key: LOG_LVL"),
        }
        return Finding(**fields | changes)

    return build


@pytest.fixture(scope="session")
def related(place: Callable[..., Location]) -> Callable[..., RelatedLocation]:
    def build(**changes: Any) -> RelatedLocation:
        fields: dict[str, Any] = {
            "message": "a similar key is defined here",
            "location": place("apps/web/config.yaml", 7, 3, 9),
            "line": SourceLine(7, "  LOG_LEVEL: info"),
        }
        return RelatedLocation(**fields | changes)

    return build


@pytest.fixture(scope="session")
def report() -> Callable[..., Report]:
    def build(*findings: Finding, **changes: Any) -> Report:
        summary = Summary(
            **{name: changes.pop(name, default) for name, default in _SUMMARY.items()},
            **{name: changes.pop(name) for name in Summary._fields if name in changes},
        )
        ignored = changes.pop("ignored_findings", ())
        return Report(
            **{"kubernetes_version": "1.36", "assumptions": (), **changes},
            findings=findings,
            summary=summary,
            ignored=ignored,
        )

    return build


_SUMMARY: dict[str, Any] = {"files": 2, "objects": 3, "skipped": (), "not_judged": 0, "ignored": 0}
