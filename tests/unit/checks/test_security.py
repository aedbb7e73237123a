"""What one example file cannot show: minors, other files, the cluster description, and data of any shape."""

from __future__ import annotations

import copy
import json
from textwrap import dedent
from typing import Any

import pytest
from ruamel.yaml import YAML

from k8slint.apiserver.admission.pod_security.policy import policy_of
from k8slint.apiserver.admission.pod_security.violations import violations
from k8slint.apiserver.validation.field import HOLE, Field, Validation
from k8slint.checks.apiserver.pod_security import pod_security_violation
from k8slint.cluster.cluster import Cluster
from k8slint.engine.rule import load_rules
from k8slint.values.version import KubernetesVersion
from tests.build import objects_of, places, read

(OBJECT,) = objects_of({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}})

RULES = load_rules()
MINORS = range(30, 38)
OPEN = """
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      namespace: shop
      annotations: {container.apparmor.security.beta.kubernetes.io/web: unconfined}
    spec:
      hostNetwork: true
      hostPID: true
      hostUsers: true
      securityContext:
        appArmorProfile: {type: Unconfined}
        seccompProfile: {type: Unconfined}
        seLinuxOptions: {type: spc_t, user: root, role: admin_r}
        sysctls: [{name: kernel.msgmax, value: "1"}]
        windowsOptions: {hostProcess: true}
        runAsUser: 0
      initContainers: [{name: init, image: "init:1"}]
      containers:
        - name: web
          image: web:1
          ports: [{containerPort: 80, hostPort: 80}]
          livenessProbe: {httpGet: {host: db, port: 80}}
          securityContext:
            privileged: true
            procMount: Unmasked
            runAsNonRoot: false
            capabilities: {add: [BPF], drop: [KILL]}
      volumes: [{name: host, hostPath: {path: /}}, {name: files, nfs: {server: files, path: /}}]
"""
CLOSED = """
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      namespace: shop
      annotations: {container.apparmor.security.beta.kubernetes.io/web: localhost/web}
    spec:
      hostNetwork: false
      hostUsers: true
      os: {name: linux}
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
        appArmorProfile: {type: RuntimeDefault}
        seccompProfile: {type: RuntimeDefault}
        seLinuxOptions: {type: container_t}
        sysctls: [{name: net.ipv4.tcp_syncookies, value: "1"}]
      containers:
        - name: web
          image: web:1
          ports: [{containerPort: 80, hostPort: 0}]
          livenessProbe: {httpGet: {port: 80}}
          securityContext:
            privileged: false
            allowPrivilegeEscalation: false
            runAsNonRoot: true
            procMount: Default
            seccompProfile: {type: Localhost, localhostProfile: web}
            capabilities: {add: [NET_BIND_SERVICE], drop: [ALL]}
      volumes: [{name: cache, emptyDir: {}}]
"""
RESTRICTED = """
    apiVersion: v1
    kind: Namespace
    metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}
"""


def data_of(text: str) -> Any:
    return YAML(typ="safe").load(dedent(text))


def said_by(profile: str, text: str, minor: int) -> set[tuple[Any, ...]]:
    """The paths at which the rules of a profile speak."""
    cluster = Cluster(read(text), version=KubernetesVersion(1, minor))
    (pod,) = cluster.pods
    rules = [rule for rule in RULES.values() if profile in rule.profiles and rule.category == "security"]
    return {problem.path for rule in rules for problem in rule.check(pod, cluster)}


@pytest.mark.parametrize("minor", MINORS)
@pytest.mark.parametrize("level", ["baseline", "restricted"])
@pytest.mark.parametrize("text", [OPEN, OPEN.replace("hostUsers: true", "hostUsers: false"), CLOSED])
def test_a_profile_says_what_its_level_forbids(text, level, minor):
    pod = Field(data_of(text), Validation(OBJECT, minor))
    forbidden = {breach.path for violation in violations(pod, level, minor) for breach in violation.breaches}
    assert said_by(f"pss-{level}", text, minor) == forbidden
    assert bool(forbidden) == (text != CLOSED)


@pytest.mark.parametrize("minor", MINORS)
def test_no_rules_of_one_profile_say_the_same_of_one_place(minor):
    cluster = Cluster(read(OPEN), version=KubernetesVersion(1, minor))
    for profile in ("pss-baseline", "pss-restricted"):
        rules = [rule for rule in RULES.values() if profile in rule.profiles and rule.category == "security"]
        said = [(each.path, each.message) for rule in rules for each in rule.check(cluster.pods[0], cluster)]
        assert len(set(said)) == len(said)


def test_privileged_forbids_nothing():
    assert not list(violations(Field(data_of(OPEN), Validation(OBJECT, 37)), "privileged", 37))


@pytest.mark.parametrize("minor", [0, 18, *MINORS])
def test_what_is_not_known_is_not_forbidden(minor):
    whole = data_of(CLOSED)
    for path in places(whole):
        data = copy.deepcopy(whole)
        inner = data
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = HOLE
        assert not list(violations(Field(data, Validation(OBJECT, minor)), "restricted", minor)), path


@pytest.mark.parametrize("odd", [None, True, 7, "x", [], {}, [None], [7], {"x": None}])
def test_data_of_any_shape_is_no_error_of_the_rules(odd):
    whole = data_of(OPEN)
    rules = [rule for rule in RULES.values() if rule.category == "security"]
    for path in places(whole):
        data = copy.deepcopy(whole)
        inner = data
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = odd
        cluster = Cluster(read(json.dumps(data)))
        for pod in cluster.pods:
            assert all(problem.message for rule in rules for problem in rule.check(pod, cluster))


@pytest.mark.parametrize(
    ("labels", "policy", "minor"),
    [
        ({}, None, None),
        ({"enforce": "baseline"}, "baseline:latest", 36),
        ({"enforce": "baseline", "enforce-version": "latest"}, "baseline:latest", 36),
        ({"enforce": "restricted", "enforce-version": "v1.31"}, "restricted:v1.31", 31),
        ({"enforce": "restricted", "enforce-version": "v1.99"}, "restricted:v1.99", 36),
        ({"enforce": "strict"}, None, None),
        ({"enforce": "baseline", "enforce-version": "1.31"}, None, None),
        ({"enforce": "baseline", "enforce-version": "v1.031"}, None, None),
        ({"enforce": "baseline", "enforce-version": "v1." + "9" * 5_000}, None, None),
        ({"warn": "restricted", "audit": "restricted"}, None, None),
    ],
)
def test_labels_are_read_as_the_server_of_1_36_reads_them(labels, policy, minor):
    read_as = policy_of({f"pod-security.kubernetes.io/{name}": value for name, value in labels.items()})
    assert (str(read_as) if read_as else None, read_as.minor(36) if read_as else None) == (policy, minor)


def refused(*, files: dict[str, str], described: str = "") -> list[str]:
    objects = read(files)
    cluster = Cluster(objects, description=read(described, "cluster.yaml") if described else None)
    return [problem.message for obj in objects for problem in pod_security_violation(obj, cluster)]


def test_the_namespace_may_lie_in_another_file_or_in_the_described_cluster():
    (message,) = refused(files={"pod.yaml": OPEN, "namespace.yaml": RESTRICTED})
    assert message.startswith(
        'violates PodSecurity "restricted:latest": forbidden AppArmor profiles (pod and annotation'
    )
    assert refused(files={"pod.yaml": OPEN}, described=RESTRICTED) == [message]
    assert refused(files={"pod.yaml": OPEN}) == []
    assert refused(files={"pod.yaml": CLOSED, "namespace.yaml": RESTRICTED}) == []


def test_a_patch_that_is_not_applied_may_write_what_lacks_but_takes_nothing_away():
    bare = CLOSED.replace("allowPrivilegeEscalation: false\n", "\n")
    for text, word in ((bare, "allowPrivilegeEscalation"), (OPEN, None)):
        cluster = Cluster(read({"a.yaml": text, "b.yaml": RESTRICTED}))
        (problem,) = pod_security_violation(cluster.objects[0], cluster)
        assert (problem.rests_on.mended_by if problem.rests_on else None) == word
