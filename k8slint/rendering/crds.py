"""crds: OpenAPI definitions that say which fields of custom resources hold labels and names.

Mirrors: sigs.k8s.io/kustomize/api internal/accumulator/loadconfigfromcrds.go @ v0.21.1
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from k8slint.rendering.field_specs import FieldSpec, merged_specs
from k8slint.rendering.gvk import Gvk
from k8slint.rendering.origin import Origin
from k8slint.rendering.problems import Refused
from k8slint.rendering.transformer_config import TransformerConfig

_HEAD: Final = frozenset({"kind", "apiVersion", "metadata"})
_DEEPEST: Final = 50


def config_of_crds(data: Any, origin: Origin) -> TransformerConfig:
    """The fields that transformers change in the types of a file of definitions.

    Raises:
        Refused: for what holds no definitions.
    """
    if not isinstance(data, dict):
        raise Refused("unable to parse open API definition: a mapping is expected", origin)
    config = TransformerConfig()
    for name in data:
        if _properties(data, name).keys() >= _HEAD:
            found = _Found(data, Gvk(kind=name.rpartition(".")[2]))
            found.add(name, ())
            config = config.merged(found.config)
    return config


def _properties(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    schema = data.get(name)
    for key in ("Schema", "properties"):
        schema = (
            next((schema[each] for each in (key, key.lower()) if each in schema), None)
            if isinstance(schema, dict)
            else None
        )
    return schema if isinstance(schema, dict) else {}


class _Found:
    """What the definitions say of one type."""

    def __init__(self, data: Mapping[str, Any], gvk: Gvk) -> None:
        self.config = TransformerConfig()
        self._data = data
        self._gvk = gvk

    def add(self, name: str, path: tuple[str, ...]) -> None:
        """Add the fields of a definition, which is at the path."""
        if len(path) > _DEEPEST:
            return
        for key, schema in _properties(self._data, name).items():
            if isinstance(schema, dict):
                self._add_one(schema, (*path, key))
                reference = schema.get("$ref")
                if isinstance(reference, str):
                    self.add(reference, (*path, key))

    def _add_one(self, schema: dict[str, Any], path: tuple[str, ...]) -> None:
        spec = FieldSpec(self._gvk, "/".join(path))
        config = self.config
        for word, field in (
            ("annotation", "common_annotations"),
            ("label-selector", "common_labels"),
            ("identity", "name_prefix"),
        ):
            if f"x-kubernetes-{word}" in schema:
                changed: Any = {field: merged_specs(getattr(config, field), (spec,))}
                config = config._replace(**changed)
        version, kind = (schema.get(f"x-kubernetes-object-ref-{part}") for part in ("api-version", "kind"))
        if isinstance(version, str) and isinstance(kind, str):
            key = schema.get("x-kubernetes-object-ref-name-key")
            named = FieldSpec(self._gvk, f"{spec.path}/{key if isinstance(key, str) else 'name'}")
            reference = (Gvk(version=version, kind=kind), (named,))
            config = config.merged(TransformerConfig(name_reference=(reference,)))
        self.config = config
