"""Labels that change with each release, in selectors that must not change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.cluster.cluster import Cluster
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, strings
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.placeholder import has_placeholder
from k8slint.values.regex import regex

# `1.4.2`, `v1.4`, `web-1.4.2+build`; but not `v1`, which is a name, nor `1`.
_VERSION: Final = regex(r"(?:.*[-_])?v?[0-9]+\.[0-9]+(?:\.[0-9]+)*(?:[-+_.][0-9A-Za-z.+_-]*)?")
_CHART: Final = regex(r".+-v?[0-9]+\.[0-9]+\.[0-9]+(?:[-+_].*)?")
_HASH: Final = regex(r"[0-9a-f]{7,64}")
_VERSION_KEYS: Final = frozenset({"app.kubernetes.io/version", "appVersion", "app-version", "tag", "version"})
_CHART_KEYS: Final = frozenset({"chart", "helm.sh/chart"})
_HASH_KEY: Final = regex(r"(?:^|[-_./])(?:checksum|commit|config-hash|git-sha|sha|sha256)(?:$|[-_./])", 2)
_WRITTEN: Final = ("spec", "selector", "matchLabels")


def volatile_label_in_selector(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A selector with a label whose value is that of one release: a version, a chart, a hash.

    A workload that has the version in its name is one of several side by side. Of a Service only charts and hashes
    count: to point one at a version is how people switch from one to the other.
    """
    is_service = obj.kind == "Service"
    path: Path = ("spec", "selector") if is_service else _WRITTEN
    for key, value in strings(dig(obj.data, *path)).items():
        if not value or has_placeholder(value):
            continue
        what = _volatile(key, value)
        if not what or (what == "version" and (is_service or _is_named_after(obj, value))):
            continue
        yield Problem(
            (*path, key),
            f"the selector holds {key}: {value}, which is another {what} with the next release",
            effect=_OF_SERVICE if is_service else "",
            fix=f'Leave "{key}" out of the selector; it may stay a label of the Pods.',
        )


_OF_SERVICE: Final = (
    "With the next release the Service selects no Pod until new ones are ready: the old ones have another value."
)


def _volatile(key: str, value: str) -> str:
    """What the label tells that changes with each release; empty if nothing."""
    if key in _CHART_KEYS and _CHART.fullmatch(value):
        return "chart"
    if key in _VERSION_KEYS and _VERSION.fullmatch(value):
        return "version"
    return "hash" if _HASH_KEY.search(key) and _HASH.fullmatch(value) else ""


def _is_named_after(obj: Object, version: str) -> bool:
    """Whether the name of the object holds the version, in any of the ways in which names can."""
    name = "".join(filter(str.isalnum, obj.name))
    return "".join(filter(str.isalnum, version.removeprefix("v"))) in name
