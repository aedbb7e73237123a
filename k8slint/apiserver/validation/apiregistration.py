"""APIServices, as the API server validates them on creation."""

from __future__ import annotations

from k8slint.apiserver.validation.field import Check, Field, fields, given, needed, optional
from k8slint.apiserver.validation.formats import dns_1035_label, dns_subdomain
from k8slint.apiserver.validation.ports import is_port


def _priority(most: int) -> Check:
    def run(field: Field) -> None:
        number = field.value or 0
        if number.__class__ is int and not 0 < number <= most:
            field.invalid(f"must be positive and less than {most}", number)

    return run


def _port(field: Field) -> None:
    if field.value.__class__ is int and not is_port(field.value):
        field.invalid("port is not valid: must be between 1 and 65535, inclusive")


_GROUP_PRIORITY, _VERSION_PRIORITY = _priority(20000), _priority(1000)
_SERVICE = fields(namespace=needed(), name=needed(), port=given(_port))
_SPEC = fields(group=optional(dns_subdomain))


def api_service(obj: Field) -> None:
    """An APIService.

    Mirrors: kube-aggregator pkg/apis/apiregistration/validation/validation.go ValidateAPIService @ v1.37
    """
    spec = obj["spec"]
    _name(obj["metadata"]["name"], spec)
    if not spec["group"] and not spec["version"].may_be("v1"):
        spec["group"].required("only v1 may have an empty group and it better be legacy kube")
    _SPEC(spec)
    dns_1035_label.item(spec["version"])
    _GROUP_PRIORITY(spec["groupPriorityMinimum"])
    _VERSION_PRIORITY(spec["versionPriority"])
    _service(spec)


def _name(name: Field, spec: Field) -> None:
    group, version = spec["group"], spec["version"]
    if name.value.__class__ is str and not group.is_hole and not version.is_hole:
        wanted = f"{version.value or ''}.{group.value or ''}"
        if name and name.value != wanted and "/" not in name.value and "%" not in name.value:
            name.invalid(f'must be `spec.version+"."+spec.group`: "{wanted}"', fix=f'write "{wanted}"')


def _service(spec: Field) -> None:
    bundle, is_insecure = spec["caBundle"], spec["insecureSkipTLSVerify"]
    if spec["service"].is_set:
        _SERVICE(spec["service"])
    else:
        if bundle:
            bundle.invalid("local APIServices may not have a caBundle", "…")
        if is_insecure.value is True:
            is_insecure.invalid("local APIServices may not have insecureSkipTLSVerify")
    if is_insecure.value is True and bundle:
        is_insecure.invalid("may not be true if caBundle is present")
