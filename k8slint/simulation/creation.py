"""The creation of pods: admitted once per template, charged to the quotas one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Final

from k8slint.apiserver.admission.plugins import Policies, admit_claim, admit_pod, refusal_text
from k8slint.apiserver.admission.refusal import AdmissionPhase, Cause, Refused, refusal_of
from k8slint.apiserver.admission.resource_quota import Ledger, Usage, usage_of_pod
from k8slint.loading.document import Path
from k8slint.scheduling import Node, Pod, ShapeError
from k8slint.scheduling.objects.node_affinity import NodeChoice, NodeTerm
from k8slint.scheduling.objects.taints import Toleration, untolerated
from k8slint.simulation.controllers import Batch, Planned, ephemeral_claims, numbered
from k8slint.simulation.created_objects import charge_claim, claim_refused, create_objects
from k8slint.simulation.created_pod import hold_created_pod
from k8slint.simulation.inventory import Inventory, Item, placed
from k8slint.simulation.notes import Notes
from k8slint.simulation.stored_claims import StoredClaim
from k8slint.values.labels import Requirement
from k8slint.values.reading import items_at
from k8slint.values.well_known import (
    DISK_PRESSURE,
    MEMORY_PRESSURE,
    NETWORK_UNAVAILABLE,
    NOT_READY,
    PID_PRESSURE,
    UNREACHABLE,
    UNSCHEDULABLE,
)

_DAEMON_TOLERATIONS: Final = (
    (NOT_READY, "NoExecute"),
    (UNREACHABLE, "NoExecute"),
    (DISK_PRESSURE, "NoSchedule"),
    (MEMORY_PRESSURE, "NoSchedule"),
    (PID_PRESSURE, "NoSchedule"),
    (UNSCHEDULABLE, "NoSchedule"),
)


@dataclass(frozen=True, slots=True)
class Template:
    """The common form of a workload's pods: a pod with its usage after admission, or a refusal.

    `nodes` are the nodes of a DaemonSet's pods, in the order of its planned pods.
    """

    batch: Batch
    pod: Pod | None = None
    usage: Usage | None = None
    refused: Refused | None = None
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Created:
    """One pod that a controller asked for: ready for the scheduler, or refused with the API server's whole answer.

    `pod` is None if it is refused. `cause` is None if the refusal is not by admission, such as that of a name in use.
    """

    batch: Batch
    name: str
    pod: Pod | None
    message: str = ""
    path: Path = ()
    cause: Cause | None = None

    @property
    def key(self) -> str:
        """Namespace and name."""
        return f"{self.batch.item.namespace}/{self.name}"


@dataclass(slots=True)
class Creation:
    """What has been created so far: claims by namespace and name, and the keys of pods that are in use."""

    policies: Policies
    ledger: Ledger
    notes: Notes
    claims: dict[tuple[str, str], StoredClaim]
    names: set[str] = field(default_factory=set)

    def fork(self) -> Creation:
        """A creation that goes on from here and leaves this one as it is; it has notes of its own."""
        ledger = replace(self.ledger, used=dict(self.ledger.used))
        return Creation(self.policies, ledger, Notes(), dict(self.claims), set(self.names))

    def create_objects(self, inventory: Inventory) -> frozenset[Item]:
        """Create the manifests' claims, and charge the objects that quotas count; return those that are refused."""
        return create_objects(inventory, self._create_claim, self.ledger, self.notes)

    def template_of(self, batch: Batch, nodes: Iterable[Node]) -> Template | None:
        """The pods of a workload after admission, or None, with a refusal in the notes, if they cannot be read."""
        item = batch.item
        prefix = item.obj.pod.path if item.obj.pod is not None else ()
        try:
            spec = _with_daemon_tolerations(batch.spec) if batch.is_per_node else batch.spec
            chosen = tuple(_daemon_nodes(spec, nodes)) if batch.is_per_node else ()
            planned = numbered(batch.prefix, len(chosen)) if batch.is_per_node else batch.pods
            batch = replace(batch, spec=spec, pods=planned)
            admitted = admit_pod(spec, item.namespace, self.policies)
            if item.obj.pod is not None and planned:
                hold_created_pod(item.obj.pod, _sent(batch, planned[0]), admitted, self.policies)
            data = {"metadata": {**batch.metadata, "name": batch.prefix}, "spec": admitted}
            pod = Pod.of(data, self.policies.version)
            return Template(batch, pod, usage_of_pod(admitted, self.policies.version), nodes=chosen)
        except Refused as forbidden:
            return Template(batch, refused=forbidden)
        except ShapeError as error:
            field = ".".join((*(str(step) for step in prefix), error.field))
            self.notes.refusals.append(refusal_of(item.obj, ShapeError(field, error.problem)))
            return None

    def create(self, template: Template, index: int) -> Created:
        """Create one pod of a workload, after its claims, and charge it to the quotas."""
        batch, planned = template.batch, template.batch.pods[index]
        refused = Created(batch, planned.name, None)
        if template.pod is None or template.usage is None:
            forbidden = template.refused
            return _refused(batch, planned, forbidden) if forbidden is not None else refused
        if refused.key in self.names:
            if not batch.is_numbered:
                return replace(refused, message=f'pods "{planned.name}" already exists')
            # In a cluster, the random letters would differ.
            planned = replace(planned, name=self._free_name(batch))
            refused = Created(batch, planned.name, None)
        try:
            failed = self._create_claims(batch, planned)
            if failed is not None:
                return failed
            self.ledger.charge(batch.item.namespace, template.usage)
        except Refused as forbidden:
            return _refused(batch, planned, forbidden)
        except ShapeError as error:
            return replace(refused, message=str(error))
        self.names.add(refused.key)
        return replace(refused, pod=_named(template, planned, index))

    def _free_name(self, batch: Batch) -> str:
        start = batch.pods[0].name[:-5]
        numbers = count(len(batch.pods) + 1)
        names = (f"{start}{number:05}" for number in numbers)
        return next(name for name in names if f"{batch.item.namespace}/{name}" not in self.names)

    def _create_claims(self, batch: Batch, planned: Planned) -> Created | None:
        """Create the claims of a pod; return the pod as refused if one is refused that must exist before it, else None.

        Only the claims of a StatefulSet must exist before the pod; those of ephemeral volumes come after it.
        """
        namespace = batch.item.namespace
        own = set(planned.claims.values())
        for name, template in ephemeral_claims(batch, planned):
            if (namespace, name) in self.claims:
                continue
            try:
                data = template if name in own else {**template, "metadata": _owned_by(template, planned.name)}
                self._create_claim(data, namespace, name)
            except Refused as forbidden:
                if name in own:
                    message = claim_refused(name, planned.name, batch.item.name, forbidden)
                    return Created(batch, planned.name, None, message, cause=forbidden.cause)
        return None

    def _create_claim(self, data: Mapping[str, Any], namespace: str, name: str) -> None:
        admitted = placed(admit_claim(data, namespace, self.policies), namespace, name)
        wanted = StoredClaim.of(admitted)
        charge_claim(admitted, namespace, self.ledger)
        self.claims[namespace, name] = wanted


def creation_order(templates: Iterable[Template]) -> Iterator[tuple[Template, int]]:
    """The pods in the order of creation: first those that wait for no other, then the second of each set, and so on.

    The pods of CronJobs come last.
    """
    steps: dict[tuple[bool, int], list[tuple[Template, int]]] = {}
    for template in templates:
        batch = template.batch
        for index, planned in enumerate(batch.pods):
            steps.setdefault((batch.is_late, planned.step if batch.in_order else 0), []).append((template, index))
    for step in sorted(steps):
        yield from steps[step]


def _refused(batch: Batch, planned: Planned, forbidden: Refused) -> Created:
    # While plugins may still change the pod, the API server has not generated the rest of its name yet.
    name = batch.prefix if forbidden.phase is AdmissionPhase.MUTATING and batch.prefix else planned.name
    message = refusal_text("pods", "Pod", name, forbidden)
    return Created(batch, planned.name, None, message, forbidden.field, forbidden.cause)


def _sent(batch: Batch, planned: Planned) -> dict[str, Any]:
    """The metadata with which a pod is sent to the API server."""
    labels = {**batch.metadata["labels"], **planned.labels}
    return {"name": planned.name, "namespace": batch.item.namespace, "labels": labels}


def _named(template: Template, planned: Planned, index: int) -> Pod:
    """The planned pod; it shares with the others what comes from the template."""
    pod = template.pod
    if pod is None:
        raise AssertionError(planned.name)
    if template.nodes:
        node = template.nodes[index]
        term = NodeTerm((), (Requirement("metadata.name", "In", (node,)),))
        choice = NodeChoice(pod.node_choice.labels, (term,))
        # The pods differ only in the node that each names, which the scheduler looks at first: one signature is enough.
        return replace(pod, name=planned.name, node_choice=choice, signature=(pod.signature, "DaemonSet"))
    if not planned.labels and not planned.claims:
        return pod.named(planned.name)
    volumes = tuple(
        volume._replace(claim=planned.claims[volume.name]) if volume.name in planned.claims else volume
        for volume in pod.volumes
    )
    return replace(pod, name=planned.name, labels={**pod.labels, **planned.labels}, volumes=volumes)


def _owned_by(template: Mapping[str, Any], pod: str) -> dict[str, Any]:
    metadata = template.get("metadata")
    reference = {"apiVersion": "v1", "kind": "Pod", "name": pod, "controller": True}
    return {**(metadata if isinstance(metadata, dict) else {}), "ownerReferences": [reference]}


def _with_daemon_tolerations(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The spec with the tolerations that every pod of a DaemonSet gets.

    Mirrors: pkg/controller/daemon/util/daemonset_util.go AddOrUpdateDaemonPodTolerations @ v1.36
    """
    wanted = [*_DAEMON_TOLERATIONS]
    if spec.get("hostNetwork") is True:
        wanted.append((NETWORK_UNAVAILABLE, "NoSchedule"))
    added = [{"key": key, "operator": "Exists", "effect": effect} for key, effect in wanted]
    return {**spec, "tolerations": [*(item for _, item in items_at(spec, "tolerations", "spec")), *added]}


def _daemon_nodes(spec: Mapping[str, Any], nodes: Iterable[Node]) -> Iterator[str]:
    """The nodes on which a DaemonSet wants a pod, with or without room for it.

    Mirrors: pkg/controller/daemon/daemon_controller.go NodeShouldRunDaemonPod @ v1.36
    """
    choice = NodeChoice.of(spec)
    tolerations = tuple(Toleration.of(item, where) for where, item in items_at(spec, "tolerations", "spec"))
    asked = spec.get("nodeName")
    for node in nodes:
        if asked and asked != node.name:
            continue
        if choice.matches(node.name, node.labels) and untolerated(node.taints, tolerations) is None:
            yield node.name
