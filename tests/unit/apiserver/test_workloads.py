"""Workloads in validation: what the tables cannot show, as fixes and related places."""

from __future__ import annotations

from typing import Any

import pytest

from k8slint.apiserver.create import create
from k8slint.apiserver.schemas import NEWEST, schemas_for
from k8slint.objects.problem import Problem
from tests.build import read

POD = "spec: {containers: [{name: a, image: 'a:1'}]}"


def problems(text: str, rule: str) -> list[Problem]:
    (obj,) = read(text)
    return [problem for problem in create(obj, schemas_for(NEWEST, ())) if problem.rule == rule]


def only(text: str, rule: str) -> Problem:
    (problem,) = problems(text, rule)
    return problem


def workload(kind: str, spec: str, api_version: str = "apps/v1") -> str:
    return f"{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: web}}, spec: {spec}}}"


def cron_job(schedule: str) -> str:
    return workload("CronJob", f"{{schedule: {schedule!r}}}", "batch/v1")


def test_mismatch_quotes_the_api_server_and_relates_every_condition_that_fails() -> None:
    problem = only(
        workload(
            "Deployment",
            "{selector: {matchLabels: {app: web, tier: front, ok: y1},"
            " matchExpressions: [{key: ok, operator: Exists}, {key: env, operator: In, values: [a, b]}]},"
            f" template: {{metadata: {{labels: {{ok: y1, app: api}}}}, {POD}}}}}",
        ),
        "selector-template-mismatch",
    )
    assert problem.message == (
        'spec.template.metadata.labels: Invalid value: {"ok":"y1","app":"api"}: `selector` does not match template '
        "`labels`: the selector asks for app=web, the template has app=api"
    )
    assert problem.path == ("spec", "template", "metadata", "labels", "app")
    assert [(related.path, related.message) for related in problem.related] == [
        (("spec", "selector", "matchLabels", "app"), "asks for app=web"),
        (("spec", "selector", "matchLabels", "tier"), "asks for tier=front"),
        (("spec", "selector", "matchExpressions", 1), "asks for env in (a,b)"),
    ]


def test_missing_selector_names_a_label_to_use() -> None:
    text = workload("Deployment", f"{{template: {{metadata: {{labels: {{app: web}}}}, {POD}}}}}")
    missing, _ = problems(text, "selector-template-mismatch")
    assert missing.message == "spec.selector: Required value"
    assert missing.fix.endswith("such as app: web")


@pytest.mark.parametrize("selector", ["{}", "{matchLabels: {}, matchExpressions: []}", "{matchLabels: null}"])
def test_an_empty_selector_is_refused(selector: str) -> None:
    spec = f"{{selector: {selector}, template: {{metadata: {{labels: {{app: web}}}}, {POD}}}}}"
    problem = only(workload("DaemonSet", spec), "selector-template-mismatch")
    assert problem.message == "spec.selector: Invalid value: {}: empty selector is invalid for daemonset"


@pytest.mark.parametrize(
    "spec",
    [
        "selector: {matchExpressions: [{key: app, operator: Equals}]}, template: {metadata: {labels: {app: web}}}",
        "selector: {matchExpressions: [{key: app, operator: In}]}, template: {metadata: {labels: {app: web}}}",
        "selector: {matchLabels: {app: '${NAME}'}}, template: {metadata: {labels: {app: web}}}",
        "selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: '${NAME}'}}}",
        "selector: {matchLabels: {app: web}}, template: {metadata: {labels: '${LABELS}'}}",
        "selector: {matchLabels: {'${KEY}': web}}, template: {metadata: {labels: {app: web}}}",
        "selector: {matchLabels: {app: web}}, template: {metadata: {labels: {'${KEY}': web}}}",
        "selector: '${SELECTOR}', template: {metadata: {labels: {app: web}}}",
        "selector: {matchLabels: {app: 1}}, template: {metadata: {labels: {app: 2}}}",
        "selectors: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}}",
    ],
)
@pytest.mark.parametrize("kind", ["Deployment", "DaemonSet"])
def test_what_is_wrong_otherwise_or_not_known_is_no_mismatch(kind: str, spec: str) -> None:
    assert problems(workload(kind, f"{{{spec}}}"), "selector-template-mismatch") == []


@pytest.mark.parametrize(("manual", "count"), [("false", 2), ("null", 2), ("'${MANUAL}'", 0), ("true", 1)])
def test_a_selector_of_a_job_is_its_own_only_if_that_is_said(manual: str, count: int) -> None:
    spec = f"{{manualSelector: {manual}, selector: {{matchLabels: {{a: b}}}}, template: {{{POD}}}}}"
    assert len(problems(workload("Job", spec, "batch/v1"), "selector-template-mismatch")) == count


@pytest.mark.parametrize(
    ("schedule", "fix"),
    [
        ("30 0 3 * * mon", 'A CronJob has no field for seconds: write "0 3 * * mon".'),
        ("@dialy", 'Write "@daily".'),
        ("0 0 * * 5-7", "Write Sunday as 0; the days of the week are 0 to 6, or sun to sat."),
        ("TZ=UTC 0 0 * * *", "Move the zone to spec.timeZone, and keep the five fields here."),
    ],
)
def test_schedules_of_other_crons_are_translated(schedule: str, fix: str) -> None:
    assert only(cron_job(schedule), "invalid-cron-schedule").fix == fix


def test_reboot_has_no_near_word_so_the_fix_lists_all() -> None:
    assert "@hourly" in only(cron_job("@reboot"), "invalid-cron-schedule").fix


def test_restart_policy_names_the_path_of_a_cron_job() -> None:
    problem = only(
        workload("CronJob", f"{{jobTemplate: {{spec: {{template: {{{POD}}}}}}}}}", "batch/v1"), "job-restart-policy"
    )
    assert problem.message.startswith("spec.jobTemplate.spec.template.spec.restartPolicy: Required value")
    assert problem.path == ("spec", "jobTemplate", "spec", "template", "spec", "restartPolicy")


@pytest.mark.parametrize("indexes", ["9" * 5000, "-", ",", "1-", "+1", "0x1", "\u0661", "1-2-3", " 1"])
def test_indexes_of_any_form_are_read_or_refused(indexes: str) -> None:
    policy = f"{{rules: [{{succeededIndexes: '{indexes}'}}]}}"
    spec = f"{{completionMode: Indexed, completions: 3, successPolicy: {policy}, template: {{{POD}}}}}"
    found: list[Any] = problems(workload("Job", spec, "batch/v1"), "invalid-value")
    assert bool(found) is (indexes != "+1")
