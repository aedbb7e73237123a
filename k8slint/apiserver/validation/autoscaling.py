"""HorizontalPodAutoscalers, as the API server validates them on creation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from k8slint.apiserver.validation.core.resources import amount_of, container_resource_name
from k8slint.apiserver.validation.field import (
    Field,
    always,
    fields,
    given,
    needed,
    one_of,
    one_of_said,
    positive,
)
from k8slint.apiserver.validation.formats import dns_label, path_segment_name

_API_VERSIONS_SINCE: Final = 34
# Since this minor some rules are declared in the API's types, with other messages.
_DECLARED_SINCE: Final = 36
_OF_THE_CPU: Final = ("resource", "target", "averageUtilization")
_LONGEST_PERIOD: Final = 1800
_LONGEST_WINDOW: Final = 3600
_TYPES: Final = one_of("ContainerResource", "External", "Object", "Pods", "Resource")
_POLICY_TYPES: Final = one_of("Percent", "Pods")
_SELECTIONS: Final = one_of("Disabled", "Max", "Min")


def horizontal_pod_autoscaler(obj: Field) -> None:
    """A HorizontalPodAutoscaler of any version; v1 has one metric, the use of the requested CPU.

    Mirrors: pkg/apis/autoscaling/validation/validation.go validateHorizontalPodAutoscalerSpec @ v1.37
    """
    spec = obj["spec"]
    lowest = 0 if obj.run.has("HPAScaleToZero") else 1
    least, most = spec["minReplicas"], spec["maxReplicas"]
    if least.value.__class__ is int and least.value < lowest:
        least.invalid(f"must be greater than or equal to {lowest}")
    _most(least, most)
    _reference(spec["scaleTargetRef"], may_be_core=spec["scaleTargetRef"]["kind"].may_be("ReplicationController"))
    _metrics(spec["metrics"], least)
    if spec["targetCPUUtilizationPercentage"].is_set:
        # The server converts it to a metric before validation.
        positive(spec["targetCPUUtilizationPercentage"].named_as(spec, "metrics", 0, *_OF_THE_CPU))
    for name in ("scaleUp", "scaleDown"):
        if spec["behavior"][name].is_set:
            _SCALING(spec["behavior"][name])


def _most(least: Field, most: Field) -> None:
    number = most.value if most.is_set else 0
    if number.__class__ is not int:
        return
    if number == 0 and most.run.minor >= _DECLARED_SINCE:
        most.required()
    elif number < 1:
        most.invalid("must be greater than 0", number)
    elif least.value.__class__ is int and number < least.value:
        most.invalid("must be greater than or equal to `minReplicas`")


def _reference(ref: Field, *, may_be_core: bool = True) -> None:
    """A reference to an object of any version.

    Mirrors: pkg/apis/autoscaling/validation/validation.go ValidateCrossVersionObjectReference @ v1.37
    """
    _REFERENCE(ref)
    version = ref["apiVersion"]
    text = version.value or ""
    if ref.run.minor < _API_VERSIONS_SINCE or text.__class__ is not str:
        return
    if text.count("/") > 1:
        version.invalid(f"unexpected GroupVersion string: {text}")
    elif not may_be_core and not text.partition("/")[0 if "/" in text else 1]:
        version.invalid("apiVersion must specify API group", text, fix="write apps/v1 for a Deployment or StatefulSet")


def _metrics(metrics: Field, least: Field) -> None:
    """What is measured; a minimum of 0 replicas needs a metric that is not of pods.

    Mirrors: pkg/apis/autoscaling/validation/validation.go validateMetrics @ v1.37
    """
    for metric in metrics:
        _metric(metric)
    is_outside = any(metric["type"].may_be("Object", "External") for metric in metrics)
    if least.value == 0 and not is_outside and not metrics.is_hole:
        metrics.forbidden("must specify at least one Object or External metric to support scaling to zero replicas")


def _metric(metric: Field) -> None:
    """One metric, with the one source that its type names.

    Mirrors: pkg/apis/autoscaling/validation/validation.go validateMetricSpec @ v1.37
    """
    kind = metric["type"]
    if not kind:
        kind.required("must specify a metric source type")
    _TYPES(kind)
    there = [name for name in _SOURCES if metric[name].is_set]
    if there:
        _SOURCES[there[0]](metric[there[0]])
    if kind.is_hole:
        return
    expected = _FIELD_OF_TYPE.get(kind.value or "", "")
    if expected and expected not in there:
        metric[expected].required("must populate information for the given metric source")
    if len(there) > 1:
        for name in there:
            if name != expected:
                metric[name].forbidden("must populate the given metric source only")


def _positive(field: Field) -> None:
    found = amount_of(field)
    if found is not None and found.nanos <= 0:
        field.invalid("must be positive", str(found))


def _target_type(field: Field) -> None:
    if not field:
        field.required("must specify a metric target type")
    _TARGET_TYPES(field)


def _pods(source: Field) -> None:
    _METRIC(source["metric"])
    _TARGET(source["target"])
    average = source["target"]["averageValue"]
    if not average.is_set:
        average.required("must specify a positive target averageValue")


def _object(source: Field) -> None:
    _reference(source["describedObject"])
    _METRIC(source["metric"])
    target = source["target"]
    _TARGET(target)
    if not target["value"].is_set and not target["averageValue"].is_set:
        target["averageValue"].required("must set either a target value or averageValue")


def _external(source: Field) -> None:
    _METRIC(source["metric"])
    target = source["target"]
    _TARGET(target)
    value, average = target["value"], target["averageValue"]
    if not value.is_set and not average.is_set:
        average.required("must set either a target value for metric or a per-pod target")
    if value.is_set and average.is_set:
        value.forbidden("may not set both a target value for metric and a per-pod target", fix="keep one of them")


def _resource(source: Field) -> None:
    _RESOURCE(source)
    _of_resource(source["target"])


def _container_resource(source: Field) -> None:
    _CONTAINER_RESOURCE(source)
    _of_resource(source["target"])


def _of_resource(target: Field) -> None:
    _TARGET(target)
    used, average = target["averageUtilization"], target["averageValue"]
    if not used.is_set and not average.is_set:
        used.required("must set either a target raw value or a target utilization")
    if used.is_set and average.is_set:
        average.forbidden("may not set both a target raw value and a target utilization", fix="keep one of them")


def _resource_name(field: Field) -> None:
    for fault in container_resource_name(field.value) if field.value.__class__ is str else ():
        field.invalid(fault)


def _window(field: Field) -> None:
    if field.value.__class__ is not int:
        return
    if field.value < 0:
        field.invalid("must be greater than or equal to zero")
    elif field.value > _LONGEST_WINDOW:
        field.invalid(f"must be less than or equal to {_LONGEST_WINDOW}")


def _more_than_none(field: Field) -> None:
    number = field.value or 0
    if number.__class__ is int and number <= 0:
        field.invalid("must be greater than zero", number)


def _period(field: Field) -> None:
    _more_than_none(field)
    if field.value.__class__ is int and field.value > _LONGEST_PERIOD:
        field.invalid(f"must be less than or equal to {_LONGEST_PERIOD}")


def _policies(policies: Field) -> None:
    if policies.is_set and not policies:
        policies.required("must specify at least one Policy")
    for policy in policies:
        _POLICY(policy)


def _tolerance(field: Field) -> None:
    found = amount_of(field) if field.run.has("HPAConfigurableTolerance") else None
    if found is not None and found.nanos < 0:
        field.invalid("must be greater than or equal to 0", str(found))


_TARGET_TYPES: Final = one_of_said(
    "must be either Utilization, Value, or AverageValue", "AverageValue", "Utilization", "Value"
)
_REFERENCE: Final = fields(kind=needed(path_segment_name), name=needed(path_segment_name))
_METRIC: Final = fields(name=needed(path_segment_name, "must specify a metric name"))
_TARGET: Final = fields(
    type=always(_target_type),
    value=given(_positive),
    averageValue=given(_positive),
    averageUtilization=given(positive),
)
_RESOURCE: Final = fields(name=needed(detail="must specify a resource name"))
_CONTAINER_RESOURCE: Final = fields(
    name=needed(_resource_name, "must specify a resource name"),
    container=needed(dns_label, "must specify a container"),
)
_POLICY: Final = fields(type=always(_POLICY_TYPES), value=always(_more_than_none), periodSeconds=always(_period))
_SCALING: Final = fields(
    stabilizationWindowSeconds=given(_window),
    selectPolicy=given(_SELECTIONS),
    policies=given(_policies),
    tolerance=given(_tolerance),
)
# In the server's order: if several are set, it checks only the first.
_SOURCES: Final[Mapping[str, Callable[[Field], None]]] = {
    "object": _object,
    "external": _external,
    "pods": _pods,
    "resource": _resource,
    "containerResource": _container_resource,
}
_FIELD_OF_TYPE: Final = {
    "ContainerResource": "containerResource",
    "External": "external",
    "Object": "object",
    "Pods": "pods",
    "Resource": "resource",
}
