"""Texts that were not read as objects: which names they may define after all, and what they may mend."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from k8slint.cluster.kustomizations import upwards
from k8slint.loading.load import Loaded
from k8slint.objects.from_documents import Reading
from k8slint.objects.problem import Absence
from k8slint.values.record import record
from k8slint.values.regex import regex


class Chart(NamedTuple):
    """A Helm chart in the tree: its name, and the texts of its values."""

    name: str
    values: str


@record
class UnreadText:
    """The text of a file that could not be read, or of a chart's template; `chart` is that chart."""

    text: str
    chart: Chart | None = None
    file: str = ""

    def may_define(self, name: str) -> bool:
        """Whether the text may define an object or a label of that name.

        A broken text may define every word in it. A chart's template defines only what stands below its `metadata`:
        a name that it merely refers to is made elsewhere.
        """
        if self.chart is None:
            return _is_word_of(name, self.text)
        return any(_may_become(value, name, self.chart) for value in self._metadata_values)

    @cached_property
    def _metadata_values(self) -> tuple[str, ...]:
        """The values below each `metadata:` of a template: names, namespaces, labels."""
        return tuple(_values_below_metadata(self.text.splitlines()))

    def may_mend(self, word: str) -> bool:
        """Whether the text may add the word to another object; a chart's template changes none."""
        return self.chart is None and word in self.text


class Unread(NamedTuple):
    """What may exist although no object that was read shows it.

    `is_whole`: the files are the complete set, so a missing object can be reported. `amendments` are texts of patches
    and mutating webhooks, which make no object but may mend one.
    """

    is_whole: bool
    texts: tuple[UnreadText, ...] = ()
    amendments: tuple[str, ...] = ()

    def may_undo(self, absence: Absence) -> bool:
        """Whether something unread may hold what is missing, or mend it."""
        name, word = absence
        if name and (not self.is_whole or any(each.may_define(name) for each in self.texts)):
            return True
        if not word:
            return False
        return any(each.may_mend(word) for each in self.texts) or any(word in text for text in self.amendments)


def unread_texts(loaded: Iterable[Loaded], readings: Iterable[Reading]) -> tuple[UnreadText, ...]:
    """The texts that may define what seems to be missing: broken ones, and charts' templates, even readable ones."""
    several = tuple(loaded)
    charts = _charts(several)
    found = []
    for each, reading in zip(several, readings, strict=True):
        folder = posixpath.dirname(_path_of(each))
        chart = _chart_around(folder, charts) if charts else None
        is_unread = bool(each.skipped) or any(document.failed for document in reading.documents)
        # A chart's own files count only through its templates.
        if chart is not None or (is_unread and folder not in charts):
            found.append(UnreadText(each.source.text, chart, each.source.name))
    return tuple(found)


def _charts(several: Iterable[Loaded]) -> Mapping[str, Chart]:
    """The charts by their folders."""
    names: dict[str, str] = {}
    values: dict[str, list[str]] = defaultdict(list)
    for each in several:
        folder, file = posixpath.split(_path_of(each))
        if file == "Chart.yaml":
            match = _NAME.search(each.source.text)
            names[folder] = match[1] if match else posixpath.basename(folder)
        elif file.startswith("values"):
            values[folder].append(each.source.text)
    return {folder: Chart(name, "\n".join(values[folder])) for folder, name in names.items()}


_NAME: Final = regex(r"""^name:[ \t]*["']?([a-z0-9][a-z0-9.-]*)""", re.MULTILINE | re.IGNORECASE)


def _path_of(each: Loaded) -> str:
    return each.source.name.replace("\\", "/")


def _chart_around(folder: str, charts: Mapping[str, Chart]) -> Chart | None:
    """The chart whose templates lie in the folder or in one above it, or None."""
    for path in upwards(folder):
        above, name = posixpath.split(path)
        if name == "templates" and above in charts:
            return charts[above]
    return None


def _values_below_metadata(lines: Iterable[str]) -> Iterator[str]:
    inside: int | None = None
    for line in lines:
        entry = line.lstrip(" -")
        key, colon, rest = entry.partition(":")
        if not colon or len(line) > _LONGEST or entry.startswith(("#", "{")):
            continue
        indent = len(line) - len(entry)
        if inside is not None and indent <= inside:
            inside = None
        if inside is None:
            inside = indent if key == "metadata" else None
        else:
            value = rest.partition(" #")[0].strip(" \t\"'")
            if value:
                yield value


_LONGEST: Final = 500
_ACTION: Final = regex(r"\{\{.*?\}\}")


def _may_become(value: str, name: str, chart: Chart) -> bool:
    """Whether a value of a template may be rendered as the name.

    The result of an action is unknown, but a chart names its objects after itself or its values. So the text around the
    actions must tell, or the name must contain the chart's, or the chart's values must contain the name.
    """
    pieces = _ACTION.split(value)
    if len(pieces) == 1:
        return value == name
    if not _fits(pieces, name):
        return False
    if any(sum(map(str.isalnum, piece)) >= _TELLING for piece in pieces):
        return True
    return chart.name in name or _is_word_of(name, chart.values)


def _fits(pieces: Sequence[str], name: str) -> bool:
    """Whether a name begins with the first piece, ends with the last and holds the others in between, in order."""
    first, *others, last = pieces
    if not name.startswith(first) or not name.endswith(last):
        return False
    at, end = len(first), len(name) - len(last)
    for piece in others:
        at = name.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return at <= end


_TELLING: Final = 2


def _is_word_of(name: str, text: str) -> bool:
    return name in text and re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text) is not None
