"""What containers ask for and may use: names of resources, and amounts of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

from k8slint.apiserver.admission.resource_list import PrintedQuantity
from k8slint.apiserver.validation.field import Field
from k8slint.apiserver.validation.formats import dns_label, qualified_name
from k8slint.values.quantity import Quantity, QuantityError

_OF_CONTAINERS: Final = ("cpu", "ephemeral-storage", "memory")
_COUNTED: Final = frozenset(
    (
        "configmaps",
        "persistentvolumeclaims",
        "pods",
        "replicationcontrollers",
        "resourcequotas",
        "secrets",
        "services",
        "services.loadbalancers",
        "services.nodeports",
    )
)
_STANDARD: Final = frozenset(
    (
        *_COUNTED,
        *(f"{prefix}{name}" for prefix in ("", "limits.", "requests.") for name in _OF_CONTAINERS),
        "requests.storage",
        "storage",
    )
)


def is_native(name: str) -> bool:
    """Whether a resource is Kubernetes' own: without a slash, or below kubernetes.io."""
    return "/" not in name or "kubernetes.io/" in name


def is_extended(name: str) -> bool:
    """Whether a resource is not Kubernetes' own, such as a device that a plugin announces.

    Mirrors: pkg/apis/core/helper/helpers.go IsExtendedResourceName @ v1.37
    """
    return not is_native(name) and not name.startswith("requests.") and qualified_name.takes(f"requests.{name}")


def is_counted(name: str) -> bool:
    """Whether amounts of a resource must be whole numbers.

    Mirrors: pkg/apis/core/helper/helpers.go IsIntegerResourceName @ v1.37
    """
    return name in _COUNTED or is_extended(name)


def resource_name(name: str) -> Iterator[str]:
    """Faults of the name of any resource.

    Mirrors: pkg/apis/core/validation/validation.go validateResourceName @ v1.37
    """
    faults = list(qualified_name.faults(name))
    yield from faults
    is_known = name in _STANDARD or name.startswith(("hugepages-", "requests.hugepages-"))
    if not faults and "/" not in name and not is_known:
        yield "must be a standard resource type or fully qualified"


def container_resource_name(name: str) -> Iterator[str]:
    """Faults of the name of a resource that a container asks for.

    Mirrors: pkg/apis/core/validation/validation.go validateContainerResourceName @ v1.37
    """
    if "/" in name:
        yield from resource_name(name)
        if not is_native(name) and not is_extended(name):
            yield "doesn't follow extended resource name standard"
    elif name not in _OF_CONTAINERS and not name.startswith("hugepages-"):
        # The server reports an ill-formed name twice; once is enough.
        yield next(iter(qualified_name.faults(name)), "must be a standard resource for containers")


def amount_of(field: Field) -> PrintedQuantity | None:
    """The amount in a field, rounded up to thousandths as it is stored; None if it is not known."""
    if field.value.__class__ not in (str, int, float):
        return None
    amount = PrintedQuantity.parse(field.value, "")
    thousandths = Quantity(amount.nanos).millicores
    return PrintedQuantity(thousandths * 10**6, amount.form)


def resource_amount(name: str, field: Field, amount: PrintedQuantity) -> None:
    """The amount of a resource: not negative, and whole if the resource is counted.

    Mirrors: pkg/apis/core/validation/validation.go ValidateResourceQuantityValue @ v1.37
    """
    if amount.nanos < 0:
        field.invalid("must be greater than or equal to 0", str(amount))
    if amount.nanos % 10**9 and is_counted(name):
        field.invalid("must be an integer", str(amount))


def requirements(resources: Field, name_faults: Callable[[str], Iterator[str]], claims: Collection[Any] | None) -> None:
    """Limits, requests and uses of the pod's claims. `claims` are the names of the claims, or None if not known.

    Mirrors: pkg/apis/core/validation/validation.go validateResourceRequirements @ v1.37
    """
    limits: dict[str, PrintedQuantity | None] = {}
    names: set[str] = set()
    for name, limit in resources["limits"].entries():
        limits[name] = _entry(name, limit, name_faults)
        names.add(name)
    requests = resources["requests"]
    for name, request in requests.entries():
        names.add(name)
        amount = _entry(name, request, name_faults)
        if name in limits:
            _request(request, requests, amount, limits[name])
        elif not is_overcommitted(name) and not resources["limits"].is_hole:
            resources["limits"].required("Limit must be set for non overcommitable resources")
    if any(name.startswith("hugepages-") for name in names) and not names & {"cpu", "memory"}:
        resources.forbidden("HugePages require cpu or memory")
    if resources["claims"] and resources.run.has("DynamicResourceAllocation"):
        _claims(resources["claims"], claims)


def _entry(name: str, field: Field, name_faults: Callable[[str], Iterator[str]]) -> PrintedQuantity | None:
    for fault in name_faults(name):
        field.invalid(fault, name)
    amount = amount_of(field)
    if amount is None:
        return None
    resource_amount(name, field, amount)
    if name.startswith("hugepages-") and not _fills_pages(name, amount):
        field.invalid(f"{amount} is not positive integer multiple of {name}", str(amount))
    return amount


def _fills_pages(name: str, amount: PrintedQuantity) -> bool:
    try:
        page = Quantity.parse(name.removeprefix("hugepages-"))
    except QuantityError:
        return False
    return page.nanos > 0 and page.is_whole and Quantity(amount.nanos).value % page.value == 0


def is_overcommitted(name: str) -> bool:
    """Whether requests may be less than limits.

    Mirrors: pkg/apis/core/helper/helpers.go IsOvercommitAllowed @ v1.37
    """
    return is_native(name) and not name.startswith("hugepages-")


def _request(request: Field, requests: Field, amount: PrintedQuantity | None, limit: PrintedQuantity | None) -> None:
    """A request against its limit. The server reports it at the path of all requests, with the resource in the text."""
    if amount is None or limit is None:
        return
    at = request.path[-1:]
    name = str(at[0])
    if amount.nanos != limit.nanos and not is_overcommitted(name):
        requests.invalid(f"must be equal to {name} limit of {limit}", str(amount), at=at)
    elif amount.nanos > limit.nanos:
        requests.invalid(f"must be less than or equal to {name} limit of {limit}", str(amount), at=at)


def _claims(claims: Field, known: Collection[Any] | None) -> None:
    """Uses of the pod's claims, each in full or by request, none twice.

    Mirrors: pkg/apis/core/validation/validation.go validateResourceClaimNames @ v1.37
    """
    used: set[Any] = set()
    in_part: set[Any] = set()
    for claim in claims:
        name, request = claim["name"].value or "", claim["request"].value or ""
        if not name:
            claim.required()
            continue
        if name in used:
            claim.duplicate(name)
        else:
            if request:
                dns_label(claim["request"])
            if (name, request) in in_part or (not request and name in in_part):
                claim.duplicate(f"{name}/{request}" if request else name)
            used.update(() if request else (name,))
            in_part.update(((name, request), name) if request else ())
        if known is not None and not claim["name"].is_hole and name not in known:
            listed = f": {', '.join(sorted(known))}" if known else " which is empty"
            claim.not_found(name, f"must be one of the names in pod.spec.resourceClaims{listed}")
