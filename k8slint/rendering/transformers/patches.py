"""patches, patchesStrategicMerge and patchesJson6902."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from k8slint.loading.load import Loaded
from k8slint.rendering.gvk import ResId
from k8slint.rendering.json6902 import Operation, applied, operations_of
from k8slint.rendering.merge import Cell, merged
from k8slint.rendering.merge_keys import MergeKeys
from k8slint.rendering.origin import Origin, bounded
from k8slint.rendering.problems import About, Refused, RenderProblem
from k8slint.rendering.reading import resources_of
from k8slint.rendering.resource import Resource
from k8slint.rendering.resources import Resources, meant
from k8slint.rendering.selectors import Selector, selected, selector_of
from k8slint.values.regex import regex

Change = Callable[[Resources], None]
# A name, and no expression; a dot alone makes none, because names have dots too.
_NAME: Final = regex(r"[A-Za-z0-9][-A-Za-z0-9.]*")


class Patch(NamedTuple):
    """A patch that was read: objects to merge, or operations; `origin` is the entry of the kustomization."""

    merges: list[Resource] | None
    operations: list[Operation]
    selector: Selector | None
    origin: Origin
    allows_name: bool = False
    allows_kind: bool = False


def patch_of(loaded: Loaded, entry: Mapping[str, Any], origin: Origin) -> Patch:
    """The patch of an entry of `patches`, of either sort.

    Raises:
        Refused: for what is neither, or both.

    Mirrors: sigs.k8s.io/kustomize/api internal/builtins/PatchTransformer.go PatchTransformerPlugin.Config @ v0.21.1
    """
    target = entry.get("target")
    selector = selector_of(target, origin.below("target")) if target is not None else None
    options = entry.get("options") or {}
    refused = None
    merges = None
    try:
        merges = resources_of(loaded)
    except Refused as error:
        refused = error
    if merges is not None:
        names, kinds = bool(options.get("allowNameChange")), bool(options.get("allowKindChange"))
        return Patch(merges, [], selector, origin, allows_name=names, allows_kind=kinds)
    operations = json_operations(loaded)
    if operations is None:
        raise refused if refused is not None else Refused("unable to parse SM or JSON patch", origin)
    return Patch(None, operations, selector, origin)


def json_operations(loaded: Loaded) -> list[Operation] | None:
    """The operations of a text, or None if it is no JSON patch.

    Raises:
        Refused: for what starts as JSON and is none.
    """
    documents = loaded.documents
    if loaded.skipped or not documents or documents[0].failed or not bounded(documents[0].data):
        return None
    data = documents[0].data
    if not isinstance(data, list) or not all(isinstance(each, dict) for each in data):
        return None
    text = documents[0].source.text.strip()
    if text.startswith("[") and not _is_json(text):
        raise Refused(
            "a patch that starts with [ is read as JSON, and this is none: quote its keys", Origin(documents[0])
        )
    return operations_of(data, Origin(documents[0]))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def apply_patch(patch: Patch, resources: Resources, keys: MergeKeys) -> None:
    """Apply a patch of either sort.

    Raises:
        Refused: if it does not fit.

    Mirrors: sigs.k8s.io/kustomize/api internal/builtins/PatchTransformer.go PatchTransformerPlugin.Transform @ v0.21.1
    """
    if patch.merges is None:
        if patch.operations and patch.selector is None:
            raise Refused("must specify a target for JSON patch", patch.origin)
        if patch.selector is not None:
            apply_operations(patch.operations, resources, patch.selector, remembers=True)
    elif patch.selector is None:
        for each in patch.merges:
            target = resources.only(each.original_id, each.origin)
            merge_into(target, each.copy(), keys, patch)
            if patch.allows_name or patch.allows_kind or not target.data:
                resources.changed()
    elif patch.merges:
        if len(patch.merges) > 1:
            raise Refused(
                "Multiple Strategic-Merge Patches in one `patches` entry is not allowed to set `patches.target` field",
                patch.origin,
            )
        _merge_into_selected(patch.merges[0], resources, patch.selector, keys, patch)


def without_target(patch: Patch, entry: Mapping[str, Any], resources: Resources) -> Iterator[RenderProblem]:
    """The problem of a patch for one object by its name, if there is none: kustomize leaves the patch out.

    A target that is an expression, or has no name or kind, may be meant to select what is there, if anything; and where
    nothing is of the kind, what the patch is for may be generated later.
    """
    target = entry.get("target") or {}
    name, kind = target.get("name") or "", target.get("kind") or ""
    if patch.selector is None or not (_NAME.fullmatch(name) and kind.isalpha()):
        return
    names = {each.name for each in resources if each.gvk.kind == kind}
    if not names or any(selected(resources, patch.selector)):
        return
    near = meant(name, names)
    hint = f'; did you mean "{near}"?' if near and near != name else ""
    yield RenderProblem(
        f'the target "{kind} {name}" selects no object, so kustomize leaves the patch out without a word{hint}',
        patch.origin.below("target").place,
        is_error=False,
        about=About.TARGET,
        near=near,
    )


def _merge_into_selected(
    one: Resource, resources: Resources, selector: Selector, keys: MergeKeys, patch: Patch
) -> None:
    """Merge a patch into all objects that the selector takes.

    Mirrors: sigs.k8s.io/kustomize/api resmap/reswrangler.go resWrangler.ApplySmPatch @ v0.21.1
    """
    chosen = {each.current_id.key for each in selected(resources, selector)}
    found = [each for each in resources if each.current_id.key in chosen]
    for target in found:
        copy = one.copy()
        copy.data["apiVersion"] = target.gvk.api_version
        copy.origin.set("apiVersion", target.origin.child("apiVersion").copy())
        merge_into(target, copy, keys, patch)
    if found:
        resources.drop_empty()
        if patch.allows_name or patch.allows_kind:
            resources.changed()
            _refuse_same(resources, patch.origin)


def _refuse_same(resources: Resources, origin: Origin) -> None:
    seen: set[object] = set()
    for resource in resources:
        key = resource.current_id.key
        if key in seen:
            raise Refused(f"may not add resource with an already registered id: {resource.current_id}", origin)
        seen.add(key)


def merge_into(target: Resource, one: Resource, keys: MergeKeys, patch: Patch | None = None) -> None:
    """Merge a patch into an object, which keeps its name, namespace and kind unless the patch may change them.

    Mirrors: sigs.k8s.io/kustomize/api resource/resource.go Resource.ApplySmPatch @ v0.21.1
    """
    allows_name = patch is not None and patch.allows_name
    allows_kind = patch is not None and patch.allows_kind
    name, namespace, kind = target.name, target.namespace, target.gvk.kind
    places = {
        path: target.origin.at(path).copy() for path in (("metadata", "name"), ("metadata", "namespace"), ("kind",))
    }
    if allows_name or allows_kind:
        target.remember()
    drops_notes = isinstance(one.data.get("metadata"), dict) and one.data["metadata"].get("annotations", "") is None
    result = merged(Cell(target.data, target.origin), Cell(one.data, one.origin), keys)
    if not result:
        target.drop()
        return
    target.data = result
    if drops_notes:
        target.forget()
    if not allows_kind:
        target.data["kind"] = kind
        target.origin.set("kind", places["kind",])
    metadata, origin = target.metadata()
    if not allows_name:
        metadata["name"] = name
        origin.set("name", places["metadata", "name"])
    if namespace:
        metadata["namespace"] = namespace
        origin.set("namespace", places["metadata", "namespace"])
    else:
        metadata.pop("namespace", None)


def apply_operations(operations: list[Operation], resources: Resources, selector: Selector, *, remembers: bool) -> None:
    """Apply a JSON patch to all objects that the selector takes.

    Raises:
        Refused: if it does not apply to one of them.
    """
    for resource in list(selected(resources, selector)):
        if remembers:
            resource.remember()
        if resource.is_noted:
            _make_annotations(resource)
        try:
            resource.data = applied(resource.data, resource.origin, operations)
        except Refused as error:
            name, line, _ = resource.origin.place
            problem = error.problem
            raise Refused(
                f"{problem.message} ({resource.current_id} of {name}:{line})", problem.place, problem.about
            ) from None
        texts = resource.texts("annotations")
        metadata = resource.data.get("metadata")
        if isinstance(metadata, dict) and "annotations" in metadata:
            if texts:
                metadata["annotations"] = texts
            else:
                del metadata["annotations"]
    resources.changed()


def _make_annotations(resource: Resource) -> None:
    """Give an object annotations: kustomize has some of its own there by now, which an operation may stand beside."""
    metadata, _ = resource.metadata()
    if metadata.get("annotations") is None:
        metadata["annotations"] = {}


def apply_merges(merges: list[Resource], resources: Resources, keys: MergeKeys) -> None:
    """Merge each patch into the one object of its identity.

    Raises:
        Refused: if there is none, or are several.

    Mirrors: sigs.k8s.io/kustomize/api internal/builtins/PatchStrategicMergeTransformer.go
        PatchStrategicMergeTransformerPlugin.Transform @ v0.21.1
    """
    for each in merges:
        identity: ResId = each.original_id
        merge_into(resources.only(identity, each.origin), each.copy(), keys)
        resources.drop_empty()
