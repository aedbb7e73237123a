"""Pitfalls of storage: where data stays, which volume can hold a claim, what a volume in memory may take."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from posixpath import normpath
from typing import Any, Final

from k8slint.cluster.cluster import Cluster, may_share_namespace
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, integer, items, mapping, sequence, strings, text
from k8slint.objects.object import Container, Object, Pod
from k8slint.objects.problem import Problem, Related
from k8slint.values.credentials import is_placeholder
from k8slint.values.image import Image
from k8slint.values.labels import LabelSelector
from k8slint.values.nearest import nearest
from k8slint.values.quantity import Quantity, QuantityError

_HOSTNAME: Final = "kubernetes.io/hostname"
_NO_PROVISIONER: Final = "kubernetes.io/no-provisioner"
_OLD_CLASS: Final = "volume.beta.kubernetes.io/storage-class"
_DEFAULT_CLASS: Final = "storageclass.kubernetes.io/is-default-class"


# --- where data stays ---------------------------------------------------------------------------------------------

# Devices, kernel and runtime state: each node has its own, and nobody expects it to move.
_OF_THE_NODE: Final = (
    "/boot", "/dev", "/lib/modules", "/proc", "/run", "/sys", "/usr/lib/modules", "/usr/src", "/var/run",
    "/etc/localtime", "/etc/machine-id", "/etc/timezone", "/usr/share/zoneinfo",
    "/opt/cni", "/var/lib/cni", "/var/lib/containerd", "/var/lib/containers", "/var/lib/docker", "/var/lib/kubelet",
)  # fmt: skip
# Files that an administrator or the distribution puts on every node: only a writer makes them data.
_READ_ON_THE_NODE: Final = (
    "/bin", "/etc/ca-certificates", "/etc/cni", "/etc/group", "/etc/hostname", "/etc/hosts", "/etc/kubernetes",
    "/etc/os-release", "/etc/passwd", "/etc/pki", "/etc/resolv.conf", "/etc/ssl", "/etc/systemd", "/lib", "/lib64",
    "/sbin", "/usr", "/var/log",
)  # fmt: skip
_ONLY_THERE: Final = {
    "Directory": "is not a directory",
    "File": "is not a file",
}


def hostpath_on_multi_node(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A hostPath that holds data, of a Pod that may start on another node."""
    is_volume = obj.group_kind == "PersistentVolume"
    if not is_volume and (obj.pod is None or obj.kind == "DaemonSet"):
        return
    if is_volume:
        host_path = obj.spec.get("hostPath")
        if isinstance(host_path, dict) and not obj.spec.get("nodeAffinity") and not _has_one_node(cluster):
            yield _stays_behind(("spec", "hostPath"), host_path, "where the Pod runs")
    elif obj.pod is not None:
        yield from _hostpaths_of_pod(obj.pod, cluster)


def _hostpaths_of_pod(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    volumes = [(path, data) for path, data in pod.volumes if isinstance(data.get("hostPath"), dict)]
    if not volumes or _has_one_node(cluster) or _is_pinned(pod, cluster):
        return
    if pod.obj.kind == "Pod" and pod.spec.get("priorityClassName") == "system-node-critical":
        return  # a static Pod of the node itself
    mounts = [mount for container in pod.containers for _, mount in container.mounts()]
    for path, data in volumes:
        own_mounts = [mount for mount in mounts if mount.get("name") == data.get("name")]
        is_read_only = all(mount.get("readOnly") is True for mount in own_mounts)
        if own_mounts and _holds_data(data["hostPath"], is_read_only=is_read_only):
            yield _stays_behind((*pod.path, *path, "hostPath"), data["hostPath"], "where the Pod runs")


def _holds_data(host_path: Mapping[str, Any], *, is_read_only: bool) -> bool:
    if host_path.get("type") in ("Socket", "CharDevice", "BlockDevice"):
        return False
    written = text(host_path.get("path"))
    if not written.startswith("/") or is_placeholder(written):
        return False
    path = normpath(written).replace("//", "/")
    if path == "/" or path.endswith(".sock") or _lies_in(path, _OF_THE_NODE):
        return False
    return not (is_read_only and _lies_in(path, _READ_ON_THE_NODE))


def _lies_in(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _stays_behind(path: Path, host_path: Mapping[str, Any], node: str) -> Problem:
    written = text(host_path.get("path"))
    problem = Problem((*path, "path"), f'data in hostPath "{written}" stays on the node {node}')
    refused = _ONLY_THERE.get(text(host_path.get("type")))
    if refused is None:
        return problem
    effect = f"On another node the Pod hangs in ContainerCreating: hostPath type check failed: {written} {refused}."
    return replace(problem, effect=effect)


def _is_pinned(pod: Pod, cluster: Cluster) -> bool:
    """Whether only one node can run it."""
    spec = pod.spec
    node_selector = strings(spec.get("nodeSelector"))
    if spec.get("nodeName") or _HOSTNAME in node_selector:
        return True
    terms = _terms(dig(spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"))
    hosts = {_only_host(term) for term in terms or ()}
    if len(hosts) == 1 and None not in hosts:
        return True
    if not cluster.nodes or not (node_selector or terms):
        return False
    selector = LabelSelector.of_labels(node_selector)
    matching = (
        node
        for node in cluster.once(_nodes)
        if selector.matches(node.labels) and (terms is None or any(node.meets(term) for term in terms))
    )
    return len(list(matching)) == 1


def _only_host(term: Mapping[str, Any]) -> str | None:
    for field, key in (("matchFields", "metadata.name"), ("matchExpressions", _HOSTNAME)):
        for _, expression in items(term.get(field)):
            values = sequence(expression.get("values"))
            if expression.get("key") == key and expression.get("operator") == "In" and len(values) == 1:
                return str(values[0])
    return None


# --- nodes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Node:
    name: str
    labels: dict[str, str]

    def meets(self, term: Mapping[str, Any]) -> bool:
        """Whether it meets a node selector term; an empty term is met by none.

        Mirrors: component-helpers scheduling/corev1/nodeaffinity nodeSelectorTerm.match @ v1.36
        """
        expressions, fields = sequence(term.get("matchExpressions")), sequence(term.get("matchFields"))
        if not expressions and not fields:
            return False
        return LabelSelector.of({"matchExpressions": expressions}).matches(self.labels) and LabelSelector.of(
            {"matchExpressions": fields}
        ).matches({"metadata.name": self.name})


def _nodes(cluster: Cluster) -> tuple[_Node, ...]:
    # The kubelet sets the hostname label; a node described by hand may leave it out.
    return tuple(_Node(node.name, {_HOSTNAME: node.name, **node.labels}) for node in cluster.nodes or ())


def _has_one_node(cluster: Cluster) -> bool:
    return cluster.nodes is not None and len(cluster.nodes) == 1


def _terms(selector: Any) -> list[dict[str, Any]] | None:
    """The terms of a node selector, of which one must be met; none where there is no selector."""
    if not isinstance(selector, dict):
        return None
    return [term for _, term in items(selector.get("nodeSelectorTerms"))]


# --- local volumes ------------------------------------------------------------------------------------------------


def local_volume_without_node_affinity(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A `local` PersistentVolume that does not say which node has it.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePersistentVolumeSpec @ v1.36
    """
    affinity = obj.spec.get("nodeAffinity")
    if isinstance(obj.spec.get("local"), dict) and (affinity is None or mapping(affinity).get("required") is None):
        yield Problem(("spec", "local"), "spec.nodeAffinity: Required value: Local volume requires node affinity")


def local_volume_matches_no_node(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A `local` PersistentVolume whose nodeAffinity none of the described nodes meets."""
    if not cluster.nodes or not isinstance(obj.spec.get("local"), dict):
        return
    required = dig(obj.spec, "nodeAffinity", "required")
    terms = _terms(required)
    if not terms or any(_is_unrendered(term) for term in terms):
        return
    nodes = cluster.once(_nodes)
    if any(node.meets(term) for node in nodes for term in terms):
        return
    wanted = " or ".join(_term_text(term) for term in terms)
    hosts = (host for term in terms for host in _hosts(term))
    near = next((found for host in hosts if (found := nearest(host, (node.name for node in nodes)))), None)
    hint = f'; nearest is "{near}"' if near else ""
    yield Problem(
        ("spec", "nodeAffinity", "required", "nodeSelectorTerms"),
        f"none of the {len(nodes)} nodes meets {wanted}{hint}",
    )


def _term_text(term: Mapping[str, Any]) -> str:
    expressions = [*sequence(term.get("matchFields")), *sequence(term.get("matchExpressions"))]
    return str(LabelSelector.of({"matchExpressions": expressions})) or "an empty term"


def _hosts(term: Mapping[str, Any]) -> Iterator[str]:
    for field in ("matchFields", "matchExpressions"):
        for _, expression in items(term.get(field)):
            if expression.get("key") in (_HOSTNAME, "metadata.name"):
                yield from (value for value in sequence(expression.get("values")) if isinstance(value, str))


def _is_unrendered(term: Mapping[str, Any]) -> bool:
    return any(
        isinstance(value, str) and is_placeholder(value)
        for field in ("matchFields", "matchExpressions")
        for _, expression in items(term.get(field))
        for value in (expression.get("key"), *sequence(expression.get("values")))
    )


def local_volume_binds_immediately(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A StorageClass of local volumes that binds a claim before a Pod has been placed."""
    mode = obj.data.get("volumeBindingMode")
    if obj.data.get("provisioner") != _NO_PROVISIONER or mode not in (None, "", "Immediate"):
        return
    volumes = cluster.once(_volumes_by_class).get(obj.name, ())
    on_nodes = [volume for volume in volumes if volume.spec.get("local") or volume.spec.get("nodeAffinity")]
    if volumes and not on_nodes:
        return  # network volumes made by hand: any node reaches them
    related = tuple(Related(volume, ("spec",), "a volume that one node has") for volume in on_nodes[:1])
    if mode:
        yield Problem(("volumeBindingMode",), "local volumes are bound before the Pod is placed", related)
    else:
        said = "no volumeBindingMode means Immediate: local volumes are bound before the Pod is placed"
        yield Problem(("provisioner",), said, related)


def local_volume_single_copy(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A `local` PersistentVolume: one disk of one node holds the only copy."""
    local = obj.spec.get("local")
    if isinstance(local, dict):
        yield Problem(("spec", "local"), f'"{text(local.get("path"))}" is the only copy of this volume')


# --- claims -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Claim:
    """A PersistentVolumeClaim, or what a template makes of it: `path` leads to its spec, `name` may be a pattern."""

    path: Path
    name: re.Pattern[str]
    namespace: str
    annotations: dict[str, str]
    spec: dict[str, Any]
    copies: int

    @property
    def class_name(self) -> str | None:
        """The class it asks for; empty for no class, none where the cluster's default is filled in.

        Mirrors: component-helpers storage/volume GetPersistentVolumeClaimClass @ v1.36
        """
        named = self.annotations.get(_OLD_CLASS, self.spec.get("storageClassName"))
        return named if isinstance(named, str) else None


def _claims(obj: Object) -> Iterator[_Claim]:
    if obj.group_kind == "PersistentVolumeClaim":
        yield _claim(obj, (), obj.data, re.escape(obj.name), 1)
    elif obj.group_kind == "StatefulSet.apps":
        replicas = integer(obj.spec.get("replicas"))
        for index, template in items(obj.spec.get("volumeClaimTemplates")):
            name = re.escape(f"{text(dig(template, 'metadata', 'name'))}-{obj.name}-") + "[0-9]+"
            path = ("spec", "volumeClaimTemplates", index)
            yield _claim(obj, path, template, name, 1 if replicas is None else replicas)


def _claim(obj: Object, path: Path, data: dict[str, Any], name: str, copies: int) -> _Claim:
    annotations = strings(dig(data, "metadata", "annotations"))
    spec = mapping(data.get("spec"))
    return _Claim((*path, "spec"), re.compile(name), obj.namespace, annotations, spec, copies)


def unbindable_claim(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A claim that waits for a volume made by hand, where no volume of the files can hold it."""
    if not cluster.of_kind("PersistentVolume") or dig(obj.data, "status", "phase") == "Bound":
        return
    for claim in _claims(obj):
        if claim.spec.get("dataSource") or claim.spec.get("dataSourceRef"):
            continue
        wanted = text(claim.spec.get("volumeName"))
        if wanted:
            yield from _asks_for_volume(claim, wanted, cluster)
        else:
            yield from _asks_for_class(claim, cluster)


def _asks_for_volume(claim: _Claim, wanted: str, cluster: Cluster) -> Iterator[Problem]:
    """Mirrors: pkg/controller/volume/persistentvolume/pv_controller.go syncUnboundClaim @ v1.36"""
    if is_placeholder(wanted):
        return
    path = (*claim.path, "volumeName")
    volumes = cluster.find("PersistentVolume", "", wanted)
    if not volumes:
        near = nearest(wanted, (volume.name for volume in cluster.of_kind("PersistentVolume")))
        if near and not cluster.is_external("PersistentVolume", "", wanted):
            message = f'there is no PersistentVolume "{wanted}"; nearest is "{near}"'
            yield Problem(path, message, absent=wanted, fix="Name a PersistentVolume that exists.")
        return
    lacks = [(volume, list(_lacks(volume, claim, is_named=True))) for volume in volumes]
    if all(found for _, found in lacks):
        volume, found = lacks[0]
        message = f'the PersistentVolume "{wanted}" that it names cannot hold it: {_all_of(found)}'
        yield Problem(path, message, (Related(volume, found[0].at_volume, "the volume"),))


def _asks_for_class(claim: _Claim, cluster: Cluster) -> Iterator[Problem]:
    wanted = cluster.once(_default_class) if claim.class_name is None else claim.class_name
    if wanted is None or (wanted and wanted not in cluster.once(_static_classes)):
        return
    volumes = cluster.once(_volumes_by_class).get(wanted, ())
    if not volumes:
        return  # somebody else makes them: a static provisioner, an administrator
    lacks = [(volume, list(_lacks(volume, claim, is_named=False))) for volume in volumes]
    fitting = sum(1 for _, found in lacks if not found)
    if fitting >= claim.copies:
        return
    of_class = f'of class "{wanted}"' if wanted else "without a class"
    if fitting:
        message = f"{claim.copies} replicas need {claim.copies} PersistentVolumes {of_class}; {fitting} can hold the claim"
        yield Problem(claim.path, message, absent=wanted or "PersistentVolume")
        return
    volume, found = min(lacks, key=lambda pair: (len(pair[1]), pair[0].name))
    message = f'no PersistentVolume {of_class} can hold this claim; nearest is "{volume.name}", which {_all_of(found)}'
    related = (Related(volume, found[0].at_volume, "the nearest volume"),)
    yield Problem((*claim.path, *found[0].at_claim), message, related, absent=wanted or "PersistentVolume")


@dataclass(frozen=True, slots=True)
class _Lack:
    """Why a volume cannot hold a claim, and the fields that say so, the claim's from its spec."""

    message: str
    at_claim: Path
    at_volume: Path


def _all_of(lacks: Iterable[_Lack]) -> str:
    return " and ".join(lack.message for lack in lacks)


def _lacks(volume: Object, claim: _Claim, *, is_named: bool) -> Iterator[_Lack]:
    """What keeps the volume from holding the claim.

    Mirrors: component-helpers storage/volume FindMatchingVolume, and pv_controller.go checkVolumeSatisfyClaim @ v1.36
    """
    reference = volume.spec.get("claimRef")
    if isinstance(reference, dict):
        name, namespace = text(reference.get("name")), text(reference.get("namespace"))
        if claim.name.fullmatch(name) is None or not may_share_namespace(namespace, claim.namespace):
            owner = f"{namespace}/{name}" if namespace else name
            yield _Lack(f'is reserved for claim "{owner}"', (), ("spec", "claimRef"))
        elif is_named:
            return  # both name each other: bound as they are
    has, asked = dig(volume.spec, "capacity", "storage"), dig(claim.spec, "resources", "requests", "storage")
    if _is_less(has, asked):
        at_claim = ("resources", "requests", "storage")
        yield _Lack(f"holds {has} where {asked} is asked for", at_claim, ("spec", "capacity", "storage"))
    offered = [mode for mode in sequence(volume.spec.get("accessModes")) if isinstance(mode, str)]
    for mode in sequence(claim.spec.get("accessModes")):
        if isinstance(mode, str) and not is_placeholder(mode) and offered and mode not in offered:
            message = f"offers {', '.join(offered)} and not {mode}"
            yield _Lack(message, ("accessModes",), ("spec", "accessModes"))
    modes = [text(spec.get("volumeMode")) or "Filesystem" for spec in (volume.spec, claim.spec)]
    if modes[0] != modes[1]:
        yield _Lack(f"is of volumeMode {modes[0]} and not {modes[1]}", ("volumeMode",), ("spec", "volumeMode"))
    if is_named:
        class_name = _class_of_volume(volume)
        if claim.class_name is not None and class_name != claim.class_name:
            message = f'is of class "{class_name}" and not "{claim.class_name}"'
            yield _Lack(message, ("storageClassName",), ("spec", "storageClassName"))
    elif not isinstance(reference, dict):
        selector = LabelSelector.of(claim.spec.get("selector"))
        if not selector.matches(volume.labels):
            yield _Lack(f'has no labels that match "{selector}"', ("selector",), ("metadata", "labels"))


def _is_less(has: Any, asked: Any) -> bool:
    amounts = [_quantity(has), _quantity(asked)]
    return amounts[0] is not None and amounts[1] is not None and amounts[0] < amounts[1]


def _quantity(written: Any) -> Quantity | None:
    if not isinstance(written, (str, int, float)):
        return None
    try:
        return Quantity.parse(written)
    except QuantityError:
        return None


def _class_of_volume(volume: Object) -> str:
    return volume.annotations.get(_OLD_CLASS, text(volume.spec.get("storageClassName")))


def _volumes_by_class(cluster: Cluster) -> dict[str, tuple[Object, ...]]:
    groups: dict[str, list[Object]] = {}
    for volume in cluster.of_kind("PersistentVolume"):
        groups.setdefault(_class_of_volume(volume), []).append(volume)
    return {name: tuple(volumes) for name, volumes in groups.items()}


def _static_classes(cluster: Cluster) -> frozenset[str]:
    """Classes that nothing makes volumes for."""
    classes = cluster.of_kind("StorageClass.storage.k8s.io")
    dynamic = {obj.name for obj in classes if obj.data.get("provisioner") != _NO_PROVISIONER}
    return frozenset(obj.name for obj in classes) - dynamic


def _default_class(cluster: Cluster) -> str | None:
    classes = cluster.of_kind("StorageClass.storage.k8s.io")
    names = {obj.name for obj in classes if obj.annotations.get(_DEFAULT_CLASS) == "true"}
    return next(iter(names)) if len(names) == 1 else None


# --- classes ------------------------------------------------------------------------------------------------------

# What providers, distributions and well-known operators install under these names.
_COMMON_CLASSES: Final = frozenset(
    """
    alicloud-disk-efficiency alicloud-disk-essd alicloud-disk-ssd azureblob-fuse-premium azureblob-nfs-premium azurefile
    azurefile-csi azurefile-csi-premium azurefile-premium ceph-block ceph-bucket ceph-filesystem cephfs cinder csi-cinder
    csi-cephfs-sc csi-hostpath-sc csi-rbd-sc default do-block-storage do-block-storage-retain ebs-sc efs-sc
    enterprise-rwx filestore gp2 gp2-csi gp3 gp3-csi hcloud-volumes hostpath hyperdisk-balanced
    ibmc-block-gold ibmc-file-gold io1 io2 linode-block-storage linode-block-storage-retain local-hostpath local-path
    longhorn longhorn-static managed managed-csi managed-csi-premium managed-nfs-storage managed-premium
    managed-standard microk8s-hostpath nfs nfs-client nfs-csi nfs-storage oci oci-bv ocs-storagecluster-ceph-rbd
    ocs-storagecluster-cephfs openebs-hostpath openebs-jiva-csi-default openebs-lvm openebs-zfs piraeus-storage
    premium-rwo premium-rwx rook-ceph-block rook-ceph-bucket rook-cephfs sbs-default scw-bssd smb standard standard-csi
    standard-rwo standard-rwx synology-csi synology-iscsi-storage thin thin-csi topolvm-provisioner vsphere-csi
    vultr-block-storage vultr-block-storage-hdd
    """.split()
)


def missing_storage_class(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A claim of a class that neither the files define nor a cluster commonly has."""
    for path, name in _class_names(obj):
        if not name or is_placeholder(name):
            continue
        defined = {found.name for found in cluster.of_kind("StorageClass.storage.k8s.io")}
        by_volumes = {found for found in cluster.once(_volumes_by_class) if found}
        if name in defined or name in by_volumes or cluster.is_external("StorageClass", "", name):
            continue
        if name in _COMMON_CLASSES and not _describes_classes(cluster):
            continue
        near = nearest(name, defined | by_volumes)
        if near or defined:
            hint = f'; nearest is "{near}"' if near else ""
            yield Problem(path, f'there is no StorageClass "{name}"{hint}', absent=name)


def _class_names(obj: Object) -> Iterator[tuple[Path, str]]:
    for claim in _claims(obj):
        if _OLD_CLASS in claim.annotations:
            yield (*claim.path[:-1], "metadata", "annotations", _OLD_CLASS), claim.annotations[_OLD_CLASS]
        else:
            yield (*claim.path, "storageClassName"), claim.class_name or ""
    if obj.pod is not None:
        for path, volume in obj.pod.volumes:
            name = dig(volume, "ephemeral", "volumeClaimTemplate", "spec", "storageClassName")
            if isinstance(name, str):
                template = (*path, "ephemeral", "volumeClaimTemplate", "spec", "storageClassName")
                yield (*obj.pod.path, *template), name


def _describes_classes(cluster: Cluster) -> bool:
    return any(obj.kind == "StorageClass" for obj in cluster.description or ())


# --- emptyDir -----------------------------------------------------------------------------------------------------

# Where the images of a name keep their data.
_MYSQL: Final = ("/var/lib/mysql", "/bitnami/mysql/data", "/bitnami/mariadb/data")
_POSTGRES: Final = ("/var/lib/postgresql/data", "/bitnami/postgresql/data")
_DATA_FOLDERS: Final[dict[str, tuple[str, ...]]] = {
    "arangodb": ("/var/lib/arangodb3",),
    "cassandra": ("/var/lib/cassandra/data", "/cassandra_data", "/bitnami/cassandra/data"),
    "clickhouse": ("/var/lib/clickhouse",),
    "clickhouse-server": ("/var/lib/clickhouse",),
    "cockroach": ("/cockroach/cockroach-data",),
    "couchbase": ("/opt/couchbase/var",),
    "couchdb": ("/opt/couchdb/data", "/usr/local/var/lib/couchdb"),
    "crate": ("/data",),
    "elasticsearch": ("/usr/share/elasticsearch/data", "/bitnami/elasticsearch/data"),
    "etcd": ("/var/lib/etcd", "/etcd-data", "/var/etcd/data", "/bitnami/etcd/data"),
    "influxdb": ("/var/lib/influxdb", "/var/lib/influxdb2", "/bitnami/influxdb"),
    "mariadb": _MYSQL,
    "mongo": ("/data/db",),
    "mongodb": ("/data/db", "/bitnami/mongodb/data/db"),
    "mongodb-community-server": ("/data/db",),
    "mssql/server": ("/var/opt/mssql/data",),
    "mysql": _MYSQL,
    "mysql-server": _MYSQL,
    "neo4j": ("/data/databases",),
    "opensearch": ("/usr/share/opensearch/data",),
    "percona": _MYSQL,
    "percona-server": _MYSQL,
    "pgvector": _POSTGRES,
    "postgis": _POSTGRES,
    "postgres": _POSTGRES,
    "postgresql": _POSTGRES,
    "qdrant": ("/qdrant/storage",),
    "rethinkdb": ("/data",),
    "scylla": ("/var/lib/scylla",),
    "timescaledb": _POSTGRES,
    "weaviate": ("/var/lib/weaviate",),
}
_PASSING: Final = ("emptyDir", "configMap", "secret", "projected", "downwardAPI")


def database_on_emptydir(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A database whose data folder lies in an emptyDir."""
    if pod.obj.kind in ("Job", "CronJob") or not pod.volumes:
        return
    if "helm.sh/hook" in pod.obj.annotations or text(pod.spec.get("restartPolicy")) in ("Never", "OnFailure"):
        return
    volumes = {text(data.get("name")): (path, data) for path, data in pod.volumes}
    for container in pod.containers:
        for folder in _data_folders(container):
            mounts = {_mount_path(mount): (at, text(mount.get("name"))) for at, mount in container.mounts()}
            above = [path for path in mounts if path and (path == folder or folder.startswith(f"{path}/"))]
            if not above:
                continue
            at, name = mounts[max(above, key=len)]
            inside = (volumes.get(inner) for path, (_, inner) in mounts.items() if path.startswith(f"{folder}/"))
            volume = volumes.get(name)
            if volume is None or not _is_emptydir(volume[1]) or not all(_is_passing(found) for found in inside):
                continue
            image = Image.parse(text(container.data.get("image"))).repository.rpartition("/")[2]
            mounted = Related(pod.obj, (*pod.path, *container.path, *at, "mountPath"), "mounted here")
            yield Problem((*volume[0], "emptyDir"), f'{image} keeps its data in "{folder}", which is an emptyDir', (mounted,))
            break


def _data_folders(container: Container) -> tuple[str, ...]:
    if container.path[1] == "ephemeralContainers" or container.is_init:
        return ()
    repository = Image.parse(text(container.data.get("image"))).repository
    owner, _, name = repository.rpartition("/")
    folders = _DATA_FOLDERS.get(name) or _DATA_FOLDERS.get(f"{owner.rpartition('/')[2]}/{name}", ())
    if folders is _POSTGRES:
        for _, entry in container.env():
            if entry.get("name") == "PGDATA" and text(entry.get("value")).startswith("/"):
                return (normpath(text(entry.get("value"))),)
    return folders


def _mount_path(mount: Mapping[str, Any]) -> str:
    return text(mount.get("mountPath")).rstrip("/")


def _is_emptydir(volume: Mapping[str, Any]) -> bool:
    return "emptyDir" in volume or set(volume) == {"name"}


def _is_passing(volume: tuple[Path, dict[str, Any]] | None) -> bool:
    return volume is None or any(source in volume[1] for source in _PASSING)


def unbounded_memory_emptydir(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """An emptyDir in memory without a size of its own.

    Mirrors: pkg/volume/emptydir/empty_dir.go calculateEmptyDirMemorySize @ v1.36
    """
    for path, volume in pod.volumes:
        source = mapping(volume.get("emptyDir"))
        if source.get("medium") != "Memory":
            continue
        size = source.get("sizeLimit")
        if size is not None and (not (amount := _quantity(size)) or amount.nanos > 0):
            continue
        name = text(volume.get("name"))
        is_limited = _limits_memory(pod)
        bound = "the memory limit of the whole Pod" if is_limited else "all memory of the node"
        effect = (
            "Files in the volume count as memory of the Pod: once they fill its limit a container is OOMKilled, and "
            "again after each restart, since the files stay."
        )
        yield Problem((*path, "emptyDir"), f'files in "{name}" may take {bound}', effect=effect if is_limited else "")


def _limits_memory(pod: Pod) -> bool:
    """Whether its cgroup has a memory limit: one for the Pod, or one for every container."""
    if dig(pod.spec, "resources", "limits", "memory") is not None:
        return True
    containers = [container for container in pod.containers if container.path[1] != "ephemeralContainers"]
    return all(dig(container.data, "resources", "limits", "memory") is not None for container in containers)
