"""References between objects: a name, a key or a port that nothing answers to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from k8slint.checks.absence import (
    absence,
    is_missing,
    is_near,
    missing_from_pod,
    missing_objects,
    mistaken_kind,
    of_other_kind,
)
from k8slint.checks.keys import missing_keys
from k8slint.checks.unselected import meant_by
from k8slint.checks.wording import few, listed
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.generated import Supply
from k8slint.cluster.kustomizations import kustomizations, listed_files
from k8slint.cluster.references import (
    certificates_of,
    is_supplied,
    may_exist,
    references_of,
    supplies,
)
from k8slint.cluster.service_selectors import (
    MOST_SELECTED,
    DeclaredPort,
    declared_ports,
    has_own_endpoints,
    may_select_others,
    selector_of,
    written_part,
)
from k8slint.cluster.tables import given_as
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping, text
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.gvk import GroupVersionKind
from k8slint.values.names import is_dns_subdomain
from k8slint.values.nearest import nearest
from k8slint.values.placeholder import has_placeholder

_RBAC: Final = "rbac.authorization.k8s.io"


def missing_configmap(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A ConfigMap that a container or a volume needs and no file holds."""
    yield from missing_objects(references_of(pod, cluster), cluster, pod.obj, "ConfigMap")


def missing_secret(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Secret that a container, a volume or a certificate needs and no file holds or makes."""
    if obj.pod is None:
        yield from missing_objects(certificates_of(obj), cluster, obj, "Secret")
        return
    for problem in missing_objects(references_of(obj.pod, cluster), cluster, obj, "Secret"):
        yield problem._replace(path=(*obj.pod.path, *problem.path))


def missing_persistent_volume_claim(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A claim that a volume names and no file holds."""
    yield from missing_objects(references_of(pod, cluster), cluster, pod.obj, "PersistentVolumeClaim")


def missing_service_account(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A ServiceAccount that the pod runs as and no file holds.

    Mirrors: plugin/pkg/admission/serviceaccount/admission.go Admit @ v1.36
    """
    # The old field counts where the new one is not written.
    field = "serviceAccountName" if pod.spec.get("serviceAccountName") else "serviceAccount"
    name = text(pod.spec.get(field))
    where = f"{pod.namespace}/" if pod.namespace else ""
    refusal = f'error looking up service account {where}{name}: serviceaccount "{name}" not found'
    yield from missing_from_pod(pod, cluster, "ServiceAccount", field, refusal)


def missing_priority_class(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A PriorityClass that neither the files nor every cluster have.

    Mirrors: plugin/pkg/admission/priority/admission.go admitPod @ v1.36
    """
    refusal = f"no PriorityClass with name {text(pod.spec.get('priorityClassName'))} was found"
    yield from missing_from_pod(pod, cluster, "PriorityClass.scheduling.k8s.io", "priorityClassName", refusal)


def missing_runtime_class(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A RuntimeClass that the files do not hold.

    Mirrors: plugin/pkg/admission/runtimeclass/admission.go prepareObjects @ v1.36
    """
    refusal = f'pod rejected: RuntimeClass "{text(pod.spec.get("runtimeClassName"))}" not found'
    yield from missing_from_pod(pod, cluster, "RuntimeClass.node.k8s.io", "runtimeClassName", refusal)


def missing_configmap_key(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A key that every ConfigMap of the name lacks."""
    yield from missing_keys(pod, cluster, "ConfigMap")


def missing_secret_key(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A key that every Secret of the name lacks."""
    yield from missing_keys(pod, cluster, "Secret")


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
    if kind == "Role" and given_as(f"ClusterRole.{_RBAC}", "", name) is not None:
        message = f'Role "{name}" is not among the files, but every cluster has a ClusterRole "{name}"'
        yield Problem(
            ("roleRef", "kind"), message, effect=effect, fix="Write kind: ClusterRole.", rests_on=Absence(name)
        )
        return
    other = "ClusterRole" if kind == "Role" else "Role"
    mistaken = of_other_kind(cluster, obj, {other: f"{other}.{_RBAC}"}, name)
    if mistaken is not None:
        yield mistaken_kind(("roleRef", "kind"), kind, name, mistaken, effect)
    else:
        yield absence(("roleRef", "name"), cluster, obj, group_kind, name, effect=effect)


def missing_binding_subject(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A ServiceAccount that a binding gives rights to and no file of its namespace holds."""
    for index, subject in items(obj.data.get("subjects")):
        name, namespace = text(subject.get("name")), text(subject.get("namespace")) or obj.namespace
        if subject.get("kind") != "ServiceAccount" or not is_dns_subdomain(name) or has_placeholder(namespace):
            continue
        # The API server refuses such a subject of a ClusterRoleBinding: somebody fills the namespace in before.
        if obj.kind == "ClusterRoleBinding" and not namespace:
            continue
        if not is_missing(cluster, obj, "ServiceAccount", name, namespace):
            continue
        # Accounts of a namespace that these files do not fill are others' work.
        if namespace in cluster.once(_peopled) or is_near(cluster, "ServiceAccount", namespace, name):
            path = ("subjects", index, "name")
            yield absence(path, cluster, obj, "ServiceAccount", name, namespace=namespace)


def _peopled(cluster: Cluster) -> frozenset[str]:
    """The namespaces for which the files hold ServiceAccounts or Pods."""
    accounts = (obj.namespace for obj in cluster.of_kind("ServiceAccount"))
    return frozenset((*accounts, *(pod.namespace for pod in cluster.pods)))


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
    mistaken = of_other_kind(cluster, obj, _SCALABLE, name)
    if mistaken is not None:
        yield mistaken_kind(("spec", "scaleTargetRef", "kind"), kind, name, mistaken, effect)
    else:
        yield absence(("spec", "scaleTargetRef", "name"), cluster, obj, group_kind, name, effect=effect)


_SCALABLE: Final = {
    "Deployment": "Deployment.apps",
    "StatefulSet": "StatefulSet.apps",
    "ReplicaSet": "ReplicaSet.apps",
    "ReplicationController": "ReplicationController",
}


def statefulset_service_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A StatefulSet whose governing Service no file holds."""
    name = text(obj.spec.get("serviceName"))
    if not is_dns_subdomain(name) or is_supplied(cluster, "Service", obj.namespace, name):
        return
    if not may_exist(cluster, obj, "Service", name):
        effect = f"The Pods run, but names such as {obj.name}-0.{name} do not resolve: peers do not find each other."
        yield absence(("spec", "serviceName"), cluster, obj, "Service", name, effect=effect)


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
            yield absence((*path, "name"), cluster, obj, "Service", name, effect=effect)


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
        numbers = few(str(port.get("port")) for port in ports)
        hint = f"{wanted} is the targetPort of its port {confused}" if confused else f"it has {numbers}"
        return Problem(
            path, f"{service} has no port {wanted}; {hint}", related, rests_on=Absence(mended_by=str(wanted))
        )
    names = [name for port in ports if (name := text(port.get("name")))]
    near = nearest(str(wanted), names)
    hint = f'did you mean "{near}"?' if near else f"it has {listed(names)}" if names else "its ports have no names"
    return Problem(
        path, f'{service} has no port named "{wanted}"; {hint}', related, rests_on=Absence(mended_by=str(wanted))
    )


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
    pods = cluster.pods_selected(selector, obj.namespace)
    declared = cluster.once(declared_ports, selector, obj.namespace)
    wrong = [
        (path, wanted, protocol)
        for path, wanted, protocol in named
        if (wanted, protocol) not in declared.known and not has_placeholder(wanted)
    ]
    if not 0 < len(pods) <= MOST_SELECTED or not wrong or may_select_others(obj, selector, cluster):
        return
    for path, wanted, protocol in wrong:
        if not evidence_of(cluster).is_patched(wanted):
            yield _target_problem(path, wanted, protocol, pods[0], declared.by_name)


def _target_problem(path: Path, wanted: str, protocol: str, pod: Pod, by_name: Mapping[str, DeclaredPort]) -> Problem:
    if wanted in by_name:
        port = by_name[wanted]
        message = f'the selected Pods declare port "{wanted}" for {port.protocol}, not for {protocol}'
        return Problem(
            path, message, (Related(port.obj, port.path, f"{port.protocol} port"),), rests_on=Absence(mended_by=wanted)
        )
    message = f'no container of the selected Pods has a port named "{wanted}"'
    near = nearest(wanted, by_name)
    if near is not None:
        related = (Related(by_name[near].obj, by_name[near].path, "the nearest port"),)
        return Problem(path, f'{message}; did you mean "{near}"?', related, rests_on=Absence(mended_by=wanted))
    related = (Related(pod.obj, (*pod.path, "spec", "containers"), f"{pod.obj} is selected"),)
    return Problem(
        path,
        f"{message}; they have {listed(by_name)}" if by_name else message,
        related,
        rests_on=Absence(mended_by=wanted),
    )


def service_selects_nothing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service whose selector matches no pod, where pods are there that it may mean."""
    selector = selector_of(obj)
    if selector is None or cluster.pods_selected(selector, obj.namespace):
        return
    written = written_part(selector, cluster)
    if not written.requirements or cluster.pods_selected(written, obj.namespace):
        return
    if has_own_endpoints(obj, cluster) or may_select_others(obj, written, cluster):
        return
    problem = meant_by(obj, written, cluster)
    if problem is None or (problem.rests_on and evidence_of(cluster).is_patched(problem.rests_on.mended_by)):
        return
    yield problem
