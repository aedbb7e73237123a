"""ValueAddTransformer: one value put into fields, or into a part of a path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from k8slint.rendering.field_paths import PathMatch, root_slot
from k8slint.rendering.field_specs import split_path
from k8slint.rendering.origin import Origin
from k8slint.rendering.problems import Refused
from k8slint.rendering.resource import scalar_text
from k8slint.rendering.resources import Resources
from k8slint.rendering.selectors import selected, selector_of
from k8slint.rendering.transformers.namespace import set_namespace_of

_NAMESPACE: Final = "metadata/namespace"


def add_value(resources: Resources, value: str, target: Mapping[str, Any], origin: Origin) -> None:
    """Set the value in the field of a target, or as a part of the path that the field has.

    Raises:
        Refused: if the field is no scalar.

    Mirrors: sigs.k8s.io/kustomize/api internal/builtins/ValueAddTransformer.go ValueAddTransformerPlugin.Transform,
        filters/valueadd/valueadd.go Filter.Filter @ v0.21.1
    """
    path = target.get("fieldPath") or ""
    if not path:
        raise Refused("fieldPath cannot be empty", origin)
    position = target.get("filePathPosition") or 0
    if position < 0:
        raise Refused(f"value of FilePathPosition ({position}) cannot be negative", origin.below("filePathPosition"))
    chosen = target.get("selector")
    found = list(resources) if chosen is None else list(selected(resources, selector_of(chosen, origin)))
    for resource in found:
        if path == _NAMESPACE:
            set_namespace_of(resource, value, origin)
            continue
        for place in PathMatch(split_path(path), "", origin, []).places(root_slot(resource.data, resource.origin)):
            if isinstance(place.value, (dict, list)):
                raise Refused(f'wrong node kind: "{path}" is no scalar', origin)
            new = _with_part(scalar_text(place.value), position - 1, value) if position else value
            place.put(new, Origin(origin.document, origin.path))
    resources.changed()


def _with_part(path: str, position: int, part: str) -> str:
    """The path with a part before the one at the position.

    Mirrors: sigs.k8s.io/kustomize/kyaml filesys/util.go InsertPathPart @ v0.21.1
    """
    is_absolute = path.startswith("/")
    parts = [each for each in path.split("/") if each]
    parts.insert(min(position, len(parts)), part)
    return f"{'/' if is_absolute else ''}{'/'.join(parts)}"
