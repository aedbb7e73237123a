"""The namespace of a kustomization."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from k8slint.rendering.field_specs import FieldSpec, Setter, Slot, visit, visit_path
from k8slint.rendering.gvk import Gvk
from k8slint.rendering.origin import Origin
from k8slint.rendering.problems import Refused
from k8slint.rendering.resource import Resource, scalar_text
from k8slint.rendering.resources import Resources

_METADATA: Final = FieldSpec(Gvk(), "metadata/namespace", create=True)
_BINDINGS: Final = ("RoleBinding", "ClusterRoleBinding")
SUBJECTS: Final = ("defaultOnly", "allServiceAccounts", "none")
"""Which subjects of role bindings get the namespace: the first if nothing is said."""


def set_namespace(
    resources: Resources,
    namespace: str,
    specs: tuple[FieldSpec, ...],
    origin: Origin,
    *,
    subjects: str = SUBJECTS[0],
    unset_only: bool = False,
) -> None:
    """Put all objects into the namespace, but those of kinds that have none.

    Raises:
        Refused: if two objects then have the same identity.

    Mirrors: sigs.k8s.io/kustomize/api internal/builtins/NamespaceTransformer.go NamespaceTransformerPlugin.Transform,
        filters/namespace/namespace.go Filter.run @ v0.21.1
    """

    def set_value(slot: Slot) -> None:
        if isinstance(slot.value, (dict, list)):
            raise Refused("namespace field specs must target scalar nodes", slot.value_origin())
        if not (unset_only and scalar_text(slot.value)):
            slot.put(namespace, Origin(origin.document, origin.path))

    for resource in resources:
        if not resource.data:
            continue
        resource.remember()
        if not resource.gvk.is_cluster_wide:
            visit_path(resource, _METADATA, set_value, "scalar")
        is_binding = resource.gvk.kind in _BINDINGS
        if is_binding:
            _set_subjects(resource, set_value, subjects)
        is_core = resource.data.get("apiVersion") == "v1"
        visit(resource, _chosen(specs, is_core=is_core, is_binding=is_binding), set_value, "scalar")
    resources.changed()
    _refuse_conflict(resources, origin)


@lru_cache(maxsize=256)
def _chosen(specs: tuple[FieldSpec, ...], *, is_core: bool, is_binding: bool) -> tuple[FieldSpec, ...]:
    """The specs for an object: without those for which there is code, and names only of the core group's objects."""
    return tuple(
        spec
        for spec in specs
        if spec.path != _METADATA.path
        and (is_core or spec.path != "metadata/name")
        and not (is_binding and spec.gvk.kind in _BINDINGS and spec.path == "subjects/namespace")
    )


def set_namespace_of(resource: Resource, namespace: str, origin: Origin) -> None:
    """Put one object into the namespace, without more."""
    visit_path(resource, _METADATA, lambda slot: slot.put(namespace, Origin(origin.document, origin.path)), "scalar")


def _set_subjects(resource: Resource, set_value: Setter, subjects: str) -> None:
    found = resource.data.get("subjects")
    if subjects == "none" or found is None:
        return
    if not isinstance(found, list):
        raise Refused("the subjects of a role binding are a list", resource.origin.below("subjects"))
    key, value = ("name", "default") if subjects == SUBJECTS[0] else ("kind", "ServiceAccount")
    origins = resource.origin.child("subjects").items(len(found))
    for subject, here in zip(found, origins, strict=True):
        if isinstance(subject, dict) and scalar_text(subject.get(key)) == value:
            subject.setdefault("namespace", "")
            set_value(Slot(subject, "namespace", here))


def _refuse_conflict(resources: Resources, origin: Origin) -> None:
    seen: dict[object, Resource] = {}
    for resource in resources:
        other = seen.setdefault(resource.current_id.key, resource)
        if other is not resource and resource.data:
            name, line, _ = other.origin.place
            raise Refused(
                f"namespace transformation produces ID conflict: {resource.current_id} is then in "
                f"{name}:{line} and in {':'.join(map(str, resource.origin.place[:2]))}",
                origin,
            )
