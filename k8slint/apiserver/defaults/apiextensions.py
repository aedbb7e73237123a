"""Defaults of CustomResourceDefinitions."""

from __future__ import annotations

from typing import Any

from k8slint.apiserver.defaults.draft import fill, mapping_in


def definition(data: dict[str, Any]) -> None:
    """A CustomResourceDefinition.

    Mirrors: apiextensions-apiserver pkg/apis/apiextensions/v1/defaults.go SetDefaults_CustomResourceDefinition @ v1.37
    """
    spec = mapping_in(data, "spec")
    names = mapping_in(spec, "names")
    kind = names.get("kind")
    if isinstance(kind, str) and kind:
        fill(names, singular=kind.lower(), listKind=f"{kind}List")
    elif kind is not None and not isinstance(kind, str):
        fill(names, singular=kind, listKind=kind)
    spec.setdefault("conversion", {"strategy": "None"})
    # The server sets the status of a new object itself.
    data.pop("status", None)
