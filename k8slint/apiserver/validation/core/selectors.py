"""What environment variables and files take from their own pod: fields of it, and resources of its containers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from k8slint.apiserver.admission.resource_list import PrintedQuantity
from k8slint.apiserver.validation.field import Field
from k8slint.apiserver.validation.formats import qualified_name

_KEYED: Final = ("metadata.annotations", "metadata.labels")
_CONVERTIBLE: Final = frozenset(
    (
        *_KEYED,
        "metadata.name",
        "metadata.namespace",
        "metadata.uid",
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.terminationGracePeriodSeconds",
        "status.hostIP",
        "status.hostIPs",
        "status.phase",
        "status.podIP",
        "status.podIPs",
    )
)
_RESOURCES: Final = tuple(
    f"{list_}.{name}" for list_ in ("limits", "requests") for name in ("cpu", "ephemeral-storage", "memory")
)
_BYTES: Final = ("1", *(f"1{suffix}" for suffix in ("k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")))
_OF_BYTES: Final = f"only divisor's values {', '.join(_BYTES)} are supported with the {{}} resource"
# A resource without its list, its divisors, and the server's message about any other divisor.
_DIVISORS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "cpu": (("1m", "1"), "only divisor's values 1m and 1 are supported with the cpu resource"),
    "ephemeral-storage": (_BYTES, _OF_BYTES.format("local ephemeral storage")),
    "memory": (_BYTES, _OF_BYTES.format("memory")),
    "hugepages": (_BYTES, _OF_BYTES.format("hugepages")),
}


def object_field(ref: Field, paths: Sequence[str]) -> None:
    """A field of the pod: one of the paths, or an annotation or label by its key.

    Mirrors: pkg/apis/core/validation/validation.go validateObjectFieldSelector @ v1.37
    """
    written, version = ref["fieldPath"], ref["apiVersion"].value or "v1"
    path = written.value
    if not written:
        written.required()
    elif version.__class__ is not str or path.__class__ is not str:
        return
    elif version != "v1":
        written.invalid(f"error converting fieldPath: unsupported pod version: {version}")
    else:
        _field_path(ref, written, path, paths)


def _field_path(ref: Field, written: Field, path: str, paths: Sequence[str]) -> None:
    owner, bracket, key = path.removesuffix("']").partition("['")
    if path.endswith("']") and bracket and owner:
        if owner not in _KEYED:
            written.invalid(f"error converting fieldPath: field label does not support subscript: {path}")
            return
        key = key.lower() if owner == _KEYED[0] else key
        for fault in qualified_name.faults(key):
            ref.invalid(fault, key, at=("fieldPath",))
        return
    # The name that old clients wrote.
    path = "spec.nodeName" if path == "spec.host" else path
    if path not in _CONVERTIBLE:
        written.invalid(f"error converting fieldPath: field label not supported: {path}")
    elif path not in paths:
        written.unsupported(sorted(paths), path)


def resource_field(ref: Field, *, needs_container: bool) -> None:
    """A resource of a container, in the unit of the divisor.

    Mirrors: pkg/apis/core/validation/validation.go validateContainerResourceFieldSelector @ v1.37
    """
    resource = ref["resource"]
    if needs_container and not ref["containerName"]:
        ref["containerName"].required()
    elif not resource:
        resource.required()
    elif resource.value.__class__ is str and resource.value not in _RESOURCES and not _is_of_huge_pages(resource.value):
        resource.unsupported(_RESOURCES)
    if resource.value.__class__ is str and ref["divisor"]:
        _divisor(ref["divisor"], resource.value)


def _is_of_huge_pages(resource: str) -> bool:
    return resource.startswith(("limits.hugepages-", "requests.hugepages-"))


def _divisor(divisor: Field, resource: str) -> None:
    name = "hugepages" if _is_of_huge_pages(resource) else resource.partition(".")[2] if resource in _RESOURCES else ""
    if name not in _DIVISORS or divisor.is_hole:
        return
    amount = PrintedQuantity.parse(divisor.value, "divisor")
    known, said = _DIVISORS[name]
    if amount.nanos and str(amount) not in known:
        divisor.invalid(said, resource)
