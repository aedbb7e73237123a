"""Of one defect one rule speaks, the more exact one, though another could."""

from __future__ import annotations

from textwrap import dedent

import pytest

from k8slint.engine.rule import load_rules
from k8slint.lint import lint
from k8slint.project import Request

POD = """
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop}
    spec:
      containers:
        - name: web
          image: example.org/web:1
          %s
    """
WEB = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
            - name: web
              image: example.org/web:1
              %s
    """
CONFIG = """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: config, namespace: shop}
    data: {%s}
    """
SERVICE = """
    apiVersion: v1
    kind: Service
    metadata: {name: %s, namespace: shop}
    spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: %s}]}
    """
TOKEN = "gh" + "p_0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R"

# The rule that speaks, those that are silent, and the objects.
PAIRS = [
    (
        "selector-template-mismatch",
        ["invalid-value"],
        [(WEB % "").replace("{labels: {app: web}}", "{labels: {app: wob}}")],
    ),
    (
        "missing-secret",
        ["missing-secret-key", "secret-env-never-refreshes"],
        [WEB % "env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: user}}}]"],
    ),
    (
        "missing-configmap",
        ["missing-configmap-key", "configmap-env-never-refreshes"],
        [WEB % "env: [{name: A, valueFrom: {configMapKeyRef: {name: config, key: user}}}]"],
    ),
    (
        "missing-configmap-key",
        ["missing-configmap"],
        [WEB % "env: [{name: A, valueFrom: {configMapKeyRef: {name: config, key: user}}}]", CONFIG % "users: a"],
    ),
    ("unknown-field", ["required-field"], [(POD % "").replace("image:", "imgae:")]),
    ("required-field", ["floating-image-tag"], [(POD % "").replace("example.org/web:1", "''")]),
    ("oversized-configmap", ["configmap-too-large-to-apply"], [CONFIG % f"a: {'x' * 1_048_577}"]),
    ("configmap-too-large-to-apply", ["oversized-configmap"], [CONFIG % f"a: {'x' * 300_000}"]),
    (
        "node-port-out-of-range",
        ["duplicate-node-port", "invalid-value"],
        [WEB % "", SERVICE % ("a", 8080), SERVICE % ("b", 8080)],
    ),
    (
        "duplicate-node-port",
        ["node-port-out-of-range", "duplicate-value"],
        [WEB % "", SERVICE % ("a", 30080), SERVICE % ("b", 30080)],
    ),
    (
        "duplicate-value",
        ["duplicate-node-port"],
        [
            WEB % "",
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop}
            spec:
              type: NodePort
              selector: {app: web}
              ports: [{name: a, port: 80, nodePort: 30080}, {name: b, port: 81, nodePort: 30080}]
            """,
        ],
    ),
    (
        "missing-configmap-key",
        ["subpath-mount-never-refreshes"],
        [
            (WEB % "volumeMounts: [{name: conf, mountPath: /a, subPath: a.conf}]")
            + "      volumes: [{name: conf, configMap: {name: config}}]\n",
            CONFIG % "b.conf: a",
        ],
    ),
    ("undefined-volume", ["not-found"], [WEB % "volumeMounts: [{name: data, mountPath: /data}]"]),
    (
        "duplicate-env",
        ["duplicate-value", "apiserver-warning"],
        [WEB % "env: [{name: A, value: a}, {name: A, value: b}]"],
    ),
    (
        "duplicate-container-port",
        ["duplicate-value", "apiserver-warning"],
        [WEB % "ports: [{containerPort: 80}, {containerPort: 80}]"],
    ),
    (
        "job-restart-policy",
        ["required-field", "unsupported-value"],
        [
            """
            apiVersion: batch/v1
            kind: Job
            metadata: {name: once, namespace: shop}
            spec: {template: {spec: {containers: [{name: a, image: "example.org/web:1"}]}}}
            """
        ],
    ),
    (
        "invalid-cron-schedule",
        ["cron-never-fires", "invalid-value"],
        [
            """
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: nightly, namespace: shop}
            spec:
              schedule: "0 0 32 2 *"
              jobTemplate:
                spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: "example.org/web:1"}]}}}
            """
        ],
    ),
    (
        "secret-data-not-base64",
        ["invalid-value", "wrong-type", "secret-trailing-newline"],
        ["{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop}, data: {password: 'hunter2!'}}"],
    ),
    ("removed-api", ["unknown-kind", "deprecated-api"], [(WEB % "").replace("apps/v1", "extensions/v1beta1")]),
    ("unknown-kind", ["removed-api", "unknown-field"], [(WEB % "").replace("Deployment", "Deploymnet")]),
    (
        "hpa-target-missing",
        ["not-found", "invalid-value"],
        [
            """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: web, namespace: shop}
            spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: wob}}
            """,
            WEB % "",
        ],
    ),
    (
        "service-selects-nothing",
        ["service-target-port-missing"],
        [
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop}
            spec: {selector: {app: wob}, ports: [{port: 80, targetPort: http}]}
            """,
            WEB % "",
        ],
    ),
    (
        "ingress-backend-missing",
        ["ingress-backend-port-missing"],
        [
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web, namespace: shop}
            spec: {defaultBackend: {service: {name: wob, port: {name: http}}}}
            """,
            WEB % "",
        ],
    ),
    ("secret-literal-in-env", ["secret-literal-in-command"], [POD % f"env: [{{name: GITHUB_TOKEN, value: {TOKEN}}}]"]),
    ("secret-literal-in-command", ["secret-literal-in-env"], [POD % f"args: [--github-token={TOKEN}]"]),
    ("secret-literal-in-configmap", ["secret-literal-in-annotation"], [CONFIG % f"github-token: {TOKEN}"]),
]


@pytest.mark.parametrize(
    ("speaks", "silent", "objects"), PAIRS, ids=[f"{speaks} not {others[0]}" for speaks, others, _ in PAIRS]
)
def test_the_more_exact_rule_speaks_alone(speaks, silent, objects):
    text = "\n---\n".join(map(dedent, objects))
    said = [finding.rule for finding in lint(Request(["-"], stdin=text.encode(), select=["ALL"])).findings]
    assert speaks in said
    assert not set(silent) & set(said)


@pytest.mark.parametrize(
    ("speaks", "silent", "objects"), PAIRS, ids=[f"{speaks} not {others[0]}" for speaks, others, _ in PAIRS]
)
def test_one_place_is_not_named_twice_by_one_rule(speaks, silent, objects):
    text = "\n---\n".join(map(dedent, objects))
    findings = lint(Request(["-"], stdin=text.encode(), select=["ALL"])).findings
    places = [(finding.location, finding.message) for finding in findings if finding.rule == speaks]
    assert len(set(places)) == len(places)


def test_the_rules_of_the_pairs_are_there():
    assert {rule for speaks, silent, _ in PAIRS for rule in (speaks, *silent)} <= set(load_rules())
