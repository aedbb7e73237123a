from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from ruamel.yaml import YAML

from k8slint.apiserver.discovery.definitions import definitions_of
from k8slint.cluster.cluster import Cluster
from k8slint.simulation.dry_run import dry_run
from k8slint.simulation.export.lean import anonymized, lean
from k8slint.simulation.results import DryRun
from k8slint.values.version import KubernetesVersion
from tests.build import objects_of, places, spoilt

DUMP = (Path(__file__).parent / "dump.yaml").read_text()
NEW_POD = """
    apiVersion: v1
    kind: Pod
    metadata: {name: new}
    spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 2}}}]}
"""


def items(text: str) -> Any:
    return YAML(typ="safe").load(dedent(text))


def run(data: list[dict[str, Any]]) -> DryRun:
    return dry_run(Cluster(objects_of(items(NEW_POD)), objects_of(*data)), KubernetesVersion(1, 36))


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


KINDS = {
    "Node": "v1",
    "Pod": "v1",
    "PersistentVolume": "v1",
    "PersistentVolumeClaim": "v1",
    "StorageClass": "storage.k8s.io/v1",
    "Namespace": "v1",
    "ResourceQuota": "v1",
    "LimitRange": "v1",
    "PriorityClass": "scheduling.k8s.io/v1",
    "RuntimeClass": "node.k8s.io/v1",
    "CSINode": "storage.k8s.io/v1",
    "CSIDriver": "storage.k8s.io/v1",
    "CSIStorageCapacity": "storage.k8s.io/v1",
    "VolumeAttachment": "storage.k8s.io/v1",
    "PodDisruptionBudget": "policy/v1",
    "Service": "v1",
    "ReplicaSet": "apps/v1",
    "ReplicationController": "v1",
    "StatefulSet": "apps/v1",
}
DEEPEST = 14
# Where the help says that names stay: keys of labels, drivers.
STAY = (
    ("key",),
    ("topologyKey",),
    ("matchLabelKeys", 0),
    ("mismatchLabelKeys", 0),
    ("driver",),
    ("provisioner",),
    ("attacher",),
    ("drivers", 0, "name"),
)


def full(schema: dict[str, Any], text: str, depth: int = 0) -> Any:
    """A value of the schema with everything in it, each text the same."""
    if "$ref" in schema:
        schema = definitions_of(37).schema(schema["$ref"].removeprefix("#/$defs/"))
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if depth > DEEPEST or kind == "string":
        return text
    if kind == "array":
        return [full(schema["items"], text, depth + 1)]
    if kind != "object":
        return {"integer": 7, "number": 7, "boolean": True}[kind]
    found = {name: full(inner, text, depth + 1) for name, inner in schema.get("properties", {}).items()}
    if isinstance(schema.get("additionalProperties"), dict):
        found["some-key"] = full(schema["additionalProperties"], text, depth + 1)
    return found


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "CSIDriver"])  # it goes by its driver's name
@pytest.mark.parametrize(
    "canary", ["canary", "canary.example.com/x", "Canary 7", "canary:1.0", "kubernetes.io/canary x"]
)
def test_no_value_of_any_field_is_shown(kind: str, canary: str) -> None:
    name = definitions_of(37).kinds[KINDS[kind], kind]
    obj = {**full({"$ref": f"#/$defs/{name}"}, canary), "apiVersion": KINDS[kind], "kind": kind}
    (shown,) = anonymized([obj])
    for path in places(shown):
        value = shown
        for step in path:
            value = value[step]
        if isinstance(value, str) and not any(path[-len(place) :] == place for place in STAY):
            assert "canary" not in value.lower(), path


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_at_a_place_of_another_shape_is_left_out(kind: str) -> None:
    name = definitions_of(37).kinds[KINDS[kind], kind]
    obj = {**full({"$ref": f"#/$defs/{name}"}, "text"), "apiVersion": KINDS[kind], "kind": kind}
    (whole,) = lean([obj])
    for path in places(whole):
        if path not in (("apiVersion",), ("kind",)):
            for junk in ({"canary": "Canary 7"}, ["Canary 7"], "Canary 7"):
                (shown,) = anonymized([spoilt(whole, path, junk)])
                assert "Canary 7" not in json.dumps(shown), path
