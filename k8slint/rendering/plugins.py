"""generators, transformers and validators: kustomize's own plugins, with settings in objects of their own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from k8slint.rendering.build_metadata import of_plugin
from k8slint.rendering.changes import (
    Change,
    Context,
    json_patch_change,
    merges_of,
    patch_change,
    replacements_of,
    specs_in,
)
from k8slint.rendering.files import Remote
from k8slint.rendering.generators import generated
from k8slint.rendering.kustomization import (
    FIELD_SPEC,
    FIELDS,
    GENERATOR,
    IMAGE,
    REPLICA,
    SECRET_GENERATOR,
    SELECTOR,
    checked,
)
from k8slint.rendering.origin import Origin, embedded
from k8slint.rendering.problems import Refused
from k8slint.rendering.reading import embedded_documents, first_document, resources_of
from k8slint.rendering.resource import Resource, scalar_text
from k8slint.rendering.transformers.images import set_images
from k8slint.rendering.transformers.labels import add_texts
from k8slint.rendering.transformers.names import add_hashes, add_prefix, add_suffix
from k8slint.rendering.transformers.namespace import SUBJECTS, set_namespace
from k8slint.rendering.transformers.patches import apply_merges
from k8slint.rendering.transformers.replacements import replace
from k8slint.rendering.transformers.replicas import set_replicas
from k8slint.rendering.transformers.value_add import add_value

_SPECS: Final = {"fieldSpecs": [FIELD_SPEC]}
_PATCH: Final = FIELDS["patches"][0]
_TEXT: Final = FIELDS["namePrefix"]
_BOOL: Final = FIELD_SPEC["create"]
_METADATA: Final = {"metadata": FIELDS["metadata"]}
_TARGET: Final = {"selector": SELECTOR, "fieldPath": _TEXT, "filePathPosition": REPLICA["count"]}
_NOT_RENDERED: Final = {"HelmChartInflationGenerator": "the Helm chart", "IAMPolicyGenerator": "the IAM policy"}
_GENERATORS: Final = {"ConfigMapGenerator": ("ConfigMap", GENERATOR), "SecretGenerator": ("Secret", SECRET_GENERATOR)}


def external_generators(context: Context, settings: list[Resource]) -> Iterator[Resource]:
    """The objects that the plugins generate.

    Raises:
        Refused: for a plugin that is not built in, or settings that do not fit.
    """
    for each in settings:
        kind = _built_in(each)
        if kind in _NOT_RENDERED:
            context.note(f"{_NOT_RENDERED[kind]} {scalar_text(each.data.get('name')) or each.name}", each.origin)
            continue
        if kind not in _GENERATORS:
            raise Refused(f"plugin {each.original_id} not a generator", each.origin)
        made, form = _GENERATORS[kind]
        entry = checked(each.data, form, each.origin, {}, (), is_strict=False)
        entry["name"] = entry.get("name") or each.name
        entry["namespace"] = entry.get("namespace") or each.namespace
        try:
            resource = generated(made, entry, each.origin, options={}, files=context.files, root=context.root)
            resource.source = of_plugin(each)
            yield resource
        except Remote as error:
            context.note(str(error), each.origin)


def external_changes(context: Context, settings: list[Resource]) -> list[tuple[str, Change]]:
    """The changes that the plugins make, each with the origin that is noted.

    Raises:
        Refused: for a plugin that is not built in, or settings that do not fit.

    Mirrors: sigs.k8s.io/kustomize/api internal/plugins/loader/loader.go Loader.LoadTransformers @ v0.21.1
    """
    changes: list[tuple[str, Change]] = []
    for each in settings:
        kind = _built_in(each)
        plugin = _PLUGINS.get(kind)
        if plugin is None:
            raise Refused(f"plugin {each.original_id} not a transformer", each.origin)
        entry = checked(each.data, plugin.form, each.origin, {}, (), is_strict=False)
        changes += ((of_plugin(each), change) for change in plugin.changes(context, entry, each.origin))
    return changes


def _built_in(settings: Resource) -> str:
    gvk = settings.gvk
    if gvk.group or gvk.version != "builtin":
        raise Refused(
            f"external plugins disabled; unable to load external plugin '{gvk.kind}': nothing is run here",
            settings.origin,
        )
    return gvk.kind


def _annotations(context: Context, entry: Mapping[str, Any], origin: Origin) -> Iterator[Change]:
    for field in ("labels", "annotations"):
        if entry.get(field):
            yield partial(add_texts, texts=entry[field], specs=specs_in(entry, origin), origin=origin.below(field))


def _hashes(context: Context, entry: Mapping[str, Any], origin: Origin) -> Iterator[Change]:
    yield add_hashes


def _image(context: Context, entry: Mapping[str, Any], origin: Origin) -> Iterator[Change]:
    yield partial(
        set_images, image=entry.get("imageTag") or {}, specs=specs_in(entry, origin), origin=origin.below("imageTag")
    )


def _namespace(context: Context, entry: Mapping[str, Any], origin: Origin) -> Iterator[Change]:
    subjects = entry.get("setRoleBindingSubjects") or SUBJECTS[0]
    if subjects not in SUBJECTS:
        raise Refused(
            f'invalid value "{subjects}" for setRoleBindingSubjects: must be one of {", ".join(SUBJECTS)}',
            origin.below("setRoleBindingSubjects"),
        )
    namespace = (entry.get("metadata") or {}).get("namespace")
    if namespace:
        yield partial(
            set_namespace,
            namespace=namespace,
            specs=specs_in(entry, origin),
            origin=origin.below("metadata").below("namespace"),
            subjects=subjects,
            unset_only=bool(entry.get("unsetOnly")),
        )


def _json_patch(context: Context, entry: Mapping[str, Any], origin: Origin) -> Iterator[Change]:
    yield from json_patch_change(context, entry, origin, "jsonOp")


def _strategic_merge(context: Context, entry: Mapping[str, Any], origin: Origin) -> Iterator[Change]:
    merges: list[Resource] = []
    for index, path in enumerate(entry.get("paths") or ()):
        merges += merges_of(context, path or "", origin.below("paths").below(index))
    if entry.get("patches"):
        merges += resources_of(embedded_documents(embedded(origin.below("patches"), entry["patches"])))
    if not merges:
        raise Refused("patch appears to be empty", origin)
    yield lambda resources: apply_merges(merges, resources, context.keys)


def _patch(context: Context, entry: Mapping[str, Any], origin: Origin) -> Iterator[Change]:
    yield from patch_change(context, entry, origin)


def _affixes(context: Context, entry: Mapping[str, Any], origin: Origin) -> Iterator[Change]:
    if entry.get("fieldSpecs") is None:
        raise Refused("fieldSpecs is not expected to be nil", origin)
    specs = specs_in(entry, origin)
    if entry.get("prefix"):
        yield partial(add_prefix, prefix=entry["prefix"], specs=specs)
    if entry.get("suffix"):
        yield partial(add_suffix, suffix=entry["suffix"], specs=specs)


def _replacement(context: Context, entry: Mapping[str, Any], origin: Origin) -> Iterator[Change]:
    for index, each in enumerate(entry.get("replacements") or ()):
        here = origin.below("replacements").below(index)
        for replacement, place in replacements_of(context, each or {}, here):
            yield partial(replace, replacement=replacement, origin=place)


def _replica(context: Context, entry: Mapping[str, Any], origin: Origin) -> Iterator[Change]:
    yield partial(
        set_replicas, replica=entry.get("replica") or {}, specs=specs_in(entry, origin), origin=origin.below("replica")
    )


def _value(context: Context, entry: Mapping[str, Any], origin: Origin) -> Iterator[Change]:
    value = (entry.get("value") or "").strip() or os.path.basename(context.root)
    targets = [
        (each or {}, origin.below("targets").below(index)) for index, each in enumerate(entry.get("targets") or ())
    ]
    if entry.get("targetFilePath"):
        loaded = context.documents(entry["targetFilePath"], origin.below("targetFilePath"))
        document = first_document(loaded) if loaded is not None else None
        if document is not None:
            here = Origin(document)
            found = checked(document.data, {"targets": [_TARGET]}, here, {}, (), is_strict=False) or {}
            targets += [
                (each or {}, here.below("targets").below(index))
                for index, each in enumerate(found.get("targets") or ())
            ]
    if not targets:
        raise Refused("must specify at least one target", origin)
    for target, here in targets:
        yield partial(add_value, value=value, target=target, origin=here)


class _Plugin(NamedTuple):
    form: Any
    changes: Callable[[Context, Mapping[str, Any], Origin], Iterator[Change]]


_PLUGINS: Final = {
    "AnnotationsTransformer": _Plugin({"annotations": FIELDS["commonAnnotations"], **_SPECS}, _annotations),
    "HashTransformer": _Plugin({}, _hashes),
    "ImageTagTransformer": _Plugin({"imageTag": IMAGE, **_SPECS}, _image),
    "LabelTransformer": _Plugin({"labels": FIELDS["commonLabels"], **_SPECS}, _annotations),
    "NamespaceTransformer": _Plugin(
        {**_METADATA, "unsetOnly": _BOOL, "setRoleBindingSubjects": _TEXT, **_SPECS}, _namespace
    ),
    "PatchJson6902Transformer": _Plugin({"target": SELECTOR, "path": _TEXT, "jsonOp": _TEXT}, _json_patch),
    "PatchStrategicMergeTransformer": _Plugin({"paths": [_TEXT], "patches": _TEXT}, _strategic_merge),
    "PatchTransformer": _Plugin(_PATCH, _patch),
    "PrefixSuffixTransformer": _Plugin({"prefix": _TEXT, "suffix": _TEXT, **_SPECS}, _affixes),
    "PrefixTransformer": _Plugin({"prefix": _TEXT, **_SPECS}, _affixes),
    "ReplacementTransformer": _Plugin({"replacements": FIELDS["replacements"]}, _replacement),
    "ReplicaCountTransformer": _Plugin({"replica": REPLICA, **_SPECS}, _replica),
    "SuffixTransformer": _Plugin({"suffix": _TEXT, **_SPECS}, _affixes),
    "ValueAddTransformer": _Plugin({"value": _TEXT, "targets": [_TARGET], "targetFilePath": _TEXT}, _value),
}
