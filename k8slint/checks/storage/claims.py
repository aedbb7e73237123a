"""Claims, and the volumes made by hand that can hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.similar_names import nearest_name
from k8slint.cluster.volume_matching import (
    Claim,
    Lack,
    claims_of,
    default_class,
    lacks_of,
    static_classes,
    volumes_by_class,
)
from k8slint.objects.fields import dig, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.placeholder import has_placeholder


def unbindable_claim(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A claim that waits for a volume made by hand, if no volume of the files can hold it."""
    if not cluster.of_kind("PersistentVolume") or dig(obj.data, "status", "phase") == "Bound":
        return
    for claim in claims_of(obj):
        if claim.spec.get("dataSource") or claim.spec.get("dataSourceRef"):
            continue
        wanted = text(claim.spec.get("volumeName"))
        if not wanted:
            yield from _of_class(claim, cluster)
        elif not has_placeholder(wanted):
            yield from _of_volume(claim, wanted, cluster)


def _of_volume(claim: Claim, wanted: str, cluster: Cluster) -> Iterator[Problem]:
    """The problem of a claim that cannot have the volume it names.

    Mirrors: pkg/controller/volume/persistentvolume/pv_controller.go syncUnboundClaim @ v1.36
    """
    path = (*claim.path, "volumeName")
    volumes = cluster.find("PersistentVolume", "", wanted)
    if not volumes:
        near = nearest_name(wanted, _volume_names(cluster))
        if near and not cluster.is_external("PersistentVolume", "", wanted):
            message = f'there is no PersistentVolume "{wanted}"; nearest is "{near}"'
            yield Problem(path, message, rests_on=Absence(wanted), fix="Name a PersistentVolume that exists.")
        return
    lacks = [lacks_of(volume, claim, is_named=True) for volume in volumes]
    if all(lacks):
        message = f'PersistentVolume "{wanted}" {_all_of(lacks[0])}'
        yield Problem(path, message, (Related(volumes[0], lacks[0][0].at_volume, "the volume"),))


def _of_class(claim: Claim, cluster: Cluster) -> Iterator[Problem]:
    """The problem of a claim for whose class nothing makes volumes, if too few of those made by hand can hold it."""
    wanted = default_class(cluster) if claim.class_name is None else claim.class_name
    if wanted is None or (wanted and wanted not in static_classes(cluster)):
        return
    volumes = volumes_by_class(cluster).get(wanted)
    if volumes is None:
        return  # a static provisioner or an administrator makes them
    fitting = volumes.holding(claim)
    if fitting >= claim.copies:
        return
    of_class, absent = (f'of class "{wanted}"', wanted) if wanted else ("without a class", "PersistentVolume")
    if fitting:
        message = (
            f"{claim.copies} replicas need as many PersistentVolumes {of_class}; only {fitting} can hold the claim"
        )
        yield Problem(claim.path, message, rests_on=Absence(absent))
        return
    volume, lacks = volumes.nearest(claim)
    message = f'no PersistentVolume {of_class} can hold this claim; nearest is "{volume.name}", which {_all_of(lacks)}'
    related = (Related(volume, lacks[0].at_volume, "the nearest volume"),)
    yield Problem((*claim.path, *lacks[0].at_claim), message, related, rests_on=Absence(absent))


def _all_of(lacks: Iterable[Lack]) -> str:
    return " and ".join(lack.message for lack in lacks)


@once
def _volume_names(cluster: Cluster) -> frozenset[str]:
    return frozenset(volume.name for volume in cluster.of_kind("PersistentVolume"))
