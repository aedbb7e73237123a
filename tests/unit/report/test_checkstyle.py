from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from k8slint.finding import Failure, RuleText, Severity
from k8slint.report.checkstyle import render
from tests.build import finding, place, report


def read(text: str) -> Any:
    root = ET.fromstring(text)  # noqa: S314 - our own output
    assert (root.tag, root.get("version")) == ("checkstyle", "4.3")
    return [(file.get("name"), [error.attrib for error in file]) for file in root]


def test_errors_stand_under_their_file() -> None:
    mild = finding(severity=Severity.INFO, location=place("a.yaml", 2), message="<m>", effect="", fix="", rule="other")
    texts = {"other": RuleText("config", Severity.INFO, "", "", "", "")}

    assert read(render(report(mild, finding(location=place("./a.yaml", 3)), finding(), rules=texts))) == [
        (
            "a.yaml",
            [
                {"line": "2", "column": "18", "severity": "info", "message": "<m>.", "source": "k8slint.config.other"},
                {
                    "line": "3",
                    "column": "18",
                    "severity": "error",
                    "message": 'ConfigMap "web-config" has no key "LOG_LVL". '
                    "The container stays in CreateContainerConfigError. Name a key of the ConfigMap.",
                    "source": "k8slint.missing-configmap-key",
                },
            ],
        ),
        (
            "apps/web/deploy.yaml",
            [read(render(report(finding())))[0][1][0]],
        ),
    ]


def test_what_could_not_be_read_is_an_error_of_that_path() -> None:
    assert read(render(report(failures=(Failure("a", "a: permission denied"),)))) == [
        ("a", [{"severity": "error", "message": "a: permission denied", "source": "k8slint"}])
    ]


def test_without_findings() -> None:
    assert read(render(report())) == []
