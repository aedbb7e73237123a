"""Runs the tables of this folder: manifests and a cluster, and what becomes of every pod.

A case lists every pod as `namespace/name: verdict node` or `namespace/name: "verdict: message"`. `unbound` are claims
with the reason, `refusals` objects as `Kind name: message`, `used` amounts requested on nodes. Where a case gives no
cluster, it has the table's.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from k8slint.cluster.cluster import Cluster
from k8slint.loading.composer import compose
from k8slint.loading.document import Source
from k8slint.objects.from_documents import read_source
from k8slint.objects.object import Object
from k8slint.simulation.dry_run import dry_run
from k8slint.simulation.results import PodResult
from k8slint.values.version import KubernetesVersion

TABLES = Path(__file__).parent


def cases() -> Iterator[Any]:
    for path in sorted(TABLES.glob("*.yaml")):
        table = YAML(typ="safe").load(path)
        for case in table["cases"]:
            assert case.get("source") or table.get("source"), f"{path.name}: {case['name']} names no source"
            yield pytest.param({"cluster": table["cluster"], **case}, id=f"{path.stem}: {case['name']}")


@pytest.mark.parametrize("case", list(cases()))
def test_case(case: dict[str, Any]) -> None:
    description = objects(f"{case['cluster']}\n---\n{case.get('more', '')}")
    version = KubernetesVersion.parse(case.get("version", "1.36"))
    run = dry_run(Cluster(objects(case.get("manifests", "")), description), version)
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


def objects(text: str) -> tuple[Object, ...]:
    source = Source("case.yaml", text)
    return read_source(source, compose(source)).objects


def shown(pod: PodResult) -> str:
    if pod.message:
        return f"{pod.verdict}: {pod.message}"
    return f"{pod.verdict} {pod.node}".strip()
