"""ResourceQuotas: what each object uses of them, and which object is the first that they refuse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from k8slint.apiserver.admission.refusal import AdmissionPhase, Cause, Reason, Refused
from k8slint.apiserver.admission.resource_list import (
    ONE,
    ZERO,
    Amounts,
    PrintedQuantity,
    amounts_at,
    container_amounts,
    containers_of,
    has_pod_level,
    pod_total,
)
from k8slint.values.field_path import path_of
from k8slint.values.labels import Requirement
from k8slint.values.reading import (
    ShapeError,
    flag_at,
    items_at,
    mapping_at,
    selector_at,
    strings_at,
    text_at,
    whole_at,
)
from k8slint.values.version import KubernetesVersion

_COMPUTE: Final = frozenset({"cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"})
_BASIC: Final = ("cpu", "memory", "ephemeral-storage")
# Kinds whose number a quota can also limit by a short name.
_SHORT_NAMES: Final = {
    "ConfigMap": "configmaps",
    "PersistentVolumeClaim": "persistentvolumeclaims",
    "ReplicationController": "replicationcontrollers",
    "ResourceQuota": "resourcequotas",
    "Secret": "secrets",
    "Service": "services",
}
OF_CLASS: Final = ".storageclass.storage.k8s.io/"
"""What joins a storage class and a resource in the name of an amount for that class alone."""
SCOPES: Final = (
    "Terminating",
    "NotTerminating",
    "BestEffort",
    "NotBestEffort",
    "PriorityClass",
    "CrossNamespacePodAffinity",
    "VolumeAttributesClass",
)
_OPERATORS: Final = ("In", "NotIn", "Exists", "DoesNotExist")
_TERM_LISTS: Final = (
    "requiredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
)


@dataclass(frozen=True, slots=True)
class Usage:
    """What one object uses, and what else quotas look at.

    `resource` is its collection, such as `pods`. `missing` maps a resource to the paths of the containers that leave it
    out, by their names.
    `scopes` are the scopes that the object falls under; `classes` maps a scope of classes to the object's class.
    """

    resource: str
    amounts: Amounts
    missing: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    scopes: frozenset[str] = frozenset()
    classes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scope:
    """A condition on what a quota counts; `requirement` is None but for the scopes of classes."""

    name: str
    requirement: Requirement | None

    def matches(self, usage: Usage) -> bool:
        """Whether the object falls under the scope.

        Mirrors: pkg/quota/v1/evaluator/core/pods.go podMatchesScopeFunc @ v1.36
        """
        if self.requirement is None:
            return self.name in usage.scopes
        return self.requirement.matches(usage.classes)


@dataclass(frozen=True, slots=True)
class Quota:
    """A ResourceQuota: its hard limits, and which objects they bind. `used` is None if its status does not say."""

    name: str
    hard: Amounts
    scopes: tuple[Scope, ...]
    used: Amounts | None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Quota:
        """The quota of a manifest, or of a cluster.

        Raises:
            ShapeError: if a field cannot be read.
        """
        spec, status = mapping_at(data, "spec", ""), mapping_at(data, "status", "")
        names = strings_at(spec, "scopes", "spec")
        scopes = [_scope(name, f"spec.scopes[{index}]") for index, name in enumerate(names)]
        selector = mapping_at(spec, "scopeSelector", "spec")
        for where, item in items_at(selector, "matchExpressions", "spec.scopeSelector"):
            scopes.append(_scope_of(item, where))
        used = amounts_at(status, "used", "status") if status.get("used") is not None else None
        name = text_at(mapping_at(data, "metadata", ""), "name", "metadata")
        return cls(name, amounts_at(spec, "hard", "spec"), tuple(scopes), used)

    def binds(self, usage: Usage) -> bool:
        """Whether the quota limits anything of the object's kind, and the object falls under all its scopes."""
        return any(_is_counted(name, usage.resource) for name in self.hard) and all(
            scope.matches(usage) for scope in self.scopes
        )


def _scope(name: str, where: str) -> Scope:
    if name not in SCOPES:
        raise ShapeError(where, f'"{name}" is no scope; expected one of {", ".join(SCOPES)}')
    if name in ("PriorityClass", "VolumeAttributesClass"):
        return Scope(name, Requirement(name, "Exists"))
    return Scope(name, None)


def _scope_of(item: Mapping[str, Any], where: str) -> Scope:
    name, operator = text_at(item, "scopeName", where), text_at(item, "operator", where)
    scope = _scope(name, f"{where}.scopeName")
    if operator not in _OPERATORS:
        raise ShapeError(f"{where}.operator", f'"{operator}" is no operator; expected one of {", ".join(_OPERATORS)}')
    if scope.requirement is None:
        return scope
    return Scope(name, Requirement(name, operator, strings_at(item, "values", where)))


@dataclass(slots=True)
class Ledger:
    """The quotas by namespace, and how much of each is used so far, by namespace and name of the quota.

    This is the only mutable state of a dry run: each admitted object is recorded.
    """

    quotas: Mapping[str, tuple[Quota, ...]]
    used: dict[tuple[str, str], Amounts]

    def charge(self, namespace: str, usage: Usage) -> None:
        """Record what an object uses in each quota that binds it.

        Raises:
            Refused: with the API server's words, if a quota has no room or misses an amount; then nothing is recorded.

        Mirrors: apiserver pkg/admission/plugin/resourcequota/controller.go CheckRequest @ v1.36
        """
        quotas = [quota for quota in self.quotas.get(namespace, ()) if quota.binds(usage)]
        if not quotas:
            return
        for quota in quotas:
            _demand(quota, usage)
        amounts = {name: amount for name, amount in usage.amounts.items() if amount.nanos}
        after = {quota.name: self._after(namespace, quota, amounts) for quota in quotas}
        for quota_name, used in after.items():
            self.used[namespace, quota_name] = used

    def room(self, namespace: str, usage: Usage, most: int) -> int:
        """How many such objects the quotas have room for, up to `most`; none if one misses an amount."""
        for quota in self.quotas.get(namespace, ()):
            if quota.binds(usage):
                if quota.hard.keys() & usage.missing.keys():
                    return 0
                used = self.used.get((namespace, quota.name), {})
                for name, amount in usage.amounts.items():
                    if name in quota.hard and amount.nanos > 0:
                        left = quota.hard[name].nanos - used.get(name, ZERO).nanos
                        most = min(most, max(left // amount.nanos, 0))
        return most

    def add(self, namespace: str, usage: Usage, times: int = 1) -> None:
        """Record what existing objects use, whether or not there is room; -1 takes one back."""
        for quota in self.quotas.get(namespace, ()):
            if quota.binds(usage):
                used = self.used.setdefault((namespace, quota.name), {})
                for name, amount in usage.amounts.items():
                    if name in quota.hard:
                        left = used.get(name, ZERO) + PrintedQuantity(times * amount.nanos, amount.form)
                        used[name] = left if left.nanos > 0 else ZERO

    def _after(self, namespace: str, quota: Quota, amounts: Amounts) -> Amounts:
        used = self.used.get((namespace, quota.name), {})
        requested = {name: amount for name, amount in amounts.items() if name in quota.hard}
        after = {name: used.get(name, ZERO) + amount for name, amount in requested.items()}
        over = sorted(name for name, amount in after.items() if amount.nanos > quota.hard[name].nanos)
        if over:
            shown = (
                _listed((name, amounts_of.get(name, ZERO)) for name in over)
                for amounts_of in (requested, used, quota.hard)
            )
            asked, taken, hard = shown
            message = f"exceeded quota: {quota.name}, requested: {asked}, used: {taken}, limited: {hard}"
            cause = Cause(Reason.QUOTA_EXCEEDED, quota.name, ("spec", "hard", over[0]), over[0])
            raise Refused(message, AdmissionPhase.VALIDATING, (), cause)
        return {**used, **after}


def ledger_of(quotas: Mapping[str, Iterable[Quota]]) -> Ledger:
    """A ledger that holds what the quotas' own status records."""
    by_name = {space: tuple(sorted(found, key=lambda quota: quota.name)) for space, found in quotas.items()}
    used = {(space, quota.name): dict(quota.used or {}) for space, found in by_name.items() for quota in found}
    return Ledger(by_name, used)


def _demand(quota: Quota, usage: Usage) -> None:
    missing = {name: usage.missing[name] for name in sorted(quota.hard) if name in usage.missing}
    if missing:
        parts = "; ".join(f"{name} for: {','.join(sorted(containers))}" for name, containers in missing.items())
        message = f"failed quota: {quota.name}: must specify {parts}"
        first, containers = next(iter(missing.items()))
        cause = Cause(Reason.QUOTA_FAILED, quota.name, ("spec", "hard", first), ", ".join(missing))
        where = (*path_of(next(iter(containers.values()))), "resources")
        raise Refused(message, AdmissionPhase.VALIDATING, where, cause)


def _listed(amounts: Iterable[tuple[str, PrintedQuantity]]) -> str:
    return ",".join(f"{name}={amount}" for name, amount in amounts)


def _is_counted(name: str, resource: str) -> bool:
    """Whether a hard limit of this name counts objects of the collection, or what they use.

    Mirrors: pkg/quota/v1/evaluator/core MatchingResources @ v1.36
    """
    if name == f"count/{resource}":
        return True
    if resource == "pods":
        return name == "pods" or _is_compute(name)
    if resource == "persistentvolumeclaims":
        plain = name.rpartition(OF_CLASS)[2]
        return plain in ("persistentvolumeclaims", "requests.storage")
    if resource == "services":
        return name in ("services", "services.loadbalancers", "services.nodeports")
    return name == resource


def _is_compute(name: str) -> bool:
    plain = name.removeprefix("requests.").removeprefix("limits.")
    if plain in _BASIC or plain.startswith("hugepages-"):
        return True
    return name.startswith("requests.") and "/" in plain


def usage_of_pod(spec: Mapping[str, Any], version: KubernetesVersion, *, is_finished: bool = False) -> Usage:
    """What a pod uses: one `count/pods`; unless it has finished, also one of `pods`, its requests and its limits.

    Mirrors: pkg/quota/v1/evaluator/core/pods.go PodUsageFunc @ v1.36
    """
    amounts: Amounts = {"count/pods": ONE}
    requests = pod_total(spec, "requests", version, overhead=True)
    limits = pod_total(spec, "limits", version, overhead=True)
    if not is_finished:
        amounts |= {"pods": ONE, **_compute(requests, limits)}
    best_effort = not any(amount.nanos for amount in (*requests.values(), *limits.values()))
    scopes = {"BestEffort" if best_effort else "NotBestEffort"}
    scopes.add("Terminating" if spec.get("activeDeadlineSeconds") is not None else "NotTerminating")
    if _crosses_namespaces(spec):
        scopes.add("CrossNamespacePodAffinity")
    priority_class = text_at(spec, "priorityClassName", "spec")
    classes = {"PriorityClass": priority_class} if priority_class else {}
    return Usage("pods", amounts, _missing(spec, version), frozenset(scopes), classes)


def _compute(requests: Amounts, limits: Amounts) -> Amounts:
    found: Amounts = {}
    for name, amount in requests.items():
        if name in _BASIC or name.startswith("hugepages-"):
            found[name] = amount
        if name in _BASIC or name.startswith("hugepages-") or "/" in name:
            found[f"requests.{name}"] = amount
    found |= {f"limits.{name}": amount for name, amount in limits.items() if name in _BASIC}
    return found


def _missing(spec: Mapping[str, Any], version: KubernetesVersion) -> dict[str, dict[str, str]]:
    """The paths of the containers that leave out an amount, by its name in a quota and their names.

    Mirrors: pkg/quota/v1/evaluator/core/pods.go podEvaluator.Constraints @ v1.36
    """
    if has_pod_level(spec, version):
        return {}
    found: dict[str, dict[str, str]] = {}
    for where, container, _ in containers_of(spec):
        amounts = _compute(*(container_amounts(container, where, key) for key in ("requests", "limits")))
        for name in _COMPUTE - amounts.keys():
            found.setdefault(name, {}).setdefault(text_at(container, "name", where), where)
    return found


def _crosses_namespaces(spec: Mapping[str, Any]) -> bool:
    affinity = mapping_at(spec, "affinity", "spec")
    for kind in ("podAffinity", "podAntiAffinity"):
        terms = mapping_at(affinity, kind, "spec.affinity")
        for key in _TERM_LISTS:
            for where, item in items_at(terms, key, f"spec.affinity.{kind}"):
                term = mapping_at(item, "podAffinityTerm", where) or item
                if term.get("namespaces") or selector_at(term, "namespaceSelector", where) is not None:
                    return True
    return False


def usage_of_claim(spec: Mapping[str, Any], class_name: str) -> Usage:
    """What a claim uses, in all and of its storage class.

    Mirrors: pkg/quota/v1/evaluator/core/persistent_volume_claims.go Usage @ v1.36
    """
    requests = amounts_at(mapping_at(spec, "resources", "spec"), "requests", "spec.resources")
    amounts: Amounts = {"persistentvolumeclaims": ONE}
    if "storage" in requests:
        amounts["requests.storage"] = requests["storage"]
    if class_name:
        amounts |= {f"{class_name}{OF_CLASS}{name}": amount for name, amount in amounts.items()}
    amounts["count/persistentvolumeclaims"] = ONE
    attributes = text_at(spec, "volumeAttributesClassName", "spec")
    classes = {"VolumeAttributesClass": attributes} if attributes else {}
    return Usage("persistentvolumeclaims", amounts, classes=classes)


def usage_of_object(group_kind: str, data: Mapping[str, Any]) -> Usage:
    """What any other object uses: a count of one and, for a Service, the node ports and load balancer of its type.

    Mirrors: pkg/quota/v1/evaluator/core/services.go Usage @ v1.36
    """
    kind, _, group = group_kind.partition(".")
    resource = _plural(kind) + (f".{group}" if group else "")
    amounts: Amounts = {f"count/{resource}": ONE}
    if kind in _SHORT_NAMES and not group:
        amounts[_SHORT_NAMES[kind]] = ONE
    if group_kind == "Service":
        amounts |= _usage_of_service(mapping_at(data, "spec", ""))
    return Usage(resource, amounts)


def _usage_of_service(spec: Mapping[str, Any]) -> Amounts:
    ports = items_at(spec, "ports", "spec")
    match text_at(spec, "type", "spec"):
        case "NodePort":
            return {"services.nodeports": PrintedQuantity(ONE.nanos * len(ports))}
        case "LoadBalancer":
            silent = spec.get("allocateLoadBalancerNodePorts") is None
            given = silent or flag_at(spec, "allocateLoadBalancerNodePorts", "spec")
            asked = [port for where, port in ports if given or whole_at(port, "nodePort", where)]
            return {"services.loadbalancers": ONE, "services.nodeports": PrintedQuantity(ONE.nanos * len(asked))}
        case _:
            return {}


def _plural(kind: str) -> str:
    word = kind.lower()
    if word == "endpoints":
        return word
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch")) else f"{word}s"
