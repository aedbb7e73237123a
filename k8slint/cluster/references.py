"""References: what a pod cannot start without, what supplies a name, and whether something unread may supply it.

Only this module decides whether something exists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from k8slint.cluster.cluster import CLUSTER_SCOPED, Cluster, once
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.generated import CERTIFICATES, Supply, config_keys, produced, reach
from k8slint.cluster.kustomizations import KUSTOMIZATIONS, names_given
from k8slint.cluster.tables import annotations_that, given_as
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping, text
from k8slint.objects.object import Container, Object, Pod
from k8slint.values.names import is_dns_subdomain
from k8slint.values.regex import regex

Use = Literal["environment", "volume", "file", "image", "certificate"]
"""The use of a reference: variables, a volume, a file mounted by subPath, pulling an image, TLS of a gateway."""


class Reference(NamedTuple):
    """A place where a pod, an Ingress or a Gateway names an object of its namespace that must be there.

    `path` and `key_path` lead from the pod or object to the name and the key; `key` is empty if the whole object is
    meant. `volume` is the name of the volume, if the reference belongs to one.
    """

    kind: str
    name: str
    path: Path
    use: Use
    key: str = ""
    key_path: Path = ()
    volume: str = ""


# Fields in which an `env` entry, an `envFrom` source, a volume and a projected source name an object, and its kind.
_ENV: Final = (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret"))
_ENV_FROM: Final = (("configMapRef", "ConfigMap"), ("secretRef", "Secret"))
_VOLUME: Final = (("configMap", "name", "ConfigMap"), ("secret", "secretName", "Secret"))
_PROJECTED: Final = (("configMap", "name", "ConfigMap"), ("secret", "name", "Secret"))


def references_of(pod: Pod, cluster: Cluster) -> tuple[Reference, ...]:
    """What the pod cannot start without, in order of writing; optional sources and unrendered names are left out.

    Empty for a pod without an image: it is a patch, and the object that it patches may be in no file of this run.
    """
    # Made pod by pod: a run over a few files reads many more pods as context and never asks for theirs.
    return _all_references(cluster.whole, pod)


@once
def _all_references(_: Cluster, pod: Pod) -> tuple[Reference, ...]:
    is_patch = not any(container.data.get("image") for container in pod.containers)
    return () if is_patch else tuple(ref for ref in _references(pod) if is_dns_subdomain(ref.name))


def _references(pod: Pod) -> Iterator[Reference]:
    volumes: dict[str, Reference] = {}
    templates = claim_templates(pod.obj)
    for path, volume in pod.volumes:
        # The StatefulSet controller replaces a volume by the claim of the template of the same name.
        if volume.get("name") in templates:
            continue
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
        for field, kind in _ENV if "valueFrom" in entry else ():
            ref = mapping(entry["valueFrom"]).get(field)
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
    """The references of a volume source: one to the whole object, or one for each of its items."""
    if not isinstance(source, dict) or _is_optional(source):
        return
    name, path = text(source.get(name_field)), (*at, name_field)
    chosen = [(index, text(item.get("key"))) for index, item in items(source.get("items"))]
    if not chosen:
        yield Reference(kind, name, path, "volume", volume=label)
    for index, key in chosen:
        yield Reference(kind, name, path, "volume", key, (*at, "items", index, "key"), label)


def _of_sub_paths(container: Container, volumes: Mapping[str, Reference]) -> Iterator[Reference]:
    """A reference for each mount of one file from a volume that holds all keys of one object.

    If the subPath does not exist, the kubelet makes a directory there.

    Mirrors: pkg/kubelet/kubelet_pods.go makeMounts @ v1.36
    """
    for at, mount in container.mounts():
        whole = volumes.get(text(mount.get("name")))
        file = text(mount.get("subPath")).removeprefix("./").rstrip("/")
        if whole is not None and file and whole.kind != "PersistentVolumeClaim":
            path = (*container.path, *at, "subPath")
            yield Reference(whole.kind, whole.name, whole.path, "file", file, path, whole.volume)


def certificates_of(obj: Object) -> Iterator[Reference]:
    """The Secrets in its own namespace from which an Ingress or a Gateway takes certificates, in order of writing."""
    place = CERTIFICATES.get(obj.group_kind)
    for path, name in reach(obj.data, place) if place else ():
        ref = dig(obj.data, *path[:-1])
        is_here = ref.get("kind", "Secret") == "Secret" and ref.get("namespace", obj.namespace) == obj.namespace
        if is_here and is_dns_subdomain(text(name)):
            yield Reference("Secret", name, path, "certificate")


def pull_secrets_of(account: Object) -> Iterator[Reference]:
    """The Secrets that a ServiceAccount gives its pods for pulling images, in order of writing."""
    for index, secret in items(account.data.get("imagePullSecrets")):
        if is_dns_subdomain(text(secret.get("name"))):
            yield Reference("Secret", secret["name"], ("imagePullSecrets", index, "name"), "image")


def _is_optional(source: Mapping[str, Any]) -> bool:
    return source.get("optional") not in (None, False)


# By kind with group, then name, then namespace.
_Supplies = Mapping[tuple[str, str], Mapping[str, Sequence[Supply]]]
_SUPPLIED: Final = frozenset(
    {
        "ClusterRole.rbac.authorization.k8s.io",
        "ConfigMap",
        "Deployment.apps",
        "Gateway.gateway.networking.k8s.io",
        "IngressClass.networking.k8s.io",
        "PersistentVolumeClaim",
        "PriorityClass.scheduling.k8s.io",
        "ReplicaSet.apps",
        "ReplicationController",
        "Role.rbac.authorization.k8s.io",
        "RuntimeClass.node.k8s.io",
        "Secret",
        "Service",
        "ServiceAccount",
        "StatefulSet.apps",
    }
)


def supplies(cluster: Cluster, group_kind: str, namespace: str, name: str) -> Iterator[Supply]:
    """The supplies of an object of that name that the namespace may mean: written objects first, then makers."""
    for supply in _supplies_anywhere(cluster.whole, group_kind, namespace, name):
        if cluster.parting(supply.obj) is None:
            yield supply


def supply_elsewhere(cluster: Cluster, group_kind: str, namespace: str, name: str) -> tuple[Supply, str, str] | None:
    """A supply of the object in another bundle, with the name of this bundle and of that one, or None."""
    for supply in _supplies_anywhere(cluster.whole, group_kind, namespace, name):
        parting = cluster.parting(supply.obj)
        if parting is not None:
            return supply, *parting
    return None


def _supplies_anywhere(whole: Cluster, group_kind: str, namespace: str, name: str) -> Iterator[Supply]:
    key, is_known = (group_kind, name), False
    for index in (_written, _made):
        found = index(whole).get(key)
        if found is not None:
            is_known = True
            yield from _in_namespace(found, group_kind, namespace)
    if not is_known:
        yield from _supplies_of_counted(whole, group_kind, namespace, name)


def _in_namespace(found: Mapping[str, Sequence[Supply]], group_kind: str, namespace: str) -> Iterator[Supply]:
    if not namespace or group_kind in CLUSTER_SCOPED:
        for several in found.values():
            yield from several
    else:
        yield from found.get(namespace, ())
        yield from found.get("", ())


def _supplies_of_counted(cluster: Cluster, group_kind: str, namespace: str, name: str) -> Iterator[Supply]:
    """The supplies of a name that ends in an ordinal, like a StatefulSet's claims, or in a hash of kustomize."""
    if group_kind == "PersistentVolumeClaim":
        key = (group_kind, _ORDINAL.sub("-*", name))
        yield from _in_namespace(_written(cluster).get(key, {}), group_kind, namespace)
    elif group_kind in _CONFIG and _HASH.search(name):
        key = (group_kind, _HASH.sub("", name))
        for supply in _in_namespace(_made(cluster).get(key, {}), group_kind, namespace):
            if supply.obj.group_kind in KUSTOMIZATIONS:
                yield supply


_ORDINAL: Final = regex(r"-[0-9]+$")
_HASH: Final = regex(r"-[bcdfghkmt2456789]{10}$")


def is_supplied(cluster: Cluster, group_kind: str, namespace: str, name: str) -> bool:
    """Whether the cluster holds the object, or something that makes it."""
    return next(supplies(cluster, group_kind, namespace, name), None) is not None


@once
def names_supplied(cluster: Cluster, group_kind: str, namespace: str) -> frozenset[str]:
    """The names of a kind that are supplied and that the namespace may mean."""
    found = _names(cluster.whole).get(group_kind, {})
    if not namespace or group_kind in CLUSTER_SCOPED:
        groups = list(found.values())
    else:
        groups = [found.get(namespace, []), found.get("", [])]
    names = frozenset(name for group in groups for name in group)
    if cluster is cluster.whole:
        return names
    return frozenset(name for name in names if is_supplied(cluster, group_kind, namespace, name))


@once
def _written(cluster: Cluster) -> _Supplies:
    """The objects as written, and the claims of written StatefulSets and Pods."""
    return _by_name(supply for obj in _all(cluster) for supply in _itself(obj, cluster))


@once
def _made(cluster: Cluster) -> _Supplies:
    """The objects that other objects make, apart from claims."""
    return _by_name(supply for obj in _all(cluster) for supply in produced(obj))


def _all(cluster: Cluster) -> Iterator[Object]:
    yield from cluster.objects
    yield from cluster.description or ()


def _by_name(several: Iterable[Supply]) -> _Supplies:
    found: dict[tuple[str, str], dict[str, list[Supply]]] = defaultdict(lambda: defaultdict(list))
    for supply in several:
        found[supply.group_kind, supply.name][supply.namespace].append(supply)
    return found


@once
def _names(cluster: Cluster) -> Mapping[str, Mapping[str, list[str]]]:
    names: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for index in (_written, _made):
        for (group_kind, name), by_namespace in index(cluster).items():
            for namespace in by_namespace:
                names[group_kind][namespace].append(name)
    return names


def _itself(obj: Object, cluster: Cluster) -> Iterator[Supply]:
    group_kind = obj.group_kind
    if group_kind in _SUPPLIED and obj.name:
        namespace = "" if group_kind in _CONFIG and _is_copied(obj) else obj.namespace
        yield Supply(obj, group_kind, namespace, obj.name, config_keys)
        for name in names_given(obj, cluster):
            yield Supply(obj, group_kind, "", name, config_keys)
    if group_kind in ("StatefulSet.apps", "Pod"):
        yield from _claims(obj)


_CONFIG: Final = frozenset({"ConfigMap", "Secret"})


def _is_copied(obj: Object) -> bool:
    """Whether a controller copies the object to other namespaces."""
    return any(annotations_that("copies").match(key) for key in mapping(dig(obj.data, "metadata", "annotations")))


def _claims(obj: Object) -> Iterator[Supply]:
    """The claims of a StatefulSet's Pods, with `*` for the ordinal, and those of a Pod's ephemeral volumes."""
    for template in claim_templates(obj):
        yield Supply(obj, "PersistentVolumeClaim", obj.namespace, f"{template}-{obj.name}-*", _unknown)
    if obj.group_kind == "Pod" and obj.pod is not None:
        for _, volume in obj.pod.volumes:
            if "ephemeral" in volume:
                name = f"{obj.name}-{text(volume.get('name'))}"
                yield Supply(obj, "PersistentVolumeClaim", obj.namespace, name, _unknown)


def claim_templates(obj: Object) -> tuple[str, ...]:
    """The names of a StatefulSet's volumeClaimTemplates."""
    if obj.group_kind != "StatefulSet.apps":
        return ()
    templates = items(obj.spec.get("volumeClaimTemplates"))
    return tuple(text(mapping(template.get("metadata")).get("name")) for _, template in templates)


def _unknown(_: Object) -> None:
    return None


# The end of the name of a Secret that the token controller made for a ServiceAccount.
_TOKEN: Final = regex(r"-token-[bcdfghjklmnpqrstvwxz2456789]{5}$")


def may_exist(cluster: Cluster, obj: Object, group_kind: str, name: str, namespace: str = "") -> bool:
    """Whether an object that the files do not hold may exist all the same when `obj` is applied.

    It may if every cluster has it, if the config says that it is external, if a kustomization takes in something
    unread, or if its name hints at a maker: an operator, a release, a program that gets the name. `namespace` is the
    one it would be in, by default that of `obj`.
    """
    kind, namespace = group_kind.partition(".")[0], namespace or obj.namespace
    if given_as(group_kind, namespace, name) is not None or cluster.is_external(kind, namespace, name):
        return True
    if kind == "Secret" and _TOKEN.search(name):
        return True
    evidence, is_config = evidence_of(cluster), kind in _CONFIG
    return (
        evidence.is_open(obj)
        or evidence.is_filled(namespace)
        or evidence.names_maker(namespace, name, is_config=is_config)
        or evidence.may_be_rendered(obj, name, is_config=is_config)
        or (evidence.moves_namespaces and is_supplied(cluster, group_kind, "", name))
        or ((is_config or kind == "ServiceAccount") and evidence.is_told(name))
    )


def may_gain_keys(cluster: Cluster, obj: Object, kind: str, name: str) -> bool:
    """Whether something unread may add keys to a ConfigMap or Secret of the files."""
    return cluster.is_external(kind, obj.namespace, name) or evidence_of(cluster).is_told(name)
