"""Pod specs where the tables of conformance do not reach: what is not known, and null in a list."""

from __future__ import annotations

from typing import Any

import pytest

from k8slint.apiserver.validation.core.pod import pod, template_spec
from k8slint.apiserver.validation.field import HOLE, Field, Validation
from k8slint.apiserver.warnings.workloads import pod as warnings_of
from tests.build import places, read, spoilt

_TERM: dict[str, Any] = {
    "topologyKey": "zone",
    "namespaces": ["shop"],
    "labelSelector": {
        "matchLabels": {"app": "db"},
        "matchExpressions": [{"key": "tier", "operator": "In", "values": ["a"]}],
    },
    "namespaceSelector": {},
    "matchLabelKeys": ["team"],
    "mismatchLabelKeys": ["track"],
}
FULL: dict[str, Any] = {
    "metadata": {
        "name": "web",
        "labels": {"app": "web"},
        "annotations": {
            "controller.kubernetes.io/pod-deletion-cost": "1",
            "container.apparmor.security.beta.kubernetes.io/web": "localhost/a",
            "scheduler.alpha.kubernetes.io/tolerations": '[{"key": "a"}]',
        },
    },
    "spec": {
        "restartPolicy": "Never",
        "dnsPolicy": "None",
        "terminationGracePeriodSeconds": 30,
        "serviceAccountName": "web",
        "hostname": "web",
        "runtimeClassName": "slow",
        "preemptionPolicy": "Never",
        "activeDeadlineSeconds": 5,
        "hostnameOverride": "web.example.com",
        "nodeSelector": {"disk": "ssd"},
        "os": {"name": "linux"},
        "dnsConfig": {"nameservers": ["10.0.0.1"], "searches": ["example.com"], "options": [{"name": "ndots"}]},
        "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["db"]}],
        "readinessGates": [{"conditionType": "example.com/ready"}],
        "schedulingGates": [{"name": "wait"}],
        "imagePullSecrets": [{"name": "registry"}],
        "resourceClaims": [{"name": "gpu", "resourceClaimName": "gpu"}],
        "overhead": {"cpu": "1m"},
        "resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}},
        "securityContext": {
            "fsGroup": 1,
            "supplementalGroups": [1],
            "sysctls": [{"name": "net.core.somaxconn", "value": "1"}],
            "seccompProfile": {"type": "RuntimeDefault"},
            "appArmorProfile": {"type": "Localhost", "localhostProfile": "a"},
            "seLinuxChangePolicy": "Recursive",
        },
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [
                        {
                            "matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd"]}],
                            "matchFields": [{"key": "metadata.name", "operator": "In", "values": ["a"]}],
                        }
                    ]
                },
                "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "preference": {}}],
            },
            "podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [_TERM]},
            "podAntiAffinity": {
                "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": _TERM}]
            },
        },
        "tolerations": [{"key": "a", "operator": "Equal", "value": "b", "effect": "NoExecute", "tolerationSeconds": 1}],
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "zone",
                "whenUnsatisfiable": "DoNotSchedule",
                "minDomains": 1,
                "matchLabelKeys": ["team"],
                "labelSelector": {},
            },
            {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": {}},
        ],
        "volumes": [
            {
                "name": "all",
                "projected": {
                    "sources": [
                        {"configMap": {"name": "a", "items": [{"key": "a", "path": "a"}]}},
                        {"serviceAccountToken": {"path": "token"}},
                    ]
                },
            }
        ],
        "containers": [
            {
                "name": "web",
                "image": "web:1",
                "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "1"}],
                "ports": [{"name": "http", "containerPort": 80}, {"name": "admin", "containerPort": 81}],
                "resources": {"requests": {"cpu": "1"}, "limits": {"memory": "1Gi", "cpu": "2"}},
            }
        ],
    },
}
(POD,) = read("{apiVersion: v1, kind: Pod, metadata: {name: web}}")


def said(data: Any, minor: int = 37) -> list[str]:
    run = Validation(POD, minor)
    field = Field(data, run)
    pod(field)
    template_spec(field)
    warnings_of(field)
    return [problem.message for problem in run.found]


def test_the_full_pod_is_sound() -> None:
    assert said(FULL) == []


@pytest.mark.parametrize("path", list(places(FULL)), ids=str)
def test_nothing_is_said_of_what_is_not_known(path: tuple[Any, ...]) -> None:
    assert said(spoilt(FULL, path, HOLE)) == []


@pytest.mark.parametrize("path", [path for path in places(FULL) if isinstance(path[-1], int)], ids=str)
def test_an_item_that_is_null_is_an_empty_one(path: tuple[Any, ...]) -> None:
    texts = ("values", "namespaces", "matchLabelKeys", "mismatchLabelKeys", "nameservers", "searches", "hostnames")
    empty = "" if path[-2] in texts else 0 if path[-2] == "supplementalGroups" else {}
    assert said(spoilt(FULL, path, None)) == said(spoilt(FULL, path, empty))
