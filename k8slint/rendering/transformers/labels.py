"""labels, commonLabels and commonAnnotations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from k8slint.rendering.field_specs import FieldSpec, Slot, merged_specs, visit
from k8slint.rendering.gvk import Gvk
from k8slint.rendering.origin import Origin
from k8slint.rendering.problems import Refused
from k8slint.rendering.reading import plain
from k8slint.rendering.resources import Resources
from k8slint.rendering.transformer_config import TransformerConfig

METADATA: Final = FieldSpec(Gvk(), "metadata/labels", create=True)


def add_texts(
    resources: Resources, texts: Mapping[str, str | None], specs: tuple[FieldSpec, ...], origin: Origin
) -> None:
    """Set labels or annotations in each mapping that the specs name; `origin` is that of the texts.

    Mirrors: sigs.k8s.io/kustomize/api filters/labels/labels.go Filter.Filter @ v0.21.1
    """
    origins = {key: origin.below(key) for key in texts}
    for key in texts:
        if not isinstance(plain(key), str):
            raise Refused(f'"{key}" is no name that kustomize can write: it would be no text', origins[key])

    def set_value(slot: Slot) -> None:
        found = slot.value
        if found is None:
            slot.put({})
            found = slot.value
        if not isinstance(found, dict):
            raise Refused("labels and annotations are a mapping", slot.value_origin())
        here = slot.value_origin()
        for key in sorted(texts):
            found[key] = texts[key] or ""
            here.set(key, origins[key].copy())

    if texts:
        for resource in resources:
            visit(resource, specs, set_value, "mapping")


def specs_of_label(
    label: Mapping[str, Any], own: tuple[FieldSpec, ...], config: TransformerConfig
) -> tuple[FieldSpec, ...]:
    """The fields that an entry of `labels` changes; `own` are those that it names itself.

    Raises:
        ConflictError: if two specs for one path differ.

    Mirrors: sigs.k8s.io/kustomize/api internal/target/kusttarget_configplugin.go transformerConfigurators @ v0.21.1
    """
    specs = merged_specs(own, config.labels)
    if label.get("includeSelectors"):
        return merged_specs(specs, config.common_labels)
    if label.get("includeTemplates"):
        specs = merged_specs(specs, config.template_labels)
    return merged_specs(specs, (METADATA,))
