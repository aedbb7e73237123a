"""An object on its way through a build: its data, the origin of each value, and what it was called before."""

from __future__ import annotations

from typing import Any

from k8slint.rendering.gvk import Gvk, ResId, parse_gvk
from k8slint.rendering.origin import Data, Origin, copied


class Resource:
    """An object that transformers change in place.

    `previous` are its earlier namespaces, names and kinds, oldest first. What kustomize notes in annotations of its own
    and removes at the end is kept in fields here.
    """

    __slots__ = (
        "behavior",
        "changes",
        "data",
        "needs_hash",
        "origin",
        "prefixes",
        "previous",
        "source",
        "suffixes",
        "variables",
    )

    def __init__(self, data: Data, origin: Origin) -> None:
        self.data = data
        self.origin = origin
        self.previous: list[tuple[str, str, str]] = []
        self.prefixes: list[str] = []
        self.suffixes: list[str] = []
        self.needs_hash = False
        self.behavior = ""
        self.variables: list[str] = []
        self.source = ""
        self.changes: list[str] = []

    def copy(self) -> Resource:
        """The same for another build."""
        other = Resource(copied(self.data), self.origin.copy())
        other.previous = list(self.previous)
        other.prefixes, other.suffixes = list(self.prefixes), list(self.suffixes)
        other.needs_hash, other.behavior = self.needs_hash, self.behavior
        other.variables, other.source, other.changes = list(self.variables), self.source, list(self.changes)
        return other

    @property
    def gvk(self) -> Gvk:
        """The current type."""
        return parse_gvk(scalar_text(self.data.get("apiVersion")), scalar_text(self.data.get("kind")))

    @property
    def name(self) -> str:
        """The current name; empty if there is none."""
        return self._of_metadata("name")

    @property
    def namespace(self) -> str:
        """The current namespace as written; empty if there is none."""
        return self._of_metadata("namespace")

    def _of_metadata(self, key: str) -> str:
        metadata = self.data.get("metadata")
        return scalar_text(metadata.get(key)) if isinstance(metadata, dict) else ""

    @property
    def current_id(self) -> ResId:
        """The current identity."""
        return ResId(self.gvk, self.name, self.namespace)

    @property
    def previous_ids(self) -> list[ResId]:
        """The earlier identities, oldest first."""
        group, version, _ = self.gvk
        return [
            ResId(Gvk(group, version, kind), name, namespace, is_known_scope=False)
            for namespace, name, kind in self.previous
        ]

    @property
    def original_id(self) -> ResId:
        """The first identity."""
        if not self.previous:
            return self.current_id
        namespace, name, kind = self.previous[0]
        return ResId(self.gvk._replace(kind=kind), name, namespace, is_known_scope=False)

    def remember(self) -> None:
        """Note the current identity as an earlier one, before it changes.

        Mirrors: sigs.k8s.io/kustomize/api resource/resource.go Resource.StorePreviousId @ v0.21.1
        """
        current = self.current_id
        known = current.effective_namespace, current.name, current.gvk.kind
        if known not in self.previous:
            self.previous.append(known)

    @property
    def is_noted(self) -> bool:
        """Whether kustomize has noted anything in annotations of its own."""
        return bool(self.previous or self.prefixes or self.suffixes or self.needs_hash or self.behavior)

    def forget(self) -> None:
        """Drop what kustomize noted in annotations, with which a patch removed it."""
        self.previous, self.prefixes, self.suffixes = [], [], []
        self.needs_hash, self.behavior = False, ""

    def metadata(self) -> tuple[dict[str, Any], Origin]:
        """The metadata and its origin; made if there is none."""
        found = self.data.get("metadata")
        if not isinstance(found, dict):
            found = self.data["metadata"] = {}
        return found, self.origin.child("metadata")

    def texts(self, field: str) -> dict[str, str]:
        """The labels or annotations as texts."""
        metadata = self.data.get("metadata")
        found = metadata.get(field) if isinstance(metadata, dict) else None
        if not isinstance(found, dict):
            return {}
        return {key: value if isinstance(value, str) else self._text(field, key, value) for key, value in found.items()}

    def _text(self, field: str, key: str, value: Any) -> str:
        if isinstance(value, (dict, list)):
            return ""
        return self.origin.at(("metadata", field, key)).written or scalar_text(value)

    def drop(self) -> None:
        """Empty the object: it is no longer there, but keeps its place until the next transformer."""
        self.data = {}


def scalar_text(value: Any) -> str:
    """The text that kustomize compares: that of a scalar, or nothing for null and collections.

    >>> scalar_text(80), scalar_text(True), scalar_text(None)
    ('80', 'true', '')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    return ""
