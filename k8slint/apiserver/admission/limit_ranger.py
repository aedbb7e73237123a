"""LimitRanges: the defaults they set on containers, and the limits they hold pods and claims to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

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
from k8slint.loading.document import Path
from k8slint.values.field_path import path_of
from k8slint.values.reading import items_at, mapping_at, text_at
from k8slint.values.version import KubernetesVersion

_MOST_MILLI = (2**63 - 1) // 1000


@dataclass(frozen=True, slots=True)
class Limit:
    """One entry of a LimitRange, defaults filled in; `path` leads to it."""

    path: Path
    kind: str
    least: Amounts
    most: Amounts
    ratios: Amounts
    default: Amounts
    default_request: Amounts


@dataclass(frozen=True, slots=True)
class LimitRange:
    """A LimitRange: its name and its entries."""

    name: str
    limits: tuple[Limit, ...]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> LimitRange:
        """The LimitRange of a manifest.

        Raises:
            ShapeError: if a field cannot be read.
        """
        entries = items_at(mapping_at(data, "spec", ""), "limits", "spec")
        name = text_at(mapping_at(data, "metadata", ""), "name", "metadata")
        return cls(name, tuple(_limit(entry, where) for where, entry in entries))


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
    ratios = amounts_at(entry, "maxLimitRequestRatio", where)
    return Limit(path_of(where), kind, least, most, ratios, default, request)


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
        _refuse(one, [found for limit in one.limits for found in _pod_against(spec, limit, version)])


def _pod_against(spec: Mapping[str, Any], limit: Limit, version: KubernetesVersion) -> Iterator[_Breach]:
    if limit.kind == "Container":
        for where, container, _ in containers_of(spec):
            requests = container_amounts(container, where, "requests")
            limits = container_amounts(container, where, "limits")
            for breach in _against(limit, requests, limits):
                yield breach._replace(field=(*path_of(where), "resources", *breach.field))
    elif limit.kind == "Pod":
        requests = pod_total(spec, "requests", version, overhead=False)
        limits = pod_total(spec, "limits", version, overhead=False)
        for breach in _against(limit, requests, limits):
            yield breach._replace(field=("spec", "containers"))


def hold_claim_to(spec: Mapping[str, Any], ranges: Iterable[LimitRange]) -> None:
    """Refuse a claim that breaks a range.

    Raises:
        Refused: with the API server's words for all that the first broken range objects to.

    Mirrors: plugin/pkg/admission/limitranger/admission.go PersistentVolumeClaimValidateLimitFunc @ v1.36
    """
    requests = amounts_at(mapping_at(spec, "resources", "spec"), "requests", "spec.resources")
    for one in ranges:
        broken: list[_Breach] = []
        for limit in one.limits:
            if limit.kind == "PersistentVolumeClaim":
                broken += _over_least(limit, requests, {})
                broken += _over_most_request(limit, requests)
        _refuse(one, [breach._replace(field=("spec", "resources", *breach.field)) for breach in broken])


class _Breach(NamedTuple):
    """One objection of a range: the field below `resources` that breaks it, and the entry that it breaks."""

    message: str
    field: Path
    entry: Path


def _refuse(broken: LimitRange, breaches: Sequence[_Breach]) -> None:
    if breaches:
        first = breaches[0]
        cause = Cause(Reason.LIMIT_RANGE, broken.name, first.entry)
        message = _aggregate(breach.message for breach in breaches)
        raise Refused(message, AdmissionPhase.VALIDATING, first.field, cause)


def _against(limit: Limit, requests: Amounts, limits: Amounts) -> Iterator[_Breach]:
    yield from _over_least(limit, requests, limits)
    yield from _under_most(limit, requests, limits)
    for name, ratio in sorted(limit.ratios.items()):
        message = _ratio(limit.kind, name, ratio, requests.get(name, ZERO), limits.get(name, ZERO))
        if message:
            yield _Breach(message, ("limits", name), (*limit.path, "maxLimitRequestRatio", name))


def _over_least(limit: Limit, requests: Amounts, limits: Amounts) -> Iterator[_Breach]:
    for name, least in sorted(limit.least.items()):
        start, entry = f"minimum {name} usage per {limit.kind} is {least}", (*limit.path, "min", name)
        if name not in requests:
            yield _Breach(f"{start}.  No request is specified", ("requests", name), entry)
        elif _milli(requests[name]) < _milli(least):
            yield _Breach(f"{start}, but request is {requests[name]}", ("requests", name), entry)
        elif name in limits and _milli(limits[name]) < _milli(least):
            yield _Breach(f"{start}, but limit is {limits[name]}", ("limits", name), entry)


def _under_most(limit: Limit, requests: Amounts, limits: Amounts) -> Iterator[_Breach]:
    for name, most in sorted(limit.most.items()):
        start, entry = f"maximum {name} usage per {limit.kind} is {most}", (*limit.path, "max", name)
        if name not in limits:
            yield _Breach(f"{start}.  No limit is specified", ("limits", name), entry)
        elif _milli(limits[name]) > _milli(most):
            yield _Breach(f"{start}, but limit is {limits[name]}", ("limits", name), entry)
        elif name in requests and _milli(requests[name]) > _milli(most):
            yield _Breach(f"{start}, but request is {requests[name]}", ("requests", name), entry)


def _over_most_request(limit: Limit, requests: Amounts) -> Iterator[_Breach]:
    for name, most in sorted(limit.most.items()):
        start, entry = f"maximum {name} usage per {limit.kind} is {most}", (*limit.path, "max", name)
        if name not in requests:
            yield _Breach(f"{start}.  No request is specified", ("requests", name), entry)
        elif _milli(requests[name]) > _milli(most):
            yield _Breach(f"{start}, but request is {requests[name]}", ("requests", name), entry)


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
