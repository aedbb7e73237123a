"""References: what a pod cannot start without, what answers to a name, and whether a name may be answered elsewhere.

Whether something exists is decided here and nowhere else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from k8slint.cluster.cluster import CLUSTER_SCOPED, Cluster
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.producers import Supply, config_keys, produced
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping, text
from k8slint.objects.object import Container, Object, Pod
from k8slint.values.names import is_dns_subdomain

Use = Literal["environment", "volume", "file", "image"]
"""What a pod wants it for: variables, a volume, one file of a volume mounted by subPath, or pulling an image."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A place where a pod names an object of its namespace that must be there.

    `path` and `key_path` lead from the pod to the name and the key; `key` is empty where the whole object is meant.
    """

    kind: str
    name: str
    path: Path
    use: Use
    key: str = ""
    key_path: Path = ()
    volume: str = ""


# Where an environment entry, a `envFrom` source, a volume and a projected source name an object: field and kind.
_ENV: Final = (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret"))
_ENV_FROM: Final = (("configMapRef", "ConfigMap"), ("secretRef", "Secret"))
_VOLUME: Final = (("configMap", "name", "ConfigMap"), ("secret", "secretName", "Secret"))
_PROJECTED: Final = (("configMap", "name", "ConfigMap"), ("secret", "name", "Secret"))


def references_of(pod: Pod, cluster: Cluster) -> tuple[Reference, ...]:
    """What the pod cannot start without, in order of writing; optional sources and unrendered names are left out."""
    known = cluster.once(_references_by_pod)
    found = known.get(pod)
    if found is None:
        found = known[pod] = tuple(ref for ref in _references(pod) if is_dns_subdomain(ref.name))
    return found


def _references_by_pod(_: Cluster) -> dict[Pod, tuple[Reference, ...]]:
    """Filled as pods are asked for: a run over a few files has many more pods as its context."""
    return {}


def _references(pod: Pod) -> Iterator[Reference]:
    volumes: dict[str, Reference] = {}
    for path, volume in pod.volumes:
        for reference in _of_volume(path, volume):
            yield reference
            if not reference.key and "projected" not in volume:
                volumes[reference.volume] = reference
    for container in pod.containers:
        yield from _of_container(container)
        yield from _of_sub_paths(container, volumes)
    for index, secret in items(pod.spec.get("imagePullSecrets")):
        yield Reference("Secret", text(secret.get("name")), ("spec", "imagePullSecrets", index, "name"), "image")


def _of_container(container: Container) -> Iterator[Reference]:
    for at, entry in container.env():
        source = entry.get("valueFrom")
        for field, kind in _ENV if isinstance(source, dict) else ():
            ref = source.get(field)
            if isinstance(ref, dict) and not _is_optional(ref):
                path = (*container.path, *at, "valueFrom", field)
                key = text(ref.get("key"))
                yield Reference(kind, text(ref.get("name")), (*path, "name"), "environment", key, (*path, "key"))
    for at, entry in container.env_from():
        for field, kind in _ENV_FROM:
            ref = entry.get(field)
            if isinstance(ref, dict) and not _is_optional(ref):
                path = (*container.path, *at, field, "name")
                yield Reference(kind, text(ref.get("name")), path, "environment")


def _of_volume(at: Path, volume: Mapping[str, Any]) -> Iterator[Reference]:
    label = text(volume.get("name"))
    for field, name_field, kind in _VOLUME:
        if field in volume:
            yield from _of_source((*at, field), volume[field], name_field, kind, label)
    claim = dig(volume, "persistentVolumeClaim", "claimName")
    if isinstance(claim, str):
        path = (*at, "persistentVolumeClaim", "claimName")
        yield Reference("PersistentVolumeClaim", claim, path, "volume", volume=label)
    for index, source in items(dig(volume, "projected", "sources")):
        for field, name_field, kind in _PROJECTED:
            if field in source:
                path = (*at, "projected", "sources", index, field)
                yield from _of_source(path, source[field], name_field, kind, label)


def _of_source(at: Path, source: Any, name_field: str, kind: str, label: str) -> Iterator[Reference]:
    """The object of a volume source: once as a whole, or once for each of its items."""
    if not isinstance(source, dict) or _is_optional(source):
        return
    name, path = text(source.get(name_field)), (*at, name_field)
    chosen = [(index, text(item.get("key"))) for index, item in items(source.get("items"))]
    if not chosen:
        yield Reference(kind, name, path, "volume", volume=label)
    for index, key in chosen:
        yield Reference(kind, name, path, "volume", key, (*at, "items", index, "key"), label)


def _of_sub_paths(container: Container, volumes: Mapping[str, Reference]) -> Iterator[Reference]:
    """Each mount of one file of a volume that holds all keys of one object."""
    for at, mount in container.mounts():
        whole = volumes.get(text(mount.get("name")))
        file = text(mount.get("subPath")).removeprefix("./").rstrip("/")
        if whole is not None and file and whole.kind != "PersistentVolumeClaim":
            path = (*container.path, *at, "subPath")
            yield Reference(whole.kind, whole.name, whole.path, "file", file, path, whole.volume)


def _is_optional(source: Mapping[str, Any]) -> bool:
    return source.get("optional") not in (None, False)


# By kind with group, then name, then namespace.
_Supplies = Mapping[tuple[str, str], Mapping[str, tuple[Supply, ...]]]
_SUPPLIED: Final = frozenset(
    {
        "ClusterRole.rbac.authorization.k8s.io",
        "ConfigMap",
        "Deployment.apps",
        "PersistentVolumeClaim",
        "ReplicaSet.apps",
        "ReplicationController",
        "Role.rbac.authorization.k8s.io",
        "Secret",
        "Service",
        "StatefulSet.apps",
    }
)


def supplies(cluster: Cluster, group_kind: str, namespace: str, name: str) -> Iterator[Supply]:
    """What brings about an object of that name which the namespace may mean: the objects themselves, and producers."""
    found = cluster.once(_supplies).get((group_kind, name))
    if found is None:
        return
    if not namespace or group_kind in CLUSTER_SCOPED:
        for several in found.values():
            yield from several
        return
    yield from found.get(namespace, ())
    yield from found.get("", ())


def names_supplied(cluster: Cluster, group_kind: str, namespace: str) -> Iterable[str]:
    """The names of that kind which the namespace may mean; none where they are too many to be worth comparing."""
    found = cluster.once(_names).get(group_kind, {})
    if not namespace or group_kind in CLUSTER_SCOPED:
        groups = list(found.values())
    else:
        groups = [found.get(namespace, ()), found.get("", ())]
    return [name for group in groups for name in group] if sum(map(len, groups)) <= _WORTH_COMPARING else ()


# A search for the nearest name takes some microseconds a candidate, and a run may have thousands of misses.
_WORTH_COMPARING: Final = 200


def _supplies(cluster: Cluster) -> _Supplies:
    found: dict[tuple[str, str], dict[str, list[Supply]]] = defaultdict(lambda: defaultdict(list))
    for obj in (*cluster.objects, *(cluster.description or ())):
        for supply in (*_itself(obj), *_claims(obj), *produced(obj)):
            found[supply.group_kind, supply.name][supply.namespace].append(supply)
    return {
        key: {namespace: tuple(several) for namespace, several in by_namespace.items()}
        for key, by_namespace in found.items()
    }


def _names(cluster: Cluster) -> Mapping[str, Mapping[str, list[str]]]:
    names: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (group_kind, name), by_namespace in cluster.once(_supplies).items():
        for namespace in by_namespace:
            names[group_kind][namespace].append(name)
    return names


def _itself(obj: Object) -> Iterator[Supply]:
    if obj.group_kind in _SUPPLIED and obj.name:
        yield Supply(obj, obj.group_kind, obj.namespace, obj.name, config_keys)


def _claims(obj: Object) -> Iterator[Supply]:
    """The claims that a StatefulSet makes for each of its Pods, and a Pod for its ephemeral volumes."""
    if obj.group_kind == "StatefulSet.apps":
        first = dig(obj.spec, "ordinals", "start")
        start = first if isinstance(first, int) else 0
        replicas = obj.spec.get("replicas", 1)
        count = min(replicas, _MOST_REPLICAS) if isinstance(replicas, int) else 1
        for _, template in items(obj.spec.get("volumeClaimTemplates")):
            prefix = f"{text(mapping(template.get('metadata')).get('name'))}-{obj.name}-"
            for ordinal in range(start, start + max(count, 1)):
                yield Supply(obj, "PersistentVolumeClaim", obj.namespace, f"{prefix}{ordinal}", _unknown)
    elif obj.group_kind == "Pod" and obj.pod is not None:
        for _, volume in obj.pod.volumes:
            if "ephemeral" in volume:
                name = f"{obj.name}-{text(volume.get('name'))}"
                yield Supply(obj, "PersistentVolumeClaim", obj.namespace, name, _unknown)


_MOST_REPLICAS: Final = 100


def _unknown(_: Object) -> None:
    return None


# What is there in every cluster, by kind; a namespace, or every one.
_ALWAYS_THERE: Final = frozenset(
    {
        ("ConfigMap", "", "kube-root-ca.crt"),
        ("ConfigMap", "", "openshift-service-ca.crt"),
        ("ConfigMap", "kube-system", "extension-apiserver-authentication"),
        ("ConfigMap", "kube-public", "cluster-info"),
        ("Role", "kube-system", "extension-apiserver-authentication-reader"),
        ("Service", "default", "kubernetes"),
        ("Service", "kube-system", "kube-dns"),
        *(("ClusterRole", "", name) for name in ("admin", "cluster-admin", "edit", "view")),
        # OpenShift's own.
        *(("ClusterRole", "", name) for name in ("basic-user", "cluster-reader", "self-provisioner")),
    }
)
# What the control plane and the clouds name their own roles.
_ROLE_PREFIXES: Final = ("system:", "eks:", "gce:", "kubeadm:", "psp:")


def may_exist(cluster: Cluster, obj: Object, group_kind: str, name: str) -> bool:
    """Whether an object that the files do not hold may be there for `obj` all the same.

    It is always there, or said to be external, or its name hints at what else makes it: an operator, a release, a
    program that is told the name. It is also not known where a kustomization takes in what was not read.
    """
    kind, namespace = group_kind.partition(".")[0], obj.namespace
    if (kind, "", name) in _ALWAYS_THERE or (kind, namespace, name) in _ALWAYS_THERE:
        return True
    if not namespace and any(always[0] == kind and always[2] == name for always in _ALWAYS_THERE):
        return True
    if kind in ("Role", "ClusterRole") and name.startswith(_ROLE_PREFIXES):
        return True
    if cluster.is_external(kind, namespace, name):
        return True
    evidence = evidence_of(cluster)
    if evidence.takes_in_unread(obj) or evidence.is_filled(namespace) or evidence.names_maker(namespace, name):
        return True
    return kind in ("ConfigMap", "Secret") and evidence.is_told(name)
