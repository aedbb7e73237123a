"""ResourceQuotas, as the API server validates them on creation."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from k8slint.apiserver.validation.core.resources import amount_of, resource_amount, resource_name
from k8slint.apiserver.validation.field import Field
from k8slint.values.nearest import nearest

_COMPUTE: Final = frozenset(
    ("pods", *(f"{prefix}{name}" for prefix in ("", "limits.", "requests.") for name in ("cpu", "memory")))
)
_NAMES: Final = _COMPUTE | frozenset(
    (
        "configmaps",
        "ephemeral-storage",
        "limits.ephemeral-storage",
        "persistentvolumeclaims",
        "replicationcontrollers",
        "requests.ephemeral-storage",
        "requests.storage",
        "resourcequotas",
        "secrets",
        "services",
        "services.loadbalancers",
        "services.nodeports",
    )
)
_HUGE_PAGES: Final = ("hugepages-", "requests.hugepages-")
# The standard resources that a scope can be applied to.
_SCOPES: Final = {
    "BestEffort": frozenset(("pods",)),
    "CrossNamespacePodAffinity": _COMPUTE,
    "NotBestEffort": _COMPUTE,
    "NotTerminating": _COMPUTE,
    "PriorityClass": _COMPUTE,
    "Terminating": _COMPUTE,
    "VolumeAttributesClass": frozenset(("persistentvolumeclaims", "requests.storage")),
}
_OF_CLASSES: Final = ("PriorityClass", "VolumeAttributesClass")
_CLASSES_SINCE: Final = 33
_CONFLICTS: Final = (frozenset(("BestEffort", "NotBestEffort")), frozenset(("Terminating", "NotTerminating")))
_NOT_APPLIED: Final = "unsupported scope applied to resource"
_EXISTS: Final = (
    "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating,"
    " ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
)


def resource_quota(obj: Field) -> None:
    """A ResourceQuota.

    Mirrors: pkg/apis/core/validation/validation.go ValidateResourceQuota @ v1.37
    """
    spec, status = obj["spec"], obj["status"]
    _amounts(spec["hard"])
    _scopes(spec)
    _selector(spec)
    _amounts(status["hard"])
    _amounts(status["used"])


def _amounts(listed: Field) -> None:
    for name, field in listed.entries():
        for fault in _name(name):
            near = nearest(name, _NAMES)
            field.invalid(fault, name, fix=f"write {near}" if near else "")
        amount = amount_of(field)
        if amount is not None:
            resource_amount(name, field, amount)


def _name(name: str) -> Iterator[str]:
    """Mirrors: pkg/apis/core/validation/validation.go ValidateResourceQuotaResourceName @ v1.37."""
    faults = list(resource_name(name))
    yield from faults
    # The server reports an ill-formed name twice; once is enough.
    if not faults and "/" not in name and not _is_standard(name):
        yield "must be a standard resource for quota"


def _is_standard(name: str) -> bool:
    return name in _NAMES or name.startswith(_HUGE_PAGES)


def _is_scope(scope: Any, minor: int) -> bool:
    return scope in _SCOPES and (scope != "VolumeAttributesClass" or minor >= _CLASSES_SINCE)


def _misapplied(scope: Any, spec: Field) -> list[str]:
    """The resources of the quota that a scope cannot be applied to."""
    takes = _SCOPES.get(scope)
    if takes is None:
        return []
    return sorted(name for name, _ in spec["hard"].entries() if _is_standard(name) and name not in takes)


def _apart(names: list[str]) -> str:
    return f"limit {', '.join(names)} in a quota without this scope"


def _scopes(spec: Field) -> None:
    """The scopes. The server reports a wrong one at the path of the list, and each message once.

    Mirrors: pkg/apis/core/validation/validation.go validateResourceQuotaScopes @ v1.37
    """
    scopes, is_misapplied = spec["scopes"], False
    for scope in scopes:
        if scope.is_hole:
            continue
        if not _is_scope(scope.value, scope.run.minor):
            _no_scope(scopes, scope, scope.value or "")
        names = _misapplied(scope.value, spec)
        if names and not is_misapplied:
            is_misapplied = True
            scopes.invalid(_NOT_APPLIED, at=scope.path[-1:], fix=_apart(names))
    _conflicts(scopes, {scope.value for scope in scopes if scope.value.__class__ is str})


def _no_scope(field: Field, scope: Field, text: str) -> None:
    known = [name for name in _SCOPES if _is_scope(name, field.run.minor)]
    near = nearest(text, known)
    hint = f'; did you mean "{near}"?' if near else ""
    fix = f'write "{near}"' if near else f"write one of {', '.join(known)}"
    at = scope.path[len(field.path) :]
    field.invalid(f"unsupported scope{hint}", at=at, rule="unsupported-value", fix=fix)


def _conflicts(field: Field, scopes: Collection[str]) -> None:
    for pair in _CONFLICTS:
        if pair.issubset(scopes):
            field.invalid("conflicting scopes", fix="keep one of the two, or make two quotas")


def _selector(spec: Field) -> None:
    """The scope selector. The server's path of a requirement leaves out its index.

    Mirrors: pkg/apis/core/validation/validation.go validateScopedResourceSelectorRequirement @ v1.37
    """
    requirements = spec["scopeSelector"]["matchExpressions"]
    known: set[str] = set()
    is_misapplied = False
    for requirement in requirements:
        # The server misses the index.
        named = requirement.named_as(requirements)
        scope, operator, values = named["scopeName"], named["operator"], named["values"]
        if not scope.is_hole:
            if not _is_scope(scope.value, scope.run.minor):
                _no_scope(scope, scope, scope.value or "")
            elif scope.value not in _OF_CLASSES and not operator.may_be("Exists"):
                operator.invalid(_EXISTS, operator.value or "", fix="write operator: Exists")
            known.add(scope.value or "")
        names = _misapplied(scope.value, spec)
        if names and not is_misapplied:
            is_misapplied = True
            at = requirement.path[-1:]
            requirements.invalid(_NOT_APPLIED, spec["scopeSelector"].value, at=at, fix=_apart(names))
        _operator(operator, values)
    _conflicts(requirements, known)


def _operator(operator: Field, values: Field) -> None:
    if operator.value in ("In", "NotIn"):
        if not values:
            values.required("must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")
    elif operator.value in ("Exists", "DoesNotExist"):
        if values and not values.is_hole:
            said = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
            values.invalid(said, fix="remove values")
    elif not operator.is_hole:
        text = operator.value or ""
        near = nearest(text, ("In", "NotIn", "Exists", "DoesNotExist"))
        fix = f'write "{near}"' if near else "write In, NotIn, Exists or DoesNotExist"
        operator.invalid("not a valid selector operator", text, rule="unsupported-value", fix=fix)
