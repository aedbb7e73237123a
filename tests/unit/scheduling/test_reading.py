"""What Pod.of, Node.of and Listers.of make of data, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from k8slint.scheduling import Listers, Node, Pod, ShapeError
from k8slint.scheduling.objects.resources import NonZero, Resources
from k8slint.values.version import KubernetesVersion


def pod_with(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c"}], **spec}}


def node_with(**parts: Any) -> dict[str, Any]:
    return {"metadata": {"name": "n"}, "status": {"allocatable": {"cpu": "1"}}, **parts}


@pytest.mark.parametrize(
    ("data", "field", "problem"),
    [
        ({"metadata": {"name": "p"}}, "spec.containers", "no container"),
        ({"metadata": {"name": "p"}, "spec": "foo"}, "spec", "a string ('foo') where a mapping was expected"),
        (pod_with(containers=[None]), "spec.containers[0]", "null where a mapping was expected"),
        (pod_with(containers={"a": 1}), "spec.containers", "a mapping where a list was expected"),
        (pod_with(priority="high"), "spec.priority", "a string ('high') where a whole number was expected"),
        (pod_with(hostNetwork="yes"), "spec.hostNetwork", "a string ('yes') where true or false was expected"),
        (pod_with(nodeSelector={"a": 1}), "spec.nodeSelector[a]", "a number (1) where a string was expected"),
        (pod_with(tolerations=["x"]), "spec.tolerations[0]", "a string ('x') where a mapping was expected"),
        (
            pod_with(containers=[{"resources": {"requests": {"cpu": "lots"}}}]),
            "spec.containers[0].resources.requests[cpu]",
            '"lots" is no quantity; expected an amount such as 500m or 1Gi',
        ),
        (
            pod_with(containers=[{"resources": {"requests": {"cpu": "-1"}}}]),
            "spec.containers[0].resources.requests[cpu]",
            '"-1" is less than 0',
        ),
        (
            pod_with(topologySpreadConstraints=[{"topologyKey": "zone", "maxSkew": 1}]),
            "spec.topologySpreadConstraints[0].whenUnsatisfiable",
            '"", expected DoNotSchedule or ScheduleAnyway',
        ),
        (
            pod_with(topologySpreadConstraints=[{"topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}]),
            "spec.topologySpreadConstraints[0].maxSkew",
            "0, expected a number above 0",
        ),
        (
            pod_with(affinity={"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{}]}}),
            "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey",
            "empty where a label key was expected",
        ),
    ],
)
def test_a_pod_that_cannot_be_read_names_its_field(data: dict[str, Any], field: str, problem: str) -> None:
    with pytest.raises(ShapeError) as caught:
        Pod.of(data)
    assert (caught.value.field, caught.value.problem, caught.value.obj) == (field, problem, "Pod default/p")
    assert str(caught.value) == f"Pod default/p: {field}: {problem}"


def test_a_pod_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(ShapeError, match="pod: a string"):
        Pod.of("web")  # type: ignore[arg-type]  # what is tested


def test_a_selector_with_an_unknown_operator_names_those_there_are() -> None:
    term = {"topologyKey": "zone", "labelSelector": {"matchExpressions": [{"key": "a", "operator": "Is"}]}}
    affinity = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    with pytest.raises(ShapeError, match="expected one of In, NotIn, Exists, DoesNotExist"):
        Pod.of(pod_with(affinity=affinity))


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"metadata": {"name": "n"}}, "status.allocatable"),
        (node_with(status={"allocatable": {"cpu": "x"}}), "status.allocatable[cpu]"),
        (node_with(spec={"taints": "gpu"}), "spec.taints"),
        (node_with(status={"allocatable": {"cpu": "1"}, "images": [{"names": "x"}]}), "status.images[0].names"),
    ],
)
def test_a_node_that_cannot_be_read_names_its_field(data: dict[str, Any], field: str) -> None:
    with pytest.raises(ShapeError) as caught:
        Node.of(data)
    assert (caught.value.field, caught.value.obj) == (field, "Node n")


def test_a_node_without_allocatable_gives_its_capacity_and_says_so() -> None:
    node = Node.of({"metadata": {"name": "n"}, "status": {"capacity": {"cpu": "2", "memory": "1Gi"}}})
    assert node.allocatable == Resources(2000, 2**30)
    assert node.max_pods == 110
    assert node.assumptions == (
        'node "n" gives no allocatable: its whole capacity is taken as free for pods',
        'node "n" gives no number of pods: 110 is taken',
    )


def test_a_node_that_gives_everything_leaves_nothing_to_assume() -> None:
    assert Node.of(node_with(status={"allocatable": {"cpu": "2", "pods": "5"}})).assumptions == ()


def test_facts_pass_over_what_does_not_steer_scheduling() -> None:
    assert Listers.of([{"kind": "ConfigMap"}, {"kind": "Deployment", "spec": 3}, {}]) == Listers()


def test_facts_that_cannot_be_read_name_the_object() -> None:
    with pytest.raises(ShapeError, match=r"PersistentVolume v: spec\.capacity\[storage\]"):
        Listers.of([{"kind": "PersistentVolume", "metadata": {"name": "v"}, "spec": {"capacity": {"storage": "big"}}}])


def test_namespaces_carry_their_name_as_a_label() -> None:
    listers = Listers.of([{"kind": "Namespace", "metadata": {"name": "red", "labels": {"team": "a"}}}])
    assert listers.namespaces["red"] == {"kubernetes.io/metadata.name": "red", "team": "a"}


@pytest.mark.parametrize(
    ("spec", "request_", "scored"),
    [
        ({}, Resources(), NonZero(100, 200 * 2**20)),
        ({"containers": [{}, {}]}, Resources(), NonZero(200, 400 * 2**20)),
        (
            {"containers": [{"resources": {"requests": {"cpu": "0.5", "memory": "1Gi"}}}]},
            Resources(500, 2**30),
            NonZero(500, 2**30),
        ),
        (
            {
                "containers": [{"resources": {"requests": {"cpu": "1"}}}],
                "initContainers": [
                    {"restartPolicy": "Always", "resources": {"requests": {"cpu": "2"}}},
                    {"resources": {"requests": {"cpu": "4", "example.com/gpu": 1}}},
                ],
            },
            Resources(6000, extended=(("example.com/gpu", 1),)),
            NonZero(6000, 400 * 2**20),
        ),
        ({"resources": {"requests": {"cpu": "3"}}}, Resources(3000), NonZero(100, 200 * 2**20)),
        ({"overhead": {"cpu": "250m", "memory": "64Mi"}}, Resources(250, 64 * 2**20), NonZero(350, 264 * 2**20)),
    ],
)
def test_amounts(spec: dict[str, Any], request_: Resources, scored: NonZero) -> None:
    amounts = Pod.of(pod_with(**spec)).amounts
    assert amounts.request == request_
    assert amounts.scored == scored


def test_resources_of_the_whole_pod_are_unknown_before_1_34() -> None:
    data = pod_with(resources={"requests": {"cpu": "3"}})
    assert Pod.of(data, KubernetesVersion(1, 33)).amounts.request.cpu_millicores == 0
    assert Pod.of(data, KubernetesVersion(1, 34)).amounts.request.cpu_millicores == 3000


def test_pods_of_one_template_share_a_signature_and_are_not_the_same() -> None:
    one = Pod.of(pod_with())
    other = one.named("q")
    assert one.signature == other.signature
    assert one != other
    assert (other.key, other.on("n").node_name) == ("default/q", "n")


@pytest.mark.parametrize(
    "spec",
    [
        {"containers": [{"resources": {"requests": {"cpu": "1"}}}]},
        {"tolerations": [{"operator": "Exists"}]},
        {"nodeSelector": {"a": "b"}},
        {"containers": [{"image": "other"}]},
        {"containers": [{"ports": [{"hostPort": 1}]}]},
    ],
)
def test_whatever_a_node_may_judge_changes_the_signature(spec: dict[str, Any]) -> None:
    assert Pod.of(pod_with()).signature != Pod.of(pod_with(**spec)).signature
