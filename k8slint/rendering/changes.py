"""The fields of a kustomization as what they do: settings, generated objects, and changes in kustomize's order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from k8slint.loading.load import Loaded
from k8slint.rendering.crds import config_of_crds
from k8slint.rendering.field_specs import ConflictError, FieldSpec
from k8slint.rendering.files import Files, Remote
from k8slint.rendering.generators import generated
from k8slint.rendering.kustomization import REPLACEMENT, Kustomization, checked
from k8slint.rendering.merge_keys import MergeKeys
from k8slint.rendering.origin import Origin, embedded
from k8slint.rendering.problems import Refused, RenderProblem
from k8slint.rendering.reading import embedded_documents, first_document, resources_of
from k8slint.rendering.resource import Resource
from k8slint.rendering.resources import Resources
from k8slint.rendering.selectors import selector_of
from k8slint.rendering.transformer_config import BUILT_IN, TransformerConfig, config_of, specs_of
from k8slint.rendering.transformers.images import set_images
from k8slint.rendering.transformers.labels import add_texts, specs_of_label
from k8slint.rendering.transformers.names import add_prefix, add_suffix
from k8slint.rendering.transformers.namespace import set_namespace
from k8slint.rendering.transformers.patches import (
    apply_merges,
    apply_operations,
    apply_patch,
    json_operations,
    patch_of,
    without_target,
)
from k8slint.rendering.transformers.replacements import replace
from k8slint.rendering.transformers.replicas import set_replicas

Change = Callable[[Resources], None]
_GENERATORS: Final = {"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}


class Context(NamedTuple):
    """What a kustomization is read with.

    `note` is told what is not read, and where it is named; `tell`, what does not keep the kustomization from building.
    """

    files: Files
    kustomization: Kustomization
    keys: MergeKeys
    note: Callable[[str, Origin], None]
    tell: Callable[[RenderProblem], None]

    @property
    def root(self) -> str:
        """The folder of the kustomization."""
        return self.kustomization.root

    def documents(self, path: str, origin: Origin) -> Loaded | None:
        """The documents of a file, or None for an address.

        Raises:
            Refused: if it cannot be read.
        """
        try:
            return self.files.documents(self.root, path, origin)
        except Remote:
            self.note(path, origin)
            return None


def settings(context: Context) -> TransformerConfig:
    """The fields that transformers change: kustomize's own, and those of `configurations` and `crds`.

    Raises:
        Refused: for a file that cannot be read.
    """
    config = BUILT_IN
    for field, read in (("configurations", config_of), ("crds", config_of_crds)):
        for path, origin in context.kustomization.entries(field):
            loaded = context.documents(path or "", origin)
            document = first_document(loaded) if loaded is not None else None
            if document is not None:
                try:
                    config = config.merged(read(document.data, Origin(document)))
                except ConflictError as error:
                    raise Refused(str(error), origin) from None
    return config


def generators_of(context: Context) -> Iterator[tuple[str, Resource]]:
    """The objects that the kustomization generates, each with the generator's name.

    Raises:
        Refused: for an entry that makes none.
    """
    kustomization = context.kustomization
    options = kustomization.get("generatorOptions") or {}
    for field, kind in _GENERATORS.items():
        for entry, origin in kustomization.entries(field):
            try:
                yield (
                    f"{kind}Generator",
                    generated(kind, entry or {}, origin, options=options, files=context.files, root=context.root),
                )
            except Remote as error:
                context.note(str(error), origin)
    for field in ("helmCharts", "helmChartInflationGenerator"):
        for entry, origin in kustomization.entries(field):
            named = (entry or {}).get("name") or (entry or {}).get("chartName") or ""
            context.note(f"the Helm chart {named}".rstrip(), origin)


def changes_of(context: Context, config: TransformerConfig) -> list[tuple[str, Change]]:
    """The changes that the fields of the kustomization make, in kustomize's order, each with the transformer's name.

    Raises:
        Refused: for a field that cannot be read.

    Mirrors: sigs.k8s.io/kustomize/api internal/target/kusttarget_configplugin.go
        KustTarget.configureBuiltinTransformers @ v0.21.1
    """
    return [(kind, change) for kind, maker in _IN_ORDER for change in maker(context, config)]


def _strategic_merges(context: Context, config: TransformerConfig) -> Iterator[Change]:
    merges: list[Resource] = []
    for text, origin in context.kustomization.entries("patchesStrategicMerge"):
        merges += merges_of(context, text or "", origin)
    if context.kustomization.get("patchesStrategicMerge"):
        if not merges:
            raise Refused("patch appears to be empty", context.kustomization.origin("patchesStrategicMerge"))
        yield lambda resources: apply_merges(merges, resources, context.keys)


def merges_of(context: Context, text: str, origin: Origin) -> list[Resource]:
    """The objects of a patch, which is the text itself or the file that it names.

    Raises:
        Refused: if there is no such file, or it holds other things.
    """
    try:
        return resources_of(embedded_documents(embedded(origin, text)))
    except Refused as error:
        if "\n" in text.strip():
            raise error from None
    loaded = context.documents(text, origin)
    return [] if loaded is None else resources_of(loaded)


def _patches(context: Context, config: TransformerConfig) -> Iterator[Change]:
    for entry, origin in context.kustomization.entries("patches"):
        yield from patch_change(context, entry or {}, origin)


def patch_change(context: Context, entry: Mapping[str, Any], origin: Origin) -> Iterator[Change]:
    """The change that an entry of `patches` makes.

    Raises:
        Refused: for an entry that is none.
    """
    path, text = entry.get("path") or "", (entry.get("patch") or "").strip()
    if bool(path) == bool(text):
        raise Refused(
            "patch and path can't be set at the same time" if path else "must specify one of patch and path", origin
        )
    if path:
        loaded = context.documents(path, origin.below("path"))
    else:
        loaded = embedded_documents(embedded(origin.below("patch"), entry["patch"]))
    if loaded is not None:
        patch = patch_of(loaded, entry, origin)

        def change(resources: Resources) -> None:
            # A component is for several kustomizations: not each of them has all the objects.
            if not context.kustomization.is_component:
                for problem in without_target(patch, entry, resources):
                    context.tell(problem)
            apply_patch(patch, resources, context.keys)

        yield change


def _namespace(context: Context, config: TransformerConfig) -> Iterator[Change]:
    name = context.kustomization.get("namespace")
    if name:
        origin = context.kustomization.origin("namespace")
        yield lambda resources: set_namespace(resources, name, config.namespace, origin)


def _prefix(context: Context, config: TransformerConfig) -> Iterator[Change]:
    prefix = context.kustomization.get("namePrefix")
    if prefix:
        yield lambda resources: add_prefix(resources, prefix, config.name_prefix)


def _suffix(context: Context, config: TransformerConfig) -> Iterator[Change]:
    suffix = context.kustomization.get("nameSuffix")
    if suffix:
        yield lambda resources: add_suffix(resources, suffix, config.name_suffix)


def _labels(context: Context, config: TransformerConfig) -> Iterator[Change]:
    for label, origin in context.kustomization.entries("labels"):
        entry = label or {}
        own = tuple(specs_of(entry.get("fields"), origin.below("fields")))
        try:
            specs = specs_of_label(entry, own, config)
        except ConflictError as error:
            raise Refused(str(error), origin) from None
        yield partial(add_texts, texts=entry.get("pairs") or {}, specs=specs, origin=origin.below("pairs"))
    common = context.kustomization.get("commonLabels")
    if common or context.kustomization.get("labels"):
        origin = context.kustomization.origin("commonLabels")
        yield lambda resources: add_texts(resources, common or {}, config.common_labels, origin)


def _annotations(context: Context, config: TransformerConfig) -> Iterator[Change]:
    common = context.kustomization.get("commonAnnotations")
    if common:
        origin = context.kustomization.origin("commonAnnotations")
        yield lambda resources: add_texts(resources, common, config.common_annotations, origin)


def _json_patches(context: Context, config: TransformerConfig) -> Iterator[Change]:
    for entry, origin in context.kustomization.entries("patchesJson6902"):
        yield from json_patch_change(context, entry or {}, origin, "patch")


def json_patch_change(context: Context, entry: Mapping[str, Any], origin: Origin, field: str) -> Iterator[Change]:
    """The change that an entry of `patchesJson6902` makes; `field` holds the patch if no file does.

    Raises:
        Refused: for an entry that is none.

    Mirrors: sigs.k8s.io/kustomize/api internal/builtins/PatchJson6902Transformer.go
        PatchJson6902TransformerPlugin.Config @ v0.21.1
    """
    target, path, text = entry.get("target") or {}, entry.get("path") or "", entry.get(field) or ""
    if not target.get("name"):
        raise Refused("must specify the target name", origin)
    if bool(path) == bool(text):
        raise Refused(
            "must specify a file path or jsonOp, not both" if path else "empty file path and empty jsonOp", origin
        )
    if path:
        loaded = context.documents(path, origin.below("path"))
    else:
        loaded = embedded_documents(embedded(origin.below(field), text))
    if loaded is None:
        return
    operations = json_operations(loaded)
    if not operations:
        raise Refused("patch appears to be empty, or is no list of operations", origin)
    selector = selector_of(target, origin.below("target"))
    yield lambda resources: apply_operations(operations, resources, selector, remembers=False)


def _replicas(context: Context, config: TransformerConfig) -> Iterator[Change]:
    for entry, origin in context.kustomization.entries("replicas"):
        yield partial(set_replicas, replica=entry or {}, specs=config.replicas, origin=origin)


def _images(context: Context, config: TransformerConfig) -> Iterator[Change]:
    for field in ("images", "imageTags"):
        for entry, origin in context.kustomization.entries(field):
            yield partial(set_images, image=entry or {}, specs=config.images, origin=origin)


def _replacements(context: Context, config: TransformerConfig) -> Iterator[Change]:
    found = [
        each
        for entry, origin in context.kustomization.entries("replacements")
        for each in replacements_of(context, entry or {}, origin)
    ]

    def replace_all(resources: Resources) -> None:
        for replacement, origin in found:
            replace(resources, replacement, origin)

    if context.kustomization.get("replacements"):
        yield replace_all


def replacements_of(context: Context, entry: Mapping[str, Any], origin: Origin) -> list[tuple[dict[str, Any], Origin]]:
    """The replacements of an entry: its own, or those of the file that it names.

    Raises:
        Refused: for a file that cannot be read.

    Mirrors: sigs.k8s.io/kustomize/api internal/builtins/ReplacementTransformer.go ReplacementTransformerPlugin.Config
        @ v0.21.1
    """
    path = entry.get("path")
    if not path:
        return [(dict(entry), origin)]
    if entry.get("source") is not None or entry.get("targets"):
        raise Refused("cannot specify both path and inline replacement", origin)
    loaded = context.documents(path, origin.below("path"))
    document = first_document(loaded) if loaded is not None else None
    if document is None:
        return []
    here = Origin(document)
    if isinstance(document.data, list):
        listed = checked(document.data, [REPLACEMENT], here, {}, (), is_strict=False)
        return [(each or {}, here.below(index)) for index, each in enumerate(listed)]
    if isinstance(document.data, dict):
        return [(checked(document.data, REPLACEMENT, here, {}, (), is_strict=False), here)]
    raise Refused("unsupported replacement type encountered within replacement path", here)


Maker = Callable[[Context, TransformerConfig], Iterator[Change]]
_IN_ORDER: Final[tuple[tuple[str, Maker], ...]] = (
    ("PatchStrategicMergeTransformer", _strategic_merges),
    ("PatchTransformer", _patches),
    ("NamespaceTransformer", _namespace),
    ("PrefixTransformer", _prefix),
    ("SuffixTransformer", _suffix),
    ("LabelTransformer", _labels),
    ("AnnotationsTransformer", _annotations),
    ("PatchJson6902Transformer", _json_patches),
    ("ReplicaCountTransformer", _replicas),
    ("ImageTagTransformer", _images),
    ("ReplacementTransformer", _replacements),
)


def specs_in(data: Mapping[str, Any], origin: Origin) -> tuple[FieldSpec, ...]:
    """The field specs that the settings of a plugin name."""
    return tuple(specs_of(data.get("fieldSpecs"), origin.below("fieldSpecs")))
