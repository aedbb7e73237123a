from __future__ import annotations

from collections.abc import Callable

import pytest

from k8slint.apiserver.admission.refusal import Cause, Missing, Reason
from k8slint.scheduling import Profile, ShapeError
from k8slint.simulation.results import DryRun, Verdict

Run = Callable[..., DryRun]
NODE = "{apiVersion: v1, kind: Node, metadata: {name: a}, status: {allocatable: {cpu: 2, memory: 4Gi, pods: 10}}}"
POD = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: i}]}}"

RANGE = "{apiVersion: v1, kind: LimitRange, metadata: {name: r}, spec: {limits: [{max: {cpu: x}}]}}"
SPREAD = "{maxSkew: 0, topologyKey: k, whenUnsatisfiable: DoNotSchedule}"


def test_without_a_node_nothing_is_claimed_of_admitted_pods(run: Run) -> None:
    result = run(
        POD + "\n---\n" + POD.replace("name: p", "name: q").replace("spec: {", "spec: {priorityClassName: x, "), None
    )
    assert result.nodes is None
    assert [(pod.verdict, pod.message) for pod in result.pods] == [
        (Verdict.NOT_MODELLED, "no node is described"),
        (Verdict.REFUSED, 'pods "q" is forbidden: no PriorityClass with name x was found'),
    ]


def test_nodes_may_stand_among_the_manifests(run: Run) -> None:
    assert run(f"{POD}\n---\n{NODE}", None).pods[0].node == "a"


def test_a_refusal_says_where_and_what_is_absent(run: Run) -> None:
    (pod,) = run(POD.replace("spec: {", "spec: {priorityClassName: high, "), NODE).pods
    assert pod.path == ("spec", "priorityClassName")
    assert pod.cause == Cause(Reason.NOT_FOUND, missing=Missing("PriorityClass", "high"))


def test_a_class_that_is_known_to_exist_elsewhere_refuses_nothing(run: Run) -> None:
    pod = POD.replace("spec: {", "spec: {priorityClassName: high, runtimeClassName: kata, ")
    assert run(pod, NODE, externals=("PriorityClass/high", "RuntimeClass/kata")).pods[0].verdict == "assigned"


def test_statuses_name_plugin_and_reasons_by_node(run: Run) -> None:
    (pod,) = run(POD.replace("image: i", "image: i, resources: {requests: {cpu: 3}}"), NODE).pods
    assert {name: (status.plugin, status.reasons) for name, status in pod.statuses.items()} == {
        "a": ("NodeResourcesFit", ("Insufficient cpu",))
    }


def test_less_important_pods_make_room(run: Run) -> None:
    running = POD.replace("name: p", "name: old").replace("image: i", "image: i, resources: {requests: {cpu: 2}}")
    running = running.replace("spec: {", "spec: {nodeName: a, priority: 0, ")
    pod = POD.replace("image: i", "image: i, resources: {requests: {cpu: 2}}")
    pod = pod.replace("spec: {", "spec: {priorityClassName: system-node-critical, ")
    (result,) = run(pod, f"{NODE}\n---\n{running}").pods
    assert result.verdict == "unschedulable"
    assert result.preemption is not None
    assert [victim.name for victim in result.preemption.victims] == ["old"]


def test_what_each_node_holds(run: Run) -> None:
    running = POD.replace("name: p", "name: old").replace("spec: {", "spec: {nodeName: a, ")
    nodes = run(POD, f"{NODE}\n---\n{running}").nodes
    assert nodes is not None
    assert nodes[0].pods == ("default/old", "default/p")
    assert nodes[0].allocatable == {"cpu": 2000, "memory": 4 << 30, "pods": 10}
    assert nodes[0].requested["pods"] == 2


def test_pods_are_found_by_their_own_name_and_by_their_workloads(run: Run) -> None:
    job = """
        apiVersion: batch/v1
        kind: Job
        metadata: {name: j, namespace: x}
        spec: {parallelism: 2, template: {spec: {containers: [{name: c}]}}}
    """
    result = run(f"{job}\n---\n{POD}", NODE)
    assert [pod.key for pod in result.find("j")] == ["x/j-00001", "x/j-00002"]
    assert [pod.key for pod in result.find("j-00002", "x")] == ["x/j-00002"]
    assert not result.find("p", "x")
    assert [pod.name for pod in result.of(result.workloads[0].obj)] == ["j-00001", "j-00002"]


def test_why_a_workload_has_no_pods(run: Run) -> None:
    manifests = """
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: cj}
        spec: {suspend: true, jobTemplate: {spec: {template: {spec: {containers: [{name: c}]}}}}}
        ---
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: ds}
        spec: {template: {spec: {nodeSelector: {gpu: x}, containers: [{name: c}]}}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: there}, spec: {containers: [{name: c}]}}
    """
    there = "{apiVersion: v1, kind: Pod, metadata: {name: there}, spec: {nodeName: a, containers: [{name: c}]}}"
    result = run(manifests, f"{NODE}\n---\n{there}")
    assert [(workload.obj.name, workload.pods, workload.note) for workload in result.workloads] == [
        ("cj", 0, "suspended: no run is simulated"),
        ("ds", 0, "no node is one it wants a pod on"),
        ("there", 0, "exists already and stays where it is"),
    ]


@pytest.mark.parametrize(
    ("cluster", "message"),
    [
        (f"{NODE}\n---\n{NODE}", "Node a: metadata.name: two nodes have this name"),
        (
            "{apiVersion: v1, kind: Node, metadata: {name: a}, status: {allocatable: {cpu: four}}}",
            'Node a: status.allocatable[cpu]: "four" is no quantity; expected an amount such as 500m or 1Gi',
        ),
        (
            "{apiVersion: v1, kind: Node, metadata: {name: a}, status: {allocatable: {memory: -1Gi}}}",
            'Node a: status.allocatable[memory]: "-1Gi" is less than 0',
        ),
        (
            f"{NODE}\n---\n{{apiVersion: v1, kind: Pod, metadata: {{name: p}}, spec: {{nodeName: a, containers: 3}}}}",
            "Pod default/p: spec.containers: a number (3) where a list was expected",
        ),
        (
            f"{NODE}\n---\n{RANGE}",
            'LimitRange default/r: spec.limits[0].max[cpu]: "x" is no quantity; expected an amount such as 500m or 1Gi',
        ),
    ],
)
def test_a_broken_cluster_description_is_an_error_with_object_and_field(run: Run, cluster: str, message: str) -> None:
    with pytest.raises(ShapeError) as raised:
        run(POD, cluster)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("manifest", "path", "is_known"),
    [
        (
            "spec: {containers: [{name: c, resources: {requests: {cpu: 1.5.0}}}]}",
            ("spec", "containers", 0, "resources", "requests", "cpu"),
            True,
        ),
        (
            "spec: {containers: [{name: c, resources: {requests: {cpu: '${CPU}'}}}]}",
            ("spec", "containers", 0, "resources", "requests", "cpu"),
            False,
        ),
        ("spec: {containers: []}", ("spec", "containers"), True),
        (
            f"spec: {{containers: [{{name: c}}], topologySpreadConstraints: [{SPREAD}]}}",
            ("spec", "topologySpreadConstraints", 0, "maxSkew"),
            True,
        ),
    ],
)
def test_a_broken_manifest_is_a_refusal_with_its_place(
    run: Run, manifest: str, path: tuple[str | int, ...], is_known: bool
) -> None:
    result = run(f"{{apiVersion: v1, kind: Pod, metadata: {{name: p}}, {manifest}}}", NODE)
    assert not result.pods
    (refusal,) = result.refusals
    assert refusal.path == path
    assert refusal.is_known is is_known


def test_refusals_of_a_template_point_into_the_workload(run: Run) -> None:
    (refusal,) = run(
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, "
        "spec: {template: {spec: {containers: [{name: c, resources: {limits: {cpu: x}}}]}}}}",
        NODE,
    ).refusals
    assert refusal.path == ("spec", "template", "spec", "containers", 0, "resources", "limits", "cpu")
    assert refusal.message == (
        'spec.template.spec.containers[0].resources.limits[cpu]: "x" is no quantity; '
        "expected an amount such as 500m or 1Gi"
    )


@pytest.mark.parametrize("replicas", ["-1", "two", "2147483647", "'3'"])
def test_a_number_of_pods_that_cannot_be_is_a_refusal(run: Run, replicas: str) -> None:
    manifest = (
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, "
        f"spec: {{replicas: {replicas}, template: {{spec: {{containers: [{{name: c}}]}}}}}}}}"
    )
    result = run(manifest, NODE)
    assert not result.pods
    assert len(result.refusals) == 1


def test_pods_of_several_profiles_share_the_nodes(run: Run) -> None:
    pods = [
        POD.replace("name: p", f"name: {name}").replace("spec: {", f"spec: {{schedulerName: {scheduler}, ")
        for name, scheduler in (("one", "packing"), ("two", "default-scheduler"), ("three", "volcano"))
    ]
    big = "\n---\n".join(pods).replace("image: i", "image: i, resources: {requests: {cpu: 2}}")
    result = run(big, NODE, profiles=(Profile(), Profile(scheduler_name="packing")))
    assert {pod.name: str(pod.verdict) for pod in result.pods} == {
        "one": "unschedulable",
        "two": "assigned",
        "three": "not-modelled",
    }


ROLLOUT = """
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}
"""


def test_pods_of_a_custom_resource_that_is_counted_as_a_built_in_kind_are_placed(run: Run) -> None:
    prometheus = "{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: k8s}}"
    result = run(f"{ROLLOUT}---\n{prometheus}", NODE)
    assert [(pod.name, pod.node) for pod in result.pods] == [("web-00001", "a"), ("web-00002", "a")]
    assert (
        "pods of custom resources are made as those of a ReplicaSet: Rollout.argoproj.io default/web"
        in result.assumptions
    )
    assert (
        "pods that custom resources may make are not simulated: Prometheus.monitoring.coreos.com default/k8s"
        in result.assumptions
    )


def test_running_pods_of_a_rollout_make_way_for_its_new_ones(run: Run) -> None:
    owner = "{apiVersion: apps/v1, kind: ReplicaSet, name: web-7d9, controller: true}"
    labels = "{app: web, rollouts-pod-template-hash: 7d9}"
    pod = f"""
        apiVersion: v1
        kind: Pod
        metadata: {{name: web-7d9-x, namespace: default, labels: {labels}, ownerReferences: [{owner}]}}
        spec: {{nodeName: a, containers: [{{name: c, image: i}}]}}
    """
    result = run(ROLLOUT, f"{NODE}\n---\n{pod}")
    assert result.nodes is not None
    assert result.nodes[0].pods == ("default/web-00001", "default/web-00002")
