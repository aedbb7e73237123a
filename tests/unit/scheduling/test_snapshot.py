"""A run takes a cluster and hands back another: what went in stays as it was."""

from __future__ import annotations

from typing import Any

import pytest

from k8slint.scheduling import Assigned, Listers, Node, Pod, Snapshot, Unschedulable, schedule


def node(name: str) -> Node:
    labels = {"kubernetes.io/hostname": name}
    status = {"allocatable": {"cpu": "2", "memory": "8Gi", "pods": "10"}}
    return Node.of({"metadata": {"name": name, "labels": labels}, "status": status})


def pod(name: str, cpu: str = "1", **spec: Any) -> Pod:
    containers = [{"name": "c", "resources": {"requests": {"cpu": cpu}}}]
    return Pod.of({"metadata": {"name": name}, "spec": {"containers": containers, **spec}})


def storage() -> Listers:
    """A claim that waits for a pod, and a disk of one node that suits it."""
    term = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": ["b"]}]}
    return Listers.of(
        [
            {
                "kind": "StorageClass",
                "metadata": {"name": "local"},
                "provisioner": "kubernetes.io/no-provisioner",
                "volumeBindingMode": "WaitForFirstConsumer",
            },
            {
                "kind": "PersistentVolume",
                "metadata": {"name": "disk"},
                "spec": {
                    "storageClassName": "local",
                    "capacity": {"storage": "1Gi"},
                    "accessModes": ["ReadWriteOnce"],
                    "nodeAffinity": {"required": {"nodeSelectorTerms": [term]}},
                },
                "status": {"phase": "Available"},
            },
            {
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": "data"},
                "spec": {
                    "storageClassName": "local",
                    "accessModes": ["ReadWriteOnce"],
                    "resources": {"requests": {"storage": "1Gi"}},
                },
            },
        ]
    )


def places(snapshot: Snapshot) -> dict[str, str]:
    return {each.name: name for each, name in snapshot.pods.items()}


def test_what_went_in_is_as_it_was() -> None:
    before = Snapshot.of([node("a"), node("b")], storage())
    volumes = [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]
    result = schedule([pod("p", volumes=volumes)], before)
    assert places(before) == {}
    assert before.listers.volumes["disk"].claim is None
    assert places(result.snapshot) == {"p": "b"}
    assert result.snapshot.listers.volumes["disk"].claim is not None
    assert schedule([pod("p", volumes=volumes)], before).nodes == result.nodes


def test_a_snapshot_cannot_be_written_to() -> None:
    snapshot = schedule([pod("p")], Snapshot.of([node("a")])).snapshot
    with pytest.raises(TypeError):
        snapshot.pods[pod("q")] = "a"  # type: ignore[index] - that it cannot is the point


def test_what_came_out_goes_in_again_with_more_pods() -> None:
    pods = [pod(f"p{number}") for number in range(4)]
    cluster = Snapshot.of([node("a"), node("b")])
    first = schedule(pods[:2], cluster)
    second = schedule(pods, first.snapshot)
    assert [outcome.pod.name for outcome in second.outcomes] == ["p2", "p3"]
    assert places(second.snapshot) == places(schedule(pods, cluster).snapshot)
    (last,) = schedule([pod("p4")], second.snapshot).outcomes
    assert isinstance(last, Unschedulable)


def test_room_that_was_promised_stays_promised() -> None:
    running, important = pod("r", cpu="2", priority=0).on("a"), pod("i", cpu="2", priority=9)
    first = schedule([running, important], Snapshot.of([node("a")]))
    assert dict(first.snapshot.nominated) == {important: "a"}
    assert first.snapshot.terminating == {running}
    without_victim = first.snapshot.without(running)
    (other,) = schedule([pod("o", cpu="2", priority=5)], without_victim).outcomes
    assert isinstance(other, Unschedulable)
    (again,) = schedule([important], without_victim).outcomes
    assert isinstance(again, Assigned)


def test_without_a_pod_its_claims_are_free_again() -> None:
    volumes = [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]
    one = pod("p", volumes=volumes)
    before = Snapshot.of([node("a"), node("b")], storage())
    after = schedule([one], before).snapshot.without(one)
    assert after.listers.volumes == before.listers.volumes
    assert after.listers.claims == before.listers.claims
    assert places(after) == {}
