"""Helm charts among the skipped files: somebody must render them before they can be judged."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Final

from k8slint.loading.discovery import HELM_FILE, HELM_TEMPLATE
from k8slint.loading.load import Loaded
from k8slint.values.regex import regex

_CHART: Final = "Chart.yaml"
# Other charts use a library chart; it cannot be rendered by itself.
_LIBRARY: Final = regex(r"^type:\s*[\"']?library\b", re.MULTILINE)


def unrendered(loaded: Iterable[Loaded]) -> tuple[str, ...]:
    """The folders of the charts whose files were skipped; for a chart inside another, the folder of the outermost."""
    folders: set[str] = set()
    libraries: set[str] = set()
    for each in loaded:
        folder, name = os.path.split(each.source.name)
        if each.skipped == HELM_FILE and name == _CHART:
            (libraries if _LIBRARY.search(each.source.text) else folders).add(folder or ".")
        elif each.skipped == HELM_TEMPLATE:
            folders.add(folder)
    return tuple(sorted({_outermost(folder) for folder in {_chart_around(folder) for folder in folders} - libraries}))


def _chart_around(folder: str) -> str:
    """The nearest folder that holds a chart, from the folder upwards; the folder itself if there is none."""
    here = folder
    while not os.path.exists(os.path.join(here, _CHART)):
        # The name may start inside the chart: it is `../a.yaml` when the program runs in the chart's templates.
        above = os.path.normpath(os.path.join(here, ".."))
        if os.path.abspath(above) == os.path.abspath(here):
            return folder
        here = above
    return here or "."


def _outermost(chart: str) -> str:
    parent, name = os.path.split(os.path.dirname(os.path.abspath(chart)))
    if name != "charts" or not os.path.exists(os.path.join(parent, _CHART)):
        return chart
    return _outermost(os.path.normpath(os.path.join(chart, "..", "..")))
