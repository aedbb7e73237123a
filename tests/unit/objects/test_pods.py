"""The pods of objects: one for a built-in workload, several or none for custom resources."""

from __future__ import annotations

import pytest

from tests.build import read

TEMPLATE = "{metadata: {labels: {app: a}}, spec: {containers: [{name: a, image: 'a:1'}]}}"


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        (f"{{apiVersion: apps/v1, kind: Deployment, spec: {{template: {TEMPLATE}}}}}", [("spec", "template")]),
        (
            f"{{apiVersion: argoproj.io/v1alpha1, kind: Rollout, spec: {{template: {TEMPLATE}}}}}",
            [("spec", "template")],
        ),
        ("{apiVersion: argoproj.io/v1alpha1, kind: Rollout, spec: {workloadRef: {kind: Deployment, name: a}}}", []),
        (
            (
                f"{{apiVersion: ray.io/v1, kind: RayCluster, spec: {{headGroupSpec: {{template: {TEMPLATE}}}, "
                f"workerGroupSpecs: [{{}}, {{template: {TEMPLATE}}}]}}}}"
            ),
            [("spec", "headGroupSpec", "template"), ("spec", "workerGroupSpecs", 1, "template")],
        ),
        (
            (
                f"{{apiVersion: kubeflow.org/v1, kind: PyTorchJob, spec: {{pytorchReplicaSpecs: {{Worker: "
                f"{{template: {TEMPLATE}}}}}}}}}"
            ),
            [("spec", "pytorchReplicaSpecs", "Worker", "template")],
        ),
        ("{apiVersion: kubeflow.org/v1, kind: PyTorchJob, spec: {pytorchReplicaSpecs: [{template: {}}]}}", []),
        ("{apiVersion: argoproj.io/v1alpha1, kind: Rollout, spec: {template: '{{ template }}'}}", []),
        (f"{{apiVersion: example.com/v1, kind: Rollout, spec: {{template: {TEMPLATE}}}}}", []),
        ("{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, spec: {replicas: 2}}", []),
    ],
)
def test_where_an_object_holds_its_pods(text: str, paths: list[tuple[str | int, ...]]) -> None:
    (obj,) = read(text)
    assert [pod.path for pod in obj.pods] == paths
    assert (obj.pod is not None) == (len(paths) == 1)


@pytest.mark.parametrize(
    ("kind", "ends"),
    [
        ("apiVersion: batch/v1\nkind: CronJob", True),
        ("apiVersion: apps/v1\nkind: Deployment", False),
        ("apiVersion: batch.volcano.sh/v1alpha1\nkind: Job", True),
        ("apiVersion: keda.sh/v1alpha1\nkind: ScaledJob", True),
        ("apiVersion: serving.knative.dev/v1\nkind: Service", False),
        ("apiVersion: v1\nkind: Service", False),
    ],
)
def test_whether_the_pods_of_a_kind_run_to_their_end(kind: str, ends: bool) -> None:
    (obj,) = read(f"{kind}\nmetadata: {{name: a}}")
    assert obj.runs_to_end is ends
