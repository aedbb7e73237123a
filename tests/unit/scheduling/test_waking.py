"""Pods that failed for want of others are tried again once these have come."""

from __future__ import annotations

from k8slint.scheduling import Assigned, Node, Pod, Snapshot, Unschedulable, schedule


def node(name, **labels):
    allocatable = {"cpu": "4", "memory": "8Gi", "pods": "10"}
    return Node.of(
        {"metadata": {"name": name, "labels": {"host": name, **labels}}, "status": {"allocatable": allocatable}}
    )


def pod(name, *, near=""):
    spec = {"containers": [{"name": "a", "image": "a:1"}]}
    if near:
        term = {"topologyKey": "host", "labelSelector": {"matchLabels": {"app": near}}}
        spec["affinity"] = {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    return Pod.of({"metadata": {"name": name, "namespace": "default", "labels": {"app": name}}, "spec": spec})


def nodes_of(result):
    return {outcome.pod.name: getattr(outcome, "node", None) for outcome in result.outcomes}


def test_a_pod_follows_one_that_is_listed_after_it():
    result = schedule([pod("web", near="cache"), pod("cache")], Snapshot.of([node("n1"), node("n2")]))
    assert nodes_of(result)["web"] == nodes_of(result)["cache"] is not None
    assert [outcome.pod.name for outcome in result.outcomes] == ["cache", "web"]


def test_a_chain_of_followers_comes_to_its_end():
    pods = [pod("c", near="b"), pod("b", near="a"), pod("a")]
    result = schedule(pods, Snapshot.of([node("n1"), node("n2")]))
    assert all(isinstance(outcome, Assigned) for outcome in result.outcomes)
    assert len(set(nodes_of(result).values())) == 1


def test_who_waits_for_a_pod_that_never_comes_stays_unschedulable():
    result = schedule([pod("web", near="cache"), pod("db")], Snapshot.of([node("n1")]))
    (web,) = (outcome for outcome in result.outcomes if outcome.pod.name == "web")
    assert isinstance(web, Unschedulable)
    assert web.message.startswith("0/1 nodes are available: 1 node(s) didn't match pod affinity rules")
