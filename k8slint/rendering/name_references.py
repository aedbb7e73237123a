"""References by name follow the objects that were renamed.

Mirrors: sigs.k8s.io/kustomize/api filters/nameref/nameref.go,
    internal/accumulator/namereferencetransformer.go @ v0.21.1
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from k8slint.rendering.field_paths import root_slot
from k8slint.rendering.field_specs import Slot, split_path
from k8slint.rendering.gvk import Gvk
from k8slint.rendering.origin import Origin
from k8slint.rendering.problems import Refused
from k8slint.rendering.resource import Resource, scalar_text
from k8slint.rendering.resources import Resources
from k8slint.rendering.transformer_config import NameReference


def follow_names(resources: Resources, references: tuple[NameReference, ...]) -> None:
    """Rename in all objects what refers to an object that had the name before.

    Raises:
        Refused: if a name may mean several objects that now have different names.
    """
    index = _Index(resources)
    for resource in resources:
        fields = _fields_of(references, resource.original_id.gvk)
        if fields.fields:
            referrer = _Referrer(resource, index)
            referrer.walk(fields, root_slot(resource.data, resource.origin))


class _Fields(NamedTuple):
    """The fields of a type that name others, as a tree of steps; `named` are the types that a field names."""

    fields: dict[str, _Fields]
    named: list[tuple[Gvk, str]]


@lru_cache(maxsize=1024)
def _fields_of(references: tuple[NameReference, ...], gvk: Gvk) -> _Fields:
    root = _Fields({}, [])
    for target, specs in references:
        for spec in specs:
            if gvk.is_selected_by(spec.gvk):
                here = root
                for step in split_path(spec.path):
                    here = here.fields.setdefault(step.removesuffix("[]"), _Fields({}, []))
                here.named.append((target, spec.path))
    return root


class _Index:
    """The objects that had other names, by each of these."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.by_name: dict[str, list[Resource]] = {}
        self.by_first_namespace: dict[str, list[Resource]] = {}
        for resource in resources:
            self.by_first_namespace.setdefault(resource.original_id.effective_namespace, []).append(resource)
            for name in dict.fromkeys(name for _, name, _ in resource.previous):
                self.by_name.setdefault(name, []).append(resource)


class _Referrer:
    """An object whose references are followed."""

    def __init__(self, resource: Resource, index: _Index) -> None:
        self._resource = resource
        self._index = index
        self._id = resource.current_id
        self._namespaces = _namespaces_of_subjects(resource)

    def walk(self, fields: _Fields, slot: Slot) -> None:
        """Follow the references in the fields below a place.

        Mirrors: sigs.k8s.io/kustomize/api filters/fieldspec/fieldspec.go Filter.filter @ v0.21.1
        """
        for target, path in fields.named:
            self._set_value(target, path, slot)
        value = slot.value
        if not fields.fields or value is None:
            return
        if isinstance(value, dict):
            found = [name for name in fields.fields if name in value]
            if found:
                origin = slot.value_origin()
                for name in found:
                    self.walk(fields.fields[name], Slot(value, name, origin))
        elif isinstance(value, list):
            if value:
                origin, inner = slot.value_origin(), fields._replace(named=[])
                for index in range(len(value)):
                    self.walk(inner, Slot(value, index, origin))
        else:
            path = next(iter(fields.fields))
            raise Refused(f'considering field "{path}": a list or mapping is expected', slot.value_origin())

    def _set_value(self, target: Gvk, path: str, slot: Slot) -> None:
        value = slot.value
        if value is None:
            return
        if isinstance(value, list):
            origin = slot.value_origin()
            for index, item in enumerate(value):
                if isinstance(item, list):
                    raise Refused("expected to be either a string or a map of string", origin.items(len(value))[index])
                if item is not None:
                    self._set_value(target, path, Slot(value, index, origin))
        elif isinstance(value, dict):
            self._set_mapping(target, path, value, slot.value_origin())
        else:
            found = self._referral(scalar_text(value), target, path, None, slot)
            if found is not None and found.name != value:
                slot.put(found.name)

    def _set_mapping(self, target: Gvk, path: str, value: dict[str, Any], origin: Origin) -> None:
        if "name" not in value:
            raise Refused("path config error; no 'name' field in node", origin)
        name = scalar_text(value["name"])
        slot = Slot(value, "name", origin)
        found = self._referral(name, target, path, value, slot)
        if found is None or (found.name == name and not found.namespace):
            return
        slot.put(found.name)
        if found.namespace:
            known = scalar_text(value.get("namespace"))
            if known != found.namespace:
                place = None if known else found.origin.at(("metadata", "namespace")).copy()
                Slot(value, "namespace", origin).put(found.namespace, place)

    def _referral(
        self, name: str, target: Gvk, path: str, mapping: dict[str, Any] | None, slot: Slot
    ) -> Resource | None:
        """The object that a name means, or None if it means none of those that were renamed."""
        known = self._index.by_name.get(name)
        if known is None:
            return None
        candidates = [each for each in known if self._could_mean(each) and _was_selected(each, target)]
        if mapping is not None and "namespace" in mapping:
            candidates = self._in_namespace(candidates, scalar_text(mapping["namespace"]))
        if path.endswith("roleRef/name"):
            role = self._role()
            if role is not None:
                candidates = [each for each in candidates if _was_selected(each, role)]
        if not self._id.is_cluster_wide:
            candidates = [each for each in candidates if self._is_near(each)]
        if len(candidates) == 1:
            return candidates[0]
        candidates = [each for each in candidates if self._has_like_affixes(each, allow_empty=True)]
        if len(candidates) > 1:
            candidates = [each for each in candidates if self._has_like_affixes(each, allow_empty=False)]
        if not candidates:
            return None
        names = {(each.name, each.namespace if mapping is not None else "") for each in candidates}
        if len(names) > 1:
            ids = ", ".join(str(each.current_id) for each in candidates)
            raise Refused(f"found multiple possible referrals: {ids}", slot.value_origin())
        return candidates[0]

    def _could_mean(self, other: Resource) -> bool:
        """Whether a name may mean the other at all.

        Mirrors: sigs.k8s.io/kustomize/api resmap/reswrangler.go
            resWrangler.SubsetThatCouldBeReferencedByResource @ v0.21.1
        """
        if self._id.is_cluster_wide:
            return True
        theirs = other.current_id
        return (
            theirs.is_cluster_wide
            or theirs.effective_namespace == self._id.effective_namespace
            or other.namespace in self._namespaces
        )

    def _in_namespace(self, candidates: list[Resource], namespace: str) -> list[Resource]:
        """The candidates that were in the namespace first; if no object was, those that are in it now."""
        before = [each for each in candidates if each.original_id.effective_namespace == namespace]
        if before or self._was_used(namespace):
            return before
        return [each for each in candidates if each.current_id.effective_namespace == namespace]

    def _was_used(self, namespace: str) -> bool:
        return any(map(self._could_mean, self._index.by_first_namespace.get(namespace, ())))

    def _role(self) -> Gvk | None:
        found = self._resource.data.get("roleRef")
        if not isinstance(found, dict) or found.get("apiGroup") is None or found.get("kind") is None:
            return None
        return Gvk(group=scalar_text(found["apiGroup"]), kind=scalar_text(found["kind"]))

    def _is_near(self, other: Resource) -> bool:
        theirs = other.current_id
        return (
            theirs.is_cluster_wide
            or theirs.gvk.kind == "ServiceAccount"
            or theirs.effective_namespace == self._id.effective_namespace
        )

    def _has_like_affixes(self, other: Resource, *, allow_empty: bool) -> bool:
        return all(
            (allow_empty and not (one and two)) or _same_ending(one, two)
            for one, two in (
                (other.prefixes, self._resource.prefixes),
                (other.suffixes, self._resource.suffixes),
            )
        )


def _was_selected(resource: Resource, selector: Gvk) -> bool:
    return any(each.gvk.is_selected_by(selector) for each in resource.previous_ids)


def _same_ending(one: list[str], other: list[str]) -> bool:
    short, long = sorted((one, other), key=len)
    return not long if not short else long[-len(short) :] == short


def _namespaces_of_subjects(resource: Resource) -> frozenset[str]:
    """The namespaces of the service accounts that a role binding is for."""
    subjects = resource.data.get("subjects")
    if resource.gvk.kind != "RoleBinding" or not isinstance(subjects, list):
        return frozenset()
    found = set()
    for index, each in enumerate(subjects):
        if isinstance(each, dict) and "namespace" in each and each.get("kind") == "ServiceAccount":
            if not isinstance(each["namespace"], str):
                here = resource.origin.at(("subjects", index, "namespace"))
                raise Refused(f"Invalid Input: namespace is blank for resource {resource.current_id}", here)
            found.add(each["namespace"])
    return frozenset(found)
