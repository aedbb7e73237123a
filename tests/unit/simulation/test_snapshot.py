from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

from ruamel.yaml import YAML

from k8slint.cluster.cluster import Cluster
from k8slint.loading.document import Document, Source
from k8slint.objects.object import Object
from k8slint.objects.read import read_source
from k8slint.simulation.dry_run import dry_run
from k8slint.simulation.results import DryRun
from k8slint.simulation.snapshot import anonymized, lean
from k8slint.values.version import KubernetesVersion

DUMP = (Path(__file__).parent / "dump.yaml").read_text()
NEW_POD = """
    apiVersion: v1
    kind: Pod
    metadata: {name: new}
    spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 2}}}]}
"""


def items(text: str) -> Any:
    return YAML(typ="safe").load(dedent(text))


def objects(data: list[dict[str, Any]]) -> tuple[Object, ...]:
    document = Document(Source("dump.json", ""), 0, 0, {"apiVersion": "v1", "kind": "List", "items": data}, None)
    return read_source(document.source, (document,)).objects


def run(data: list[dict[str, Any]]) -> DryRun:
    return dry_run(Cluster(objects([items(NEW_POD)]), objects(data)), KubernetesVersion(1, 36))


def test_a_lean_snapshot_says_nothing_that_a_dry_run_does_not_read() -> None:
    cut = lean(items(DUMP))
    text = json.dumps(cut)
    kinds = [item["kind"] for item in cut]
    assert kinds == ["Node", "Pod", "PersistentVolumeClaim", "PersistentVolume", "ResourceQuota"]
    for word in ("hunter2", "aHVudGVyMg==", "10.0.0.7", "10.1.2.3", "kubelet", "configMap", "podIP", "env", "command"):
        assert word not in text
    assert cut[0]["status"]["conditions"] == [{"type": "Ready", "status": "True"}]
    assert cut[1]["spec"]["volumes"] == [{"name": "data", "persistentVolumeClaim": {"claimName": "data-ledger-0"}}]
    assert cut[2]["metadata"]["annotations"] == {"pv.kubernetes.io/bind-completed": "yes"}
    assert cut[4]["status"]["used"] == {"pods": "1"}


def test_a_snapshot_comes_to_the_same_as_what_it_was_made_of() -> None:
    whole, cut = run(items(DUMP)), run(lean(items(DUMP)))
    assert cut.pods[0].verdict == whole.pods[0].verdict == "unschedulable"
    assert cut.pods[0].message == whole.pods[0].message
    assert cut.nodes == whole.nodes


def test_an_anonymized_snapshot_names_nobody() -> None:
    text = json.dumps(anonymized(items(DUMP)))
    for word in ("corp", "atlas", "ledger", "finance", "eu-1a", "worker", "vol-0abc", "pv-77", "hunter2", "u-2"):
        assert word not in text
    for word in ("linux", "ebs.csi.aws.com", "dedicated", "topology.kubernetes.io/zone", "requests.storage"):
        assert word in text


def test_an_anonymized_snapshot_still_hangs_together() -> None:
    node, pod, claim, volume, quota = anonymized(items(DUMP))
    assert node["metadata"]["labels"]["kubernetes.io/hostname"] == node["metadata"]["name"] == pod["spec"]["nodeName"]
    assert pod["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert claim["spec"]["volumeName"] == volume["metadata"]["name"]
    assert volume["spec"]["claimRef"]["name"] == claim["metadata"]["name"]
    assert pod["metadata"]["namespace"] == quota["metadata"]["namespace"] == volume["spec"]["claimRef"]["namespace"]
    assert pod["spec"]["tolerations"][0]["value"] == node["spec"]["taints"][0]["value"]
    (term,) = pod["spec"]["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert term["labelSelector"]["matchExpressions"][0]["values"] == [pod["metadata"]["labels"]["app"]]
    assert term["namespaces"] == [pod["metadata"]["namespace"]]
    zone = node["metadata"]["labels"]["topology.kubernetes.io/zone"]
    (needed,) = volume["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"]
    assert needed["matchExpressions"][0]["values"] == [zone]
    assert f"{volume['spec']['storageClassName']}.storageclass.storage.k8s.io/requests.storage" in quota["spec"]["hard"]
    renamed, whole = run([node, pod, claim, volume, quota]), run(items(DUMP))
    assert renamed.pods[0].message == whole.pods[0].message
