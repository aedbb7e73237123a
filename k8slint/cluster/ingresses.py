"""The Services that an Ingress sends requests to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping
from k8slint.objects.object import Object


def backends_of(ingress: Object) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The Service backends of an Ingress, each with its path."""
    places: list[tuple[Path, Any]] = [(("spec", "defaultBackend"), ingress.spec.get("defaultBackend"))]
    for index, rule in items(ingress.spec.get("rules")):
        for number, path in items(dig(rule, "http", "paths")):
            places.append((("spec", "rules", index, "http", "paths", number, "backend"), path.get("backend")))
    for at, backend in places:
        service = mapping(mapping(backend).get("service"))
        if service:
            yield (*at, "service"), service
