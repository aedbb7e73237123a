"""images: other names, tags and digests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from k8slint.rendering.field_specs import FieldSpec, Slot, visit
from k8slint.rendering.origin import Origin
from k8slint.rendering.problems import Refused
from k8slint.rendering.resource import scalar_text
from k8slint.rendering.resources import Resources
from k8slint.rendering.selectors import Pattern, go_regex

_LISTS: Final = frozenset({"containers", "initContainers"})
_AFTER_NAME: Final = r"(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$"


def set_images(resources: Resources, image: Mapping[str, Any], specs: tuple[FieldSpec, ...], origin: Origin) -> None:
    """Change the images of that name, wherever a list of containers is, and in the fields that the specs name.

    A suffix of tags is added by both, as in kustomize: twice where both meet the same image.

    Mirrors: sigs.k8s.io/kustomize/api internal/builtins/ImageTagTransformer.go ImageTagTransformerPlugin.Transform,
        filters/imagetag @ v0.21.1
    """
    name = image.get("name") or ""
    pattern = go_regex(f"^{name}{_AFTER_NAME}", origin.below("name"))
    changed = next((key for key in ("newTag", "digest", "tagSuffix", "newName") if image.get(key)), None)
    if pattern is None or changed is None:
        return
    where = origin.below(changed)

    def set_value(slot: Slot) -> None:
        value = slot.value
        if isinstance(value, (dict, list)):
            raise Refused("an image is a text", slot.value_origin())
        text = scalar_text(value)
        new = renamed(text, pattern, image)
        if new != text:
            slot.put(new, where.copy())

    for resource in resources:
        if resource.gvk.kind != "CustomResourceDefinition":
            _visit_containers(resource.data, resource.origin, set_value)
            visit(resource, specs, set_value)


def _visit_containers(data: Any, origin: Origin, set_value: Any) -> None:
    if isinstance(data, list):
        if any(isinstance(item, (dict, list)) for item in data):
            for item, here in zip(data, origin.items(len(data)), strict=True):
                if isinstance(item, (dict, list)):
                    _visit_containers(item, here, set_value)
        return
    for key, value in data.items():
        if not isinstance(value, (dict, list)):
            continue
        here = origin.child(key)
        _visit_containers(value, here, set_value)
        if key in _LISTS and isinstance(value, list):
            for item, place in zip(value, here.items(len(value)), strict=True):
                if isinstance(item, dict) and item.get("image") is not None:
                    set_value(Slot(item, "image", place))


def renamed(text: str, pattern: Pattern, image: Mapping[str, Any]) -> str:
    """An image after an entry of `images`, the same if it is not of that name.

    Mirrors: sigs.k8s.io/kustomize/api filters/imagetag/updater.go imageTagUpdater.SetImageValue @ v0.21.1
    """
    if not pattern.occurs_in(text):
        return text
    name, tag, digest = parts_of(text)
    name = image.get("newName") or name
    new_tag, new_digest = image.get("newTag") or "", image.get("digest") or ""
    if new_tag:
        tag, digest = new_tag, new_digest
    elif new_digest:
        tag, digest = "", new_digest
    elif image.get("tagSuffix"):
        tag, digest = f"{tag}{image['tagSuffix']}", ""
    return f"{name}{f':{tag}' if tag else ''}{f'@{digest}' if digest else ''}"


def parts_of(text: str) -> tuple[str, str, str]:
    """Name, tag and digest of an image as kustomize takes them apart: at the first colon after the first slash.

    >>> parts_of("example.org:5000/app:1@sha256:0")
    ('example.org:5000/app', '1', 'sha256:0')

    Mirrors: sigs.k8s.io/kustomize/api internal/image/image.go Split @ v0.21.1
    """
    slash = max(text.find("/"), 0)
    at, colon = text.find("@", slash), text.find(":", slash)
    if at < 0 and colon < 0:
        return text, "", ""
    if at >= 0 and (colon < 0 or at < colon):
        return text[:at], "", text[at + 1 :]
    if at >= 0:
        return text[:colon], text[colon + 1 : at], text[at + 1 :]
    return text[:colon], text[colon + 1 :], ""
