"""Claims of which one node, or one Pod, has the volume at a time, used by several Pods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.node_selectors import has_one_node, is_pinned
from k8slint.cluster.references import claim_templates
from k8slint.cluster.replicas import copies_of, rolling_update
from k8slint.cluster.volume_matching import class_of_volume, default_class, volumes_by_class
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, sequence, text
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.regex import regex
from k8slint.values.storage import class_of
from k8slint.values.well_known import HOSTNAME

_ONE_NODE: Final = "ReadWriteOnce"
_ONE_POD: Final = "ReadWriteOncePod"


class _Use(NamedTuple):
    """A volume of a pod whose claim allows one access mode only; `path` leads from the object to it."""

    path: Path
    claim: Object
    mode: str

    @property
    def related(self) -> tuple[Related, ...]:
        return (Related(self.claim, ("spec", "accessModes"), f"{self.claim} is {self.mode}"),)


def rwo_claim_in_rolling_update(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Deployment of one Pod that starts the next one before the old one leaves the volume."""
    if obj.pod is None or not (uses := list(_uses(obj.pod, cluster))):
        return
    copies = copies_of(obj, cluster)
    if copies is None or copies.most != 1:
        return
    update = rolling_update(obj, 1)
    if update is None or update.unavailable:
        return
    for use in _hindering(uses, obj.pod, cluster):
        message = f"an update starts the new Pod before the old one leaves {use.claim}, which is {use.mode}"
        effect = _PENDING if use.mode == _ONE_POD else _HANGS
        yield Problem(("spec", "strategy"), message, use.related, effect, rests_on=Absence(mended_by="strategy"))


_PENDING: Final = (
    "The new Pod stays Pending, as the PersistentVolumeClaim is in use by another pod; the rollout ends only when "
    "somebody deletes the old Pod."
)
_HANGS: Final = (
    "If the new Pod gets another node, it hangs in ContainerCreating: Multi-Attach error, volume is already used by "
    "pod(s). The rollout ends only when somebody deletes the old Pod."
)


def single_node_volume_shared(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """Several Pods of a workload with one claim, of which one node has the volume at a time."""
    yield from _shared(obj, cluster, _ONE_NODE, "one node at a time may mount it")


def single_pod_volume_shared(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """Several Pods of a workload with one claim, which only one Pod may use."""
    yield from _shared(obj, cluster, _ONE_POD, "only one Pod may use it")


def _shared(obj: Object, cluster: Cluster, mode: str, rule: str) -> Iterator[Problem]:
    if obj.pod is None or not (uses := [use for use in _uses(obj.pod, cluster) if use.mode == mode]):
        return
    copies = copies_of(obj, cluster)
    if obj.stored_as == "DaemonSet.apps":
        who = f"a Pod on each node uses {{}} through {obj}"
    elif copies is None or copies.most < _SEVERAL or (copies.scaler is None and copies.least < _SEVERAL):
        return
    elif copies.scaler is not None:
        who = f"{copies.scaler.obj} makes up to {copies.most} Pods of {obj} use {{}}"
    else:
        who = f"{copies.most} Pods of {obj} use {{}}"
    for use in _hindering(uses, obj.pod, cluster):
        message = f"{who.format(use.claim)}, which is {mode}: {rule}"
        yield Problem(use.path, message, use.related, rests_on=Absence(mended_by="replicas"))


_SEVERAL: Final = 2


def _uses(pod: Pod, cluster: Cluster) -> Iterator[_Use]:
    """The volumes of a pod whose claim is among the files, under one access mode of one node or Pod."""
    templates = claim_templates(pod.obj)
    for path, volume in pod.volumes:
        name = text(dig(volume, "persistentVolumeClaim", "claimName"))
        if not name or volume.get("name") in templates:
            continue
        claims = cluster.find("PersistentVolumeClaim", pod.namespace, name)
        modes = [sequence(claim.spec.get("accessModes")) for claim in claims]
        mode = next((one for one in (_ONE_NODE, _ONE_POD) if modes and all(each == [one] for each in modes)), "")
        if mode:
            yield _Use((*pod.path, *path, "persistentVolumeClaim"), claims[0], mode)


def _hindering(uses: list[_Use], pod: Pod, cluster: Cluster) -> Iterator[_Use]:
    """The uses that two Pods cannot share: of one Pod alone, or of one node where the Pods may get several."""
    # Ask for the nodes last: if none are described, the report says that a finding rests on that.
    attached = [use for use in uses if use.mode == _ONE_NODE and not _is_no_disk(use.claim, cluster)]
    if attached and (_stays_together(pod) or is_pinned(pod, cluster) or has_one_node(cluster)):
        attached = []
    yield from (use for use in uses if use.mode == _ONE_POD or use in attached)


def _stays_together(pod: Pod) -> bool:
    """Whether the pods demand to share a node with one of their kind."""
    terms = dig(pod.spec, "affinity", "podAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    return any(term.get("topologyKey") == HOSTNAME for _, term in items(terms))


# Words in the names of classes and provisioners whose volumes are folders of a node, to which they draw their Pods, or
# of a file server, which any number of nodes mounts whatever the claim asks for.
_NO_DISK: Final = regex(
    r"local|host-?path|nfs|smb|cifs|azure-?file|filestore|ceph-?fs|cephfilesystem|gluster|lustre|juicefs|seaweedfs|"
    r"(?<![a-z])efs|(?<![a-z])rwx|shared|lvm|zfs|topolvm|no-provisioner|sshfs|csi-s3"
)
_SOURCES: Final = frozenset({"azureFile", "cephfs", "glusterfs", "hostPath", "local", "nfs"})


def _is_no_disk(claim: Object, cluster: Cluster) -> bool:
    """Whether the claim's volume may be no disk that is attached to one node, or offer more than the claim asks for."""
    volume = text(claim.spec.get("volumeName"))
    if volume:
        found = cluster.find("PersistentVolume", "", volume)
        return not found or any(map(_may_be_shared, found))
    name = class_of(claim.annotations, claim.spec)
    name = default_class(cluster) if name is None else name
    if name is None:
        return any(map(_may_be_shared, cluster.of_kind("PersistentVolume")))
    classes = cluster.find("StorageClass.storage.k8s.io", "", name)
    if not name or _NO_DISK.search(name) or any(_NO_DISK.search(text(one.data.get("provisioner"))) for one in classes):
        return True
    volumes = volumes_by_class(cluster).get(name)
    return volumes is not None and any(map(_may_be_shared, volumes.all))


def _may_be_shared(volume: Object) -> bool:
    """Whether a PersistentVolume is no disk, or one that several nodes may have."""
    modes = sequence(volume.spec.get("accessModes"))
    is_local = not _SOURCES.isdisjoint(volume.spec) or _NO_DISK.search(class_of_volume(volume)) is not None
    driver = text(dig(volume.spec, "csi", "driver"))
    return is_local or "ReadWriteMany" in modes or "ReadOnlyMany" in modes or _NO_DISK.search(driver) is not None
