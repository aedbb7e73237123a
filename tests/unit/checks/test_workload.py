"""What the examples of the rules cannot show: effects, fixes, related places, and data of any shape."""

from __future__ import annotations

import pytest

from k8slint.checks.workload import (
    container_ports,
    cron_schedules,
    environment,
    host_access,
    images,
    owners,
)
from k8slint.cluster.cluster import Cluster
from k8slint.objects.problem import Problem
from tests.build import read

OBJECT_CHECKS = (
    owners.bare_pod,
    owners.bare_replicaset,
    cron_schedules.cron_never_fires,
)
POD_CHECKS = (container_ports.duplicate_container_port, host_access.runtime_socket_mounted)
CONTAINER_CHECKS = (images.floating_image_tag, environment.duplicate_env)


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


def test_one_container_cannot_name_two_ports_alike():
    problem = only(
        container_ports.duplicate_container_port,
        workload_of(
            "Pod",
            "{containers: [{name: a, ports: [{name: http, containerPort: 1}, {name: http, containerPort: 2}]}]}",
            "v1",
        ),
    )
    assert problem.path == ("spec", "containers", 0, "ports", 1, "name")
    assert problem.effect == 'The API server refuses it: ports[1].name: Duplicate value: "http"'


def test_the_same_host_port_twice_is_refused():
    entry = "{containerPort: 80, hostPort: 8080, hostIP: 10.0.0.1}"
    problem = only(
        container_ports.duplicate_container_port,
        workload_of("Pod", f"{{containers: [{{name: a, ports: [{entry}, {entry}]}}]}}", "v1"),
    )
    assert problem.effect.endswith('hostPort: Duplicate value: "TCP/10.0.0.1/8080"')


def test_three_containers_on_one_port_are_two_findings_that_relate_to_the_first():
    containers = ", ".join(f"{{name: {name}, ports: [{{containerPort: 80}}]}}" for name in "abc")
    found = problems(
        container_ports.duplicate_container_port,
        workload_of("Deployment", f"{{template: {{spec: {{containers: [{containers}]}}}}}}"),
    )
    assert [problem.path[:3] for problem in found] == [("spec", "containers", 1), ("spec", "containers", 2)]
    assert {problem.related[0].path for problem in found} == {
        ("spec", "template", "spec", "containers", 0, "ports", 0, "containerPort")
    }


def test_containers_of_one_name_are_refused_for_that_and_not_for_their_ports():
    container = "{name: a, ports: [{containerPort: 80}]}"
    spec = f"{{containers: [{container}, {container}]}}"
    assert problems(container_ports.duplicate_container_port, workload_of("Pod", spec, "v1")) == []


def test_duplicate_env_prints_no_value():
    problem = only(
        environment.duplicate_env,
        workload_of(
            "Pod",
            "{containers: [{name: a, env: [{name: TOKEN, value: hunter2}, {name: TOKEN, value: hunter3}]}]}",
            "v1",
        ),
    )
    assert problem.path == ("env", 1, "name")
    assert problem.related[0].path == ("spec", "containers", 0, "env", 0, "name")
    assert "hunter" not in repr((problem.message, problem.effect, problem.fix, problem.related[0].message))


def test_each_later_env_relates_to_the_one_it_hides():
    entries = ", ".join(f"{{name: A, value: '{number}'}}" for number in range(3))
    found = problems(
        environment.duplicate_env, workload_of("Pod", f"{{containers: [{{name: a, env: [{entries}]}}]}}", "v1")
    )
    assert [problem.path[1] for problem in found] == [1, 2]
    assert [problem.related[0].path[4] for problem in found] == [0, 1]


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
        for check in (*OBJECT_CHECKS, *POD_CHECKS, *CONTAINER_CHECKS):
            for problem in problems(check, workload_of(name, spec, api_version)):
                assert problem.message
