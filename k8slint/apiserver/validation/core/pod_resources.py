"""What a pod as a whole asks for: resources, devices that it claims, and what running it costs besides."""

from __future__ import annotations

from typing import Any, Final

from k8slint.apiserver.admission.resource_list import PrintedQuantity, container_total
from k8slint.apiserver.validation.core.resources import (
    amount_of,
    container_resource_name,
    requirements,
    resource_amount,
    resource_name,
)
from k8slint.apiserver.validation.field import Field
from k8slint.apiserver.validation.formats import dns_label, dns_subdomain, qualified_name
from k8slint.values.field_path import Key
from k8slint.values.reading import ShapeError
from k8slint.values.resources import is_pod_level

_POD_LEVEL: Final = ("cpu", "hugepages-", "memory")


def resource_claims(claims: Field) -> None:
    """The claims of a pod, each by its name or made from a template.

    Mirrors: pkg/apis/core/validation/validation.go validatePodResourceClaims @ v1.37
    """
    if not claims or not claims.run.has("DynamicResourceAllocation"):
        return
    names: set[Any] = set()
    for claim in claims:
        name = claim["name"]
        if not name:
            name.required()
        elif name.value in names:
            name.duplicate()
        else:
            dns_label(name)
            names.add(name.value)
        _claim_source(claim)


def _claim_source(claim: Field) -> None:
    sources = [claim[name] for name in ("resourceClaimName", "resourceClaimTemplateName")]
    if claim.is_hole:
        return
    if all(source.is_set for source in sources):
        said = "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"
        claim.invalid(said, fix="remove one of the two")
    if not any(source.is_set for source in sources):
        claim.invalid("must specify one of: `resourceClaimName`, `resourceClaimTemplateName`", claim.value or {})
    for source in sources:
        if source.is_set:
            dns_subdomain(source)


def overhead(field: Field) -> None:
    """What running the pod costs besides what its containers ask for.

    Mirrors: pkg/apis/core/validation/validation.go validateOverhead @ v1.37
    """
    for name, entry in field.entries():
        for fault in container_resource_name(name):
            entry.invalid(fault, name)
        amount = amount_of(entry)
        if amount is not None:
            resource_amount(name, entry, amount)


def pod_overhead(field: Field) -> None:
    """The same of a pod; the server takes it for limits."""
    overhead(field.named_as(field, "limits"))


def pod_resources(spec: Field) -> None:
    """The resources of the pod as a whole.

    Mirrors: pkg/apis/core/validation/validation.go validatePodResources @ v1.37
    """
    resources = spec["resources"]
    if not resources.is_set or resources.is_hole or not resources.run.has("PodLevelResources"):
        return
    if spec["os"]["name"].value == "windows":
        resources.forbidden("may not be set for a windows pod")
    if resources["claims"].is_set:
        resources["claims"].forbidden("claims may not be set for Resources at pod-level", fix="claim in a container")
    requirements(resources, resource_name, None)
    for list_ in ("limits", "requests"):
        for name, entry in resources[list_].entries():
            if qualified_name.takes(name) and not is_pod_level(name) and not any(resource_name(name)):
                entry.unsupported(_POD_LEVEL, name)
    _sums(spec, resources)
    _single_limits(spec["containers"], resources)


def _sums(spec: Field, resources: Field) -> None:
    """Requests of the pod hold those of all its containers together.

    Mirrors: pkg/apis/core/validation/validation.go validatePodResourceConsistency @ v1.37
    """
    try:
        sums = container_total(spec.value, "requests")
    except ShapeError:
        # Some amount is not known.
        return
    for name, entry in resources["requests"].entries():
        amount, asked = amount_of(entry), sums.get(name)
        if amount is not None and asked is not None and is_pod_level(name) and asked.nanos > amount.nanos:
            said = f"must be greater than or equal to aggregate container requests of {asked}"
            entry.invalid(said, str(amount), fix=f'write "{asked}" at least')


def _single_limits(containers: Field, resources: Field) -> None:
    """No container may use more than its pod."""
    limits = resources["limits"]
    of_pod: dict[str, PrintedQuantity | None] = {name: amount_of(entry) for name, entry in limits.entries()}
    for index, container in enumerate(containers):
        for name, entry in container["resources"]["limits"].entries():
            most = of_pod.get(name)
            amount = amount_of(entry) if most is not None else None
            if most is not None and amount is not None and amount.nanos > most.nanos:
                named = entry.named_as(resources, "containers", index, Key(name), "limits")
                named.invalid(f"must be less than or equal to pod limits of {most}", str(amount))
