"""Flow schemas and priority levels, as the API server validates them on creation."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, log2
from typing import Final

from k8slint.apiserver.validation.field import (
    Check,
    Field,
    Form,
    between,
    fields,
    given,
    needed,
    one_of,
)
from k8slint.apiserver.validation.formats import dns_label, dns_subdomain

_EXEMPT: Final = "exempt"
_MOST_PRECEDENCE: Final = 10000
_MOST_QUEUES: Final = 10_000_000
_MOST_ENTROPY_BITS: Final = 60
_VERBS: Final = ("create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch")
# The kind of a subject and the field that it needs.
_SUBJECTS: Final = {"Group": "group", "ServiceAccount": "serviceAccount", "User": "user"}
_DISTINGUISHER = one_of("ByNamespace", "ByUser")
_LEVEL_TYPE = one_of("Exempt", "Limited")
_RESPONSE = one_of("Queue", "Reject")
_LEVEL = needed(dns_subdomain, "must reference a priority level").check
_NAME = needed().check


def flow_schema(obj: Field) -> None:
    """A FlowSchema.

    Mirrors: pkg/apis/flowcontrol/validation/validation.go ValidateFlowSchema @ v1.37
    """
    spec = obj["spec"]
    _precedence(spec["matchingPrecedence"], obj["metadata"]["name"])
    if spec["distinguisherMethod"].is_set:
        _DISTINGUISHER(spec["distinguisherMethod"]["type"])
    _LEVEL(spec["priorityLevelConfiguration"]["name"])
    for rule in spec["rules"]:
        _some(rule["subjects"], "subjects must contain at least one value")
        for subject in rule["subjects"]:
            _subject(subject)
        if not rule["resourceRules"] and not rule["nonResourceRules"]:
            rule.required("at least one of resourceRules and nonResourceRules has to be non-empty")
        for resource_rule in rule["resourceRules"]:
            _resource_rule(resource_rule)
        for url_rule in rule["nonResourceRules"]:
            _url_rule(url_rule)


def _precedence(field: Field, name: Field) -> None:
    number = field.value
    if number.__class__ is not int:
        return
    if number <= 0:
        field.invalid("must be a positive value")
    elif number > _MOST_PRECEDENCE:
        field.invalid(f"must not be greater than {_MOST_PRECEDENCE}")
    elif number == 1 and not name.may_be(_EXEMPT):
        field.invalid("only the schema named 'exempt' may have matchingPrecedence 1")


def _some(values: Field, detail: str) -> None:
    if not values:
        values.required(detail)


def _subject(subject: Field) -> None:
    """A subject of a rule: exactly the field of its kind must be set.

    Mirrors: pkg/apis/flowcontrol/validation/validation.go ValidateFlowSchemaSubject @ v1.37
    """
    kind = subject["kind"]
    if not kind.may_be(*_SUBJECTS):
        kind.unsupported(tuple(_SUBJECTS))
        return
    for of_kind, name in _SUBJECTS.items():
        field = subject[name]
        if of_kind != kind.value and field.is_set and not kind.is_hole:
            field.forbidden(f"{name} is forbidden when subject kind is not '{of_kind}'")
        elif of_kind == kind.value and not field.is_set:
            field.required(f"{name} is required when subject kind is '{of_kind}'")
        elif of_kind == kind.value:
            (_service_account if of_kind == "ServiceAccount" else _named)(field)


def _named(subject: Field) -> None:
    _NAME(subject["name"])


def _service_account(subject: Field) -> None:
    name, namespace = subject["name"], subject["namespace"]
    _NAME(name)
    if name and name.value != "*":
        dns_subdomain(name)
    if namespace:
        dns_label(namespace)
    else:
        namespace.required("must specify namespace for service account")


def _verbs(verbs: Field) -> None:
    if not verbs:
        verbs.required("verbs must contain at least one value")
    elif not _is_all(verbs, "verbs") and any(not verb.may_be("*", *_VERBS) for verb in verbs):
        verbs.unsupported(_VERBS, verbs.value)


def _is_all(values: Field, what: str) -> bool:
    """Whether a list contains `*`; other values beside it are a problem."""
    has_wildcard = any(value.value == "*" for value in values)
    if has_wildcard and len(values) > 1:
        values.invalid(f"if '*' is present, must not specify other {what}")
    return has_wildcard


def _resource_rule(rule: Field) -> None:
    """A rule of verbs and resources.

    Mirrors: pkg/apis/flowcontrol/validation/validation.go ValidateFlowSchemaResourcePolicyRule @ v1.37
    """
    _verbs(rule["verbs"])
    for name, one, others in (("apiGroups", "api group", "api groups"), ("resources", "resource", "resources")):
        _some(rule[name], f"resource rules must supply at least one {one}")
        _is_all(rule[name], others)
    namespaces = rule["namespaces"]
    if not namespaces and not rule["clusterScope"]:
        namespaces.required("resource rules that are not cluster scoped must supply at least one namespace")
    elif not _is_all(namespaces, "namespaces"):
        for namespace in namespaces:
            for fault in dns_label.faults(namespace.value or "") if not namespace.is_hole else ():
                namespace.invalid(f"each member of this list must be '*' or a DNS-1123 label; {fault}")


def _url_rule(rule: Field) -> None:
    """A rule of verbs and URLs.

    Mirrors: pkg/apis/flowcontrol/validation/validation.go ValidateFlowSchemaNonResourcePolicyRule @ v1.37
    """
    _verbs(rule["verbs"])
    urls = rule["nonResourceURLs"]
    _some(urls, "nonResourceURLs must contain at least one value")
    if not _is_all(urls, "non-resource URLs"):
        for url in urls:
            _url_path.item(url)


@Form
def _url_path(text: str) -> Iterator[str]:
    """The path of a URL, or the beginning of paths before an asterisk.

    Mirrors: pkg/apis/flowcontrol/validation/validation.go ValidateNonResourceURLPath @ v1.37
    """
    if not text:
        yield "must not be empty"
    elif not text.startswith("/"):
        yield "must start with slash"
    elif " " in text:
        yield "must not contain white-space"
    elif "//" in text:
        yield "must not contain double slash"
    elif "*" in text and (text.count("*") > 1 or not text.endswith("/*")):
        yield "wildcard can only do suffix matching"


def _at_least_0(detail: str) -> Check:
    def run(field: Field) -> None:
        if field.value.__class__ is int and field.value < 0:
            field.invalid(detail)

    return run


_SHARES = fields(
    nominalConcurrencyShares=given(_at_least_0("must be a non-negative integer")),
    lendablePercent=given(between(0, 100)),
    borrowingLimitPercent=given(_at_least_0("if specified, must be a non-negative integer")),
)


def priority_level(obj: Field) -> None:
    """A PriorityLevelConfiguration.

    Mirrors: pkg/apis/flowcontrol/validation/validation.go ValidatePriorityLevelConfigurationSpec @ v1.37
    """
    spec, name = obj["spec"], obj["metadata"]["name"]
    kind, limited, exempt = spec["type"], spec["limited"], spec["exempt"]
    if kind.is_hole:
        return
    if kind and not name.is_hole and (name.value == _EXEMPT) != (kind.value == "Exempt"):
        kind.invalid("must be 'Exempt' if and only if `name` is 'exempt'")
    if not kind:
        kind.required()
    else:
        _LEVEL_TYPE(kind)
    if kind.value == "Limited":
        if exempt.is_set:
            exempt.forbidden("must be nil if the type is Limited")
        if limited.is_set:
            _SHARES(limited)
            _response(limited["limitResponse"])
        else:
            limited.required("must not be empty when type is Limited")
        return
    if limited.is_set:
        limited.forbidden("must be nil if the type is not Limited")
    if kind.value == "Exempt" and exempt.is_set:
        _SHARES(exempt)


def _response(response: Field) -> None:
    kind, queuing = response["type"], response["queuing"]
    if kind.is_hole:
        return
    if not kind:
        kind.required()
    else:
        _RESPONSE(kind)
    if kind.value == "Queue":
        if queuing.is_set:
            _queuing(queuing)
        else:
            queuing.required("must not be empty if limited.limitResponse.type is Queue")
    elif queuing.is_set:
        queuing.forbidden("must be nil if limited.limitResponse.type is not Queue")


def _queuing(queuing: Field) -> None:
    """Queues, and the number of them that shuffle sharding deals to a flow.

    Mirrors: pkg/apis/flowcontrol/validation/validation.go ValidatePriorityLevelQueuingConfiguration @ v1.37
    """
    for name in ("queueLengthLimit", "queues", "handSize"):
        number = queuing[name].value
        if number.__class__ is int and number <= 0:
            queuing[name].invalid("must be positive")
    queues, hand = queuing["queues"], queuing["handSize"]
    if queues.value.__class__ is not int or hand.value.__class__ is not int:
        return
    if queues.value > _MOST_QUEUES:
        queues.invalid(f"must not be greater than {_MOST_QUEUES}")
    elif hand.value > queues.value:
        hand.invalid(f"should not be greater than queues ({queues.value})")
    elif queues.value > 0 and ceil(log2(queues.value) * hand.value) > _MOST_ENTROPY_BITS:
        said = f"required entropy bits of deckSize {queues.value} and handSize {hand.value}"
        hand.invalid(f"{said} should not be greater than {_MOST_ENTROPY_BITS}")
