"""namePrefix, nameSuffix, and the hashes of generated objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from k8slint.rendering.field_specs import FieldSpec, Slot, visit_path
from k8slint.rendering.gvk import Gvk
from k8slint.rendering.hashing import hash_of
from k8slint.rendering.resource import Resource, scalar_text
from k8slint.rendering.resources import Resources

_KEEP_THEIR_NAMES: Final = (
    Gvk(kind="CustomResourceDefinition"),
    Gvk(group="apiregistration.k8s.io", kind="APIService"),
    Gvk(kind="Namespace"),
)


def add_prefix(resources: Resources, prefix: str, specs: tuple[FieldSpec, ...]) -> None:
    """Put the prefix before names.

    Mirrors: sigs.k8s.io/kustomize/api internal/builtins/PrefixTransformer.go
        PrefixTransformerPlugin.Transform @ v0.21.1
    """
    _rename(resources, specs, lambda name: f"{prefix}{name}", lambda each: each.prefixes.append(prefix))


def add_suffix(resources: Resources, suffix: str, specs: tuple[FieldSpec, ...]) -> None:
    """Put the suffix after names.

    Mirrors: sigs.k8s.io/kustomize/api internal/builtins/SuffixTransformer.go
        SuffixTransformerPlugin.Transform @ v0.21.1
    """
    _rename(resources, specs, lambda name: f"{name}{suffix}", lambda each: each.suffixes.append(suffix))


def _rename(
    resources: Resources,
    specs: tuple[FieldSpec, ...],
    new: Callable[[str], str],
    note: Callable[[Resource], None],
) -> None:
    def set_value(slot: Slot) -> None:
        slot.put(new(scalar_text(slot.value)))

    for resource in resources:
        original = resource.original_id.gvk
        if any(original.is_selected_by(each) for each in _KEEP_THEIR_NAMES):
            continue
        for spec in specs:
            if not original.is_selected_by(spec.gvk):
                continue
            if spec.path == "metadata/name":
                note(resource)
                resource.remember()
            if resource.gvk.is_selected_by(spec.gvk):
                visit_path(resource, spec, set_value, "scalar")
    resources.changed()


def add_hashes(resources: Resources) -> None:
    """Put the hash of their data after the names of generated objects.

    Mirrors: sigs.k8s.io/kustomize/api internal/builtins/HashTransformer.go HashTransformerPlugin.Transform @ v0.21.1
    """
    for resource in resources:
        if resource.needs_hash:
            suffix = hash_of(resource)
            resource.remember()
            metadata, _ = resource.metadata()
            metadata["name"] = f"{resource.name}-{suffix}"
    resources.changed()
