"""The API server's admission of pods and claims, in the order of its plugins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from k8slint.apiserver.admission.limit_ranger import LimitRange, hold_claim_to, hold_pod_to, with_limit_defaults
from k8slint.apiserver.admission.pod_security.policy import Policy
from k8slint.apiserver.admission.refusal import AdmissionPhase, Cause, Missing, Reason, Refused
from k8slint.apiserver.admission.resource_list import amounts_at, containers_of
from k8slint.apiserver.defaults.core import with_pod_defaults
from k8slint.values.field_path import path_of
from k8slint.values.reading import flag_at, items_at, labels_at, mapping_at, text_at, whole_at
from k8slint.values.storage import class_of, is_default_class
from k8slint.values.version import KubernetesVersion
from k8slint.values.well_known import NOT_READY, UNREACHABLE

_EVICTING: Final = (NOT_READY, UNREACHABLE)
_GRACE_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class PriorityClass:
    """What a PriorityClass gives its pods."""

    name: str
    value: int
    preemption_policy: str = "PreemptLowerPriority"
    is_default: bool = False

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> PriorityClass:
        """The class that a manifest defines.

        Raises:
            ShapeError: if a field cannot be read.
        """
        return cls(
            text_at(mapping_at(data, "metadata", ""), "name", "metadata"),
            whole_at(data, "value", ""),
            text_at(data, "preemptionPolicy", "") or "PreemptLowerPriority",
            flag_at(data, "globalDefault", ""),
        )


@dataclass(frozen=True, slots=True)
class RuntimeClass:
    """What a RuntimeClass adds to its pods. `overhead` and `tolerations` are as written."""

    name: str
    overhead: Mapping[str, Any] | None = None
    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> RuntimeClass:
        """The class that a manifest defines.

        Raises:
            ShapeError: if a field cannot be read.
        """
        overhead, scheduling = mapping_at(data, "overhead", ""), mapping_at(data, "scheduling", "")
        amounts_at(overhead, "podFixed", "overhead")
        return cls(
            text_at(mapping_at(data, "metadata", ""), "name", "metadata"),
            mapping_at(overhead, "podFixed", "overhead") if data.get("overhead") is not None else None,
            labels_at(scheduling, "nodeSelector", "scheduling"),
            tuple(item for _, item in items_at(scheduling, "tolerations", "scheduling")),
        )


BUILT_IN_PRIORITIES: Final = {
    "system-cluster-critical": PriorityClass("system-cluster-critical", 2_000_000_000),
    "system-node-critical": PriorityClass("system-node-critical", 2_000_001_000),
}


@dataclass(frozen=True, slots=True)
class Policies:
    """What admission decides by. `limit_ranges` are by namespace; `ending` are the namespaces that are being deleted.

    `elsewhere` are classes that exist although no manifest defines them. `accounts` are the ServiceAccounts by
    namespace; a namespace that is absent may have any. `enforced` are the levels of pod security by namespace.
    """

    version: KubernetesVersion
    limit_ranges: Mapping[str, tuple[LimitRange, ...]] = field(default_factory=dict)
    priorities: Mapping[str, PriorityClass] = field(default_factory=lambda: BUILT_IN_PRIORITIES)
    runtimes: Mapping[str, RuntimeClass] = field(default_factory=dict)
    default_class: str = ""
    ending: frozenset[str] = frozenset()
    elsewhere: frozenset[Missing] = frozenset()
    accounts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    enforced: Mapping[str, Policy] = field(default_factory=dict)

    @property
    def default_priority(self) -> PriorityClass:
        """The class of pods that name none: the lowest of the defaults, or one without a name and of value 0.

        Mirrors: plugin/pkg/admission/priority/admission.go getDefaultPriorityClass @ v1.36
        """
        defaults = [found for found in self.priorities.values() if found.is_default]
        return min(defaults, key=lambda found: found.value, default=PriorityClass("", 0))


def default_storage_class(classes: Iterable[Mapping[str, Any]]) -> str:
    """The name of the default StorageClass: of several the newest, then the first by name; empty if there is none.

    Mirrors: pkg/volume/util/storageclass.go GetDefaultClass @ v1.36
    """
    found: list[tuple[str, str]] = []
    for data in classes:
        metadata = mapping_at(data, "metadata", "")
        notes = labels_at(metadata, "annotations", "metadata")
        if is_default_class(notes):
            found.append((str(metadata.get("creationTimestamp") or ""), text_at(metadata, "name", "metadata")))
    newest = max((moment for moment, _ in found), default="")
    return min((name for moment, name in found if moment == newest), default="")


def admit_pod(spec: Mapping[str, Any], namespace: str, policies: Policies) -> dict[str, Any]:
    """The spec of a pod as the API server stores it: with defaults, and admitted by every plugin but the quotas.

    Raises:
        Refused: with the API server's words, if it would refuse the pod.
        ShapeError: if a field cannot be read.
    """
    if namespace in policies.ending:
        message = f"unable to create new content in namespace {namespace} because it is being terminated"
        raise Refused(message, AdmissionPhase.MUTATING, ("metadata", "namespace"))
    ranges = policies.limit_ranges.get(namespace, ())
    admitted = with_pod_defaults(spec, policies.version)
    admitted = with_limit_defaults(admitted, ranges)
    _account(admitted, namespace, policies)
    admitted |= _priority(admitted, policies)
    admitted["tolerations"] = _with_default_tolerations(admitted)
    admitted |= _runtime(admitted, policies)
    _hold_to_its_limits(admitted)
    hold_pod_to(admitted, ranges, policies.version)
    return admitted


def _account(spec: Mapping[str, Any], namespace: str, policies: Policies) -> None:
    """Mirrors: plugin/pkg/admission/serviceaccount/admission.go Admit @ v1.36."""
    name = text_at(spec, "serviceAccountName", "spec") or text_at(spec, "serviceAccount", "spec") or "default"
    known = policies.accounts.get(namespace)
    if known is not None and name != "default" and name not in known:
        looked = f'error looking up service account {namespace}/{name}: serviceaccount "{name}" not found'
        raise _not_found(looked, "serviceAccountName", Missing("ServiceAccount", name, namespace))


def _not_found(message: str, field: str, missing: Missing) -> Refused:
    return Refused(message, AdmissionPhase.MUTATING, ("spec", field), Cause(Reason.NOT_FOUND, missing=missing))


def _priority(spec: Mapping[str, Any], policies: Policies) -> dict[str, Any]:
    """Mirrors: plugin/pkg/admission/priority/admission.go admitPod @ v1.36."""
    name = text_at(spec, "priorityClassName", "spec")
    found = policies.priorities.get(name) if name else policies.default_priority
    if found is None:
        missing = Missing("PriorityClass", name)
        if missing in policies.elsewhere:
            return {"priority": spec.get("priority", 0)}
        message = f"no PriorityClass with name {name} was found"
        raise _not_found(message, "priorityClassName", missing)
    written = whole_at(spec, "priority", "spec", found.value)
    if written != found.value:
        message = (
            f"the integer value of priority ({written}) must not be provided in pod spec; "
            f"priority admission controller computed {found.value} from the given PriorityClass name"
        )
        raise Refused(message, AdmissionPhase.MUTATING, ("spec", "priority"))
    policy = text_at(spec, "preemptionPolicy", "spec") or found.preemption_policy
    if policy != found.preemption_policy:
        message = (
            f"the string value of PreemptionPolicy ({policy}) must not be provided in pod spec; "
            f"priority admission controller computed {found.preemption_policy} from the given PriorityClass name"
        )
        raise Refused(message, AdmissionPhase.MUTATING, ("spec", "preemptionPolicy"))
    return {"priorityClassName": found.name, "priority": found.value, "preemptionPolicy": policy}


def _with_default_tolerations(spec: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Mirrors: plugin/pkg/admission/defaulttolerationseconds/admission.go Admit @ v1.36."""
    tolerations = [item for _, item in items_at(spec, "tolerations", "spec")]
    missing = [
        key
        for key in _EVICTING
        if not any(
            (item.get("key") or key) == key and (item.get("effect") or "NoExecute") == "NoExecute"
            for item in tolerations
        )
    ]
    added = [
        {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": _GRACE_SECONDS}
        for key in missing
    ]
    return [*tolerations, *added]


def _runtime(spec: Mapping[str, Any], policies: Policies) -> dict[str, Any]:
    """Mirrors: plugin/pkg/admission/runtimeclass/admission.go Admit, Validate @ v1.36."""
    name = text_at(spec, "runtimeClassName", "spec")
    found = policies.runtimes.get(name) if name else None
    if name and found is None:
        missing = Missing("RuntimeClass", name)
        if missing in policies.elsewhere:
            return {}
        message = f'pod rejected: RuntimeClass "{name}" not found'
        raise _not_found(message, "runtimeClassName", missing)
    written = amounts_at(spec, "overhead", "spec")
    if found is None or found.overhead is None:
        if spec.get("overhead") is not None:
            message = "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
            raise Refused(message, AdmissionPhase.VALIDATING, ("spec", "overhead"))
    else:
        fixed = amounts_at({"podFixed": found.overhead}, "podFixed", "overhead")
        same = {key: amount.nanos for key, amount in written.items()} == {key: one.nanos for key, one in fixed.items()}
        if written and not same:
            message = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"
            raise Refused(message, AdmissionPhase.MUTATING, ("spec", "overhead"))
    return _runtime_scheduling(spec, found) if found is not None else {}


def _runtime_scheduling(spec: Mapping[str, Any], runtime: RuntimeClass) -> dict[str, Any]:
    selector = labels_at(spec, "nodeSelector", "spec")
    for key, value in runtime.node_selector.items():
        if selector.get(key, value) != value:
            message = (
                f"conflict: runtimeClass.scheduling.nodeSelector[{key}] = {value}; "
                f"pod.spec.nodeSelector[{key}] = {selector[key]}"
            )
            raise Refused(message, AdmissionPhase.MUTATING, ("spec", "nodeSelector", key))
    tolerations = [item for _, item in items_at(spec, "tolerations", "spec")]
    changes: dict[str, Any] = {
        "nodeSelector": {**selector, **runtime.node_selector},
        "tolerations": [*tolerations, *(item for item in runtime.tolerations if item not in tolerations)],
    }
    return {**changes, "overhead": runtime.overhead} if runtime.overhead is not None else changes


def _hold_to_its_limits(spec: Mapping[str, Any]) -> None:
    """Refuse an amount below zero, or a request above its limit; a LimitRange may have set either.

    Mirrors: pkg/apis/core/validation/validation.go ValidateContainerResourceRequirements @ v1.36
    """
    for where, container, _ in containers_of(spec):
        resources = mapping_at(container, "resources", where)
        requests = amounts_at(resources, "requests", f"{where}.resources")
        limits = amounts_at(resources, "limits", f"{where}.resources")
        for key, amounts in (("limits", limits), ("requests", requests)):
            for name, amount in amounts.items():
                if amount.nanos < 0:
                    at = f"{where}.resources.{key}[{name}]"
                    message = f'{at}: Invalid value: "{amount}": must be greater than or equal to 0'
                    raise Refused(message, AdmissionPhase.VALIDATING, path_of(at), Cause(Reason.INVALID))
        for name, request in requests.items():
            if name in limits and request.nanos > limits[name].nanos:
                at = f"{where}.resources.requests"
                message = (
                    f'{at}: Invalid value: "{request}": must be less than or equal to {name} limit of {limits[name]}'
                )
                raise Refused(message, AdmissionPhase.VALIDATING, (*path_of(at), name), Cause(Reason.OVER_LIMIT))


def class_of_claim(data: Mapping[str, Any]) -> str | None:
    """The name of a claim's storage class: None if the claim leaves it open, empty if the claim wants no class.

    Raises:
        ShapeError: if it cannot be read.
    """
    notes = labels_at(mapping_at(data, "metadata", ""), "annotations", "metadata")
    spec = mapping_at(data, "spec", "")
    text_at(spec, "storageClassName", "spec")
    return class_of(notes, spec)


def admit_claim(data: Mapping[str, Any], namespace: str, policies: Policies) -> dict[str, Any]:
    """The claim as the API server stores it, with the default class if it leaves the class open.

    Raises:
        Refused: with the API server's words, if it would refuse the claim.
        ShapeError: if a field cannot be read.

    Mirrors: plugin/pkg/admission/storage/storageclass/setdefault/admission.go Admit @ v1.36
    """
    spec = mapping_at(data, "spec", "")
    hold_claim_to(spec, policies.limit_ranges.get(namespace, ()))
    return with_default_class(data, policies.default_class)


def with_default_class(data: Mapping[str, Any], default: str) -> dict[str, Any]:
    """The claim, with the default class if it leaves the class open."""
    spec = mapping_at(data, "spec", "")
    if default and class_of_claim(data) is None:
        return {**data, "spec": {**spec, "storageClassName": default}}
    return dict(data)


def refusal_text(resource: str, kind: str, name: str, refused: Refused) -> str:
    """The API server's whole answer, such as `pods "web-1" is forbidden: exceeded quota: …`."""
    if refused.cause.reason.is_invalid:
        return f'{kind} "{name}" is invalid: {refused.message}'
    return f'{resource} "{name}" is forbidden: {refused.message}'
