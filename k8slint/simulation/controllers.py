"""The pods that each workload's controller would create, in its order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from k8slint.objects.object import Object
from k8slint.objects.pod_templates import POD_TEMPLATES, pod_maker
from k8slint.simulation.inventory import Inventory, Item
from k8slint.simulation.notes import Notes
from k8slint.values.labels import LabelSelector
from k8slint.values.reading import (
    ShapeError,
    as_mapping,
    flag_at,
    items_at,
    labels_at,
    mapping_at,
    selector_at,
    text_at,
    whole_at,
)
from k8slint.values.well_known import (
    COMPLETION_INDEX,
    CONTROLLER_UID,
    JOB_NAME,
    POD_INDEX,
    REVISION_HASH,
    STATEFUL_SET_POD_NAME,
)

_HASH_LETTERS: Final = "bcdfghjklmnpqrstvwxz2456789"
_HASH_LENGTH: Final = 10
_LONGEST_PREFIX: Final = 58
# No cluster is built for more pods of one workload.
MOST_PODS: Final = 200_000
WORKLOADS: Final = frozenset(POD_TEMPLATES) - {"PodTemplate"}
ENDING: Final = frozenset({"Job", "CronJob", "Never", "OnFailure"})
"""Kinds whose pods end by themselves and free their node, and the restart policies of such Pods."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One pod that is to be created: its name, its place in the order of its workload, and what its template lacks.

    `claims` are the names of the claims behind its volumes, by volume.
    """

    name: str
    step: int = 0
    labels: Mapping[str, str] = field(default_factory=dict)
    claims: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """The pods of one workload.

    All of them have `metadata` and `spec`. If `in_order`, each waits for the one before it; if `is_late`, they come
    after all other pods. If `is_per_node`, `pods` is still empty, because it depends on the nodes. `prefix` starts
    generated names. `made` is the object between the workload and its pods, such as a ReplicaSet. `note` explains the
    number of pods if that is needed.
    """

    item: Item
    prefix: str
    metadata: dict[str, Any]
    spec: dict[str, Any]
    pods: tuple[Planned, ...]
    in_order: bool = False
    is_late: bool = False
    is_per_node: bool = False
    made: dict[str, Any] | None = None
    claim_templates: tuple[Mapping[str, Any], ...] = ()
    note: str = ""

    @property
    def is_numbered(self) -> bool:
        """Whether the names of the pods are generated."""
        return bool(self.prefix) and self.prefix != self.item.name


@dataclass(frozen=True, slots=True)
class Scaler:
    """A HorizontalPodAutoscaler: the bounds within which it keeps a number of pods."""

    name: str
    least: int
    most: int


Scalers = Mapping[tuple[str, str, str], Scaler]
"""Autoscalers by the kind, the namespace and the name of what they scale."""


def batch_of(item: Item, scalers: Scalers) -> Batch:
    """The pods of a workload.

    A generated name ends in a number that counts up from 00001; a cluster would use random letters.

    Raises:
        ShapeError: if a field cannot be read.
    """
    if not item.name and item.group_kind != "Pod":
        raise ShapeError("metadata.name", "absent, expected a name")
    return _CONTROLLERS[item.obj.makes_pods_like](item, scalers)


def is_workload(obj: Object) -> bool:
    """Whether pods are made of the object: by a built-in controller, or by another that makes as many from its fields.

    A custom resource without a template, such as a Rollout that refers to a Deployment, has no pods of its own.
    """
    if obj.stored_as in WORKLOADS:
        return True
    maker = pod_maker(obj.stored_as)
    return maker is not None and maker.is_same and obj.pod is not None and obj.stored_as != "PodTemplate"


def is_unknown_workload(obj: Object) -> bool:
    """Whether a custom resource may have pods that cannot be told from its fields."""
    return pod_maker(obj.stored_as) is not None and obj.stored_as not in POD_TEMPLATES and not is_workload(obj)


def scaler_of(item: Item) -> tuple[tuple[str, str, str], Scaler]:
    """The kind, the namespace and the name of what an autoscaler scales, and the autoscaler.

    Raises:
        ShapeError: if a field cannot be read.
    """
    spec = mapping_at(item.data, "spec", "")
    where = "spec.scaleTargetRef"
    target = mapping_at(spec, "scaleTargetRef", "spec")
    least = whole_at(spec, "minReplicas", "spec", 1)
    most = max(whole_at(spec, "maxReplicas", "spec", least), least)
    return (text_at(target, "kind", where), item.namespace, text_at(target, "name", where)), Scaler(
        item.name, least, most
    )


def scalers_of(inventory: Inventory, notes: Notes) -> Scalers:
    """All autoscalers, by what they scale."""
    return dict(found for _, found in notes.read(inventory.of_kind("HorizontalPodAutoscaler.autoscaling"), scaler_of))


def replicas_of(item: Item, scalers: Scalers) -> tuple[int, str]:
    """How many pods the workload is to have, and a note if that is not the number written, else an empty text.

    A new Deployment that is paused makes none.

    Mirrors: pkg/controller/podautoscaler/horizontal.go reconcileAutoscaler,
    pkg/controller/deployment/deployment_controller.go syncDeployment @ v1.37
    """
    spec = mapping_at(item.data, "spec", "")
    if item.group_kind == "Deployment.apps" and flag_at(spec, "paused", "spec"):
        return 0, "paused: no pod is made until it is resumed"
    written = _count(spec, "replicas", 1)
    scaler = scalers.get((item.obj.kind, item.namespace, item.name))
    if not written:
        return 0, "replicas is 0"
    if scaler is None:
        return written, ""
    wanted = min(max(written, scaler.least), scaler.most)
    return wanted, f'HorizontalPodAutoscaler "{scaler.name}" asks for {wanted}' if wanted != written else ""


def count_of(item: Item, scalers: Scalers) -> int:
    """How many pods the workload is to have at a time; one for a DaemonSet, which has one for each node.

    Raises:
        ShapeError: if a field cannot be read.
    """
    own = mapping_at(item.data, "spec", "")
    match item.obj.makes_pods_like:
        case "Pod" | "DaemonSet.apps":
            return 1
        case "Job.batch":
            return _parallelism(own, "spec")[0]
        case "CronJob.batch":
            job = mapping_at(mapping_at(own, "jobTemplate", "spec"), "spec", "spec.jobTemplate")
            return 0 if flag_at(own, "suspend", "spec") else _parallelism(job, "spec.jobTemplate.spec")[0]
        case _:
            return replicas_of(item, scalers)[0]


def _pod(item: Item, _: Scalers) -> Batch:
    metadata = mapping_at(item.data, "metadata", "")
    labels = labels_at(metadata, "labels", "metadata")
    owners = metadata.get("ownerReferences")
    kept = {"namespace": item.namespace, "labels": labels} | ({"ownerReferences": owners} if owners else {})
    generated = text_at(metadata, "generateName", "metadata")
    if not item.name and not generated:
        raise ShapeError("metadata.name", "absent, expected the name of the pod")
    name = item.name or f"{generated[:_LONGEST_PREFIX]}00001"
    return Batch(item, item.name or generated, kept, _spec(item.data, "spec"), (Planned(name),))


def _deployment(item: Item, scalers: Scalers) -> Batch:
    template, spec = _template(item)
    count, note = replicas_of(item, scalers)
    digest = template_hash(item)
    name, hashed = f"{item.name}-{digest}", {"pod-template-hash": digest}
    selector = mapping_at(mapping_at(item.data, "spec", ""), "selector", "spec")
    labels = {**_labels(template), **hashed}
    made = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {"name": name, "namespace": item.namespace},
        "spec": {
            "selector": {**selector, "matchLabels": {**mapping_at(selector, "matchLabels", "spec.selector"), **hashed}}
        },
    }
    metadata = _metadata(item, labels, ("apps/v1", "ReplicaSet", name))
    return Batch(item, f"{name}-", metadata, spec, numbered(f"{name}-", count), made=made, note=note)


def _replica_set(item: Item, scalers: Scalers) -> Batch:
    template, spec = _template(item)
    count, note = replicas_of(item, scalers)
    metadata = _metadata(item, _labels(template))
    return Batch(item, f"{item.name}-", metadata, spec, numbered(f"{item.name}-", count), note=note)


def _replication_controller(item: Item, scalers: Scalers) -> Batch:
    template, spec = _template(item, is_by_labels=True)
    count, note = replicas_of(item, scalers)
    metadata = _metadata(item, _labels(template))
    return Batch(item, f"{item.name}-", metadata, spec, numbered(f"{item.name}-", count), note=note)


def _stateful_set(item: Item, scalers: Scalers) -> Batch:
    template, spec = _template(item)
    own = mapping_at(item.data, "spec", "")
    count, note = replicas_of(item, scalers)
    _no_more_than_most(count)
    first = first_ordinal(item)
    claims = tuple(template for _, template in items_at(own, "volumeClaimTemplates", "spec"))
    names = [text_at(mapping_at(claim, "metadata", ""), "name", "spec.volumeClaimTemplates") for claim in claims]
    volumes = [volume for _, volume in items_at(spec, "volumes", "spec") if volume.get("name") not in names]
    spec["volumes"] = [*volumes, *({"name": name, "persistentVolumeClaim": {"claimName": name}} for name in names)]
    pods = tuple(
        Planned(
            f"{item.name}-{ordinal}",
            ordinal - first,
            {
                STATEFUL_SET_POD_NAME: f"{item.name}-{ordinal}",
                POD_INDEX: str(ordinal),
            },
            {name: f"{name}-{item.name}-{ordinal}" for name in names},
        )
        for ordinal in range(first, first + count)
    )
    in_order = text_at(own, "podManagementPolicy", "spec") != "Parallel"
    metadata = _metadata(item, _labels(template) | {REVISION_HASH: f"{item.name}-{template_hash(item)}"})
    return Batch(item, "", metadata, spec, pods, in_order=in_order, claim_templates=claims, note=note)


def first_ordinal(item: Item) -> int:
    """The number in the name of a StatefulSet's first pod.

    Raises:
        ShapeError: if it cannot be read.
    """
    own = mapping_at(item.data, "spec", "")
    return _count(mapping_at(own, "ordinals", "spec"), "start", 0, "spec.ordinals")


def _daemon_set(item: Item, _: Scalers) -> Batch:
    template, spec = _template(item)
    metadata = _metadata(item, _labels(template) | {REVISION_HASH: template_hash(item)})
    return Batch(item, f"{item.name}-", metadata, spec, (), is_per_node=True)


def _job(item: Item, _: Scalers) -> Batch:
    return _job_batch(item, mapping_at(item.data, "spec", ""), item.name, "spec")


def _cron_job(item: Item, _: Scalers) -> Batch:
    own = mapping_at(item.data, "spec", "")
    job = mapping_at(mapping_at(own, "jobTemplate", "spec"), "spec", "spec.jobTemplate")
    batch = _job_batch(item, job, f"{item.name}-00000001", "spec.jobTemplate.spec", is_late=True)
    if not flag_at(own, "suspend", "spec"):
        return batch
    return Batch(
        item, batch.prefix, batch.metadata, batch.spec, (), is_late=True, note="suspended: no run is simulated"
    )


def _job_batch(item: Item, job: Mapping[str, Any], name: str, where: str, *, is_late: bool = False) -> Batch:
    """The pods that a Job runs at the same time."""
    template = mapping_at(job, "template", where)
    spec = _spec(template, f"{where}.template.spec")
    parallelism, note = _parallelism(job, where)
    uid = template_hash(item)
    labels = {
        **_labels(template, f"{where}.template"),
        "job-name": name,
        JOB_NAME: name,
        "controller-uid": uid,
        CONTROLLER_UID: uid,
    }
    metadata = _metadata(item, labels, ("batch/v1", "Job", name))
    pods = numbered(f"{name}-", parallelism)
    if text_at(job, "completionMode", where) == "Indexed":
        pods = tuple(
            Planned(numbered(f"{name}-{index}-", 1)[0].name, labels={COMPLETION_INDEX: str(index)})
            for index in range(len(pods))
        )
    return Batch(item, f"{name}-", metadata, spec, pods, is_late=is_late, note=note)


def _parallelism(job: Mapping[str, Any], where: str) -> tuple[int, str]:
    """How many pods a Job runs at the same time, and a note if it runs none.

    Mirrors: pkg/controller/job/job_controller.go manageJob @ v1.36
    """
    if flag_at(job, "suspend", where):
        return 0, "suspended"
    parallelism = _count(job, "parallelism", 1, where)
    if job.get("completions") is not None:
        parallelism = min(parallelism, _count(job, "completions", 1, where))
    return parallelism, "" if parallelism else "parallelism or completions is 0"


_CONTROLLERS: Final[Mapping[str, Callable[[Item, Scalers], Batch]]] = {
    "Pod": _pod,
    "ReplicationController": _replication_controller,
    "Deployment.apps": _deployment,
    "ReplicaSet.apps": _replica_set,
    "StatefulSet.apps": _stateful_set,
    "DaemonSet.apps": _daemon_set,
    "Job.batch": _job,
    "CronJob.batch": _cron_job,
}


def numbered(prefix: str, count: int) -> tuple[Planned, ...]:
    """Pods with generated names: the prefix, cut to the API server's length, and a number that counts up from 00001."""
    _no_more_than_most(count)
    start = prefix[:_LONGEST_PREFIX]
    return tuple(Planned(f"{start}{number:05}") for number in range(1, count + 1))


def template_hash(item: Item) -> str:
    """Ten letters in place of the hash of a template, or of an object's uid; they depend on its namespace and name."""
    digest = hashlib.sha256(f"{item.namespace}/{item.name}".encode("utf-8", "surrogatepass")).digest()
    return "".join(_HASH_LETTERS[byte % len(_HASH_LETTERS)] for byte in digest[:_HASH_LENGTH])


def ephemeral_claims(batch: Batch, planned: Planned) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The claims that come with one pod, as names and templates: its StatefulSet's, then its ephemeral volumes'."""
    for template in batch.claim_templates:
        name = text_at(mapping_at(template, "metadata", ""), "name", "metadata")
        yield planned.claims[name], template
    for where, volume in items_at(batch.spec, "volumes", "spec"):
        if volume.get("ephemeral") is not None:
            template = mapping_at(mapping_at(volume, "ephemeral", where), "volumeClaimTemplate", f"{where}.ephemeral")
            yield f"{planned.name}-{text_at(volume, 'name', where)}", template


def _template(item: Item, *, is_by_labels: bool = False) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """The pod template of a workload, and a copy of the template's spec.

    Raises:
        ShapeError: if a field cannot be read, or the selector does not select the pods, which the API server refuses.
    """
    own = mapping_at(item.data, "spec", "")
    template = mapping_at(own, "template", "spec")
    labels = _labels(template)
    if is_by_labels:
        selector: LabelSelector | None = LabelSelector.of_labels(labels_at(own, "selector", "spec") or labels)
    else:
        selector = selector_at(own, "selector", "spec")
    if selector is not None and not selector.matches(labels):
        raise ShapeError("spec.template.metadata.labels", "`selector` does not match template `labels`")
    return template, _spec(template, "spec.template.spec")


def _spec(template: Mapping[str, Any], where: str) -> dict[str, Any]:
    spec = dict(as_mapping(template.get("spec"), where))
    if not spec.get("containers"):
        raise ShapeError(f"{where}.containers", "absent, expected at least one container")
    return spec


def _labels(template: Mapping[str, Any], where: str = "spec.template") -> dict[str, str]:
    return labels_at(mapping_at(template, "metadata", where), "labels", f"{where}.metadata")


def _metadata(item: Item, labels: Mapping[str, str], owner: tuple[str, str, str] | None = None) -> dict[str, Any]:
    api_version, kind, name = owner or (item.obj.gvk.api_version, item.obj.kind, item.name)
    reference = {"apiVersion": api_version, "kind": kind, "name": name, "controller": True}
    return {"namespace": item.namespace, "labels": dict(labels), "ownerReferences": [reference]}


def _count(parent: Mapping[str, Any], key: str, default: int, where: str = "spec") -> int:
    count = whole_at(parent, key, where, default)
    if count < 0:
        raise ShapeError(f"{where}.{key}", f"{count} is less than 0")
    return count


def _no_more_than_most(count: int) -> None:
    if count > MOST_PODS:
        raise ShapeError("spec", f"{count} pods are more than the {MOST_PODS} of one workload that a dry run takes")
