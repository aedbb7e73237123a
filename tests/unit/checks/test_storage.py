"""What one example file cannot show: the cluster description, externals, texts that vary, counts of volumes."""

from __future__ import annotations

import pytest

from k8slint.cluster.cluster import Cluster
from k8slint.engine.rule import load_rules
from k8slint.objects.problem import Problem
from tests.build import problems_of, read, together

RULES = [rule for rule in load_rules().values() if rule.category == "storage"]
STATIC = "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: disks}, provisioner: %s}"
STATIC = STATIC % "kubernetes.io/no-provisioner"
DYNAMIC = STATIC.replace("kubernetes.io/no-provisioner", "ebs.csi.aws.com")


def problems(rule_id: str, text: str, described: str = "", externals: tuple[str, ...] = ()) -> list[Problem]:
    objects = read(text)
    cluster = Cluster(objects, read(described) if described else None, externals)
    (rule,) = (rule for rule in RULES if rule.id == rule_id)
    return [problem for obj in objects for problem in problems_of(rule, obj, cluster)]


def volume(name: str, size: str = "10Gi", extra: str = "") -> str:
    spec = f"{{storageClassName: disks, capacity: {{storage: {size}}}, accessModes: [ReadWriteOnce]{extra}}}"
    return f"{{apiVersion: v1, kind: PersistentVolume, metadata: {{name: {name}}}, spec: {spec}}}"


def claim(name: str, size: str = "10Gi", class_name: str = "disks") -> str:
    wanted = f"accessModes: [ReadWriteOnce], resources: {{requests: {{storage: {size}}}}}"
    spec = f"{{storageClassName: {class_name}, {wanted}}}"
    return f"{{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {{name: {name}}}, spec: {spec}}}"


@pytest.mark.parametrize(
    ("host_path", "effect"),
    [
        ("{path: /data, type: Directory}", "hostPath type check failed: /data is not a directory"),
        ("{path: /data/db.lock, type: File}", "hostPath type check failed: /data/db.lock is not a file"),
        ("{path: /data, type: DirectoryOrCreate}", ""),
        ("{path: /data}", ""),
    ],
)
def test_a_host_path_that_must_be_there_stops_the_pod_elsewhere(host_path, effect):
    text = f"{{apiVersion: v1, kind: PersistentVolume, metadata: {{name: a}}, spec: {{hostPath: {host_path}}}}}"
    (problem,) = problems("hostpath-on-multi-node", text)
    assert effect in problem.effect
    assert bool(problem.effect) == bool(effect)


def test_a_described_class_makes_common_classes_known():
    text = claim("a", class_name="gp3")
    assert problems("missing-storage-class", text, described=DYNAMIC)
    assert not problems("missing-storage-class", text, described="{apiVersion: v1, kind: Node, metadata: {name: a}}")


def test_an_external_class_is_there():
    text = together(DYNAMIC, claim("a", class_name="tape"))
    assert problems("missing-storage-class", text)
    assert not problems("missing-storage-class", text, externals=("StorageClass/tape",))


def test_what_is_missing_is_named_so_that_lone_files_can_be_silent():
    (missing,) = problems("missing-storage-class", together(DYNAMIC, claim("a", class_name="tape")))
    (unbindable,) = problems("unbindable-claim", together(STATIC, volume("a", "1Gi"), claim("a")))
    (classless,) = problems(
        "unbindable-claim", together(volume("a", "1Gi"), claim("a", class_name='""')).replace("disks", '""')
    )
    assert (missing.rests_on.name, unbindable.rests_on.name, classless.rests_on.name) == (
        "tape",
        "disks",
        "PersistentVolume",
    )


def test_described_volumes_hold_claims():
    files = together(STATIC, volume("small", "1Gi"), claim("a"))
    assert problems("unbindable-claim", files)
    assert not problems("unbindable-claim", files, described=volume("large", "20Gi"))


def test_the_nearest_volume_lacks_least_and_is_shown():
    text = together(
        STATIC, volume("b", "1Gi", ", volumeMode: Block"), volume("c", "2Gi"), volume("a", "3Gi"), claim("x")
    )
    (problem,) = problems("unbindable-claim", text)
    assert 'nearest is "a", which holds 3Gi where 10Gi is asked for' in problem.message
    assert [(related.obj.name, related.path) for related in problem.related] == [("a", ("spec", "capacity", "storage"))]


def test_volumes_reserved_for_others_hold_nothing():
    (problem,) = problems(
        "unbindable-claim", together(STATIC, volume("a", extra=", claimRef: {name: b, namespace: c}"), claim("x"))
    )
    assert 'nearest is "a", which is reserved for claim "c/b"' in problem.message


@pytest.mark.parametrize(
    ("has", "asked", "fits"),
    [
        ("10Gi", "10Gi", True),
        ("10G", "10Gi", False),
        ("10Gi", "10G", True),
        ("1e10", "10G", True),
        ("10Gx", "1T", True),
    ],
)
def test_sizes_are_quantities_and_what_is_none_is_not_judged(has, asked, fits):
    assert (problems("unbindable-claim", together(STATIC, volume("a", has), claim("x", asked))) == []) == fits


@pytest.mark.parametrize("group", ["storageclass.kubernetes.io", "storageclass.beta.kubernetes.io"])
def test_a_default_class_of_the_files_is_what_claims_without_one_get(group):
    default = STATIC.replace("{name: disks}", f'{{name: disks, annotations: {{{group}/is-default-class: "true"}}}}')
    unclassed = claim("x").replace("storageClassName: disks, ", "")
    assert problems("unbindable-claim", together(default, volume("a", "1Gi"), unclassed))
    assert not problems("unbindable-claim", together(STATIC, volume("a", "1Gi"), unclassed))


def test_one_described_node_is_one_wherever_a_pod_starts():
    pod = """
    {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {
      containers: [{name: a, volumeMounts: [{name: d, mountPath: /d}]}], volumes: [{name: d, hostPath: {path: /d}}]}}
    """
    nodes = [f"{{apiVersion: v1, kind: Node, metadata: {{name: {name}}}}}" for name in "ab"]
    assert problems("hostpath-on-multi-node", pod)
    assert problems("hostpath-on-multi-node", pod, described=together(*nodes))
    assert not problems("hostpath-on-multi-node", pod, described=nodes[0])
