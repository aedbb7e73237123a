"""Defaults of LimitRanges."""

from __future__ import annotations

from typing import Any

from k8slint.apiserver.defaults.draft import items_in, mapping_in


def limit_range(data: dict[str, Any]) -> None:
    """A LimitRange: a container's default limit is its maximum, its default request the default limit or the minimum.

    Mirrors: pkg/apis/core/v1/defaults.go SetDefaults_LimitRangeItem @ v1.37
    """
    for limit in items_in(mapping_in(data, "spec"), "limits"):
        if limit.get("type") == "Container":
            default, request = mapping_in(limit, "default"), mapping_in(limit, "defaultRequest")
            for source, target in (("max", default), ("default", request), ("min", request)):
                for name, amount in mapping_in(limit, source).items():
                    target.setdefault(name, amount)
