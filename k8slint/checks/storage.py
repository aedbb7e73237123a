"""Pitfalls of storage: where data stays, which volume can hold a claim, what a volume in memory may take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from posixpath import normpath
from typing import Any, Final

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.node_selectors import demanded_hosts, has_one_node, known_nodes, terms_of
from k8slint.cluster.references import may_exist
from k8slint.cluster.similar_names import nearest_name
from k8slint.cluster.volume_matching import (
    Claim,
    Lack,
    claims_of,
    class_names,
    default_class,
    lacks_of,
    quantity,
    static_classes,
    volumes_by_class,
)
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping, sequence, strings, text
from k8slint.objects.object import Container, Object, Pod
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.image import Image
from k8slint.values.labels import LabelSelector
from k8slint.values.placeholder import has_placeholder
from k8slint.values.well_known import HELM_HOOK, HOSTNAME, NO_PROVISIONER, OLD_CLASS

# --- where data stays ---------------------------------------------------------------------------------------------

# Devices, state of the kernel and the runtime, settings of the node: each node has its own, and none of it moves.
_OF_THE_NODE: Final = (
    "/boot", "/dev", "/lib/modules", "/proc", "/run", "/sys", "/usr/lib/modules", "/usr/src", "/var/run",
    "/etc/ca-certificates", "/etc/cni", "/etc/kubernetes", "/etc/localtime", "/etc/machine-id", "/etc/pki", "/etc/ssl",
    "/etc/timezone", "/etc/udev", "/usr/local/share/ca-certificates", "/usr/share/ca-certificates",
    "/usr/share/zoneinfo", "/opt/cni", "/var/lib/cni", "/var/lib/containerd", "/var/lib/containers", "/var/lib/docker",
    "/var/lib/kubelet", "/var/log/containers", "/var/log/pods",
)  # fmt: skip
_WHOLE_TREES: Final = frozenset({"/", "/etc", "/var"})
# What every node has too, and what only a writer makes data of.
_READ_ON_THE_NODE: Final = (
    "/bin", "/etc/containerd", "/etc/crio", "/etc/docker", "/etc/fstab", "/etc/group", "/etc/hostname", "/etc/hosts",
    "/etc/lsb-release", "/etc/nsswitch.conf", "/etc/os-release", "/etc/passwd", "/etc/rancher", "/etc/resolv.conf",
    "/etc/sysconfig", "/etc/systemd", "/home/kubernetes", "/lib", "/lib64", "/opt/bin", "/opt/nvidia", "/sbin",
    "/srv/kubernetes", "/usr", "/var/lib/crio", "/var/lib/etcd", "/var/lib/k0s", "/var/lib/kube-controller-manager",
    "/var/lib/kube-scheduler", "/var/lib/rancher", "/var/log", "/var/snap/microk8s",
)  # fmt: skip
_ONLY_THERE: Final = {
    "Directory": "is not a directory",
    "File": "is not a file",
}


def hostpath_on_multi_node(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A hostPath that holds data, of a Pod that may start on another node."""
    if obj.pod is not None:
        yield from _hostpaths_of_pod(obj.pod, cluster)
        return
    host_path = obj.spec.get("hostPath")
    if (
        isinstance(host_path, dict)
        and text(host_path.get("path"))
        and not has_placeholder(host_path["path"])
        and not obj.spec.get("nodeAffinity")
        and not has_one_node(cluster)
    ):
        yield _stays_behind(("spec", "hostPath"), host_path)


def _hostpaths_of_pod(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    volumes = [(path, data) for path, data in pod.volumes if isinstance(data.get("hostPath"), dict)]
    if not volumes:
        return
    if pod.obj.kind == "Pod" and pod.namespace == "kube-system":
        return  # a static Pod of the control plane: its kubelet runs it, no other does
    written_to: dict[str, bool] = {}
    for container in pod.containers:
        for _, mount in container.mounts():
            name = text(mount.get("name"))
            written_to[name] = written_to.get(name, False) or mount.get("readOnly") is not True
    with_data = [
        (path, data["hostPath"])
        for path, data in volumes
        if (is_written_to := written_to.get(text(data.get("name")))) is not None
        and _holds_data(data["hostPath"], is_written_to=is_written_to)
    ]
    # The nodes come last: whoever asks for them in vain has the report say so.
    if with_data and not _is_pinned(pod, cluster) and not has_one_node(cluster):
        yield from (_stays_behind((*pod.path, *path, "hostPath"), host_path) for path, host_path in with_data)


def _holds_data(host_path: Mapping[str, Any], *, is_written_to: bool) -> bool:
    if host_path.get("type") in ("Socket", "CharDevice", "BlockDevice"):
        return False
    written = text(host_path.get("path"))
    if not written.startswith("/") or has_placeholder(written):
        return False
    path = normpath(written).replace("//", "/")
    if path in _WHOLE_TREES or path.endswith(".sock") or _lies_in(path, _OF_THE_NODE):
        return False
    return is_written_to or not _lies_in(path, _READ_ON_THE_NODE)


def _lies_in(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _stays_behind(path: Path, host_path: Mapping[str, Any]) -> Problem:
    written = text(host_path.get("path"))
    problem = Problem((*path, "path"), f'data in hostPath "{written}" stays on the node where the Pod runs')
    refused = _ONLY_THERE.get(text(host_path.get("type")))
    if refused is None:
        return problem
    effect = f"On another node the Pod hangs in ContainerCreating: hostPath type check failed: {written} {refused}."
    return problem._replace(effect=effect)


def _is_pinned(pod: Pod, cluster: Cluster) -> bool:
    """Whether only one node can run it."""
    spec = pod.spec
    node_selector = strings(spec.get("nodeSelector"))
    if spec.get("nodeName") or HOSTNAME in node_selector:
        return True
    terms = terms_of(dig(spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"))
    hosts = [demanded_hosts(term) for term in terms or ()]
    if hosts and hosts[0] is not None and len(hosts[0]) == 1 and hosts.count(hosts[0]) == len(hosts):
        return True
    nodes = known_nodes(cluster) if node_selector or terms else None
    if nodes is None:
        return False
    selector = LabelSelector.of_labels(node_selector)
    meeting = (
        nodes.all if terms is None else {id(node): node for term in terms for node in nodes.meeting(term)}.values()
    )
    return sum(1 for node in meeting if selector.matches(node.labels)) == 1


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
    if not isinstance(obj.spec.get("local"), dict):
        return
    required = dig(obj.spec, "nodeAffinity", "required")
    terms = terms_of(required)
    if not terms or any(_is_unrendered(term) for term in terms):
        return
    nodes = known_nodes(cluster)
    if nodes is None or any(True for term in terms for _ in nodes.meeting(term)):
        return
    wanted = " or ".join(_term_text(term) for term in terms)
    hosts = next((found for term in terms if (found := demanded_hosts(term))), [])
    near = nearest_name(hosts[0], nodes.by_host) if hosts else None
    hint = f'; nearest is "{near}"' if near else ""
    yield Problem(
        ("spec", "nodeAffinity", "required", "nodeSelectorTerms"),
        f"none of the {len(nodes.all)} nodes meets {wanted}{hint}",
    )


def _term_text(term: Mapping[str, Any]) -> str:
    expressions = [*sequence(term.get("matchFields")), *sequence(term.get("matchExpressions"))]
    return str(LabelSelector.of({"matchExpressions": expressions})) or "an empty term"


def _is_unrendered(term: Mapping[str, Any]) -> bool:
    return any(
        isinstance(value, str) and has_placeholder(value)
        for field in ("matchFields", "matchExpressions")
        for _, expression in items(term.get(field))
        for value in (expression.get("key"), *sequence(expression.get("values")))
    )


def local_volume_binds_immediately(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A StorageClass of local volumes that binds a claim before a Pod has been placed."""
    mode = obj.data.get("volumeBindingMode")
    if obj.data.get("provisioner") != NO_PROVISIONER or mode not in (None, "", "Immediate"):
        return
    known = cluster.once(volumes_by_class).get(obj.name)
    volumes = known.all if known is not None else ()
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
    if isinstance(local, dict) and obj.spec.get("volumeMode") != "Block":
        yield Problem(("spec", "local"), f'"{text(local.get("path"))}" is the only copy of this volume')


# --- claims -------------------------------------------------------------------------------------------------------


def unbindable_claim(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A claim that waits for a volume made by hand, where no volume of the files can hold it."""
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
    """Why the claim cannot have the one volume that it names.

    Mirrors: pkg/controller/volume/persistentvolume/pv_controller.go syncUnboundClaim @ v1.36
    """
    path = (*claim.path, "volumeName")
    volumes = cluster.find("PersistentVolume", "", wanted)
    if not volumes:
        near = nearest_name(wanted, cluster.once(_volume_names))
        if near and not cluster.is_external("PersistentVolume", "", wanted):
            message = f'there is no PersistentVolume "{wanted}"; nearest is "{near}"'
            yield Problem(path, message, rests_on=Absence(wanted), fix="Name a PersistentVolume that exists.")
        return
    lacks = [lacks_of(volume, claim, is_named=True) for volume in volumes]
    if all(lacks):
        message = f'PersistentVolume "{wanted}" {_all_of(lacks[0])}'
        yield Problem(path, message, (Related(volumes[0], lacks[0][0].at_volume, "the volume"),))


def _of_class(claim: Claim, cluster: Cluster) -> Iterator[Problem]:
    """Why the claim can have no volume of a class that nothing makes volumes for."""
    wanted = cluster.once(default_class) if claim.class_name is None else claim.class_name
    if wanted is None or (wanted and wanted not in cluster.once(static_classes)):
        return
    volumes = cluster.once(volumes_by_class).get(wanted)
    if volumes is None:
        return  # somebody else makes them: a static provisioner, an administrator
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


def _volume_names(cluster: Cluster) -> frozenset[str]:
    return frozenset(volume.name for volume in cluster.of_kind("PersistentVolume"))


# What providers, distributions and well-known operators install under these names.
_COMMON_CLASSES: Final = frozenset(
    {
        "azureblob-fuse-premium", "azureblob-nfs-premium", "azurefile", "azurefile-csi", "azurefile-csi-premium",
        "azurefile-premium", "ceph-block", "ceph-bucket", "ceph-filesystem", "cephfs", "cinder", "csi-cephfs-sc",
        "csi-cinder", "csi-hostpath-sc", "csi-rbd-sc", "default", "do-block-storage", "do-block-storage-retain",
        "ebs-sc", "efs-sc", "enterprise-rwx", "filestore", "gp2", "gp2-csi", "gp3", "gp3-csi", "hcloud-volumes",
        "hostpath", "hyperdisk-balanced", "io1", "io2", "linode-block-storage", "linode-block-storage-retain",
        "local-path", "longhorn", "longhorn-static", "managed", "managed-csi", "managed-csi-premium",
        "managed-nfs-storage", "managed-premium", "managed-standard", "microk8s-hostpath", "nfs", "nfs-client",
        "nfs-csi", "nfs-storage", "oci", "oci-bv", "ocs-storagecluster-ceph-rbd", "ocs-storagecluster-cephfs",
        "openebs-hostpath", "premium-rwo", "premium-rwx", "rook-ceph-block", "rook-ceph-bucket", "rook-cephfs",
        "scw-bssd", "standard", "standard-csi", "standard-rwo", "standard-rwx", "synology-csi", "thin", "thin-csi",
        "topolvm-provisioner", "vsphere-csi", "vultr-block-storage", "vultr-block-storage-hdd",
    }
)  # fmt: skip


def missing_storage_class(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A claim of a class that neither the files define nor clusters commonly have."""
    for path, name in _classes_named(obj):
        defined, of_volumes = cluster.once(class_names), cluster.once(volumes_by_class)
        if not name or name in defined or name in of_volumes or has_placeholder(name):
            continue
        if name in _COMMON_CLASSES and not cluster.once(_describes_classes):
            continue
        near = nearest_name(name, (*defined, *filter(None, of_volumes)))
        if (near or defined) and not may_exist(cluster, obj, "StorageClass.storage.k8s.io", name):
            hint = f'; nearest is "{near}"' if near else ""
            yield Problem(path, f'there is no StorageClass "{name}"{hint}', rests_on=Absence(name))


def _classes_named(obj: Object) -> Iterator[tuple[Path, str]]:
    for claim in claims_of(obj):
        if OLD_CLASS in claim.annotations:
            yield (*claim.path[:-1], "metadata", "annotations", OLD_CLASS), claim.annotations[OLD_CLASS]
        else:
            yield (*claim.path, "storageClassName"), claim.class_name or ""
    if obj.pod is not None:
        for path, volume in obj.pod.volumes:
            name = text(dig(volume, "ephemeral", "volumeClaimTemplate", "spec", "storageClassName"))
            if name:
                at = (*path, "ephemeral", "volumeClaimTemplate", "spec", "storageClassName")
                yield (*obj.pod.path, *at), name


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
    "rethinkdb": ("/data/rethinkdb_data",),
    "scylla": ("/var/lib/scylla",),
    "timescaledb": _POSTGRES,
    "weaviate": ("/var/lib/weaviate",),
}
_PASSING: Final = ("configMap", "secret", "projected", "downwardAPI")


def database_on_emptydir(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A database whose data folder lies in an emptyDir."""
    if pod.obj.kind in ("Job", "CronJob") or HELM_HOOK in pod.obj.annotations:
        return
    if not pod.volumes or pod.spec.get("restartPolicy") in ("Never", "OnFailure"):
        return
    volumes = {text(data.get("name")): (path, data) for path, data in pod.volumes}
    for container in pod.containers:
        for folder in _data_folders(container):
            found = _emptydir_of(folder, container, volumes)
            if found is not None:
                path, mounted_at = found
                image = Image.parse(text(container.data.get("image"))).repository.rpartition("/")[2]
                related = Related(pod.obj, (*pod.path, *container.path, *mounted_at), "mounted here")
                yield Problem(path, f'{image} keeps its data in "{folder}", which is an emptyDir', (related,))
                break


def _emptydir_of(
    folder: str, container: Container, volumes: Mapping[str, tuple[Path, dict[str, Any]]]
) -> tuple[Path, Path] | None:
    """The emptyDir that a folder lies in, and where it is mounted; none if part of the folder outlives the Pod."""
    above: tuple[str, Path, str] | None = None
    for at, mount in container.mounts():
        mounted, name = text(mount.get("mountPath")).rstrip("/"), text(mount.get("name"))
        if mounted and (folder == mounted or folder.startswith(f"{mounted}/")):
            if above is None or len(above[0]) < len(mounted):
                above = (mounted, (*at, "mountPath"), name)
        elif mounted.startswith(f"{folder}/") and not _ends_with_pod(volumes.get(name)):
            return None
    volume = volumes.get(above[2]) if above is not None else None
    if above is None or volume is None or not _is_emptydir(volume[1]):
        return None
    return (*volume[0], "emptyDir"), above[1]


def _is_emptydir(volume: Mapping[str, Any]) -> bool:
    return "emptyDir" in volume or set(volume) == {"name"}


def _ends_with_pod(volume: tuple[Path, dict[str, Any]] | None) -> bool:
    # A mount of no volume of the Pod is of a volumeClaimTemplate.
    return volume is not None and (_is_emptydir(volume[1]) or any(source in volume[1] for source in _PASSING))


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


def unbounded_memory_emptydir(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """An emptyDir in memory that neither its own size nor a memory limit of the Pod bounds.

    Mirrors: pkg/volume/emptydir/empty_dir.go calculateEmptyDirMemorySize @ v1.36
    """
    for path, volume in pod.volumes:
        source = mapping(volume.get("emptyDir"))
        if source.get("medium") != "Memory":
            continue
        size = source.get("sizeLimit")
        amount = quantity(size)
        is_sized = size is not None and (amount is None or amount.nanos > 0)
        if not is_sized and not _limits_memory(pod):
            name = text(volume.get("name"))
            yield Problem((*path, "emptyDir"), f'files in "{name}" may take all allocatable memory of the node')


def _limits_memory(pod: Pod) -> bool:
    """Whether its cgroup has a memory limit: one for the Pod, or one for every container."""
    if dig(pod.spec, "resources", "limits", "memory") is not None:
        return True
    containers = [container for container in pod.containers if container.path[1] != "ephemeralContainers"]
    return all(dig(container.data, "resources", "limits", "memory") is not None for container in containers)
