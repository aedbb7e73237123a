"""Every field of a whole application replaced by what it cannot be: the whole pipeline, with every rule, bears it."""

from __future__ import annotations

import json
from contextlib import suppress
from copy import deepcopy

import pytest

from k8slint.lint import lint
from k8slint.project import Request
from k8slint.report import FORMATS
from k8slint.usage import UsageError
from tests.build import places

REMOVED = object()
REPLACEMENTS = [
    REMOVED, None, True, -1, 2**63, 1.5, "x" * 300, "${VAR}", [], [None, "x", [], {}], {},
    {"name": [], "key": {}, "matchLabels": [], "x": {"y": None}},
]  # fmt: skip
ODD = ["", "-1%", "1e999999", "a/b:c@d", 0, "*/0 99 * * *", "\U0001f600", {"x": None}, *REPLACEMENTS]  # fmt: skip

POD = {
    "metadata": {"labels": {"app": "web", "tier": "front"}, "annotations": {"a": "b"}},
    "spec": {
        "serviceAccountName": "web",
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "nodeSelector": {"disk": "ssd"},
        "priorityClassName": "high",
        "securityContext": {"runAsNonRoot": True, "fsGroup": 1000},
        "tolerations": [{"key": "a", "operator": "Exists", "effect": "NoSchedule"}],
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}]
                }
            },
            "podAntiAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [
                    {"labelSelector": {"matchLabels": {"app": "web"}}, "topologyKey": "kubernetes.io/hostname"}
                ]
            },
        },
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "zone",
                "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": {"matchLabels": {"app": "web"}},
            }
        ],
        "imagePullSecrets": [{"name": "pull"}],
        "initContainers": [{"name": "init", "image": "a:1", "restartPolicy": "Always"}],
        "containers": [
            {
                "name": "web",
                "image": "nginx:1.27",
                "command": ["sh", "-c", "sleep 1"],
                "ports": [{"name": "http", "containerPort": 80, "protocol": "TCP"}],
                "env": [
                    {"name": "A", "value": "b"},
                    {"name": "B", "valueFrom": {"configMapKeyRef": {"name": "web", "key": "a"}}},
                    {"name": "C", "valueFrom": {"secretKeyRef": {"name": "web", "key": "a"}}},
                ],
                "envFrom": [{"configMapRef": {"name": "web"}}, {"secretRef": {"name": "web"}}],
                "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}},
                "readinessProbe": {"httpGet": {"path": "/", "port": "http"}, "periodSeconds": 5},
                "livenessProbe": {"exec": {"command": ["true"]}, "initialDelaySeconds": 5},
                "volumeMounts": [
                    {"name": "config", "mountPath": "/etc/web", "subPath": "a"},
                    {"name": "data", "mountPath": "/data"},
                ],
                "securityContext": {"privileged": False, "capabilities": {"add": ["NET_ADMIN"], "drop": ["ALL"]}},
            }
        ],
        "volumes": [
            {"name": "config", "configMap": {"name": "web", "defaultMode": 420, "items": [{"key": "a", "path": "a"}]}},
            {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
            {"name": "host", "hostPath": {"path": "/data", "type": "Directory"}},
            {"name": "secret", "secret": {"secretName": "web"}},
            {"name": "all", "projected": {"sources": [{"configMap": {"name": "web"}}, {"secret": {"name": "web"}}]}},
            {"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}},
        ],
    },
}
SELECTOR = {"matchLabels": {"app": "web"}}
CLAIM = {"accessModes": ["ReadWriteOnce"], "storageClassName": "local", "resources": {"requests": {"storage": "1Gi"}}}


def obj(api_version, kind, name, **rest):
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": "shop"}, **rest}


APPLICATION = [
    obj("apps/v1", "Deployment", "web", spec={"replicas": 2, "selector": SELECTOR, "template": POD}),
    obj(
        "apps/v1",
        "StatefulSet",
        "db",
        spec={
            "serviceName": "web",
            "replicas": 2,
            "selector": SELECTOR,
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "a", "image": "a"}]}},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": CLAIM}],
            "updateStrategy": {"rollingUpdate": {"partition": 1}},
        },
    ),
    obj(
        "batch/v1",
        "CronJob",
        "job",
        spec={
            "schedule": "*/5 * * * *",
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": 5,
            "timeZone": "Etc/UTC",
            "jobTemplate": {
                "spec": {
                    "backoffLimit": 1,
                    "ttlSecondsAfterFinished": 5,
                    "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "a:1"}]}},
                }
            },
        },
    ),
    obj("v1", "Pod", "pod", spec={"containers": [{"name": "a", "image": "a:1"}], "hostNetwork": True, "nodeName": "n"}),
    obj("v1", "ConfigMap", "web", data={"a": "b"}, binaryData={"c": "aGk="}, immutable=True),
    obj("v1", "Secret", "web", type="Opaque", data={"a": "aGk="}, stringData={"b": "c"}),
    obj(
        "v1",
        "Service",
        "web",
        spec={
            "type": "NodePort",
            "selector": {"app": "web"},
            "sessionAffinity": "ClientIP",
            "ports": [{"name": "http", "port": 80, "targetPort": "http", "nodePort": 30080, "protocol": "TCP"}],
        },
    ),
    obj(
        "networking.k8s.io/v1",
        "Ingress",
        "web",
        spec={
            "ingressClassName": "nginx",
            "tls": [{"hosts": ["a.example"], "secretName": "web"}],
            "defaultBackend": {"service": {"name": "web", "port": {"number": 80}}},
            "rules": [
                {
                    "host": "a.example",
                    "http": {
                        "paths": [
                            {
                                "path": "/",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "web", "port": {"name": "http"}}},
                            }
                        ]
                    },
                }
            ],
        },
    ),
    obj(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "web",
        spec={
            "podSelector": SELECTOR,
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"from": [{"podSelector": SELECTOR}], "ports": [{"port": 80, "protocol": "TCP"}]}],
            "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}]}],
        },
    ),
    obj(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        "web",
        spec={
            "minReplicas": 1,
            "maxReplicas": 3,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 5}},
                }
            ],
        },
    ),
    obj("policy/v1", "PodDisruptionBudget", "web", spec={"minAvailable": "50%", "selector": SELECTOR}),
    obj("v1", "PersistentVolumeClaim", "data", spec={**CLAIM, "volumeName": "data", "selector": SELECTOR}),
    obj(
        "v1",
        "PersistentVolume",
        "data",
        spec={
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "local",
            "persistentVolumeReclaimPolicy": "Retain",
            "claimRef": {"name": "data", "namespace": "shop"},
            "local": {"path": "/data"},
            "hostPath": {"path": "/data"},
            "nodeAffinity": {
                "required": {
                    "nodeSelectorTerms": [
                        {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": ["n"]}]}
                    ]
                }
            },
        },
    ),
    obj(
        "storage.k8s.io/v1",
        "StorageClass",
        "local",
        provisioner="kubernetes.io/no-provisioner",
        volumeBindingMode="Immediate",
        reclaimPolicy="Delete",
        parameters={"a": "b"},
        allowedTopologies=[{"matchLabelExpressions": [{"key": "zone", "values": ["a"]}]}],
    ),
    obj("v1", "ServiceAccount", "web", imagePullSecrets=[{"name": "pull"}], secrets=[{"name": "web"}]),
    obj(
        "rbac.authorization.k8s.io/v1",
        "Role",
        "web",
        rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"], "resourceNames": ["a"]}],
    ),
    obj(
        "rbac.authorization.k8s.io/v1",
        "RoleBinding",
        "web",
        roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "web"},
        subjects=[{"kind": "ServiceAccount", "name": "web", "namespace": "shop"}],
    ),
    obj(
        "v1",
        "LimitRange",
        "web",
        spec={"limits": [{"type": "Container", "default": {"cpu": "1"}, "max": {"cpu": "2"}}]},
    ),
    obj("v1", "ResourceQuota", "web", spec={"hard": {"pods": "5", "requests.cpu": "1"}, "scopes": ["BestEffort"]}),
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {"a": "b"}}},
    {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "high"}, "value": 5},
    {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"kind": "Thing", "plural": "things", "singular": "thing", "listKind": "ThingList"},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {
                        "openAPIV3Schema": {
                            "type": "object",
                            "properties": {
                                "spec": {
                                    "type": "object",
                                    "required": ["size"],
                                    "properties": {
                                        "size": {"type": "integer", "minimum": 1},
                                        "mode": {"type": "string", "enum": ["a", "b"], "pattern": "^a"},
                                        "items": {"type": "array", "items": {"type": "string"}},
                                        "any": {"x-kubernetes-preserve-unknown-fields": True},
                                        "port": {"x-kubernetes-int-or-string": True},
                                    },
                                }
                            },
                        }
                    },
                }
            ],
        },
    },
    obj(
        "example.com/v1", "Thing", "thing", spec={"size": 1, "mode": "a", "items": ["x"], "any": {"b": 1}, "port": "x"}
    ),
]


DESCRIBED = ("Pod", "PersistentVolume", "PersistentVolumeClaim", "StorageClass", "Namespace", "PriorityClass")
NODE = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {"name": "n", "labels": {"kubernetes.io/hostname": "n", "topology.kubernetes.io/zone": "a"}},
    "spec": {"unschedulable": False, "taints": [{"key": "a", "value": "b", "effect": "NoSchedule"}]},
    "status": {
        "allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110", "example.com/gpu": "1"},
        "capacity": {"cpu": "4"},
        "images": [{"names": ["nginx:1.27"], "sizeBytes": 5}],
        "conditions": [{"type": "Ready", "status": "True"}],
        "volumesAttached": [{"name": "a"}],
    },
}


def replaced(value, path, replacement):
    """A copy of the value with something else at the path."""
    copy = deepcopy(value)
    parent = copy
    for step in path[:-1]:
        parent = parent[step]
    if replacement is REMOVED:
        del parent[path[-1]]
    else:
        parent[path[-1]] = replacement
    return copy


def mutants(subject):
    """Each with a name of its own, as far as it still has one."""
    for number, path in enumerate(places(subject)):
        for index, replacement in enumerate(REPLACEMENTS):
            name = subject["metadata"]["name"]
            named = replaced(subject, ("metadata", "name"), f"{name}-{number}-{index}")
            yield replaced(named, path, replacement)


def run(objects, **request):
    text = "\n---\n".join(json.dumps(each) for each in objects)
    return lint(Request(["-"], stdin=text.encode(), select=["ALL"], **request))


@pytest.mark.parametrize("subject", APPLICATION, ids=lambda subject: subject["kind"])
def test_a_crowd_of_mutants_is_borne(subject):
    """All at once: cheap, and they meet one another in every index."""
    others = [each for each in APPLICATION if each is not subject]
    report = run([*mutants(subject), *others])
    for render in FORMATS.values():
        render(report)


@pytest.mark.parametrize("subject", APPLICATION, ids=lambda subject: subject["kind"])
def test_a_mutant_among_good_objects_is_borne(subject):
    """One at a time among what it refers to: each field once, with the next of the replacements."""
    others = [each for each in APPLICATION if each is not subject]
    for number, path in enumerate(places(subject)):
        nodes = "2:cpu=4,memory=8Gi,zones=a|b" if number % 2 else ""
        run([replaced(subject, path, ODD[number % len(ODD)]), *others], nodes=nodes)


def test_a_mutant_of_the_described_cluster_is_borne(tmp_path):
    described = [NODE, *(each for each in APPLICATION if each["kind"] in DESCRIBED)]
    for index, subject in enumerate(described):
        for number, path in enumerate(places(subject)):
            mutant = replaced(subject, path, ODD[number % len(ODD)])
            file = tmp_path / "cluster.yaml"
            objects = [*described[:index], mutant, *described[index + 1 :]]
            file.write_text("\n---\n".join(json.dumps(each) for each in objects))
            with suppress(UsageError):  # which says in a line what is wrong with the description
                run(APPLICATION[:4], cluster=str(file))


def test_the_application_itself_is_well_formed():
    wrong = {"unknown-field", "wrong-type", "unknown-kind", "syntax-error", "not-an-object", "required-field"}
    assert not wrong & {finding.rule for finding in run(APPLICATION).findings}
