"""`check --cluster` and `schedule` say the same of the same files: one dry run decides for both."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8slint.engine.rule import load_rules
from k8slint.lint import lint
from k8slint.objects.fields import dig
from k8slint.objects.object import Object
from k8slint.project import Request, collect
from k8slint.simulation.dry_run import dry_run
from k8slint.simulation.results import DryRun, Verdict
from tests.build import together

NODES = """
{apiVersion: v1, kind: Node, metadata: {name: a}, status: {allocatable: {cpu: 4, memory: 8Gi, pods: 110}}}
---
{apiVersion: v1, kind: Node, metadata: {name: b}, status: {allocatable: {cpu: 4, memory: 8Gi, pods: 110}}}
"""
TAINTED = NODES.replace("status:", "spec: {taints: [{key: k, effect: NoSchedule}]}, status:")
CLASS = (
    "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: %s}, provisioner: %s, volumeBindingMode: %s}"
)
DYNAMIC = CLASS % ("slow", "block.csi.example.com", "Immediate")
STATIC = CLASS % ("local", "kubernetes.io/no-provisioner", "Immediate")
WAITING = CLASS % ("local", "kubernetes.io/no-provisioner", "WaitForFirstConsumer")
VOLUME = (
    "{apiVersion: v1, kind: PersistentVolume, metadata: {name: disk}, spec: {capacity: {storage: 10Gi}, "
    "accessModes: [ReadWriteOnce], storageClassName: %s, nfs: {server: nfs.example.com, path: /x}}}"
)
RUNNING = (
    "{apiVersion: v1, kind: Pod, metadata: {name: old, namespace: default}, spec: {nodeName: a, priority: %s, "
    'containers: [{name: c, image: "c:1", resources: {requests: {cpu: 4}}}]}}'
)
URGENT = "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: urgent}, value: 5}"
CLAIMED = "volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]"
CLAIM = (
    "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, "
    "spec: {%s accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}"
)


def workload(kind: str, spec: str = "", cpu: str = "1", replicas: int = 1, more: str = "") -> str:
    inside = (
        f'{spec + ", " if spec else ""}containers: [{{name: c, image: "c:1", resources: {{requests: {{cpu: {cpu}}}}}}}]'
    )
    if kind == "Pod":
        return f"{{apiVersion: v1, kind: Pod, metadata: {{name: web}}, spec: {{{inside}}}}}"
    template = f"template: {{metadata: {{labels: {{app: web}}}}, spec: {{{inside}}}}}"
    if kind == "Job":
        counts = f"parallelism: {replicas}, completions: {replicas}"
        return f"{{apiVersion: batch/v1, kind: Job, metadata: {{name: web}}, spec: {{{counts}, {template}}}}}"
    counts = "" if kind == "DaemonSet" else f"replicas: {replicas}, "
    selector = "selector: {matchLabels: {app: web}}"
    spec = f"{counts}{selector}, {template}{more}"
    return f"{{apiVersion: apps/v1, kind: {kind}, metadata: {{name: web}}, spec: {{{spec}}}}}"


SPREAD = (
    "topologySpreadConstraints: [{maxSkew: 1, topologyKey: rack, whenUnsatisfiable: DoNotSchedule, "
    "labelSelector: {matchLabels: {app: web}}}]"
)
APART = (
    "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
    "[{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}}]}}"
)
TEMPLATES = (
    ", volumeClaimTemplates: [{metadata: {name: data}, "
    "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]"
)
QUOTA = "{apiVersion: v1, kind: ResourceQuota, metadata: {name: q, namespace: default}, spec: {hard: {pods: 2}}}"

# A description, manifests, and how many pods go nowhere: each of their workloads must get a finding.
SAME = {
    "all fits": (NODES, workload("Deployment", replicas=3), 0),
    "too large": (NODES, workload("Deployment", cpu="5", replicas=2), 2),
    "too many": (NODES, workload("Deployment", cpu="3", replicas=3), 1),
    "too many of a set": (NODES, workload("StatefulSet", cpu="3", replicas=4), 2),
    "a label that no node has": (NODES, workload("Pod", "nodeSelector: {disk: ssd}"), 1),
    "a node that is not there": (NODES, workload("Pod", "nodeName: gone"), 1),
    "a taint everywhere": (TAINTED, workload("Deployment", replicas=2), 2),
    "a DaemonSet that is too large": (NODES, workload("DaemonSet", cpu="5"), 2),
    "more pods that keep apart than nodes": (NODES, workload("Deployment", APART, replicas=3), 1),
    "a spread over a label that no node has": (NODES, workload("Deployment", SPREAD, replicas=2), 2),
    "another scheduler": (NODES, workload("Pod", "schedulerName: other"), 1),
    "a quota": (together(NODES, QUOTA), workload("Deployment", replicas=3), 1),
    "a Job that is too large": (NODES, workload("Job", "restartPolicy: Never", cpu="5"), 1),
    "no claim of that name": (NODES, workload("Pod", CLAIMED), 1),
    "a claim without a class where nothing is known of storage": (
        NODES,
        together(CLAIM % "", workload("Deployment", CLAIMED)),
        0,
    ),
    "a claim without a class where none is the default": (
        together(NODES, DYNAMIC),
        together(CLAIM % "", workload("Deployment", CLAIMED)),
        1,
    ),
    "a claim that asks for no class, unknown volumes": (
        NODES,
        together(CLAIM % 'storageClassName: "",', workload("Pod", CLAIMED)),
        0,
    ),
    "a claim that asks for no class, known classes": (
        together(NODES, DYNAMIC),
        together(CLAIM % 'storageClassName: "",', workload("Pod", CLAIMED)),
        1,
    ),
    "a claim of a class that is not there": (
        together(NODES, DYNAMIC),
        together(CLAIM % "storageClassName: gone,", workload("Pod", CLAIMED)),
        1,
    ),
    "a claim of a class that makes volumes": (
        together(NODES, DYNAMIC),
        together(CLAIM % "storageClassName: slow,", workload("Pod", CLAIMED)),
        0,
    ),
    "a claim of a class of the manifests that makes none, unknown volumes": (
        NODES,
        together(STATIC, CLAIM % "storageClassName: local,", workload("Pod", CLAIMED)),
        0,
    ),
    "the same, and it waits for a pod": (
        NODES,
        together(WAITING, CLAIM % "storageClassName: local,", workload("Pod", CLAIMED)),
        0,
    ),
    "a claim of a class that makes none, no volumes": (
        together(NODES, STATIC),
        together(CLAIM % "storageClassName: local,", workload("Pod", CLAIMED)),
        1,
    ),
    "the same for a class that waits": (
        together(NODES, WAITING),
        together(CLAIM % "storageClassName: local,", workload("Pod", CLAIMED)),
        1,
    ),
    "a claim that a volume fits": (
        together(NODES, STATIC, VOLUME % "local"),
        together(CLAIM % "storageClassName: local,", workload("Pod", CLAIMED)),
        0,
    ),
    "a claim that names a volume that is not there": (
        together(NODES, VOLUME % "local"),
        together(CLAIM % "storageClassName: local, volumeName: gone,", workload("Pod", CLAIMED)),
        1,
    ),
    "two claims of a set for one volume": (
        together(NODES, STATIC, VOLUME % "local"),
        workload(
            "StatefulSet", replicas=2, more=TEMPLATES.replace("accessModes", "storageClassName: local, accessModes")
        ),
        1,
    ),
    "a set whose claims have no class": (
        together(NODES, DYNAMIC),
        workload("StatefulSet", replicas=2, more=TEMPLATES),
        2,
    ),
}
# Pods that `schedule` shows without a node at this moment, though nothing is wrong with their workload.
NO_DEFECT = {
    "a gate: who set it will take it away": (NODES, workload("Pod", "schedulingGates: [{name: example.com/g}]"), 1),
    "pods of a Job wait for its others to end": (NODES, workload("Job", "restartPolicy: Never", "3", 4), 2),
    "a less important pod makes way": (
        together(NODES.partition("---")[0], RUNNING % -10),
        together(URGENT, workload("Pod", "priorityClassName: urgent", cpu="4")),
        0,
    ),
    "what it asks for is yet to be filled in": (NODES, workload("Pod", 'nodeSelector: {disk: "${DISK}"}'), 1),
}
# What is missing, and what can hold no claim, rules of other categories say.
SPEAKING = ("references", "scheduling", "storage")
# What runs now, and hangs at the next update or under load.
LATER = {"hpa-maximum-does-not-fit", "rwo-claim-in-rolling-update", "rollout-cannot-finish"}


def judged(tmp_path: Path, cluster: str, manifests: str) -> tuple[DryRun, set[tuple[str, str]]]:
    """The dry run, and kind and name of the objects that a finding about running pods speaks of."""
    described = tmp_path / "cluster.yaml"
    described.write_text(cluster)
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "all.yaml").write_text(manifests)
    request = Request(paths=[str(folder)], cluster=str(described))
    material = collect(request)
    found = {
        (finding.object.kind, finding.object.name)
        for finding in lint(request).findings
        if finding.object is not None and load_rules()[finding.rule].category in SPEAKING and finding.rule not in LATER
    }
    return dry_run(material.cluster, material.version), found


def speaks(owner: Object, found: set[tuple[str, str]]) -> bool:
    """Whether a finding is about a workload, or about a claim that its pods use."""
    assert owner.pod is not None
    names = {dig(volume, "persistentVolumeClaim", "claimName") for _, volume in owner.pod.volumes}
    return (owner.kind, owner.name) in found or any(("PersistentVolumeClaim", name) in found for name in names)


@pytest.mark.parametrize("case", SAME.values(), ids=SAME)
def test_a_workload_gets_a_finding_if_and_only_if_a_pod_of_it_goes_nowhere(
    tmp_path: Path, case: tuple[str, str, int]
) -> None:
    run, found = judged(tmp_path, *case[:2])
    nowhere = [pod for pod in run.pods if pod.verdict is not Verdict.ASSIGNED]
    assert len(nowhere) == case[2]
    owners = {pod.owner for pod in nowhere}
    assert all(speaks(owner, found) for owner in owners)
    assert not any(speaks(workload.obj, found) for workload in run.workloads if workload.obj not in owners)


@pytest.mark.parametrize("case", NO_DEFECT.values(), ids=NO_DEFECT)
def test_no_finding_is_made_of_pods_that_only_wait(tmp_path: Path, case: tuple[str, str, int]) -> None:
    run, found = judged(tmp_path, *case[:2])
    assert not found
    nowhere = [pod for pod in run.pods if pod.verdict is not Verdict.ASSIGNED and pod.preemption is None]
    assert len(nowhere) == case[2]
