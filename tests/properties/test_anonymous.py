"""A cluster whose names are replaced runs its pods where the cluster itself would."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from k8slint.cluster.cluster import Cluster
from k8slint.simulation.dry_run import dry_run
from k8slint.simulation.export.lean import anonymized, lean
from k8slint.values.version import KubernetesVersion
from tests.build import objects_of

V1_36 = KubernetesVersion(1, 36)
ZONE = "topology.kubernetes.io/zone"
APPS = ("shop", "db", "7")
NAMESPACES = ("atlas", "default", "beta")


@st.composite
def nodes(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {
                "name": f"{draw(st.sampled_from(('rack', 'blade', 'Z')))}-{number}".lower(),
                "labels": {
                    ZONE: draw(st.sampled_from(("north", "south"))),
                    "disk": draw(st.sampled_from(("ssd", "hdd"))),
                    "size": draw(st.sampled_from(("4", "16", "300"))),
                },
            },
            "spec": {
                "taints": draw(st.lists(st.just({"key": "team", "value": "blue", "effect": "NoSchedule"}), max_size=1))
            },
            "status": {"allocatable": {"cpu": draw(st.sampled_from(("1", "2", "4"))), "memory": "8Gi", "pods": "5"}},
        }
        for number in range(draw(st.integers(1, 5)))
    ]


def _affinity(kind: str, app: str, key: str) -> dict[str, Any]:
    term = {"topologyKey": key, "labelSelector": {"matchLabels": {"app": app}}}
    return {kind: {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


@st.composite
def demands(draw: st.DrawFn) -> dict[str, Any]:
    app, key = draw(st.sampled_from(APPS)), draw(st.sampled_from((ZONE, "kubernetes.io/hostname")))
    expression = draw(
        st.sampled_from(
            (
                {"key": "disk", "operator": "In", "values": ["ssd"]},
                {"key": "size", "operator": "Gt", "values": ["10"]},
                {"key": ZONE, "operator": "NotIn", "values": ["north"]},
            )
        )
    )
    terms = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    spread = {"maxSkew": 1, "topologyKey": key, "labelSelector": {"matchLabels": {"app": app}}}
    return draw(
        st.sampled_from(
            (
                {},
                {"nodeSelector": {"disk": "ssd"}},
                {"tolerations": [{"key": "team", "operator": "Equal", "value": "blue", "effect": "NoSchedule"}]},
                {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}},
                {"affinity": _affinity("podAffinity", app, key)},
                {"affinity": _affinity("podAntiAffinity", app, key)},
                {"topologySpreadConstraints": [{**spread, "whenUnsatisfiable": "DoNotSchedule"}]},
            )
        )
    )


@st.composite
def pods(draw: st.DrawFn, names: list[str]) -> list[dict[str, Any]]:
    found = []
    for number in range(draw(st.integers(1, 7))):
        request = {"cpu": draw(st.sampled_from(("250m", "1", "3")))}
        port = {"containerPort": 80, "hostPort": 80, "hostIP": draw(st.sampled_from(("10.1.1.1", "0.0.0.0")))}  # noqa: S104
        container = {"name": "main", "image": "registry.atlas.example/shop:7", "resources": {"requests": request}}
        if draw(st.booleans()):
            container["ports"] = [port]
        spec: dict[str, Any] = {"containers": [container], **draw(demands())}
        if draw(st.booleans()) and draw(st.booleans()):
            spec["nodeName"] = draw(st.sampled_from(names))
        metadata = {
            "name": f"pod-{number}",
            "namespace": draw(st.sampled_from(NAMESPACES)),
            "labels": {"app": draw(st.sampled_from(APPS))},
        }
        found.append({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    return found


@st.composite
def clusters(draw: st.DrawFn) -> list[dict[str, Any]]:
    machines = draw(nodes())
    running = draw(pods([machine["metadata"]["name"] for machine in machines]))
    services = [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": app, "namespace": draw(st.sampled_from(NAMESPACES))},
            "spec": {"selector": {"app": app}},
        }
        for app in draw(st.lists(st.sampled_from(APPS), unique=True))
    ]
    return [*machines, *running, *services]


def placed(items: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    """For each pod in turn its verdict, which of the nodes it is on, and what is said."""
    run = dry_run(Cluster((), objects_of(*items)), V1_36)
    order = [item["metadata"]["name"] for item in items if item["kind"] == "Node"]
    return [(pod.verdict.value, order.index(pod.node) if pod.node else -1, pod.message) for pod in run.pods]


@settings(max_examples=150, deadline=None)
@given(clusters())
def test_pods_go_where_they_would_have_gone(items: list[dict[str, Any]]) -> None:
    shown = anonymized(items)
    assert placed(shown) == placed(lean(items)) == placed(items)
    for word in ("rack", "blade", "atlas", "shop", "north", "blue", "10.1.1.1"):
        assert word not in json.dumps(shown)
