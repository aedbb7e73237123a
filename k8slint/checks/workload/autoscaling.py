"""Autoscalers that others work against: fixed replicas, other autoscalers, missing requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from k8slint.checks.wording import listed
from k8slint.cluster.cluster import Cluster, may_share_namespace, once
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.replicas import (
    HPA,
    SCALE_TARGET,
    SCALED_OBJECT,
    VPA,
    Scaler,
    Target,
    is_beside,
    scaler_of,
    scalers_of,
    target_of,
    workloads_of,
)
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, integer, items, mapping, sequence, text
from k8slint.objects.object import Container, Object
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.resources import POD_LEVEL_SINCE, is_pod_level

_REPLICAS: Final = ("spec", "replicas")
_PATCHED: Final = "/".join(("", *_REPLICAS))
_FLUX_KEEPS: Final = ("kustomize.toolkit.fluxcd.io/ssa", "kustomize.toolkit.fluxcd.io/reconcile")


def hpa_fights_replicas(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A workload that writes its replicas, though an autoscaler sets them."""
    written = integer(obj.spec.get("replicas"))
    if not written or not obj.name or any(key in obj.annotations for key in _FLUX_KEEPS):
        return
    for scaler in _known_scalers(cluster, Target(obj.stored_as, obj.name), obj.namespace):
        if obj not in workloads_of(scaler, cluster) or scaler.least == scaler.most == written:
            continue
        if _leaves_replicas_alone(cluster) or evidence_of(cluster).is_patched(_PATCHED):
            return
        message = f"{obj} writes replicas: {written}, though {scaler.obj} sets them"
        related = (Related(scaler.obj, SCALE_TARGET, f"{scaler.obj} is for {obj}"),)
        yield Problem(_REPLICAS, message, related, rests_on=Absence(mended_by=_PATCHED))
        return


def _known_scalers(cluster: Cluster, target: Target, namespace: str) -> Iterator[Scaler]:
    """The HorizontalPodAutoscalers and ScaledObjects of the target."""
    for scaler in scalers_of(cluster, target, namespace):
        if scaler.obj.group_kind in (HPA, SCALED_OBJECT):
            yield scaler


_ARGO_FIELDS: Final = {
    "Application.argoproj.io": ("spec", "ignoreDifferences"),
    "ApplicationSet.argoproj.io": ("spec", "template", "spec", "ignoreDifferences"),
}


@once
def _leaves_replicas_alone(cluster: Cluster) -> bool:
    """Whether Argo CD is told anywhere to leave replicas as they are."""
    for group_kind, path in _ARGO_FIELDS.items():
        for app in cluster.of_kind(group_kind):
            if any(_ignores_replicas(entry) for _, entry in items(dig(app.data, *path))):
                return True
    settings = (value for one in cluster.of_kind("ConfigMap") if one.name == "argocd-cm" for value in _texts(one))
    return any(_PATCHED in value or ".spec.replicas" in value for value in settings)


def _texts(config_map: Object) -> Iterable[str]:
    return map(text, mapping(config_map.data.get("data")).values())


def _ignores_replicas(entry: dict[str, Any]) -> bool:
    if sequence(entry.get("managedFieldsManagers")):
        return True
    paths = [*sequence(entry.get("jsonPointers")), *sequence(entry.get("jqPathExpressions"))]
    return any(_PATCHED in path or ".spec.replicas" in path for path in map(text, paths))


def autoscalers_share_target(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An autoscaler for a workload that an earlier one scales already.

    Mirrors: pkg/controller/podautoscaler/horizontal.go validateAndParseSelector @ v1.36
    """
    scaler = scaler_of(obj)
    if scaler is None or not obj.name:
        return
    for other in _known_scalers(cluster, scaler.target, obj.namespace):
        if other.obj is obj:
            return
        if is_beside(other.obj, obj) and not _are_one(other.obj, obj):
            kind = scaler.target.group_kind.partition(".")[0]
            message = f'{kind} "{scaler.target.name}" is scaled by {other.obj} already'
            related = (Related(other.obj, SCALE_TARGET, f"{other.obj} is for it too"),)
            effect = "" if obj.group_kind == other.obj.group_kind == HPA else _REFUSED_BY_KEDA
            yield Problem(SCALE_TARGET, message, related, effect)
            return


_REFUSED_BY_KEDA: Final = (
    "KEDA makes a HorizontalPodAutoscaler of its own: its webhook refuses the second one; where it has none, "
    "neither scales: AmbiguousSelector."
)


def _are_one(one: Object, other: Object) -> bool:
    """Whether two autoscalers are descriptions of one, or one is the HorizontalPodAutoscaler that KEDA makes of it."""
    if one.group_kind == other.group_kind:
        return one.name == other.name
    hpa, scaled_object = (one, other) if one.group_kind == HPA else (other, one)
    given = text(dig(scaled_object.spec, "advanced", "horizontalPodAutoscalerConfig", "name"))
    return hpa.name == (given or f"keda-hpa-{scaled_object.name}")


class _Metric(NamedTuple):
    """A share of a request that an autoscaler holds pods to, of one container or, if that is empty, of all.

    `path` leads to where the resource is named; `is_only`: the autoscaler has no other metric.
    """

    path: Path
    resource: str
    container: str
    is_only: bool


def _metrics(obj: Object) -> Iterator[_Metric]:
    """The shares of requests by which an autoscaler scales.

    Mirrors: pkg/apis/autoscaling/v2/defaults.go SetDefaults_HorizontalPodAutoscaler @ v1.36
    """
    if obj.group_kind == SCALED_OBJECT:
        yield from _triggers(obj)
        return
    if obj.gvk.version == "v1":
        # Other metrics stand in an annotation.
        if not any(key.startswith("autoscaling.alpha.kubernetes.io/") for key in obj.annotations):
            yield _Metric(("spec", "targetCPUUtilizationPercentage"), "cpu", "", is_only=True)
        return
    metrics = list(items(obj.spec.get("metrics")))
    if obj.spec.get("metrics") in (None, []):
        yield _Metric(("spec", "metrics"), "cpu", "", is_only=True)
    for index, metric in metrics:
        for field in ("resource", "containerResource"):
            source = mapping(metric.get(field))
            if source and _is_share(source):
                path = ("spec", "metrics", index, field, "name")
                container = text(source.get("container")) if field == "containerResource" else ""
                yield _Metric(path, text(source.get("name")), container, len(metrics) == 1)


def _is_share(source: dict[str, Any]) -> bool:
    target = mapping(source.get("target"))
    return integer(target.get("averageUtilization")) is not None or source.get("targetAverageUtilization") is not None


def _triggers(obj: Object) -> Iterator[_Metric]:
    triggers = list(items(obj.spec.get("triggers")))
    for index, trigger in triggers:
        metadata = mapping(trigger.get("metadata"))
        if trigger.get("type") in ("cpu", "memory") and "Utilization" in (
            trigger.get("metricType"),
            metadata.get("type"),
        ):
            path = ("spec", "triggers", index, "type")
            yield _Metric(path, trigger["type"], text(metadata.get("containerName")), len(triggers) == 1)


def hpa_metric_without_request(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An autoscaler that holds pods to a share of a request that a container does not have.

    Mirrors: pkg/controller/podautoscaler/replica_calculator.go calculateRequests @ v1.36
    """
    scaler = scaler_of(obj)
    workloads = workloads_of(scaler, cluster) if scaler is not None else ()
    if scaler is None or not any(_is_whole(each) for each in workloads):
        return
    for metric in _metrics(obj):
        lacking = _lacking(workloads, metric, cluster)
        if not lacking or _fills_in(metric.resource, obj.namespace, cluster):
            continue
        if any(_sets(vpa, metric) for vpa in _vertical(cluster, scaler.target, obj)):
            continue
        workload, names = lacking[0].pod.obj, list(dict.fromkeys(container.name for container in lacking))
        who = f"container {listed(names)} of {workload} requests"
        if len(names) > 1:
            who = f"containers {listed(names)} of {workload} request"
        message = f"{who} no {metric.resource}, of which {obj} wants a share"
        related = (Related(workload, (*lacking[0].pod.path, *lacking[0].path), f"it requests no {metric.resource}"),)
        start = "Nothing is scaled" if metric.is_only else "By its other metrics it can add Pods, and never removes any"
        effect = (
            f"{start}: FailedGetResourceMetric, missing request for {metric.resource} in container {names[0]} of Pod "
            f"{workload.name}-..."
        )
        yield Problem(metric.path, message, related, effect, rests_on=Absence("LimitRange", "requests"))


def _is_whole(workload: Object) -> bool:
    return workload.pod is not None and any(container.data.get("image") for container in workload.pod.containers)


def _lacking(workloads: Iterable[Object], metric: _Metric, cluster: Cluster) -> list[Container]:
    """The containers without the request, if no description of the workload gives it to them."""
    resource = metric.resource
    has: set[str] = set()
    lacking: list[Container] = []
    for workload in workloads:
        pod = workload.pod
        if pod is None:
            continue
        whole = mapping(pod.spec.get("resources"))
        counted = [each for each in pod.containers if _is_counted(each) and metric.container in ("", each.name)]
        without = [each for each in counted if not _asks_for(each.data, resource)]
        has.update(each.name for each in counted if each not in without)
        if _asks_for(pod.spec, resource) and not metric.container:
            return []
        if not metric.container and _is_for_whole_pod(whole, cluster) and len(without) < len(counted):
            return []
        lacking += [each for each in without if each.data.get("image")]
    return [each for each in lacking if each.name not in has]


def _is_counted(container: Container) -> bool:
    return container.is_sidecar or container.path[1] == "containers"


def _asks_for(data: dict[str, Any], resource: str) -> bool:
    """Whether the resources ask for it; the API server makes a request of a limit."""
    resources = mapping(data.get("resources"))
    return any(mapping(resources.get(field)).get(resource) is not None for field in ("requests", "limits"))


def _is_for_whole_pod(resources: dict[str, Any], cluster: Cluster) -> bool:
    requests = mapping(resources.get("requests"))
    return cluster.version >= POD_LEVEL_SINCE and any(is_pod_level(str(name)) for name in requests)


def _fills_in(resource: str, namespace: str, cluster: Cluster) -> bool:
    """Whether a LimitRange that may be of the namespace gives containers a request or limit of the resource."""
    return any(
        resource in mapping(limit.get(field))
        for one in cluster.of_kind("LimitRange")
        if may_share_namespace(one.namespace, namespace)
        for _, limit in items(one.spec.get("limits"))
        for field in ("default", "defaultRequest", "max", "min")
    )


def hpa_and_vpa_share_metric(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A VerticalPodAutoscaler that sets a request of which a HorizontalPodAutoscaler wants a share."""
    target = target_of(obj.spec.get("targetRef"))
    if target is None:
        return
    for scaler in _known_scalers(cluster, target, obj.namespace):
        if not is_beside(scaler.obj, obj):
            continue
        shared = [metric for metric in _metrics(scaler.obj) if _sets(obj, metric)]
        if shared:
            resources = " and ".join(dict.fromkeys(metric.resource for metric in shared))
            kind = target.group_kind.partition(".")[0]
            message = f'{obj} sets the {resources} requests of {kind} "{target.name}", by which {scaler.obj} scales it'
            related = (Related(scaler.obj, shared[0].path, f"{scaler.obj} wants a share of them"),)
            yield Problem(("spec", "targetRef"), message, related)
            return


def _vertical(cluster: Cluster, target: Target, beside: Object) -> Iterator[Object]:
    for obj in cluster.of_kind(VPA):
        if target_of(obj.spec.get("targetRef")) == target and may_share_namespace(obj.namespace, beside.namespace):
            yield obj


def _sets(vpa: Object, metric: _Metric) -> bool:
    """Whether the VerticalPodAutoscaler changes the request that the metric is a share of."""
    if dig(vpa.spec, "updatePolicy", "updateMode") == "Off":
        return False
    policies = {text(each.get("containerName")): each for _, each in items(dig(vpa.spec, *_POLICIES))}
    rest = policies.get("*", {})
    chosen = [policies.get(metric.container, rest)] if metric.container else [rest, *policies.values()]
    return any(_controls(policy, metric.resource) for policy in chosen)


_POLICIES: Final = ("resourcePolicy", "containerPolicies")
_CONTROLLED: Final = ("cpu", "memory")


def _controls(policy: dict[str, Any], resource: str) -> bool:
    controlled = policy.get("controlledResources")
    return policy.get("mode") != "Off" and resource in (_CONTROLLED if controlled is None else sequence(controlled))
