"""buildMetadata: annotations and a label that say where an object came from and what changed it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Final

from k8slint.rendering.kustomization import Kustomization
from k8slint.rendering.origin import Origin
from k8slint.rendering.resource import Resource
from k8slint.rendering.resources import Resources
from k8slint.rendering.transformers.labels import METADATA, add_texts

_ORIGIN: Final = "config.kubernetes.io/origin"
_TRANSFORMATIONS: Final = "alpha.config.kubernetes.io/transformations"
_MANAGED_BY: Final = {"app.kubernetes.io/managed-by": "kustomize-v5.8.1"}


def of_file(trail: str, path: str) -> str:
    """The origin of an object of a file; `trail` leads from the first kustomization to the one that names the file.

    Mirrors: sigs.k8s.io/kustomize/api resource/origin.go Origin.Append @ v0.21.1
    """
    return f"path: {os.path.normpath(os.path.join(trail, path))}\n"


def of_field(trail: str, file: str, kind: str) -> str:
    """The origin of what a field of a kustomization makes or changes."""
    configured = os.path.normpath(os.path.join(trail, file))
    return f"configuredIn: {configured}\nconfiguredBy:\n  apiVersion: builtin\n  kind: {kind}\n"


def of_plugin(settings: Resource) -> str:
    """The origin of what a plugin makes or changes, from the origin of its settings; empty if that is not known.

    Mirrors: sigs.k8s.io/kustomize/api resource/origin.go OriginFromCustomPlugin @ v0.21.1
    """
    if not settings.source:
        return ""
    gvk = settings.gvk
    path = settings.source.removeprefix("path: ")
    lines = [f"configuredIn: {path}configuredBy:", f"  apiVersion: {gvk.api_version}", f"  kind: {gvk.kind}"]
    lines += [
        f"  {key}: {value}" for key, value in (("name", settings.name), ("namespace", settings.namespace)) if value
    ]
    return "\n".join([*lines, ""])


def note_change(resources: Resources, origin: str) -> None:
    """Note a change in all objects, for kustomize does not tell which it changed.

    Mirrors: sigs.k8s.io/kustomize/api resmap/reswrangler.go resWrangler.AddTransformerAnnotation @ v0.21.1
    """
    for resource in resources if origin else ():
        if resource.source:
            resource.changes.append(origin)
        else:
            resource.source = origin


def add_metadata(kustomization: Kustomization, resources: Iterable[Resource]) -> None:
    """Add what `buildMetadata` asks for.

    Mirrors: sigs.k8s.io/kustomize/api krusty/kustomizer.go Kustomizer.Run @ v0.21.1
    """
    asked = kustomization.get("buildMetadata") or []
    for resource in resources:
        if "originAnnotations" in asked and resource.source:
            _annotate(resource, _ORIGIN, resource.source, kustomization.origin("buildMetadata"))
        if "transformerAnnotations" in asked and resource.changes:
            _annotate(
                resource,
                _TRANSFORMATIONS,
                "".join(map(_as_item, resource.changes)),
                kustomization.origin("buildMetadata"),
            )
    if "managedByLabel" in asked:
        origin = kustomization.origin("buildMetadata", asked.index("managedByLabel"))
        add_texts(Resources(resources), _MANAGED_BY, (METADATA,), origin)


def _as_item(text: str) -> str:
    first, *others = text.splitlines(keepends=True)
    return "".join([f"- {first}", *(f"  {line}" for line in others)])


def _annotate(resource: Resource, key: str, text: str, origin: Origin) -> None:
    metadata, here = resource.metadata()
    if not isinstance(metadata.get("annotations"), dict):
        metadata["annotations"] = {}
    metadata["annotations"][key] = text
    here.child("annotations").set(key, origin)
