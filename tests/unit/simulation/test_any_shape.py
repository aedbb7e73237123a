"""Whatever shape the data has, a dry run ends in results, refusals, or one error that names object and field."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from k8slint.cluster.cluster import Cluster
from k8slint.loading.composer import compose
from k8slint.loading.document import Document, Source
from k8slint.objects.object import Object
from k8slint.objects.read import read_source
from k8slint.scheduling import ShapeError
from k8slint.simulation.dry_run import dry_run
from k8slint.simulation.snapshot import anonymized, lean
from k8slint.values.version import KubernetesVersion

V1_36 = KubernetesVersion(1, 36)
MANIFESTS = """
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: db, namespace: x}
    spec:
      replicas: 2
      ordinals: {start: 1}
      selector: {matchLabels: {app: db}}
      template:
        metadata: {labels: {app: db}}
        spec:
          priorityClassName: high
          runtimeClassName: kata
          hostNetwork: true
          tolerations: [{key: k, operator: Exists}]
          resources: {limits: {memory: 1Gi}}
          affinity:
            podAntiAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
              - {topologyKey: kubernetes.io/hostname, labelSelector: {matchExpressions: [{key: app, operator: In, values: [db]}]}}
          topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {}}]
          initContainers: [{name: i, image: i, restartPolicy: Always, resources: {limits: {cpu: 1}}}]
          containers: [{name: c, image: i, ports: [{containerPort: 80}], resources: {requests: {cpu: 10m}}}]
          volumes: [{name: e, ephemeral: {volumeClaimTemplate: {spec: {resources: {requests: {storage: 1Gi}}}}}}]
      volumeClaimTemplates:
      - {metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
    ---
    {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 10}
    ---
    apiVersion: node.k8s.io/v1
    kind: RuntimeClass
    metadata: {name: kata}
    overhead: {podFixed: {cpu: 1m}}
    scheduling: {nodeSelector: {a: b}, tolerations: [{key: q}]}
    ---
    {apiVersion: v1, kind: LimitRange, metadata: {name: r, namespace: x}, spec: {limits: [{type: Container, max: {cpu: 3}}]}}
    ---
    apiVersion: v1
    kind: ResourceQuota
    metadata: {name: q, namespace: x}
    spec: {hard: {pods: 9}, scopes: [NotBestEffort], scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [high]}]}}
    status: {used: {pods: 1}}
    ---
    {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: h, namespace: x}, spec: {scaleTargetRef: {kind: StatefulSet, name: db}, minReplicas: 2, maxReplicas: 3}}
    ---
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: cj}
    spec: {suspend: false, jobTemplate: {spec: {parallelism: 1, completions: 1, completionMode: Indexed, template: {spec: {containers: [{name: c}]}}}}}
    ---
    {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 1, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c}]}}}}
    ---
    {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: ds}, spec: {template: {spec: {nodeSelector: {kubernetes.io/os: linux}, containers: [{name: c}]}}}}
    ---
    {apiVersion: v1, kind: Service, metadata: {name: s, namespace: x}, spec: {type: LoadBalancer, selector: {app: db}, ports: [{port: 1, nodePort: 3}], allocateLoadBalancerNodePorts: false}}
    ---
    {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: b, namespace: x}, spec: {selector: {matchLabels: {app: db}}}}
    ---
    {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, namespace: x, annotations: {k: v}}, spec: {volumeName: pv, dataSource: {kind: x, name: y}, resources: {requests: {storage: 1Gi}}}}
"""
CLUSTER = """
    apiVersion: v1
    kind: Node
    metadata: {name: a, labels: {a: b}}
    spec: {unschedulable: false, taints: [{key: t, value: v, effect: PreferNoSchedule}]}
    status: {allocatable: {cpu: 4, memory: 8Gi, pods: 10}, conditions: [{type: Ready, status: "True"}], images: [{names: [i], sizeBytes: 5}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: p, namespace: x, labels: {a: b}, ownerReferences: [{kind: ReplicaSet, name: web-1, controller: true}]}
    spec: {nodeName: a, containers: [{name: c, image: i, resources: {requests: {cpu: 1}}}], volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]}
    status: {phase: Running, conditions: [{type: Ready}], containerStatuses: [{name: c}]}
    ---
    {apiVersion: v1, kind: Pod, metadata: {name: waits, namespace: x}, spec: {containers: [{name: c}]}}
    ---
    {apiVersion: v1, kind: PersistentVolume, metadata: {name: pv, labels: {a: b}}, spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], claimRef: {namespace: x, name: c}, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In, values: [b]}]}]}}}, status: {phase: Bound}}
    ---
    {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: sc, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}, provisioner: p, allowedTopologies: [{matchLabelExpressions: [{key: a, values: [b]}]}]}
    ---
    {apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {name: a}, spec: {drivers: [{name: d, allocatable: {count: 1}}]}}
    ---
    {apiVersion: v1, kind: ResourceQuota, metadata: {name: q2, namespace: x}, spec: {hard: {pods: 9}}}
    ---
    {apiVersion: v1, kind: Namespace, metadata: {name: x, labels: {a: b}}, status: {phase: Active}}
"""
JUNK = (None, True, -1, 2**70, 1.5, "", "x", "${X}", [], [None], ["x"], [[]], {}, {"x": None}, {1: 2}, [{"name": 3}])


def objects(text: str) -> tuple[Object, ...]:
    source = Source("test.yaml", dedent(text))
    return read_source(source, compose(source)).objects


def paths(data: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if here:
        yield here
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, entry in entries:
        yield from paths(entry, (*here, key))


def places(text: str) -> list[tuple[int, tuple[Any, ...]]]:
    return [
        (number, path)
        for number, obj in enumerate(objects(text))
        for path in paths(obj.data)
        if path[0] not in ("apiVersion", "kind")
    ]


def spoilt(text: str, number: int, path: tuple[Any, ...], junk: Any) -> tuple[Object, ...]:
    found = []
    for index, obj in enumerate(objects(text)):
        data = copy.deepcopy(obj.data)
        if index == number:
            parent = data
            for step in path[:-1]:
                parent = parent[step]
            parent[path[-1]] = junk
        document = Document(Source("spoilt.yaml", ""), index, 0, data, None)
        found += read_source(document.source, (document,)).objects
    return tuple(found)


OF_MANIFESTS, OF_CLUSTER = places(MANIFESTS), places(CLUSTER)


SOUND_MANIFESTS, SOUND_CLUSTER = objects(MANIFESTS), objects(CLUSTER)


def test_the_sound_manifests_come_to_pods() -> None:
    run = dry_run(Cluster(SOUND_MANIFESTS, SOUND_CLUSTER), V1_36)
    assert len(run.pods) == 6
    assert not run.refusals


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(OF_MANIFESTS), st.sampled_from(JUNK))
@example(OF_MANIFESTS[0], None)
def test_no_manifest_breaks_a_run(place: tuple[int, tuple[Any, ...]], junk: Any) -> None:
    run = dry_run(Cluster(spoilt(MANIFESTS, *place, junk), SOUND_CLUSTER), V1_36)
    assert all(refusal.message for refusal in run.refusals)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(OF_CLUSTER), st.sampled_from(JUNK))
@example(OF_CLUSTER[0], None)
def test_a_broken_description_is_said_with_its_object(place: tuple[int, tuple[Any, ...]], junk: Any) -> None:
    description = spoilt(CLUSTER, *place, junk)
    try:
        dry_run(Cluster(SOUND_MANIFESTS, description), V1_36)
    except ShapeError as error:
        assert error.obj
        assert error.field
        assert "\n" not in str(error)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(OF_CLUSTER), st.sampled_from(JUNK))
def test_snapshots_take_any_shape(place: tuple[int, tuple[Any, ...]], junk: Any) -> None:
    items = [obj.data for obj in spoilt(CLUSTER, *place, junk)]
    assert len(anonymized(items)) == len(lean(items))
