"""A dry run of the case's manifests in its cluster, and what becomes of every pod.

A case lists every pod as `namespace/name: verdict node` or `namespace/name: "verdict: message"`. `unbound` are claims
with the reason, `refusals` objects as `Kind name: message`, `used` amounts requested on nodes, `assumes` parts of what
is assumed; `more` adds to the `cluster`.

A case without a `cluster` is admission alone: `refused` has the workloads as `Kind name: "n of m: message"`, m being 0
where the nodes decide it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k8slint.cluster.cluster import Cluster
from k8slint.simulation.admission import admit
from k8slint.simulation.dry_run import dry_run
from k8slint.simulation.results import PodResult
from k8slint.values.version import KubernetesVersion
from tests.build import read

KEYS = {"refused", "cluster", "more", "manifests", "pods", "unbound", "refusals", "used", "assumes"}


def check(case: Mapping[str, Any]) -> None:
    if "cluster" not in case:
        check_admission(case)
        return
    description = read(f"{case['cluster']}\n---\n{case.get('more', '')}")
    version = KubernetesVersion(1, case.get("minor", 36))
    run = dry_run(Cluster(read(case.get("manifests", "")), description), version)
    assert {pod.key: shown(pod) for pod in run.pods} == case.get("pods", {})
    assert [f"{refusal.obj.kind} {refusal.obj.name}: {refusal.message}" for refusal in run.refusals] == case.get(
        "refusals", []
    )
    if "unbound" in case:
        assert {"/".join(key): unbound.message for key, unbound in run.unbound.items()} == case["unbound"]
    for name, amounts in case.get("used", {}).items():
        node = next(node for node in run.nodes or () if node.name == name)
        assert {key: node.requested.get(key) for key in amounts} == amounts
    for text in case.get("assumes", []):
        assert any(text in assumption for assumption in run.assumptions), run.assumptions


def check_admission(case: Mapping[str, Any]) -> None:
    objects = read(case["manifests"])
    verdicts = admit(objects, Cluster(objects, version=KubernetesVersion(1, case.get("minor", 37))))
    assert {
        f"{pods.obj.kind} {pods.obj.name}": f"{pods.refused} of {pods.total}: {pods.message}" for pods in verdicts.pods
    } == case.get("refused", {})
    assert [f"{refusal.obj.kind} {refusal.obj.name}: {refusal.message}" for refusal in verdicts.objects] == case.get(
        "refusals", []
    )


def shown(pod: PodResult) -> str:
    if pod.message:
        return f"{pod.verdict}: {pod.message}"
    return f"{pod.verdict} {pod.node}".strip()
