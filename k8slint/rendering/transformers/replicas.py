"""replicas: how many of an object there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k8slint.rendering.field_specs import FieldSpec, Slot, visit_path
from k8slint.rendering.origin import Origin
from k8slint.rendering.problems import Refused
from k8slint.rendering.resources import Resources


def set_replicas(
    resources: Resources, replica: Mapping[str, Any], specs: tuple[FieldSpec, ...], origin: Origin
) -> None:
    """Set the number of replicas of the objects that have or had the name.

    Raises:
        Refused: if no object of the right kinds has it.

    Mirrors: sigs.k8s.io/kustomize/api internal/builtins/ReplicaCountTransformer.go
        ReplicaCountTransformerPlugin.Transform @ v0.21.1
    """
    name, count = replica.get("name") or "", replica.get("count") or 0

    def set_value(slot: Slot) -> None:
        quoted = isinstance(slot.value, str) and bool(slot.value) and slot.value_origin().is_quoted
        slot.put(str(count) if quoted else count, origin.below("count"))

    found = False
    for spec in specs:
        for resource in resources.named(name):
            ids = (*resource.previous_ids, resource.current_id)
            if resource.data and any(each.name == name and each.gvk.is_selected_by(spec.gvk) for each in ids):
                found = True
                if resource.gvk.is_selected_by(spec.gvk):
                    visit_path(resource, spec, set_value, "scalar")
    if not found:
        kinds = ", ".join(str(spec.gvk) for spec in specs)
        raise Refused(f'resource with name "{name}" does not match a config with the following GVK {kinds}', origin)
