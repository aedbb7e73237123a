"""Pod templates: where they ask for an amount, and whether they still wait for a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from k8slint.cluster.volume_matching import quantity
from k8slint.loading.document import Path
from k8slint.objects.fields import dig
from k8slint.objects.object import Pod
from k8slint.values.placeholder import has_placeholder

# The fields in which a pod asks for nodes, volumes and policies: a placeholder in one leaves its fate unknown.
_ASKING: Final = (
    "affinity", "nodeName", "nodeSelector", "priorityClassName", "runtimeClassName", "schedulerName",
    "serviceAccountName", "tolerations", "topologySpreadConstraints", "volumes",
)  # fmt: skip


def at_amount(template: Pod, resource: str, fields: Sequence[str] = ("requests", "limits")) -> Path:
    """The path to the pod's own amount of a resource, else to the largest of a container, else to a place for one.

    The first of the fields that holds an amount counts.
    """
    prefix, spec = template.path, template.spec
    for field in fields:
        if dig(spec, "resources", field, resource) is not None:
            return (*prefix, "spec", "resources", field, resource)
    found: list[tuple[int, Path]] = []
    for container in template.containers:
        for field in fields:
            amount = quantity(dig(container.data, "resources", field, resource))
            if amount is not None:
                found.append((amount.nanos, (*prefix, *container.path, "resources", field, resource)))
                break
    if found:
        return max(found, key=lambda pair: pair[0])[1]
    return (*prefix, "spec", "containers", 0, "resources")


def is_unrendered(template: Pod) -> bool:
    """Whether a template still fills in what decides on the fate of the pods."""
    pending: list[Any] = [template.spec.get(key) for key in _ASKING]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending += [*value, *value.values()]
        elif isinstance(value, list):
            pending += value
        elif has_placeholder(value):
            return True
    return False
