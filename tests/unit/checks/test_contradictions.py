"""Workloads that contradict themselves: the arithmetic, the effects and the places that examples cannot show."""

from __future__ import annotations

import json

import pytest

from k8slint.checks.storage import file_modes, memory_volumes
from k8slint.checks.workload import (
    cron_starts,
    endings,
    jobs,
    node_affinity,
    probes,
    progress,
    quantities,
    service_links,
    startup_order,
    users,
    variables,
    volatile_labels,
)
from k8slint.cluster.cluster import Cluster
from k8slint.objects.problem import Problem
from k8slint.values.cron import CronSchedule, shortest_period
from k8slint.values.expansion import references
from tests.build import read

OF_OBJECTS = (
    cron_starts.cron_runs_overlap,
    cron_starts.missing_start_window,
    cron_starts.ttl_undercuts_job_history,
    jobs.job_retries_exceed_deadline,
    jobs.sidecar_keeps_job_alive,
    jobs.ttl_deletes_managed_job,
    progress.progress_deadline_too_short,
    quantities.implausible_quantity,
    startup_order.hook_needs_later_object,
    startup_order.own_service_needed_to_become_ready,
    startup_order.statefulset_peers_invisible,
    volatile_labels.volatile_label_in_selector,
)
OF_PODS = (
    endings.grace_period_shorter_than_prestop,
    file_modes.decimal_file_mode,
    memory_volumes.memory_volume_exceeds_limit,
    node_affinity.node_affinity_terms_are_alternatives,
    users.deprecated_service_account_field,
    users.run_as_non_root_contradiction,
    users.service_account_fields_differ,
)
OF_CONTAINERS = (
    probes.liveness_equals_readiness,
    probes.liveness_kills_slow_start,
    probes.probe_port_missing,
    probes.probe_timeout_exceeds_period,
    service_links.service_link_collision,
    variables.undefined_variable,
    variables.variable_used_before_definition,
)


def problems(check, *objects: object) -> list[Problem]:
    several = read("\n---\n".join(each if isinstance(each, str) else json.dumps(each) for each in objects))
    cluster = Cluster(several)
    found: list[Problem] = []
    for obj in several:
        if check in OF_OBJECTS:
            found += check(obj, cluster)
        elif obj.pod is not None:
            targets = (obj.pod,) if check in OF_PODS else obj.pod.containers
            found += [problem for target in targets for problem in check(target, cluster)]
    return found


def only(check, *objects: object) -> Problem:
    (problem,) = problems(check, *objects)
    return problem


def pod(spec: dict | None = None, **container: object) -> dict:
    containers = [{"name": "web", "image": "web:1", **container}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": {"containers": containers} | (spec or {}),
    }


def job(spec: dict) -> dict:
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "run"}, "spec": spec}


def cron_job(spec: dict, of_job: dict | None = None) -> dict:
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "run"},
        "spec": {"schedule": "0 * * * *", "jobTemplate": {"spec": of_job or {}}} | spec,
    }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("$", []),
        ("$(", []),
        ("$(A", []),
        ("$(A)", ["A"]),
        ("$$(A)", []),
        ("$$$(A)", ["A"]),
        ("$(A)$(B)", ["A", "B"]),
        ("$A(B)$(C)", ["C"]),
        ("$(A$(B)C)", ["A$(B"]),
        ("$()", [""]),
        ("a$", []),
    ],
)
def test_references_are_read_as_the_kubelet_does(text, names):
    assert list(references(text)) == names


@pytest.mark.parametrize(
    ("schedule", "seconds"),
    [
        ("* * * * *", 60),
        ("*/5 * * * *", 300),
        ("0,50 * * * *", 600),
        ("0 0,23 * * *", 3600),
        ("0 0,23 * * mon", 82800),
        ("30 4 * * *", 86400),
        ("0 0 1 1 *", 86400),
        ("@hourly", 3600),
        ("@every 90s", 90),
    ],
)
def test_the_shortest_period_of_a_schedule(schedule, seconds):
    assert shortest_period(CronSchedule.parse(schedule)) == seconds


@pytest.mark.parametrize(
    ("retries", "deadline", "policy", "used"),
    [
        (1, 10, "Never", None),
        (1, 9, "Never", 0),
        (3, 70, "Never", None),
        (3, 69, "Never", 2),
        (6, 630, "Never", None),
        (6, 629, "Never", 5),
        (6, 610, "OnFailure", None),
        (8, 1800, "Never", 7),
        (10**9, 60, "Never", None),
        ("6", 60, "Never", None),
    ],
)
def test_the_pauses_before_retries(retries, deadline, policy, used):
    template = {"spec": {"restartPolicy": policy}}
    found = problems(
        jobs.job_retries_exceed_deadline,
        job({"backoffLimit": retries, "activeDeadlineSeconds": deadline, "template": template}),
    )
    assert bool(found) is (used is not None)
    assert all(f"at most {used} of {retries} retries" in problem.effect for problem in found)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "No Job is ever started"), (1, ""), (9, ""), (10, None), (None, None), (-1, None), ("5", None), (True, None)],
)
def test_the_window_in_which_a_job_may_start(seconds, said):
    found = problems(cron_starts.missing_start_window, cron_job({"startingDeadlineSeconds": seconds}))
    assert [problem.effect[:22] for problem in found] == ([] if said is None else [said])


def test_how_many_jobs_run_at_the_same_time():
    problem = only(cron_starts.cron_runs_overlap, cron_job({}, {"activeDeadlineSeconds": 9001}))
    assert problem.effect == "Up to 3 Jobs run at the same time."


@pytest.mark.parametrize(
    ("script", "is_long"),
    [
        ("sleep 30", True),
        ("sleep 29", False),
        (" exec /bin/sleep 1m ", True),
        ("sleep 30s;nginx -s quit", True),
        ("sleep 30 && curl localhost/stop", True),
        ("sleep 30\nkill 1", True),
        ("sleep 3000 &", True),
        ("sleep 0.5; sleep 60", False),
        ("sleepy 60", False),
        ("if true; then sleep 60; fi", False),
        ("sleep 30 40", False),
    ],
)
def test_what_is_a_sleep(script, is_long):
    hook = {"preStop": {"exec": {"command": ["sh", "-c", script]}}}
    assert bool(problems(endings.grace_period_shorter_than_prestop, pod(lifecycle=hook))) is is_long


@pytest.mark.parametrize(("grace", "is_told"), [(None, True), (45, True), (46, False), (0, False), ("45", False)])
def test_the_time_to_end(grace, is_told):
    hook = {"preStop": {"exec": {"command": ["sleep", "45"]}}}
    found = problems(
        endings.grace_period_shorter_than_prestop, pod({"terminationGracePeriodSeconds": grace}, lifecycle=hook)
    )
    assert bool(found) is is_told
    assert [len(problem.related) for problem in found] == ([] if not is_told else [int(grace is not None)])


@pytest.mark.parametrize(
    ("written", "is_told"),
    [
        ("400", True),
        ("'400'", True),
        ("0620", False),
        ("0o620", False),
        ("420", False),
        ("0400", False),
        ("true", False),
    ],
)
def test_a_mode_is_decimal_as_it_is_written(written, is_told):
    text = (
        "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {volumes: "
        f"[{{name: a, secret: {{secretName: a, defaultMode: {written}}}}}]}}}}"
    )
    assert bool(problems(file_modes.decimal_file_mode, text)) is (is_told and "'" not in written)


def test_what_another_mode_gives():
    text = (
        "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {volumes: [{name: a, configMap: {defaultMode: 444}}]}}"
    )
    problem = only(file_modes.decimal_file_mode, text)
    assert problem.effect == "The files get mode 0674, rw-rwxr--, not 0444, r--r--r--."
    assert problem.fix == "Write 0444 in YAML, or 292, which is the same, in JSON."


@pytest.mark.parametrize(
    ("field", "name", "written", "message"),
    [
        ("limits", "memory", 1, "memory 1 is 1 byte"),
        ("limits", "memory", "128", "memory 128 is 128 bytes"),
        ("limits", "memory", "3Mi", "memory 3Mi is 3 MiB"),
        ("requests", "memory", "3Mi", None),
        ("requests", "memory", "2048", "memory 2048 is 2 KiB"),
        ("limits", "memory", "4Mi", None),
        ("limits", "memory", 0, None),
        ("limits", "memory", "-5", None),
        ("limits", "memory", "${LIMIT}", None),
        ("limits", "memory", True, None),
        ("limits", "memory", "512m", None),
        ("limits", "cpu", 99, None),
        ("limits", "cpu", "100", "cpu 100 is 100 cores"),
        ("limits", "cpu", 1e3, "cpu 1000 is 1000 cores"),
        ("limits", "cpu", "250000m", None),
        ("limits", "cpu", "512Mi", "cpu 512Mi is 536870912 cores"),
        ("requests", "ephemeral-storage", "10", "ephemeral-storage 10 is 10 bytes"),
        ("requests", "nvidia.com/gpu", "1000", None),
        ("requests", "hugepages-2Mi", "1", None),
    ],
)
def test_which_amounts_nobody_means(field, name, written, message):
    found = problems(quantities.implausible_quantity, pod(resources={field: {name: written}}))
    assert [problem.message for problem in found] == ([] if message is None else [message])


def test_the_unit_that_may_be_meant():
    problem = only(quantities.implausible_quantity, pod(resources={"limits": {"cpu": 500}}))
    assert problem.fix == "Write the unit: 500m are 500 thousandths of a core."
    problem = only(quantities.implausible_quantity, pod(resources={"limits": {"memory": 1024}}))
    assert problem.fix == "Write the unit: 1024Mi, if that is meant."


@pytest.mark.parametrize(
    ("live", "ready", "is_told"),
    [
        ({}, {"initialDelaySeconds": 31}, True),
        ({}, {"initialDelaySeconds": 30}, False),
        ({"failureThreshold": 6}, {"initialDelaySeconds": 60}, False),
        ({"initialDelaySeconds": 20, "periodSeconds": 1}, {"initialDelaySeconds": 24}, True),
        ({"periodSeconds": "1"}, {"initialDelaySeconds": 99}, False),
        ({"periodSeconds": None}, {"initialDelaySeconds": 99}, True),
    ],
)
def test_when_a_liveness_probe_gives_up(live, ready, is_told):
    handler = {"tcpSocket": {"port": 80}}
    container = pod(livenessProbe=handler | live, readinessProbe=handler | ready)
    assert bool(problems(probes.liveness_kills_slow_start, container)) is is_told
    is_equal = not is_told and live == {}
    assert bool(problems(probes.liveness_equals_readiness, container)) is is_equal


@pytest.mark.parametrize(
    ("field", "effect"),
    [
        ("livenessProbe", "nothing restarts a container that hangs"),
        ("readinessProbe", "never becomes ready"),
        ("startupProbe", "never becomes started"),
    ],
)
def test_what_a_probe_of_an_unknown_port_does(field, effect):
    assert effect in only(probes.probe_port_missing, pod(**{field: {"httpGet": {"port": "http"}}})).effect


def test_a_port_of_another_container_is_given_as_a_number():
    other = {"name": "side", "image": "side:1", "ports": [{"name": "admin", "containerPort": 9000}]}
    web = {"name": "web", "image": "web:1", "livenessProbe": {"tcpSocket": {"port": "admin"}}}
    problem = only(probes.probe_port_missing, pod({"containers": [web, other]}))
    assert problem.fix == "Write the number, 9000: containers of a Pod share their ports."
    assert problem.related[0].path == ("spec", "containers", 1, "ports", 0, "name")


def test_a_variable_is_told_of_once():
    web = pod(args=["--a=$(HOST)", "--b=$(HOST)"], env=[{"name": "URL", "value": "$(HOST)"}])
    assert only(variables.undefined_variable, web).path == ("env", 0, "value")


def test_a_patch_of_the_same_object_may_add_a_variable():
    added = pod(env=[{"name": "HOST", "value": "a"}])
    assert not problems(variables.undefined_variable, pod(args=["$(HOST)"]), added)


def test_an_unknown_variable_of_a_path_keeps_the_container_from_starting():
    problem = only(variables.undefined_variable, pod(volumeMounts=[{"name": "a", "subPathExpr": "$(POD)"}]))
    assert problem.effect == 'The container waits in CreateContainerConfigError: missing value for "POD".'


def test_kustomize_fills_in_its_own_variables():
    kustomization = {
        "kind": "Kustomization",
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "vars": [{"name": "HOST"}],
    }
    assert not problems(variables.undefined_variable, pod(args=["$(HOST)"]), kustomization)


FIELDS = (
    "args",
    "command",
    "env",
    "envFrom",
    "image",
    "lifecycle",
    "livenessProbe",
    "ports",
    "readinessProbe",
    "resources",
    "securityContext",
    "startupProbe",
    "volumeMounts",
)


@pytest.mark.parametrize("check", [*OF_OBJECTS, *OF_PODS, *OF_CONTAINERS], ids=lambda check: check.__name__)
@pytest.mark.parametrize("value", [None, True, 7, 1.5, "text", [], ["text"], {}, {"text": None}, [{"name": 7}]])
def test_data_of_any_shape_raises_nothing(check, value):
    odd = dict.fromkeys(FIELDS, value)
    shapes = [
        pod(**odd),
        pod({"containers": value, "initContainers": value, "volumes": value, "affinity": value, "nodeSelector": value}),
        pod(
            {"volumes": [{"name": "a", "secret": value, "emptyDir": value, "projected": {"sources": value}}]},
            env=[{"name": value, "value": value, "valueFrom": value}],
            livenessProbe={"httpGet": value, "tcpSocket": {"port": value}, "periodSeconds": value},
            readinessProbe={"httpGet": {"port": value, "path": value}, "initialDelaySeconds": value},
            lifecycle={"preStop": {"exec": {"command": value}, "sleep": {"seconds": value}}},
            resources={"limits": {"memory": value, "cpu": value}, "requests": value},
            volumeMounts=[{"name": value, "subPathExpr": value, "readOnly": value}],
        ),
        job(
            {"template": value, "backoffLimit": value, "activeDeadlineSeconds": value, "ttlSecondsAfterFinished": value}
        ),
        cron_job({"schedule": value, "concurrencyPolicy": "Replace", "jobTemplate": value}),
        cron_job(
            {"successfulJobsHistoryLimit": value}, {"ttlSecondsAfterFinished": value, "activeDeadlineSeconds": value}
        ),
        *(
            {
                "apiVersion": "apps/v1",
                "kind": kind,
                "metadata": {"name": "web", "annotations": value, "labels": value},
                "spec": {
                    "selector": {"matchLabels": value},
                    "serviceName": value,
                    "replicas": value,
                    "template": template,
                },
            }
            for kind in ("Deployment", "StatefulSet")
            for template in (value, {"spec": {"containers": [{"name": "web", "image": "redis:7", **odd}]}})
        ),
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "web"},
            "spec": {"ports": value, "selector": value},
        },
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "a"}, "spec": {"resources": value}},
    ]
    problems(check, *shapes)
