"""What the examples of the rules cannot show: effects, fixes, related places, and data of any shape."""

from __future__ import annotations

import pytest

from k8slint.checks.workload import (
    cron_schedules,
    host_access,
    images,
    jobs,
    owners,
    selectors,
)
from k8slint.cluster.cluster import Cluster
from k8slint.objects.problem import Problem
from tests.build import read

OBJECT_CHECKS = (
    selectors.selector_template_mismatch,
    owners.bare_pod,
    owners.bare_replicaset,
    jobs.job_restart_policy,
    cron_schedules.invalid_cron_schedule,
)
POD_CHECKS = (host_access.runtime_socket_mounted,)


def problems(check, text: str) -> list[Problem]:
    objects = read(text)
    cluster = Cluster(objects)
    found: list[Problem] = []
    for obj in objects:
        if check in OBJECT_CHECKS:
            found += check(obj, cluster)
        elif obj.pod is not None:
            targets = (obj.pod,) if check in POD_CHECKS else obj.pod.containers
            found += [problem for target in targets for problem in check(target, cluster)]
    return found


def only(check, text: str) -> Problem:
    (problem,) = problems(check, text)
    return problem


def workload_of(kind: str, spec: str, api_version: str = "apps/v1") -> str:
    return f"{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: web}}, spec: {spec}}}"


def cron_job(schedule: str) -> str:
    return workload_of("CronJob", f"{{schedule: {schedule!r}}}", "batch/v1")


def test_mismatch_quotes_the_api_server_and_relates_every_condition_that_fails():
    problem = only(
        selectors.selector_template_mismatch,
        workload_of(
            "Deployment",
            "{selector: {matchLabels: {app: web, tier: front, ok: y1},"
            " matchExpressions: [{key: ok, operator: Exists}, {key: env, operator: In, values: [a, b]}]},"
            " template: {metadata: {labels: {ok: y1, app: api}}, spec: {}}}",
        ),
    )
    assert problem.message == (
        'spec.template.metadata.labels: Invalid value: {"app":"api","ok":"y1"}: `selector` does not match template '
        "`labels`: the selector asks for app=web, the template has app=api"
    )
    assert problem.path == ("spec", "template", "metadata", "labels", "app")
    assert [(related.path, related.message) for related in problem.related] == [
        (("spec", "selector", "matchLabels", "app"), "asks for app=web"),
        (("spec", "selector", "matchLabels", "tier"), "asks for tier=front"),
        (("spec", "selector", "matchExpressions", 1), "asks for env in (a,b)"),
    ]


def test_missing_selector_names_a_label_to_use():
    problem = only(
        selectors.selector_template_mismatch,
        workload_of("Deployment", "{template: {metadata: {labels: {app: web}}, spec: {}}}"),
    )
    assert problem.message == "spec.selector: Required value"
    assert problem.fix.endswith("such as app: web")


@pytest.mark.parametrize("selector", ["{}", "{matchLabels: {}, matchExpressions: []}", "{matchLabels: null}"])
def test_an_empty_selector_is_refused(selector):
    spec = f"{{selector: {selector}, template: {{metadata: {{labels: {{app: web}}}}}}}}"
    problem = only(selectors.selector_template_mismatch, workload_of("DaemonSet", spec))
    assert problem.message == "spec.selector: Invalid value: {}: an empty selector is not allowed"


@pytest.mark.parametrize("operator", ["Equals", "In", "", "Gt"])
def test_an_expression_that_is_refused_as_such_is_no_mismatch(operator):
    selector = f"{{matchExpressions: [{{key: app, operator: '{operator}'}}]}}"
    spec = f"{{selector: {selector}, template: {{metadata: {{labels: {{app: web}}}}}}}}"
    assert problems(selectors.selector_template_mismatch, workload_of("Deployment", spec)) == []


@pytest.mark.parametrize("manual", ["false", "null", "'${MANUAL}'"])
def test_a_job_makes_its_own_selector_unless_told_otherwise(manual):
    spec = f"{{manualSelector: {manual}, selector: {{matchLabels: {{a: b}}}}, template: {{spec: {{}}}}}}"
    assert problems(selectors.selector_template_mismatch, workload_of("Job", spec, "batch/v1")) == []


@pytest.mark.parametrize(
    ("path", "kind", "is_found"),
    [
        ("/var/run/docker.sock", "Deployment", True),
        ("/run/docker.sock/", "Deployment", True),
        ("/var/run/../run/crio/crio.sock", "Deployment", True),
        ("/run/crio", "Deployment", True),
        ("/run/crio", "DaemonSet", False),
        ("/run/crio/crio.sock", "DaemonSet", False),
        ("/run/docker.sock", "DaemonSet", True),
        ("/", "Deployment", False),
        ("/var", "Deployment", False),
        ("/srv/run", "Deployment", False),
        ("/var/run/thing.sock", "Deployment", False),
        ("$(DIR)/docker.sock", "Deployment", False),
    ],
)
def test_runtime_sockets(path, kind, is_found):
    pod = (
        "containers: [{name: a, volumeMounts: [{name: v, mountPath: /x}]}],"
        f" volumes: [{{name: v, hostPath: {{path: {path!r}}}}}]"
    )
    found = problems(host_access.runtime_socket_mounted, workload_of(kind, f"{{template: {{spec: {{{pod}}}}}}}"))
    assert [problem.path for problem in found] == [("spec", "volumes", 0, "hostPath", "path")] * is_found


@pytest.mark.parametrize(
    ("schedule", "fix"),
    [
        ("30 0 3 * * mon", 'A CronJob has no field for seconds: write "0 3 * * mon".'),
        ("@dialy", 'Write "@daily".'),
        ("0 0 * * 5-7", "Write Sunday as 0; the days of the week are 0 to 6, or sun to sat."),
        ("TZ=UTC 0 0 * * *", "Move the zone to spec.timeZone, and keep the five fields here."),
    ],
)
def test_schedules_of_other_crons_are_translated(schedule, fix):
    assert only(cron_schedules.invalid_cron_schedule, cron_job(schedule)).fix == fix


def test_reboot_has_no_near_word_so_the_fix_lists_all():
    assert "@hourly" in only(cron_schedules.invalid_cron_schedule, cron_job("@reboot")).fix


def test_a_day_that_never_comes_is_accepted_and_never_runs():
    problem = only(cron_schedules.invalid_cron_schedule, cron_job("0 0 30 feb *"))
    assert "InvalidSchedule" in problem.effect
    assert "suspend: true" in problem.fix


def test_restart_policy_names_the_path_of_a_cron_job():
    template = "{jobTemplate: {spec: {template: {spec: {containers: [{name: a}]}}}}}"
    problem = only(jobs.job_restart_policy, workload_of("CronJob", template, "batch/v1"))
    assert problem.message.startswith("spec.jobTemplate.spec.template.spec.restartPolicy: Required value")
    assert problem.path == ("spec", "jobTemplate", "spec", "template", "spec", "restartPolicy")


def test_a_bare_pod_is_pointed_at_by_its_kind():
    problem = only(owners.bare_pod, workload_of("Pod", "{containers: [{name: a}]}", "v1"))
    assert problem.path == ("kind",)
    assert problem.message == 'Pod "web" has no controller that would replace it'


SHAPES = ["null", "true", "7", "text", "[]", "{}", "[null, 1, text, [], {}]", "{a: null}", "{name: 1, path: [x]}"]
FIELDS = [
    "{selector: %s, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a}]}}}",
    "{selector: {matchLabels: %s, matchExpressions: %s}, template: {metadata: {labels: {a: b}}, spec: {}}}",
    "{selector: {matchLabels: {a: b}}, template: {metadata: {labels: %s}, spec: {}}}",
    "{template: {spec: {restartPolicy: %s, volumes: %s, containers: %s, initContainers: %s}}}",
    "{containers: [{name: %s, image: %s, env: %s, ports: %s, volumeMounts: %s}]}",
    "{containers: [{env: [{name: %s, value: %s}, {name: %s, valueFrom: %s}], ports: [{name: %s, containerPort: %s}]}]}",
    "{volumes: [{name: %s, hostPath: %s}], containers: [{volumeMounts: [{name: %s, subPath: %s}]}]}",
    "{schedule: %s, timeZone: %s, jobTemplate: %s, suspend: %s}",
]
KINDS = ["v1/Pod", "v1/ReplicationController", "apps/v1/Deployment", "batch/v1/Job", "batch/v1/CronJob"]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("fields", FIELDS)
def test_no_shape_of_data_stops_a_check(shape, fields):
    spec = fields.replace("%s", shape)
    for kind in KINDS:
        api_version, _, name = kind.rpartition("/")
        for check in (*OBJECT_CHECKS, *POD_CHECKS, images.floating_image_tag):
            for problem in problems(check, workload_of(name, spec, api_version)):
                assert problem.message
