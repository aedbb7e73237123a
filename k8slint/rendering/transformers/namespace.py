"""The namespace of a kustomization."""

from __future__ import annotations

from typing import Final

from k8slint.rendering.field_specs import FieldSpec, Slot, visit, visit_path
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

    of_core = tuple(spec for spec in specs if spec.path != _METADATA.path)
    of_others = tuple(spec for spec in of_core if spec.path != "metadata/name")
    unbound = {specs: _without_subjects(specs) for specs in (of_core, of_others)}
    for resource in resources:
        if not resource.data:
            continue
        resource.remember()
        _set_one(resource, of_core, of_others, unbound, set_value, subjects)
    resources.changed()
    _refuse_conflict(resources, origin)


def set_namespace_of(resource: Resource, namespace: str, origin: Origin) -> None:
    """Put one object into the namespace, without more."""
    visit_path(resource, _METADATA, lambda slot: slot.put(namespace, Origin(origin.document, origin.path)), "scalar")


def _set_one(resource, of_core, of_others, unbound, set_value, subjects) -> None:  # type: ignore[no-untyped-def]
    if not resource.gvk.is_cluster_wide:
        visit_path(resource, _METADATA, set_value, "scalar")
    chosen = of_core if resource.data.get("apiVersion") == "v1" else of_others
    if resource.gvk.kind in _BINDINGS:
        chosen = unbound[chosen]
        _set_subjects(resource, set_value, subjects)
    visit(resource, chosen, set_value, "scalar")


def _without_subjects(specs: tuple[FieldSpec, ...]) -> tuple[FieldSpec, ...]:
    return tuple(spec for spec in specs if not (spec.gvk.kind in _BINDINGS and spec.path == "subjects/namespace"))


def _set_subjects(resource: Resource, set_value, subjects: str) -> None:  # type: ignore[no-untyped-def]
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
