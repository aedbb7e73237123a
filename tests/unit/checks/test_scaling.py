"""What the examples of the rules on autoscalers, budgets and rollouts cannot show: arithmetic, files, any shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.replicas import RollingUpdate, rolling_update
from k8slint.engine.rule import load_rules
from k8slint.objects.problem import Problem
from k8slint.values.int_or_percent import scaled
from k8slint.values.version import KubernetesVersion
from tests.build import objects_of, places, problems_of, read, spoilt, together

MODULES = ("autoscaling", "disruption_budgets", "quotas", "rollouts", "shared_volumes")
RULES = {
    rule.id: rule
    for rule in load_rules().values()
    if rule.target == "object" and rule.check.__module__.rpartition(".")[2] in MODULES
}


def found(rule: str, files: str | Mapping[str, str], version: str = "1.36") -> list[Problem]:
    cluster = Cluster(read(files), version=KubernetesVersion.parse(version))
    return list(_found_in(rule, cluster))


def _found_in(rule: str, cluster: Cluster) -> Iterator[Problem]:
    return (problem for obj in cluster.objects for problem in problems_of(RULES[rule], obj, cluster))


def messages(rule: str, files: str | Mapping[str, str], version: str = "1.36") -> list[str]:
    return [problem.message for problem in found(rule, files, version)]


def deployment(spec: str = "", pod: str = 'containers: [{name: web, image: "web:1"}]', name: str = "web") -> str:
    return f"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {{name: {name}}}
        spec:
          selector: {{matchLabels: {{app: {name}}}}}
          template: {{metadata: {{labels: {{app: {name}}}}}, spec: {{{pod}}}}}
          {spec}
    """


def hpa(spec: str, name: str = "web", version: str = "v2") -> str:
    target = "scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}"
    return f"""
        apiVersion: autoscaling/{version}
        kind: HorizontalPodAutoscaler
        metadata: {{name: {name}}}
        spec: {{{target}, maxReplicas: 5, {spec}}}
    """


def budget(limit: str) -> str:
    return f"""
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {{name: web}}
        spec: {{{limit}, selector: {{matchLabels: {{app: web}}}}}}
    """


@pytest.mark.parametrize(
    ("written", "total", "up", "down"),
    [
        (2, 10, 2, 2),
        ("25%", 1, 1, 0),
        ("25%", 4, 1, 1),
        ("25%", 5, 2, 1),
        ("100%", 3, 3, 3),
        ("0%", 3, 0, 0),
        ("67%", 3, 3, 2),
        ("25", 4, None, None),
        ("1.5%", 4, None, None),
        (None, 4, None, None),
        (True, 4, None, None),
    ],
)
def test_a_share_of_a_number_is_rounded(written: object, total: int, up: int | None, down: int | None) -> None:
    assert (scaled(written, total, round_up=True), scaled(written, total, round_up=False)) == (up, down)


@pytest.mark.parametrize(
    ("strategy", "replicas", "expected"),
    [
        ("", 1, (1, 0)),
        ("", 3, (1, 0)),
        ("", 4, (1, 1)),
        ("strategy: {type: RollingUpdate}", 8, (2, 2)),
        ("strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 25%}}", 3, (0, 1)),
        ("strategy: {rollingUpdate: {maxSurge: 0%, maxUnavailable: 0%}}", 3, (0, 1)),
        ("strategy: {rollingUpdate: {maxSurge: 2, maxUnavailable: 0}}", 3, (2, 0)),
        ("strategy: {rollingUpdate: {maxUnavailable: 1}}", 1, (1, 1)),
        ("strategy: {type: Recreate}", 1, None),
        ('strategy: {rollingUpdate: {maxSurge: "${SURGE}"}}', 1, None),
    ],
)
def test_an_update_goes_by_surge_and_by_what_may_be_away(
    strategy: str, replicas: int, expected: tuple[int, int] | None
) -> None:
    (obj,) = read(deployment(strategy))
    assert rolling_update(obj, replicas) == (None if expected is None else RollingUpdate(*expected))


@pytest.mark.parametrize(
    ("limit", "replicas", "is_zero"),
    [
        ("minAvailable: 1", 1, True),
        ("minAvailable: 1", 2, False),
        ("minAvailable: 2", 2, True),
        ("minAvailable: 3", 2, True),
        ("minAvailable: 50%", 1, True),
        ("minAvailable: 50%", 2, False),
        ("minAvailable: 51%", 2, True),
        ("minAvailable: 67%", 3, True),
        ("minAvailable: 66%", 3, False),
        ("minAvailable: 99%", 100, False),
        ("minAvailable: 100%", 100, True),
        ("minAvailable: 150%", 3, False),
        ("minAvailable: 0", 3, False),
        ("maxUnavailable: 0", 3, True),
        ("maxUnavailable: 0%", 3, True),
        ("maxUnavailable: 1%", 1, False),
        ("maxUnavailable: 1", 1, False),
        ("minAvailable: 1", 0, False),
        ("maxUnavailable: 0", 0, False),
        ("minAvailable: 1, maxUnavailable: 0", 1, False),
        ('minAvailable: "${MIN}"', 1, False),
    ],
)
def test_a_budget_is_held_against_the_number_of_pods(limit: str, replicas: int, is_zero: bool) -> None:
    files = together(deployment(f"replicas: {replicas}"), budget(limit))
    assert bool(messages("pdb-allows-no-disruption", files)) is is_zero


def test_of_an_autoscaled_workload_the_minimum_counts() -> None:
    zero = together(deployment("replicas: 9"), hpa("minReplicas: 1"), budget("minAvailable: 1"))
    (message,) = messages("pdb-allows-no-disruption", zero)
    assert message == (
        '1 of 1 pods of Deployment "web" must stay: '
        'no eviction is allowed at the minimum of HorizontalPodAutoscaler "web"'
    )
    one = together(deployment("replicas: 1"), hpa("minReplicas: 2"), budget("minAvailable: 1"))
    assert messages("pdb-allows-no-disruption", one) == []


def test_a_budget_of_several_descriptions_of_a_workload_is_held_against_the_largest() -> None:
    small = together(deployment("replicas: 1"), budget("minAvailable: 1"))
    files = {"a/web.yaml": small, "b/web.yaml": deployment("replicas: 3")}
    assert messages("pdb-allows-no-disruption", files) == []


def test_an_unknown_autoscaler_leaves_the_number_open() -> None:
    other = """
        apiVersion: scaling.example.org/v1
        kind: ClockScaler
        metadata: {name: web}
        spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
    """
    assert messages("pdb-allows-no-disruption", together(deployment(), budget("minAvailable: 1"))) != []
    assert messages("pdb-allows-no-disruption", together(deployment(), other, budget("minAvailable: 1"))) == []


TWO = """resources: {requests: {memory: 1Gi}}, containers: [
    {name: web, image: "web:1", resources: {requests: {cpu: 1}}}, {name: log, image: "log:1"}]"""
SHARE = "metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]"


@pytest.mark.parametrize(
    ("pod", "version", "is_found"),
    [
        ('containers: [{name: web, image: "web:1"}]', "1.36", True),
        ('containers: [{name: web, image: "web:1", resources: {requests: {cpu: 1}}}]', "1.36", False),
        ('containers: [{name: web, image: "web:1", resources: {limits: {cpu: 1}}}]', "1.36", False),
        ('containers: [{name: web, image: "web:1", resources: {limits: {memory: 1Gi}}}]', "1.36", True),
        ('resources: {requests: {cpu: 1}}, containers: [{name: web, image: "web:1"}]', "1.36", False),
        # Memory of the Pod as a whole: then one container with a cpu request is enough, from the minor that reads it.
        (TWO, "1.36", False),
        (TWO, "1.33", True),
    ],
)
def test_each_container_needs_a_request_unless_the_pod_has_one(pod: str, version: str, is_found: bool) -> None:
    files = together(deployment(pod=pod), hpa(SHARE))
    assert bool(messages("hpa-metric-without-request", files, version)) is is_found


def test_an_autoscaler_with_other_metrics_only_never_scales_down() -> None:
    other = "{type: External, external: {metric: {name: q}, target: {type: Value, value: 1}}}"
    (alone,) = found("hpa-metric-without-request", together(deployment(), hpa(SHARE)))
    (among,) = found("hpa-metric-without-request", together(deployment(), hpa(SHARE.replace("[", f"[{other}, "))))
    assert alone.effect.startswith("Nothing is scaled: FailedGetResourceMetric, missing request for cpu in container ")
    assert among.effect.startswith("By its other metrics it can add Pods, and never removes any")


def test_a_patch_may_give_the_request() -> None:
    patch = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec: {template: {spec: {containers: [{name: web, resources: {requests: {cpu: 1}}}]}}}
    """
    files = {"web.yaml": together(deployment(), hpa(SHARE)), "more.yaml": patch}
    assert messages("hpa-metric-without-request", files) == []


def test_two_of_one_name_in_folders_of_their_own_are_not_brought_together() -> None:
    files = {
        "a/web.yaml": deployment("replicas: 3"),
        "b/web.yaml": together(deployment(), hpa(SHARE)),
    }
    assert messages("hpa-fights-replicas", files) == []


def test_one_node_may_share_a_disk_and_one_pod_may_not() -> None:
    claim = "{{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {{name: data}}, spec: {{accessModes: [{}]}}}}"
    pod = 'containers: [{name: web, image: "web:1"}], volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]'
    one_node = read("{apiVersion: v1, kind: Node, metadata: {name: a}}")
    for mode, rule in (
        ("ReadWriteOnce", "single-node-volume-shared"),
        ("ReadWriteOncePod", "single-pod-volume-shared"),
    ):
        objects = read(together(claim.format(mode), deployment("replicas: 2", pod)))
        assert len(list(_found_in(rule, Cluster(objects)))) == 1
        assert len(list(_found_in(rule, Cluster(objects, one_node)))) == (mode == "ReadWriteOncePod")


EVERYTHING = together(
    deployment(
        "replicas: 2\n          strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}",
        'containers: [{name: web, image: "web:1"}, {name: log, image: "log:1", resources: {requests: {cpu: 1}}}], '
        "volumes: [{name: d, persistentVolumeClaim: {claimName: data}}, "
        "{name: e, persistentVolumeClaim: {claimName: p}}]",
    ),
    hpa(f"minReplicas: 2, {SHARE}"),
    hpa("minReplicas: 2", "again", "v1"),
    budget("minAvailable: 2"),
    """
    apiVersion: keda.sh/v1alpha1
    kind: ScaledObject
    metadata: {name: web}
    spec: {scaleTargetRef: {name: web}, triggers: [{type: cpu, metricType: Utilization, metadata: {value: "50"}}]}
    """,
    """
    apiVersion: autoscaling.k8s.io/v1
    kind: VerticalPodAutoscaler
    metadata: {name: web}
    spec:
      targetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
      updatePolicy: {updateMode: Auto}
      resourcePolicy: {containerPolicies: [{containerName: "*", mode: "Off", controlledResources: [cpu]}]}
    """,
    """
    {apiVersion: v1, kind: ResourceQuota, metadata: {name: few}, spec: {hard: {pods: 2, requests.cpu: 2}}}
    ---
    apiVersion: v1
    kind: LimitRange
    metadata: {name: sizes}
    spec: {limits: [{type: Container, default: {memory: 1Gi}}]}
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], storageClassName: x}
    ---
    {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: p}, spec: {accessModes: [ReadWriteOncePod]}}
    ---
    apiVersion: v1
    kind: PersistentVolume
    metadata: {name: v}
    spec: {accessModes: [ReadWriteOnce], csi: {driver: x}}
    ---
    {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: x}, provisioner: x}
    """,
    """
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: agent}
    spec:
      updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
      template: {spec: {containers: [{name: a, image: "a:1", ports: [{containerPort: 1, hostPort: 1}]}]}}
    """,
    """
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: db}
    spec:
      updateStrategy: {rollingUpdate: {partition: 1}}
      template: {spec: {containers: [{name: a, image: "a:1"}]}}
    """,
    """
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: app}
    spec: {ignoreDifferences: [{jsonPointers: [/x], jqPathExpressions: [.x], managedFieldsManagers: []}]}
    """,
)
JUNK = (None, -1, 1.5, "x", [None], [{"name": {}}], {}, {7: {"name": []}})


@pytest.mark.parametrize("index", range(len(read(EVERYTHING))))
def test_no_shape_of_data_makes_a_check_fail(index: int) -> None:
    written = read(EVERYTHING)
    unchanged = [obj for place, obj in enumerate(written) if place != index]
    for path in places(written[index].data):
        for junk in JUNK if path[0] not in ("apiVersion", "kind") else ():
            cluster = Cluster((*objects_of(spoilt(written[index].data, path, junk)), *unchanged))
            for rule in RULES:
                assert all(problem.message for problem in _found_in(rule, cluster))
