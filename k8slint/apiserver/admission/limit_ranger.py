"""LimitRanges: the defaults they set on containers, and the limits they hold pods and claims to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from k8slint.apiserver.admission.refusal import AdmissionPhase, Cause, Reason, Refused
from k8slint.apiserver.admission.resource_list import (
    ZERO,
    Amounts,
    PrintedQuantity,
    amounts_at,
    container_amounts,
    containers_of,
    pod_total,
)
from k8slint.values.field_path import path_of
from k8slint.values.reading import items_at, mapping_at, text_at
from k8slint.values.version import KubernetesVersion

_MOST_MILLI = (2**63 - 1) // 1000


@dataclass(frozen=True, slots=True)
class Limit:
    """One entry of a LimitRange, defaults filled in."""

    kind: str
    least: Amounts
    most: Amounts
    ratios: Amounts
    default: Amounts
    default_request: Amounts


@dataclass(frozen=True, slots=True)
class LimitRange:
    """The entries of a LimitRange."""

    limits: tuple[Limit, ...]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> LimitRange:
        """The LimitRange of a manifest.

        Raises:
            ShapeError: if a field cannot be read.
        """
        entries = items_at(mapping_at(data, "spec", ""), "limits", "spec")
        return cls(tuple(_limit(entry, where) for where, entry in entries))


def _limit(entry: Mapping[str, Any], where: str) -> Limit:
    """An entry with its defaults: a container's limit is the maximum, its request the default limit or the minimum.

    Mirrors: pkg/apis/core/v1/defaults.go SetDefaults_LimitRangeItem @ v1.36
    """
    kind = text_at(entry, "type", where)
    least, most = amounts_at(entry, "min", where), amounts_at(entry, "max", where)
    default, request = amounts_at(entry, "default", where), amounts_at(entry, "defaultRequest", where)
    if kind == "Container":
        default = {**most, **default}
        request = {**least, **default, **request}
    return Limit(kind, least, most, amounts_at(entry, "maxLimitRequestRatio", where), default, request)


def with_limit_defaults(spec: Mapping[str, Any], ranges: Iterable[LimitRange]) -> dict[str, Any]:
    """The spec of a pod with the ranges' defaults for what its containers leave out; the first range takes precedence.

    Mirrors: plugin/pkg/admission/limitranger/admission.go PodMutateLimitFunc @ v1.36
    """
    defaults: list[tuple[Amounts, Amounts]] = []
    for one in ranges:
        requests: Amounts = {}
        limits: Amounts = {}
        for limit in one.limits:
            if limit.kind == "Container":
                requests |= limit.default_request
                limits |= limit.default
        if requests or limits:
            defaults.append((requests, limits))
    if not defaults:
        return dict(spec)
    whole = dict(spec)
    for key in ("containers", "initContainers"):
        if spec.get(key) is not None:
            whole[key] = [_defaulted(item, where, defaults) for where, item in items_at(spec, key, "spec")]
    return whole


def _defaulted(container: Mapping[str, Any], where: str, defaults: list[tuple[Amounts, Amounts]]) -> dict[str, Any]:
    resources = mapping_at(container, "resources", where)
    requests = dict(mapping_at(resources, "requests", f"{where}.resources"))
    limits = dict(mapping_at(resources, "limits", f"{where}.resources"))
    for more_requests, more_limits in defaults:
        requests = {**{name: str(amount) for name, amount in more_requests.items()}, **requests}
        limits = {**{name: str(amount) for name, amount in more_limits.items()}, **limits}
    return {**container, "resources": {**resources, "requests": requests, "limits": limits}}


def hold_pod_to(spec: Mapping[str, Any], ranges: Iterable[LimitRange], version: KubernetesVersion) -> None:
    """Refuse a pod that breaks a range.

    Raises:
        Refused: with the API server's words for all that the first broken range objects to.

    Mirrors: plugin/pkg/admission/limitranger/admission.go PodValidateLimitFunc @ v1.36
    """
    for one in ranges:
        broken = [found for limit in one.limits for found in _pod_against(spec, limit, version)]
        if broken:
            message, field = _aggregate(message for message, _ in broken), path_of(broken[0][1])
            raise Refused(message, AdmissionPhase.VALIDATING, field, Cause(Reason.LIMIT_RANGE))


def _pod_against(spec: Mapping[str, Any], limit: Limit, version: KubernetesVersion) -> Iterator[tuple[str, str]]:
    if limit.kind == "Container":
        for where, container, _ in containers_of(spec):
            requests = container_amounts(container, where, "requests")
            limits = container_amounts(container, where, "limits")
            for message in _against(limit, requests, limits):
                yield message, f"{where}.resources"
    elif limit.kind == "Pod":
        requests = pod_total(spec, "requests", version, overhead=False)
        limits = pod_total(spec, "limits", version, overhead=False)
        for message in _against(limit, requests, limits):
            yield message, "spec.containers"


def hold_claim_to(spec: Mapping[str, Any], ranges: Iterable[LimitRange]) -> None:
    """Refuse a claim that breaks a range.

    Raises:
        Refused: with the API server's words for all that the first broken range objects to.

    Mirrors: plugin/pkg/admission/limitranger/admission.go PersistentVolumeClaimValidateLimitFunc @ v1.36
    """
    requests = amounts_at(mapping_at(spec, "resources", "spec"), "requests", "spec.resources")
    for one in ranges:
        broken: list[str] = []
        for limit in one.limits:
            if limit.kind == "PersistentVolumeClaim":
                broken += _over_least(limit, requests, {})
                broken += _over_most_request(limit, requests)
        if broken:
            field = ("spec", "resources", "requests", "storage")
            raise Refused(_aggregate(broken), AdmissionPhase.VALIDATING, field, Cause(Reason.LIMIT_RANGE))


def _against(limit: Limit, requests: Amounts, limits: Amounts) -> Iterator[str]:
    yield from _over_least(limit, requests, limits)
    yield from _under_most(limit, requests, limits)
    for name, ratio in sorted(limit.ratios.items()):
        message = _ratio(limit.kind, name, ratio, requests.get(name, ZERO), limits.get(name, ZERO))
        if message:
            yield message


def _over_least(limit: Limit, requests: Amounts, limits: Amounts) -> Iterator[str]:
    for name, least in sorted(limit.least.items()):
        start = f"minimum {name} usage per {limit.kind} is {least}"
        if name not in requests:
            yield f"{start}.  No request is specified"
        elif _milli(requests[name]) < _milli(least):
            yield f"{start}, but request is {requests[name]}"
        elif name in limits and _milli(limits[name]) < _milli(least):
            yield f"{start}, but limit is {limits[name]}"


def _under_most(limit: Limit, requests: Amounts, limits: Amounts) -> Iterator[str]:
    for name, most in sorted(limit.most.items()):
        start = f"maximum {name} usage per {limit.kind} is {most}"
        if name not in limits:
            yield f"{start}.  No limit is specified"
        elif _milli(limits[name]) > _milli(most):
            yield f"{start}, but limit is {limits[name]}"
        elif name in requests and _milli(requests[name]) > _milli(most):
            yield f"{start}, but request is {requests[name]}"


def _over_most_request(limit: Limit, requests: Amounts) -> Iterator[str]:
    for name, most in sorted(limit.most.items()):
        start = f"maximum {name} usage per {limit.kind} is {most}"
        if name not in requests:
            yield f"{start}.  No request is specified"
        elif _milli(requests[name]) > _milli(most):
            yield f"{start}, but request is {requests[name]}"


def _ratio(kind: str, name: str, most: PrintedQuantity, request: PrintedQuantity, limit: PrintedQuantity) -> str:
    """The objection to the ratio of the limit to the request; empty if there is none.

    Mirrors: plugin/pkg/admission/limitranger/admission.go limitRequestRatioConstraint @ v1.36
    """
    start = f"{name} max limit to request ratio per {kind} is {most}"
    if not _milli(request):
        return f"{start}, but no request is specified or request is 0"
    if not _milli(limit):
        return f"{start}, but no limit is specified or limit is 0"
    ratio = _milli(limit) / _milli(request)
    return f"{start}, but provided ratio is {ratio:f}" if ratio * 1000 > _milli(most) else ""


def _milli(amount: PrintedQuantity) -> int:
    """The amount in thousandths, rounded up, for comparisons; capped at what 64 bits hold."""
    return min(-(-amount.nanos // 10**6), _MOST_MILLI * 1000)


def _aggregate(messages: Iterable[str]) -> str:
    """The messages as Go joins errors: each once, in brackets if there are several."""
    distinct = list(dict.fromkeys(messages))
    return distinct[0] if len(distinct) == 1 else f"[{', '.join(distinct)}]"
