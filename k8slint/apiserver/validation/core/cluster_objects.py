"""Namespaces and Nodes, as the API server validates them on creation."""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.addresses import parsed_ip
from k8slint.apiserver.validation.core.resources import amount_of, resource_amount
from k8slint.apiserver.validation.field import Field, one_of
from k8slint.apiserver.validation.formats import label_value
from k8slint.apiserver.validation.metadata import validate_finalizers
from k8slint.apiserver.validation.selectors import label_key

_EFFECT: Final = one_of("NoExecute", "NoSchedule", "PreferNoSchedule")
_MOST_CIDRS: Final = 2


def namespace(obj: Field) -> None:
    """A Namespace.

    Mirrors: pkg/apis/core/validation/validation.go ValidateNamespace @ v1.37
    """
    validate_finalizers(obj["spec"]["finalizers"])


def node(obj: Field) -> None:
    """A Node.

    Mirrors: pkg/apis/core/validation/validation.go ValidateNode @ v1.37
    """
    spec, status = obj["spec"], obj["status"]
    _taints(spec["taints"].named_as(obj, "metadata", "taints"))
    for list_ in ("capacity", "allocatable"):
        for name, field in status[list_].entries():
            amount = amount_of(field)
            if amount is not None:
                resource_amount(name, field, amount)
    _networks(spec)


def _taints(taints: Field) -> None:
    """Taints: none may be there twice, and each needs an effect.

    Mirrors: pkg/apis/core/validation/validation.go validateNodeTaints @ v1.37
    """
    known: set[tuple[str, str]] = set()
    for taint in taints:
        if taint.is_hole:
            continue
        key, effect = taint["key"], taint["effect"]
        label_key(key)
        label_value(taint["value"])
        if effect:
            _EFFECT(effect)
        else:
            effect.required()
        pair = (key.value or "", effect.value or "")
        if not (key.is_hole or effect.is_hole) and pair in known:
            taint.duplicate(fix="remove one of the two")
        known.add(pair)


def _networks(spec: Field) -> None:
    """The networks of the node's pods: at most one of each family."""
    networks, first = spec["podCIDRs"], spec["podCIDR"]
    if first and not any(network.value == first.value for network in (*networks,)[:1]):
        # The older field takes precedence.
        _network(first.named_as(spec, "podCIDRs", 0))
        return
    versions = [version for version in map(_network, networks) if version is not None]
    if len(networks) > _MOST_CIDRS or len(versions) != len(set(versions)):
        networks.invalid("may specify no more than one CIDR for each IP family")


def _network(field: Field) -> int | None:
    """The IP version of the network in a field; None if the field has none, or it is not known."""
    if field.value.__class__ is not str:
        return None
    address, _, length = field.value.partition("/")
    ip = parsed_ip(address)
    if ip is not None and length.isascii() and length.isdigit() and int(length[:4]) <= ip.max_prefixlen:
        return ip.version
    field.invalid("must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")
    return None
