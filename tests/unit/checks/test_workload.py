"""What the examples of the rules cannot show: effects, fixes, related places, and data of any shape."""

from __future__ import annotations

import pytest

from k8slint.checks.workload import (
    cron_schedules,
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
        for check in (*OBJECT_CHECKS, *POD_CHECKS, images.floating_image_tag):
            for problem in problems(check, workload_of(name, spec, api_version)):
                assert problem.message
