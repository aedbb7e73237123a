"""References between objects: a name, a key or a port that nothing answers to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.kustomizations import kustomizations, listed_files
from k8slint.cluster.producers import Supply
from k8slint.cluster.references import (
    Reference,
    claim_templates,
    is_always_there,
    is_supplied,
    may_exist,
    may_gain_keys,
    names_supplied,
    references_of,
    supplies,
    supply_elsewhere,
)
from k8slint.cluster.selection import (
    DeclaredPort,
    declared_ports,
    has_own_endpoints,
    may_select_others,
    nearest_pod,
    selector_of,
    written_part,
)
from k8slint.cluster.spelling import is_slip, nearest_name
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping, text
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Problem, Related
from k8slint.values.gvk import GroupVersionKind
from k8slint.values.names import is_dns_subdomain
from k8slint.values.nearest import nearest
from k8slint.values.placeholder import has_placeholder

_SHOWN: Final = 5
_RBAC: Final = "rbac.authorization.k8s.io"


def missing_configmap(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A ConfigMap that a container or a volume needs and no file holds."""
    yield from _missing(pod, cluster, "ConfigMap")


def missing_secret(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A Secret that a container or a volume needs and no file holds or makes."""
    yield from _missing(pod, cluster, "Secret")


def missing_persistent_volume_claim(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A claim that a volume names and no file holds."""
    yield from _missing(pod, cluster, "PersistentVolumeClaim")


def missing_configmap_key(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A key that every ConfigMap of the name lacks."""
    yield from _missing_key(pod, cluster, "ConfigMap")


def missing_secret_key(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A key that every Secret of the name lacks."""
    yield from _missing_key(pod, cluster, "Secret")


def _missing(pod: Pod, cluster: Cluster, kind: str) -> Iterator[Problem]:
    said: set[str] = set()
    for reference in references_of(pod, cluster):
        name = reference.name
        if reference.kind != kind or name in said:
            continue
        said.add(name)
        if is_supplied(cluster, kind, pod.namespace, name) or may_exist(cluster, pod.obj, kind, name):
            continue
        if reference.use == "image" and not _is_misspelt(cluster, kind, pod.namespace, name):
            continue
        yield _absence(reference.path, cluster, pod.obj, kind, name, effect=_absence_effect(reference))


def _absence(path: Path, cluster: Cluster, obj: Object, group_kind: str, name: str, *, effect: str = "") -> Problem:
    """That an object is not among the files, and what may have been meant."""
    kind = group_kind.partition(".")[0]
    message = f'{kind} "{name}" is not among the files'
    elsewhere = next(supplies(cluster, group_kind, "", name), None)
    if elsewhere is not None:
        message += f'; the one in namespace "{elsewhere.namespace}" cannot be used from "{obj.namespace}"'
        related = (Related(elsewhere.obj, ("metadata", "namespace"), f'{kind} "{name}" of another namespace'),)
        return Problem(path, message, related, effect, absent=name)
    other = supply_elsewhere(cluster, group_kind, obj.namespace, name)
    if other is not None:
        supply, here, there = other
        message = f'{kind} "{name}" is not among the files for {here}/; {there}/ has one of this name'
        related = (Related(supply.obj, ("metadata", "name"), f"the one for {there}/"),)
        return Problem(path, message, related, effect, absent=name)
    near = nearest_name(name, names_supplied(cluster, group_kind, obj.namespace))
    if near is None:
        return Problem(path, message, effect=effect, absent=name)
    supply = next(supplies(cluster, group_kind, obj.namespace, near))
    related = (Related(supply.obj, ("metadata", "name"), f'{kind} "{near}" is here'),)
    return Problem(path, f'{message}; did you mean "{near}"?', related, effect, absent=name)


def _absence_effect(reference: Reference) -> str:
    what = f'{reference.kind.lower()} "{reference.name}" not found'
    if reference.kind == "PersistentVolumeClaim":
        return f"The Pod stays Pending: {what}."
    if reference.use == "environment":
        return f"The container waits in CreateContainerConfigError: {what}."
    if reference.use == "volume":
        where = f'MountVolume.SetUp failed for volume "{reference.volume}"'
        return f"The Pod stays in ContainerCreating; its events say FailedMount: {where}: {what}."
    return "The image is pulled without credentials: a private registry refuses, and the Pod waits in ImagePullBackOff."


def _is_misspelt(cluster: Cluster, kind: str, namespace: str, name: str) -> bool:
    """Whether one slip leads to a name that is there: the registries' Secrets are commonly made by hand."""
    return any(is_slip(name, candidate) for candidate in names_supplied(cluster, kind, namespace))


def _missing_key(pod: Pod, cluster: Cluster, kind: str) -> Iterator[Problem]:
    said: set[tuple[str, str]] = set()
    for reference in references_of(pod, cluster):
        name, key = reference.name, reference.key
        if reference.kind != kind or not key or (name, key) in said or has_placeholder(key):
            continue
        said.add((name, key))
        lacking = _all_lacking(supplies(cluster, kind, pod.namespace, name), reference)
        if lacking is None or may_gain_keys(cluster, pod.obj, kind, name) or evidence_of(cluster).is_patched(key):
            continue
        yield _key_problem(reference, lacking)


def _all_lacking(several: Iterable[Supply], reference: Reference) -> Supply | None:
    """The first of them, if all are known to lack the key.

    Mirrors: pkg/kubelet/kubelet_pods.go makeEnvironmentVariables @ v1.36
    """
    first = None
    for supply in several:
        keys = supply.keys
        if keys is None:
            return None
        path = keys.get(reference.key)
        # The kubelet takes variables from `data` alone.
        if path is not None and (reference.use != "environment" or path[0] != "binaryData"):
            return None
        first = first or supply
    return first


def _key_problem(reference: Reference, supply: Supply) -> Problem:
    kind, name, key = reference.kind, reference.name, reference.key
    keys = supply.keys or {}
    maker = str(supply.obj) if supply.obj.name else f"a {supply.obj.kind}"
    made = "" if supply.obj.kind == kind else f", made by {maker},"
    message = f'{kind} "{name}"{made} has no key "{key}"'
    effect = _key_effect(reference)
    if key in keys:
        message = f'key "{key}" of {kind} "{name}" is in binaryData, and a variable takes only what is in data'
        related = (Related(supply.obj, keys[key], "the key is here"),)
        fix = "Move the key to data, or mount it as a file."
        return Problem(reference.key_path, message, related, effect, fix, unless=key)
    near = nearest(key, keys)
    if near is not None:
        related = (Related(supply.obj, keys[near], "the nearest key"),)
        return Problem(reference.key_path, f'{message}; did you mean "{near}"?', related, effect, unless=key)
    related = (Related(supply.obj, next(iter(keys.values()))[:-1], f'the keys of {kind} "{name}"'),)
    return Problem(reference.key_path, f"{message}; it has {_listed(keys)}", related, effect, unless=key)


def _key_effect(reference: Reference) -> str:
    if reference.use == "environment":
        said = f"couldn't find key {reference.key} in {reference.kind}"
        return f"The container waits in CreateContainerConfigError: {said}."
    if reference.use == "volume":
        what = "config" if reference.kind == "ConfigMap" else "secret"
        said = f"references non-existent {what} key: {reference.key}"
        return f"The Pod stays in ContainerCreating; its events say FailedMount: {said}."
    return (
        "The kubelet mounts an empty directory in place of the file and says nothing; "
        "where the image has a file there, the container does not start: not a directory."
    )


def _listed(words: Iterable[str]) -> str:
    quoted = [f'"{word}"' for word in islice(words, _SHOWN + 1)]
    return ", ".join(quoted[:_SHOWN]) + (", …" if len(quoted) > _SHOWN else "")


def undefined_volume(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A mount of a volume that the pod does not have."""
    names = [text(volume.get("name")) for _, volume in pod.volumes] + list(claim_templates(pod.obj))
    if not all(is_dns_subdomain(name) for name in names):
        return
    is_stateful = pod.obj.group_kind == "StatefulSet.apps"
    # A container without an image is part of a patch, whose volumes may be in what it patches.
    for container in (container for container in pod.containers if container.data.get("image")):
        for field in ("volumeMounts", "volumeDevices"):
            for index, mount in items(container.data.get(field)):
                name = text(mount.get("name"))
                if name in names or not is_dns_subdomain(name):
                    continue
                near = nearest(name, names)
                hint = f'; did you mean "{near}"?' if near else ""
                message = f'container "{container.name}" mounts "{name}", but the Pod has no volume of that name{hint}'
                effect = _STATEFUL_EFFECT if is_stateful else ""
                yield Problem((*container.path, field, index, "name"), message, effect=effect, unless=name)


_STATEFUL_EFFECT: Final = (
    "Since Kubernetes 1.34 the API server refuses the StatefulSet; before, it takes it and no Pod comes up: "
    "the StatefulSet's events say FailedCreate, Not found."
)


def duplicate_object(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An object that an earlier one of its file, or of its kustomization, has the type, namespace and name of."""
    repeated = cluster.whole.once(_repeated).get(obj)
    if repeated is None:
        return
    first, kustomization = repeated
    where = f' in namespace "{obj.namespace}"' if obj.namespace else ""
    if not kustomization:
        related = (Related(first, ("metadata", "name"), "the first one"),)
        yield Problem(("metadata", "name"), f"{obj}{where} is in this file twice, with different content", related)
        return
    related = (Related(first, ("metadata", "name"), f"{kustomization} takes in both"),)
    message = f"{obj}{where} is also in {first.document.source.name}, of the same kustomization"
    effect = "kustomize build fails: may not add resource with an already registered id."
    yield Problem(("metadata", "name"), message, related, effect)


def _repeated(cluster: Cluster) -> Mapping[Object, tuple[Object, str]]:
    """Objects that repeat another of the file, or of a kustomization: the first one, and the kustomization's name."""
    by_file = cluster.once(_kustomizations_by_file)
    first_of: dict[tuple[str, GroupVersionKind, str, str], Object] = {}
    found: dict[Object, tuple[Object, str]] = {}
    for obj in cluster.objects:
        if obj.name:
            file = obj.document.source.name
            first = first_of.setdefault((file, obj.gvk, obj.namespace, obj.name), obj)
            if first is not obj and first.data != obj.data:
                found[obj] = first, ""
            for kustomization in by_file.get(file, ()):
                first = first_of.setdefault((kustomization, obj.gvk, obj.namespace, obj.name), obj)
                if first.document.source is not obj.document.source:
                    found.setdefault(obj, (first, kustomization))
    return found


def _kustomizations_by_file(cluster: Cluster) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for kustomization in kustomizations(cluster):
        for file in listed_files(kustomization):
            found[file].append(kustomization.document.source.name)
    return found


def missing_role(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A binding of a Role or ClusterRole that no file holds."""
    ref = mapping(obj.data.get("roleRef"))
    kind, name = text(ref.get("kind")), text(ref.get("name"))
    if kind not in ("Role", "ClusterRole") or not name or has_placeholder(name):
        return
    group_kind = f"{kind}.{_RBAC}"
    if is_supplied(cluster, group_kind, obj.namespace, name) or may_exist(cluster, obj, group_kind, name):
        return
    effect = f'It grants nothing: requests are Forbidden, with RBAC: {kind.lower()}.{_RBAC} "{name}" not found.'
    if kind == "Role" and is_always_there("ClusterRole", "", name):
        message = f'Role "{name}" is not among the files, but every cluster has a ClusterRole "{name}"'
        yield Problem(("roleRef", "kind"), message, effect=effect, fix="Write kind: ClusterRole.", absent=name)
        return
    other = "ClusterRole" if kind == "Role" else "Role"
    mistaken = _of_other_kind(cluster, obj, {other: f"{other}.{_RBAC}"}, name)
    if mistaken is not None:
        yield _mistaken_kind(("roleRef", "kind"), kind, name, mistaken, effect)
    else:
        yield _absence(("roleRef", "name"), cluster, obj, group_kind, name, effect=effect)


def hpa_target_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An autoscaler of a workload that no file holds; workloads of custom kinds are not known."""
    ref = mapping(obj.spec.get("scaleTargetRef"))
    kind, name = text(ref.get("kind")), text(ref.get("name"))
    group_kind, group = _SCALABLE.get(kind), text(ref.get("apiVersion")).rpartition("/")[0]
    if group_kind is None or group not in ("", "apps", "extensions") or not is_dns_subdomain(name):
        return
    if is_supplied(cluster, group_kind, obj.namespace, name) or may_exist(cluster, obj, group_kind, name):
        return
    resource = f"{kind.lower()}s/scale{group_kind.removeprefix(kind)}"
    effect = f'Nothing is scaled: AbleToScale is False, reason FailedGetScale, {resource} "{name}" not found.'
    mistaken = _of_other_kind(cluster, obj, _SCALABLE, name)
    if mistaken is not None:
        yield _mistaken_kind(("spec", "scaleTargetRef", "kind"), kind, name, mistaken, effect)
    else:
        yield _absence(("spec", "scaleTargetRef", "name"), cluster, obj, group_kind, name, effect=effect)


_SCALABLE: Final = {
    "Deployment": "Deployment.apps",
    "StatefulSet": "StatefulSet.apps",
    "ReplicaSet": "ReplicaSet.apps",
    "ReplicationController": "ReplicationController",
}


def _of_other_kind(cluster: Cluster, obj: Object, kinds: Mapping[str, str], name: str) -> Object | None:
    """An object of one of the kinds that has the name."""
    found = (supply.obj for kind in kinds.values() for supply in supplies(cluster, kind, obj.namespace, name))
    return next(found, None)


def _mistaken_kind(path: Path, kind: str, name: str, mistaken: Object, effect: str) -> Problem:
    message = f'{kind} "{name}" is not among the files, but {mistaken} is'
    related = (Related(mistaken, ("kind",), f"it is a {mistaken.kind}"),)
    return Problem(path, message, related, effect, f"Write kind: {mistaken.kind}.", absent=name)


def statefulset_service_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A StatefulSet whose governing Service no file holds."""
    name = text(obj.spec.get("serviceName"))
    if not is_dns_subdomain(name) or is_supplied(cluster, "Service", obj.namespace, name):
        return
    if not may_exist(cluster, obj, "Service", name):
        effect = f"The Pods run, but names such as {obj.name}-0.{name} do not resolve: peers do not find each other."
        yield _absence(("spec", "serviceName"), cluster, obj, "Service", name, effect=effect)


def ingress_backend_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A backend whose Service no file holds."""
    said: set[str] = set()
    for path, service in _backends(obj):
        name = text(service.get("name"))
        if name in said or not is_dns_subdomain(name) or is_supplied(cluster, "Service", obj.namespace, name):
            continue
        said.add(name)
        if not may_exist(cluster, obj, "Service", name):
            effect = f'Requests get 503 or a default page; kubectl describe shows <error: services "{name}" not found>.'
            yield _absence((*path, "name"), cluster, obj, "Service", name, effect=effect)


def ingress_backend_port_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A backend port that every Service of the name lacks."""
    said: set[tuple[str, str | int]] = set()
    for path, service in _backends(obj):
        name, port = text(service.get("name")), mapping(service.get("port"))
        field = "number" if "number" in port else "name"
        wanted = port.get(field)
        if not isinstance(wanted, str | int) or (name, wanted) in said or has_placeholder(wanted):
            continue
        said.add((name, wanted))
        lacking = _all_without_port(supplies(cluster, "Service", obj.namespace, name), field, wanted)
        if lacking is not None and not evidence_of(cluster).is_patched(str(wanted)):
            yield _port_problem((*path, "port", field), lacking, field, wanted)


def _backends(obj: Object) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The Services that an Ingress routes to, each with its path; resource backends and a controller's own are not."""
    places: list[tuple[Path, Any]] = [(("spec", "defaultBackend"), obj.spec.get("defaultBackend"))]
    for index, rule in items(obj.spec.get("rules")):
        for number, path in items(dig(rule, "http", "paths")):
            places.append((("spec", "rules", index, "http", "paths", number, "backend"), path.get("backend")))
    for at, backend in places:
        service = mapping(mapping(backend).get("service"))
        # With this name of a port, a controller takes the backend from an annotation.
        if service and dig(service, "port", "name") != "use-annotation":
            yield (*at, "service"), service


def _all_without_port(several: Iterable[Supply], field: str, wanted: str | int) -> Object | None:
    """The first of several Services, if all of them lack the port."""
    first = None
    for supply in several:
        ports = [port for _, port in items(supply.obj.spec.get("ports"))]
        is_open = supply.obj.group_kind != "Service" or (supply.obj.spec.get("type") == "ExternalName" and not ports)
        if is_open or any(port.get("port" if field == "number" else "name") == wanted for port in ports):
            return None
        first = first or supply.obj
    return first


def _port_problem(path: Path, service: Object, field: str, wanted: str | int) -> Problem:
    ports = [port for _, port in items(service.spec.get("ports"))]
    related = (Related(service, ("spec", "ports"), "its ports"),)
    if field == "number":
        confused = next((port.get("port") for port in ports if port.get("targetPort") == wanted), None)
        numbers = ", ".join(str(port.get("port")) for port in ports[:_SHOWN])
        hint = f"{wanted} is the targetPort of its port {confused}" if confused else f"it has {numbers}"
        return Problem(path, f"{service} has no port {wanted}; {hint}", related, unless=str(wanted))
    names = [name for port in ports if (name := text(port.get("name")))]
    near = nearest(str(wanted), names)
    hint = f'did you mean "{near}"?' if near else f"it has {_listed(names)}" if names else "its ports have no names"
    return Problem(path, f'{service} has no port named "{wanted}"; {hint}', related, unless=str(wanted))


def service_target_port_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A port of a Service whose target is a name that no container of the selected pods declares."""
    named = [
        (("spec", "ports", index, "targetPort"), port["targetPort"], text(port.get("protocol")) or "TCP")
        for index, port in items(obj.spec.get("ports"))
        if isinstance(port.get("targetPort"), str) and not port["targetPort"].isdigit()
    ]
    selector = selector_of(obj) if named else None
    if selector is None:
        return
    pods = tuple(cluster.pods_selected(selector, obj.namespace))
    # Several descriptions of one workload are looked at together, so each workload once.
    workloads = {(pod.obj.group_kind, pod.obj.namespace, pod.obj.name or id(pod.obj)): pod for pod in pods}
    declared = [port for pod in workloads.values() for port in declared_ports(pod, cluster)]
    wrong = [
        (path, wanted, protocol)
        for path, wanted, protocol in named
        if not any(port.name == wanted and port.protocol == protocol for port in declared)
        and not has_placeholder(wanted)
    ]
    if not pods or not wrong or may_select_others(obj, selector, cluster):
        return
    for path, wanted, protocol in wrong:
        if not evidence_of(cluster).is_patched(wanted):
            yield _target_problem(path, wanted, protocol, pods[0], declared)


def _target_problem(path: Path, wanted: str, protocol: str, pod: Pod, declared: Iterable[DeclaredPort]) -> Problem:
    by_name = {port.name: port for port in declared if port.name}
    if wanted in by_name:
        port = by_name[wanted]
        message = f'the selected Pods declare port "{wanted}" for {port.protocol}, not for {protocol}'
        return Problem(path, message, (Related(port.obj, port.path, f"{port.protocol} port"),), unless=wanted)
    message = f'no container of the selected Pods has a port named "{wanted}"'
    near = nearest(wanted, by_name)
    if near is not None:
        related = (Related(by_name[near].obj, by_name[near].path, "the nearest port"),)
        return Problem(path, f'{message}; did you mean "{near}"?', related, unless=wanted)
    related = (Related(pod.obj, (*pod.path, "spec", "containers"), f"{pod.obj} is selected"),)
    return Problem(path, f"{message}; they have {_listed(by_name)}" if by_name else message, related, unless=wanted)


def service_selects_nothing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service whose selector matches no pod, where a pod is there that it seems to mean."""
    selector = selector_of(obj)
    if selector is None or any(cluster.pods_selected(selector, obj.namespace)):
        return
    written = written_part(selector, cluster)
    if not written.requirements or any(cluster.pods_selected(written, obj.namespace)):
        return
    if has_own_endpoints(obj, cluster) or may_select_others(obj, written, cluster):
        return
    pod = nearest_pod(obj, written, cluster)
    if pod is None:
        return
    differing = next(one for one in written.requirements if not one.matches(pod.labels))
    key, wanted, has = differing.key, differing.values[0], pod.labels.get(differing.key)
    if evidence_of(cluster).is_patched(wanted):
        return
    said = f"with {key}={has}" if has is not None else f"which has no label {key}"
    message = f"selector {written} matches no Pod; nearest is {pod.obj} {said}"
    labels = (*pod.path, "metadata", "labels", *((key,) if has is not None else ()))
    related = (Related(pod.obj, labels, "its labels"),)
    # Of one file, the two are meant for each other whatever else there is.
    absent = "" if pod.obj.document.source is obj.document.source else wanted
    yield Problem(("spec", "selector", key), message, related, absent=absent, unless=wanted)
