"""The objects of a build in their order, found by their names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from k8slint.rendering.gvk import ResId
from k8slint.rendering.origin import Origin
from k8slint.rendering.problems import About, Refused
from k8slint.rendering.resource import Resource
from k8slint.values.nearest import nearest

_MOST: Final = 30_000


class Resources:
    """A list of objects without two of the same identity; who changes names says so with `changed`."""

    def __init__(self, items: Iterable[Resource] = ()) -> None:
        self.items = list(items)
        self._by_name: dict[str, list[Resource]] | None = None
        self._keys: set[object] | None = None

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def changed(self) -> None:
        """Forget what was known of names."""
        self._by_name = self._keys = None

    def append(self, resource: Resource) -> None:
        """Add an object.

        Raises:
            Refused: if there is one of the same identity.

        Mirrors: sigs.k8s.io/kustomize/api resmap/reswrangler.go resWrangler.Append @ v0.21.1
        """
        if self._keys is None:
            self._keys = {each.current_id.key for each in self.items}
        identity = resource.current_id
        if identity.key in self._keys:
            other = next(each for each in self.items if each.current_id.key == identity.key)
            name, line, _ = other.origin.place
            raise Refused(
                f"may not add resource with an already registered id: {identity}; the other is in {name}:{line}",
                resource.origin,
            )
        if len(self.items) >= _MOST:
            raise Refused(f"more than {_MOST:,} objects", resource.origin, About.LIMIT)
        self._keys.add(identity.key)
        self.items.append(resource)
        if self._by_name is not None:
            self._index(resource, self._by_name)

    def extend(self, resources: Iterable[Resource]) -> None:
        """Add objects; Refused as `append`."""
        for resource in resources:
            self.append(resource)

    def absorb(self, resource: Resource) -> None:
        """Add a generated object, or merge it into the one of the same identity, or replace that.

        Raises:
            Refused: if its behavior does not fit.

        Mirrors: sigs.k8s.io/kustomize/api resmap/reswrangler.go resWrangler.appendReplaceOrMerge @ v0.21.1
        """
        identity = resource.current_id
        found = self.with_id(identity)
        if not found:
            if resource.behavior in ("merge", "replace"):
                raise Refused(f"id {identity} does not exist; cannot merge or replace", resource.origin)
            self.append(resource)
            return
        if len(found) > 1:
            raise Refused(f"found multiple objects that could accept merge of {identity}", resource.origin)
        old = found[0]
        if resource.behavior not in ("merge", "replace"):
            raise Refused(
                f'id {identity} exists; behavior must be merge or replace, not "{resource.behavior or "create"}"',
                resource.origin,
            )
        if resource.behavior == "merge":
            _merge_data(resource, old)
            resource.source = old.source or resource.source
        _take_over(resource, old)
        self.items[next(number for number, each in enumerate(self.items) if each is old)] = resource
        self.changed()

    def with_id(self, identity: ResId) -> list[Resource]:
        """The objects that have or had the identity.

        Mirrors: sigs.k8s.io/kustomize/api resmap/reswrangler.go resWrangler.GetMatchingResourcesByAnyId @ v0.21.1
        """
        key = identity.key
        return [
            resource
            for resource in self.named(identity.name)
            if resource.data and any(each.key == key for each in (*resource.previous_ids, resource.current_id))
        ]

    def named(self, name: str) -> list[Resource]:
        """The objects that have or had the name."""
        if self._by_name is None:
            self._by_name = {}
            for resource in self.items:
                self._index(resource, self._by_name)
        return self._by_name.get(name, [])

    @staticmethod
    def _index(resource: Resource, by_name: dict[str, list[Resource]]) -> None:
        for name in dict.fromkeys((resource.name, *(name for _, name, _ in resource.previous))):
            by_name.setdefault(name, []).append(resource)

    def only(self, identity: ResId, origin: Origin) -> Resource:
        """The only object that has or had the identity.

        Raises:
            Refused: if there is none, or are several.
        """
        found = self.with_id(identity)
        if len(found) == 1:
            return found[0]
        if found:
            raise Refused(f"multiple matches for Id {identity}; failed to find unique target for patch", origin)
        names = {each.name for each in self.items if each.gvk == identity.gvk}
        near = identity.name if self.named(identity.name) else meant(identity.name, names)
        hint = self._beside(identity)
        raise Refused(f"no resource matches strategic merge patch {identity}{hint}", origin, About.TARGET, near)

    def _beside(self, identity: ResId) -> str:
        same_name = next(iter(self.named(identity.name)), None)
        if same_name is not None:
            return f"; there is {same_name.current_id}"
        same_kind = [each.name for each in self.items if each.gvk == identity.gvk]
        return f"; of this kind there is {', '.join(sorted(same_kind)[:3])}" if same_kind else ""

    def drop_empty(self) -> None:
        """Leave out the objects that were deleted."""
        if not all(each.data for each in self.items):
            self.items = [each for each in self.items if each.data]
            self.changed()


def meant(name: str, names: Collection[str]) -> str:
    """The name that was probably meant, also if short and with its letters in another order; empty if there is none.

    >>> meant("wbe", {"web", "db"})
    'web'
    """
    return nearest(name, names) or min((each for each in names if sorted(each) == sorted(name)), default="")


def _take_over(resource: Resource, old: Resource) -> None:
    """Give a generated object the name, the namespace and the further labels and annotations of another.

    Mirrors: sigs.k8s.io/kustomize/api resource/resource.go Resource.CopyMergeMetaDataFieldsFrom @ v0.21.1
    """
    metadata, origin = resource.metadata()
    for field in ("labels", "annotations"):
        theirs, own = old.texts(field), resource.texts(field)
        merged = {**theirs, **own}
        if not merged:
            metadata.pop(field, None)
            continue
        metadata[field] = {key: merged[key] for key in sorted(merged)}
        for key in theirs.keys() - own.keys():
            origin.child(field).set(key, old.origin.at(("metadata", field, key)))
    metadata["name"] = old.name
    origin.set("name", old.origin.at(("metadata", "name")))
    if old.namespace:
        metadata["namespace"] = old.namespace
        origin.set("namespace", old.origin.at(("metadata", "namespace")))
    else:
        metadata.pop("namespace", None)
    resource.variables, resource.changes = list(old.variables), list(old.changes)
    resource.previous, resource.behavior = list(old.previous), old.behavior
    resource.prefixes, resource.suffixes = list(old.prefixes), list(old.suffixes)
    resource.needs_hash = resource.needs_hash and old.needs_hash


def _merge_data(resource: Resource, old: Resource) -> None:
    for field in ("data", "binaryData"):
        theirs = old.data.get(field)
        own = resource.data.get(field)
        theirs = theirs if isinstance(theirs, dict) else {}
        own = own if isinstance(own, dict) else {}
        if not theirs and not own:
            resource.data.pop(field, None)
            continue
        resource.data[field] = {**theirs, **own}
        for key in theirs.keys() - own.keys():
            resource.origin.child(field).set(key, old.origin.at((field, key)))
