"""Containers where the tables of conformance do not reach: ephemeral ones, and what is not known."""

from __future__ import annotations

from typing import Any

import pytest

from k8slint.apiserver.validation.apps import stateful_set
from k8slint.apiserver.validation.core.container import containers
from k8slint.apiserver.validation.core.mounts import volumes_of
from k8slint.apiserver.validation.field import HOLE, Field, Validation
from tests.build import places, read, spoilt

FULL: dict[str, Any] = {
    "restartPolicy": "Never",
    "terminationGracePeriodSeconds": 30,
    "hostNetwork": True,
    "volumes": [{"name": "tmp", "emptyDir": {}}, {"name": "disk", "persistentVolumeClaim": {"claimName": "disk"}}],
    "resourceClaims": [{"name": "gpu", "resourceClaimName": "gpu"}],
    "containers": [
        {
            "name": "web",
            "image": "web:1",
            "ports": [{"name": "http", "containerPort": 80, "hostPort": 80, "hostIP": "::", "protocol": "TCP"}],
            "env": [
                {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['a']"}}},
                {"name": "B", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1m"}}},
                {"name": "C", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}},
                {"name": "D", "valueFrom": {"fileKeyRef": {"volumeName": "tmp", "path": "a", "key": "b"}}},
            ],
            "envFrom": [{"prefix": "a", "configMapRef": {"name": "a"}}],
            "volumeMounts": [
                {
                    "name": "tmp",
                    "mountPath": "/a",
                    "subPath": "b",
                    "readOnly": True,
                    "recursiveReadOnly": "Enabled",
                    "mountPropagation": "None",
                }
            ],
            "volumeDevices": [{"name": "disk", "devicePath": "/dev/x"}],
            "resources": {
                "requests": {"cpu": "1", "nvidia.com/gpu": 1},
                "limits": {"cpu": 2, "nvidia.com/gpu": 1, "hugepages-2Mi": "4Mi"},
                "claims": [{"name": "gpu", "request": "a"}],
            },
            "resizePolicy": [{"resourceName": "cpu", "restartPolicy": "NotRequired"}],
            "securityContext": {
                "runAsUser": 1,
                "procMount": "Default",
                "capabilities": {"add": ["SYS_ADMIN"]},
                "allowPrivilegeEscalation": False,
                "seccompProfile": {"type": "Localhost", "localhostProfile": "a"},
                "appArmorProfile": {"type": "Localhost", "localhostProfile": "a"},
                "windowsOptions": {"runAsUserName": "a\\b", "gmsaCredentialSpec": "a", "gmsaCredentialSpecName": "a"},
            },
            "livenessProbe": {"httpGet": {"port": "http", "httpHeaders": [{"name": "A", "value": "b"}]}},
            "readinessProbe": {"exec": {"command": ["a"]}, "successThreshold": 2},
            "lifecycle": {"preStop": {"sleep": {"seconds": 5}}},
            "restartPolicy": "Never",
            "restartPolicyRules": [{"action": "Restart", "exitCodes": {"operator": "In", "values": [1]}}],
        }
    ],
    "initContainers": [
        {"name": "side", "image": "a", "restartPolicy": "Always", "startupProbe": {"grpc": {"port": 1}}},
        {"name": "once", "image": "a", "lifecycle": {"stopSignal": "SIGTERM"}},
    ],
    "ephemeralContainers": [{"name": "look", "image": "a", "targetContainerName": "web"}],
}


(POD,) = read("{apiVersion: v1, kind: Pod, metadata: {name: a}}")


def said(spec: Any) -> list[str]:
    run = Validation(POD, 37)
    field = Field(spec, run)
    containers(field, volumes_of(field), is_template=False)
    return [problem.message for problem in run.found]


def test_the_full_pod_is_sound() -> None:
    assert said(FULL) == []


@pytest.mark.parametrize("path", list(places(FULL)), ids=str)
def test_nothing_is_said_of_what_is_not_known(path: tuple[Any, ...]) -> None:
    assert said(spoilt(FULL, path, HOLE)) == []


@pytest.mark.parametrize("path", [path for path in places(FULL) if isinstance(path[-1], int)], ids=str)
def test_an_item_that_is_null_is_an_empty_one(path: tuple[Any, ...]) -> None:
    empty = "" if path[-2] in ("add", "command") else 0 if path[-2] == "values" else {}
    assert said(spoilt(FULL, path, None)) == said(spoilt(FULL, path, empty))


def test_nothing_may_rest_on_an_ephemeral_container() -> None:
    container = {
        "name": "web",
        "image": "web:1 ",
        "targetContainerName": "gone",
        "ports": [{"containerPort": 1}],
        "resources": {"limits": {"cpu": 1}},
        "livenessProbe": {},
        "volumeMounts": [{"name": "tmp", "mountPath": "/a", "subPath": "b"}],
    }
    at, here = "ephemeralContainers[0]", "cannot be set for an Ephemeral Container"
    assert said({**FULL, "ephemeralContainers": [container]}) == [
        f'{at}.image: Invalid value: "web:1 ": must not have leading or trailing whitespace',
        f'{at}.name: Duplicate value: "web"',
        f'{at}.targetContainerName: Not found: "gone"',
        f"{at}.ports: Forbidden: {here}",
        f"{at}.resources: Forbidden: {here}",
        f"{at}.livenessProbe: Forbidden: {here}",
        f"{at}.volumeMounts[0].subPath: Forbidden: {here}",
    ]


def test_before_1_34_an_undefined_volume_of_a_stateful_set_is_said_with_what_happens() -> None:
    mounts = [{"name": "gone", "mountPath": "/a"}]
    spec = {"template": {"spec": {"containers": [{"name": "a", "image": "a", "volumeMounts": mounts}]}}}
    effects = {}
    for minor in (33, 34):
        run = Validation(POD, minor)
        stateful_set(Field({"spec": spec}, run))
        effects[minor] = [problem.effect for problem in run.found if problem.rule == "undefined-volume"]
    assert "no Pod comes up" in effects[33][0]
    assert effects[34] == [""]
