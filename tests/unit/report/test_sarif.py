from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from sarif_pydantic import Level, Run, Sarif

from k8slint import __version__
from k8slint.engine.rule import load_rules
from k8slint.finding import Failure, Ignored, RuleText, Severity
from k8slint.report import links, sarif
from k8slint.report.sarif import RESULTS_LIMIT, render
from tests.build import finding, place, related, report

TEXT = RuleText(
    "references",
    Severity.WARNING,
    "A key is read that the ConfigMap does not have.",
    "The kubelet takes no\nempty value.\n",
    "The container waits.",
    "Set `optional`.",
)


def read(text: str) -> Run:
    log = Sarif.model_validate_json(text)
    assert log.version == "2.1.0"
    (run,) = log.runs
    return run


def test_a_result() -> None:
    run = read(render(report(finding(related=(related(),)), rules={"missing-configmap-key": TEXT})))

    assert (run.tool.driver.name, run.tool.driver.version, run.tool.driver.information_uri) == (
        "k8slint",
        __version__,
        None,
    )
    assert run.columnKind == "unicodeCodePoints"
    (rule,) = run.tool.driver.rules
    assert rule.id == "missing-configmap-key"
    assert rule.short_description.text == "A key is read that the ConfigMap does not have."
    (result,) = run.results
    assert (result.rule_id, result.rule_index, result.level) == ("missing-configmap-key", 0, Level.ERROR)
    assert result.message.text == (
        'ConfigMap "web-config" has no key "LOG_LVL". The container stays in CreateContainerConfigError. '
        "Name a key of the ConfigMap."
    )
    (location,) = result.locations
    region = location.physical_location.region
    assert location.physical_location.artifact_location.uri == "apps/web/deploy.yaml"
    assert (region.start_line, region.start_column, region.end_line, region.end_column) == (31, 18, 31, 25)
    (logical,) = location.logical_locations
    assert (logical.name, logical.fully_qualified_name) == ("web", "apps/v1/Deployment/prod/web")
    (other,) = result.related_locations
    assert other.message.text == "a similar key is defined here"
    assert other.physical_location.artifact_location.uri == "apps/web/config.yaml"


def test_a_rule_tells_all_that_its_file_says() -> None:
    run = json.loads(render(report(finding(severity=Severity.INFO), rules={"missing-configmap-key": TEXT})))["runs"][0]

    assert run["tool"]["driver"]["rules"] == [
        {
            "id": "missing-configmap-key",
            "shortDescription": {"text": "A key is read that the ConfigMap does not have."},
            "fullDescription": {"text": "The kubelet takes no empty value. The container waits."},
            "help": {
                "text": "A key is read that the ConfigMap does not have.\n\nWhy: The kubelet takes no empty value.\n\n"
                "In the cluster: The container waits.\n\nFix: Set `optional`.\n\n"
                "To ignore one finding: # k8slint: ignore[missing-configmap-key] the reason",
                "markdown": "A key is read that the ConfigMap does not have.\n\n"
                "**Why.** The kubelet takes no empty value.\n\n"
                "**In the cluster.** The container waits.\n\n**Fix.** Set `optional`.\n\n**To ignore** one finding, "
                "write beside it `# k8slint: ignore[missing-configmap-key] the reason`.",
            },
            "defaultConfiguration": {"level": "warning"},
            "properties": {"tags": ["references"], "precision": "high", "problem.severity": "warning"},
        }
    ]


def test_descriptions_keep_to_the_length_that_github_shows() -> None:
    for rule in load_rules().values():
        described = sarif._rule(rule.id, rule.severity, rule.text)  # noqa: SLF001 - all rules, without findings of all
        assert len(described["shortDescription"]["text"]) <= 1024
        assert len(described["fullDescription"]["text"]) <= 1024


def test_addresses_are_there_if_the_project_has_one(monkeypatch: Any) -> None:
    one = report(finding(), rules={"missing-configmap-key": TEXT})
    without = json.loads(render(one))["runs"][0]["tool"]["driver"]
    assert "informationUri" not in without
    assert "helpUri" not in without["rules"][0]

    for module in (sarif, links):
        monkeypatch.setattr(module, "documentation", lambda: "https://example.com/k8slint")

    driver = read(render(one)).tool.driver
    assert str(driver.information_uri) == "https://example.com/k8slint"
    assert str(driver.rules[0].help_uri) == "https://example.com/k8slint/rules/references/missing-configmap-key.yaml"


def test_what_could_not_be_read_is_a_notification() -> None:
    (invocation,) = json.loads(render(report(finding(), failures=(Failure("./a b", "a b: permission denied"),))))[
        "runs"
    ][0]["invocations"]

    assert invocation == {
        "executionSuccessful": False,
        "exitCode": 2,
        "toolExecutionNotifications": [
            {
                "level": "error",
                "message": {"text": "a b: permission denied"},
                "locations": [
                    {"physicalLocation": {"artifactLocation": {"uri": "a%20b", "uriBaseId": "%SRCROOT%"}}},
                ],
            }
        ],
    }


def test_findings_are_no_failed_execution() -> None:
    (invocation,) = json.loads(render(report(finding())))["runs"][0]["invocations"]

    assert invocation == {"executionSuccessful": True, "exitCode": 1}


def test_what_is_ignored_is_suppressed() -> None:
    hidden = (
        Ignored(finding(rule="a", location=place(line=1)), "loaded\nby hand"),
        Ignored(finding(rule="b", location=place(line=2)), ""),
    )
    text = render(report(finding(rule="c", severity=Severity.INFO))._replace(ignored=hidden))

    read(text)
    (run,) = json.loads(text)["runs"]
    assert [result.get("suppressions") for result in run["results"]] == [
        None,
        [{"kind": "inSource", "justification": "loaded by hand"}],
        [{"kind": "inSource"}],
    ]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["a", "b", "c"]
    assert [run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] for result in run["results"]] == ["c", "a", "b"]


def test_a_finding_keeps_its_fingerprint_when_it_is_ignored() -> None:
    assert prints(render(report(finding()))) == prints(render(report()._replace(ignored=(Ignored(finding(), ""),))))


def test_without_findings_results_are_there_and_empty() -> None:
    run = read(render(report()))

    assert run.results == []
    assert run.tool.driver.rules == []


def test_a_rule_without_a_summary_has_its_id() -> None:
    (rule,) = read(render(report(finding()))).tool.driver.rules

    assert rule.short_description.text == "missing-configmap-key"


def test_info_is_a_note_and_the_worst_come_first() -> None:
    run = read(render(report(*(finding(severity=severity, rule=severity) for severity in reversed(Severity)))))

    assert [result.level for result in run.results] == [Level.ERROR, Level.WARNING, Level.NOTE]
    assert [run.tool.driver.rules[result.rule_index].id for result in run.results] == ["error", "warning", "info"]
    assert [rule.default_configuration.level for rule in run.tool.driver.rules] == ["error", "note", "warning"]


def test_beyond_the_limit_the_mildest_are_left_out_and_that_is_said() -> None:
    mild, grave = finding(severity=Severity.INFO, rule="mild"), finding(rule="grave")

    run = json.loads(render(report(*[mild] * 2, *[grave] * RESULTS_LIMIT)))["runs"][0]

    assert len(run["results"]) == RESULTS_LIMIT
    assert {result["ruleId"] for result in run["results"]} == {"grave"}
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["grave"]
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"].startswith("2 findings left out")


def test_at_the_limit_nothing_is_said() -> None:
    assert "toolExecutionNotifications" not in render(report(*[finding()] * RESULTS_LIMIT))


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("./a/b.yaml", "a/b.yaml"),
        ("a b/ü.yaml", "a%20b/%C3%BC.yaml"),
        ("a:b.yaml", "a%3Ab.yaml"),
        ("100%.yaml", "100%25.yaml"),
        ("../a.yaml", "../a.yaml"),
        ("/srv/a.yaml", "file:///srv/a.yaml"),
        ("a\x1b\n.yaml", "a%1B%0A.yaml"),
        ("\udcff.yaml", "%FF.yaml"),
        ("\ud800.yaml", "%EF%BF%BD.yaml"),
    ],
)
def test_files_are_uris(file: str, uri: str) -> None:
    (result,) = read(render(report(finding(location=place(file))))).results

    artifact = result.locations[0].physical_location.artifact_location
    assert artifact.uri == uri
    assert (artifact.uri_base_id == "%SRCROOT%") is not uri.startswith("file:")


def test_the_bytes_of_a_file_name_come_back() -> None:
    name = b"\xff\xfe \xe2\x80\xae#?%[x].yaml"
    text = render(report(finding(location=place(name.decode("utf-8", "surrogateescape")))))

    uri = json.loads(text)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]

    assert unquote_to_bytes(uri) == name


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("see [here](https://example.com)", r"see [here\](https://example.com)"),
        ("a \\](1)", r"a \\\](1)"),
        ("spec.containers[0] {0} (1)", "spec.containers[0] {0} (1)"),
    ],
)
def test_a_message_holds_no_link(message: str, text: str) -> None:
    (result,) = read(render(report(finding(message=message, effect="", fix="")))).results

    assert result.message.text == text + "."


def prints(text: str) -> list[str]:
    return [result.partial_fingerprints["k8slint/v1"] for result in read(text).results]


def test_fingerprints_stay_when_lines_move() -> None:
    before = prints(render(report(finding(), finding(location=place(line=40)))))
    after = prints(render(report(finding(location=place(line=32)), finding(location=place(line=99, column=1)))))

    assert before == after
    assert len(set(before)) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one._replace(rule="other"),
        lambda one: one._replace(message="other"),
        lambda one: one._replace(field_path="spec.template.spec.containers[1].env[0]"),
        lambda one: one._replace(object=None),
        lambda one: one._replace(object=one.object._replace(name="other")),
        lambda one: one._replace(location=one.location._replace(file="other.yaml")),
    ],
)
def test_fingerprints_differ_where_findings_do(change: Callable[[Any], Any]) -> None:
    assert prints(render(report(finding()))) != prints(render(report(change(finding()))))
