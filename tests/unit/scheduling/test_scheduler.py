"""The whole run: order, sampling, what is handed back."""

from __future__ import annotations

from typing import Any

import pytest

from k8slint.scheduling import (
    Assigned,
    Gated,
    Listers,
    Node,
    NotModelled,
    Pod,
    Profile,
    Snapshot,
    Unschedulable,
    schedule,
)
from k8slint.scheduling.objects.node import in_scheduling_order
from k8slint.scheduling.scoring import nodes_to_find
from k8slint.values.version import KubernetesVersion


def node(name: str, labels: dict[str, str] | None = None, **room: str) -> Node:
    allocatable = {"cpu": "4", "memory": "8Gi", "pods": "110", **room}
    return Node.of({"metadata": {"name": name, "labels": labels or {}}, "status": {"allocatable": allocatable}})


def pod(name: str, cpu: str = "1", **spec: Any) -> Pod:
    containers = [{"name": "c", "resources": {"requests": {"cpu": cpu, "memory": "1Gi"}}}]
    return Pod.of({"metadata": {"name": name}, "spec": {"containers": containers, **spec}})


@pytest.mark.parametrize(
    ("nodes", "percentage", "wanted"),
    [
        (0, 0, 0),
        (10, 0, 10),
        (10, 40, 10),
        (99, 5, 99),
        (100, 0, 100),
        (500, 0, 230),
        (1000, 0, 420),
        (1000, 40, 400),
        (2000, 0, 680),
        (5000, 0, 500),
        (6000, 0, 300),
        (6000, 40, 2400),
    ],
)
def test_how_many_nodes_are_enough(nodes: int, percentage: int, wanted: int) -> None:
    assert nodes_to_find(nodes, percentage) == wanted


def test_the_search_goes_on_where_it_ended() -> None:
    # With 5 % of 200 nodes wanted at least 100 are found; the next pod starts with the first node left over.
    nodes = [node(f"n{number}") for number in range(200)]
    result = schedule(
        [pod(f"p{number}", cpu="2") for number in range(3)], Snapshot.of(nodes), profile=Profile(percentage_to_score=5)
    )
    chosen = [outcome.node for outcome in result.outcomes if isinstance(outcome, Assigned)]
    assert chosen == ["n0", "n100", "n1"]
    assert all(isinstance(outcome, Assigned) and outcome.feasible == 100 for outcome in result.outcomes)


def test_nodes_come_zone_by_zone() -> None:
    region, zone = "topology.kubernetes.io/region", "topology.kubernetes.io/zone"
    old = "failure-domain.beta.kubernetes.io/zone"
    nodes = [
        node("0"),
        node("1", {region: "r1"}),
        node("2", {zone: "z2"}),
        node("3", {region: "r1", zone: "z2"}),
        node("4", {region: "r1", zone: "z2"}),
        node("5", {region: "r1", zone: "z3"}),
        node("6", {region: "r2", zone: "z2"}),
        node("7", {region: "r2", zone: "z2"}),
        node("8", {region: "r2", zone: "other", old: "z2"}),
    ]
    assert [item.name for item in in_scheduling_order(nodes)] == ["0", "1", "2", "3", "5", "6", "4", "7", "8"]


def test_the_load_of_nodes_is_handed_back() -> None:
    running = pod("r", cpu="2").on("a")
    load = schedule([running, pod("p", cpu="500m")], Snapshot.of([node("a", **{"example.com/gpu": "2"})])).nodes["a"]
    assert load.requested == {"cpu": 2500, "memory": 2**31, "ephemeral-storage": 0, "pods": 2}
    assert load.allocatable["cpu"] == 4000
    assert load.allocatable["example.com/gpu"] == 2


def test_an_outcome_is_found_by_its_pod() -> None:
    result = schedule([pod("p")], Snapshot.of([node("a")]))
    assert isinstance(result.of("default/p"), Assigned)
    with pytest.raises(KeyError):
        result.of("default/q")


def test_ties_are_told() -> None:
    outcome = schedule([pod("p")], Snapshot.of([node("a"), node("b"), node("c", cpu="2")])).outcomes[0]
    assert isinstance(outcome, Assigned)
    assert (outcome.node, outcome.ties) == ("a", ("b",))


def test_scores_are_told_when_asked_for() -> None:
    outcome = schedule([pod("p")], Snapshot.of([node("a"), node("b", cpu="8")]), explain=True).outcomes[0]
    assert isinstance(outcome, Assigned)
    assert outcome.scores["a"] == {
        "ImageLocality": 0,
        "NodeResourcesBalancedAllocation": 71,
        "NodeResourcesFit": 81,
        "TaintToleration": 300,
    }
    assert outcome.node == max(outcome.scores, key=lambda name: sum(outcome.scores[name].values()))


def test_a_single_node_that_will_do_is_not_scored() -> None:
    outcome = schedule([pod("p", cpu="8")], Snapshot.of([node("a"), node("b", cpu="8")]), explain=True).outcomes[0]
    assert isinstance(outcome, Assigned)
    assert (outcome.node, outcome.feasible, outcome.scores) == ("b", 1, {})


def test_rejections_are_told_node_by_node() -> None:
    outcome = schedule(
        [pod("p", cpu="8", nodeSelector={"disk": "ssd"})], Snapshot.of([node("a", {"disk": "ssd"}), node("b")])
    ).outcomes[0]
    assert isinstance(outcome, Unschedulable)
    assert {name: (item.plugin, item.reasons) for name, item in outcome.statuses.items()} == {
        "a": ("NodeResourcesFit", ("Insufficient cpu",)),
        "b": ("NodeAffinity", ("node(s) didn't match Pod's node affinity/selector",)),
    }


def test_equal_failures_share_one_text_until_something_changes() -> None:
    def running(priority: int) -> Pod:
        return pod("r", cpu="4", priority=priority).on("a")

    pods = [running(0), pod("p", cpu="4"), pod("q", cpu="4"), pod("s", cpu="4", priority=0)]
    one, other, *_ = schedule(pods, Snapshot.of([node("a")])).outcomes
    assert isinstance(one, Unschedulable)
    assert isinstance(other, Unschedulable)
    assert one.message == other.message
    assert one.statuses is other.statuses
    assert [one.pod.name, other.pod.name] == ["p", "q"]


def test_assumptions_are_told_once() -> None:
    handmade = Node.of({"metadata": {"name": "n"}, "status": {"capacity": {"cpu": "1"}}})
    pods = [
        pod("r").on("gone"),
        pod("p", hostNetwork=True, hostUsers=False),
        pod("q", hostNetwork=True, hostUsers=False),
    ]
    assert schedule(pods, Snapshot.of([handmade])).assumptions == (
        'node "n" gives no allocatable: its whole capacity is taken as free for pods',
        'node "n" gives no number of pods: 110 is taken',
        'pod "default/r" runs on node "gone", which is not described: it is left out',
    )


def test_undeclared_features_are_assumed() -> None:
    result = schedule([pod("p", hostNetwork=True, hostUsers=False)], Snapshot.of([node("a")]))
    assert isinstance(result.outcomes[0], Assigned)
    assert result.assumptions == (
        'node "a" does not say which features it declares: it is taken to have those pods need',
    )


def test_an_undescribed_namespace_is_assumed_not_to_be_selected() -> None:
    term = {"topologyKey": "host", "labelSelector": {}, "namespaceSelector": {"matchLabels": {"team": "a"}}}
    affinity = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    result = schedule([pod("p", affinity=affinity)], Snapshot.of([node("a", {"host": "a"})]))
    assert result.assumptions == (
        'namespace "default" is not described: namespace selectors are taken not to select it',
    )


@pytest.mark.parametrize(
    ("version", "said"),
    [("1.32", "1.33"), ("1.34", "patch 2"), ("1.36", ""), ("1.37", ""), ("1.38", "that of 1.37")],
)
def test_what_is_taken_for_granted_of_a_version(version: str, said: str) -> None:
    minor = KubernetesVersion.parse(version)
    assert schedule([pod("fits", cpu="1")], Snapshot.of([node("a")]), version=minor).assumptions == ()
    told = schedule([pod("big", cpu="999")], Snapshot.of([node("a")]), version=minor).assumptions
    assert any(said in text for text in told) if said else told == ()


def test_pods_that_are_not_tried_take_no_room() -> None:
    pods = [
        pod("gated", cpu="4", schedulingGates=[{"name": "g"}]),
        pod("other", cpu="4", schedulerName="x"),
        pod("p", cpu="4"),
    ]
    gated, other, tried = schedule(pods, Snapshot.of([node("a")])).outcomes
    assert isinstance(gated, Gated)
    assert isinstance(other, NotModelled)
    assert isinstance(tried, Assigned)


def test_a_service_spreads_its_pods_by_default() -> None:
    nodes = [node(name, {"kubernetes.io/hostname": name}, cpu=cpu) for name, cpu in (("a", "64"), ("b", "4"))]
    web = Pod.of(
        {
            "metadata": {"name": "web", "labels": {"app": "web"}},
            "spec": {"containers": [{"name": "c", "resources": {"requests": {"cpu": "1"}}}]},
        }
    )
    service = {"kind": "Service", "metadata": {"name": "s"}, "spec": {"selector": {"app": "web"}}}
    pods = [web.named(f"web-{number}") for number in range(2)]

    def places(listers: Listers) -> list[str]:
        return [
            item.node for item in schedule(pods, Snapshot.of(nodes, listers)).outcomes if isinstance(item, Assigned)
        ]

    assert places(Listers()) == ["a", "a"]
    assert places(Listers.of([service])) == ["a", "b"]
