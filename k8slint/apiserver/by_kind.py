"""Functions that are listed by kind: their module is imported when a manifest first needs it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any


def function_for(group_kind: str, places: Mapping[str, str], package: str) -> Any:
    """The function listed for a kind and group, or None if none is.

    `places` name the module below the package and its function: `core.service.service`.
    """
    place = places.get(group_kind)
    if place is None:
        return None
    module, _, name = place.rpartition(".")
    return getattr(import_module(f"{package}.{module}"), name)
