from __future__ import annotations

from typing import Any

from junitparser import JUnitXml

from k8slint.finding import Failure, Severity
from k8slint.report.junit import render
from tests.build import finding, place, report


def read(text: str) -> Any:
    (suite,) = JUnitXml.fromstring(text.encode("utf-8"))
    return suite


def test_a_case_a_file_and_rule() -> None:
    suite = read(
        render(
            report(
                finding(severity=Severity.WARNING, location=place("./a.yaml", 1)),
                finding(rule="other", location=place("./a.yaml", 2)),
                finding(location=place("./a.yaml", 3), message="a <second> & worse one"),
                finding(location=place("b.yaml", 4)),
            )
        )
    )

    assert (suite.name, suite.tests, suite.failures, suite.errors) == ("k8slint", 3, 3, 0)
    cases = list(suite)
    assert [(case.classname, case.name) for case in cases] == [
        ("a.yaml", "missing-configmap-key"),
        ("a.yaml", "other"),
        ("b.yaml", "missing-configmap-key"),
    ]
    (failure,) = cases[0].result
    assert (failure.type, failure.message) == ("error", "a <second> & worse one (and 1 more)")
    assert failure.text.splitlines() == [
        'a.yaml:1:18: warning[missing-configmap-key] ConfigMap "web-config" has no key "LOG_LVL"',
        "  effect: The container stays in CreateContainerConfigError.",
        "  help: Name a key of the ConfigMap.",
        "a.yaml:3:18: error[missing-configmap-key] a <second> & worse one",
        "  effect: The container stays in CreateContainerConfigError.",
        "  help: Name a key of the ConfigMap.",
    ]


def test_what_does_not_make_the_run_fail_is_a_case_that_passed() -> None:
    suite = read(render(report(finding(severity=Severity.INFO, location=place("a.yaml", 1), message="m"), finding())))

    assert (suite.tests, suite.failures) == (2, 1)
    passed, failed = suite
    assert (passed.name, passed.is_passed, failed.is_passed) == ("missing-configmap-key", True, False)
    assert passed.system_out.splitlines() == [
        "a.yaml:1:18: info[missing-configmap-key] m",
        "  effect: The container stays in CreateContainerConfigError.",
        "  help: Name a key of the ConfigMap.",
    ]


def test_what_could_not_be_read_is_an_error_in_a_case_of_its_own() -> None:
    suite = read(render(report(failures=(Failure("a", "a: permission denied"),))))

    assert (suite.tests, suite.failures, suite.errors) == (1, 0, 1)
    (case,) = suite
    (error,) = case.result
    assert (case.classname, error.type, error.message) == ("a", "unreadable", "a: permission denied")


def test_without_findings_one_case_passes() -> None:
    suite = read(render(report()))

    assert (suite.tests, suite.failures) == (1, 0)
    (case,) = suite
    assert case.name == "All clear: 3 objects in 2 files."
    assert case.is_passed
