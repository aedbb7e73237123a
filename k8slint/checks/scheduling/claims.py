"""Claims that never get a volume, and whether another rule reports a claim or volume."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from k8slint.apiserver.defaults.core import DEFAULT_NAMESPACE
from k8slint.checks.scheduling.case import Case
from k8slint.checks.scheduling.run import described_kinds
from k8slint.checks.storage.claims import unbindable_claim
from k8slint.checks.storage.classes import missing_storage_class
from k8slint.checks.storage.local_volumes import local_volume_matches_no_node
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.volume_matching import claims_of
from k8slint.loading.document import Path
from k8slint.objects.fields import dig
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem
from k8slint.scheduling.objects.volumes import Claim
from k8slint.simulation.persistent_volume_controller import Unbound, UnboundReason
from k8slint.simulation.results import DryRun

_SHOWN: Final = 3


def unbound_claims(cluster: Cluster, run: DryRun) -> Iterator[tuple[Object, Problem]]:
    """The claims that never get a volume and that no storage rule reports; one for each template."""
    known = run.scene.stage.facts.claims if run.scene is not None else {}
    templates = _templates(run) if run.unbound else {}
    said: set[tuple[Object, Path]] = set()
    for key, why in run.unbound.items():
        namespace, name = key
        claim = known.get(key)
        written = cluster.once(_written_claims).get(key, ())
        place = (written[-1], ("spec",)) if written else templates.get((namespace, name.rpartition("-")[0]))
        if claim is None or place is None or place in said:
            continue
        said.add(place)
        if not is_storage_defect(place[0], cluster):
            subject = "the claim" if written else f'claim "{name}"'
            yield place[0], _never_binds(place, subject, claim, why, cluster)


def _templates(run: DryRun) -> dict[tuple[str, str], tuple[Object, Path]]:
    """The claim templates of StatefulSets with their paths, by namespace and claim name without the ordinal."""
    objects = (workload.obj for workload in run.workloads if workload.obj.kind == "StatefulSet")
    return {
        (obj.namespace or DEFAULT_NAMESPACE, claim.name): (obj, claim.path)
        for obj in objects
        for claim in claims_of(obj)
    }


def _never_binds(place: tuple[Object, Path], subject: str, claim: Claim, why: Unbound, cluster: Cluster) -> Problem:
    obj, path = place
    field = "volumeName" if claim.volume else "storageClassName"
    if dig(obj.data, *path, "dataSource") is not None and why.reason is UnboundReason.COPIES_ITSELF:
        field = "dataSource"
    lists_storage = cluster.once(described_kinds) & {"PersistentVolume", "StorageClass"}
    absent = "" if lists_storage else claim.class_name or "PersistentVolume"
    said, fix = f"{subject} never gets a volume: {why.message}", ""
    classes = sorted(each.name for each in cluster.of_kind("StorageClass.storage.k8s.io"))
    if classes and dig(obj.data, *path, "storageClassName") is None and why.reason is UnboundReason.NO_CLASS:
        said = f"{said}; no StorageClass is the default"
        fix = f"name a class: storageClassName: {' or '.join(classes[:_SHOWN])}"
    return Problem((*path, field), said, fix=fix, rule="claim-never-binds", rests_on=Absence(absent))


def writers_of(claim: Claim, case: Case) -> Sequence[Object]:
    """The objects of the manifests that define a claim: the claim itself, or the StatefulSet that makes it."""
    found = case.cluster.once(_written_claims).get((claim.namespace, claim.name), ())
    return found or ((case.obj,) if case.obj.kind == "StatefulSet" else ())


def is_storage_defect(obj: Object, cluster: Cluster) -> bool:
    """Whether a rule of the storage category reports the claims of an object."""
    return _finds(unbindable_claim, obj, cluster) or _finds(missing_storage_class, obj, cluster)


def is_volume_defect(obj: Object, cluster: Cluster) -> bool:
    """Whether a rule of the storage category reports a volume."""
    return _finds(local_volume_matches_no_node, obj, cluster)


def _finds(check: Callable[[Object, Cluster], Iterator[Problem]], obj: Object, cluster: Cluster) -> bool:
    return next(check(obj, cluster), None) is not None


def _written_claims(cluster: Cluster) -> Mapping[tuple[str, str], Sequence[Object]]:
    """The PersistentVolumeClaims of the manifests by namespace and name."""
    described = frozenset(map(id, cluster.description or ()))
    found: dict[tuple[str, str], list[Object]] = {}
    for obj in cluster.of_kind("PersistentVolumeClaim"):
        if id(obj) not in described:
            found.setdefault((obj.namespace or DEFAULT_NAMESPACE, obj.name), []).append(obj)
    return found
