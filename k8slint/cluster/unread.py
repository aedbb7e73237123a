"""What was not read as objects: which names it may define after all, and what it may mend."""

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
    """The text of a file that could not be read; `chart` is the one that it is a template of, if of any."""

    text: str
    chart: Chart | None = None
    file: str = ""

    def may_define(self, name: str) -> bool:
        """Whether an object or a label of that name may come of the text.

        A broken text may define whatever word is in it. A chart's template is known to make what its `metadata` say:
        a name that it only refers to is made elsewhere.
        """
        if self.chart is None:
            return _is_word_of(name, self.text)
        return any(_may_become(value, name, self.chart) for value in self._metadata_values)

    @cached_property
    def _metadata_values(self) -> tuple[str, ...]:
        """What the lines below each `metadata:` of a template give: names, namespaces, labels."""
        return tuple(_values_below_metadata(self.text.splitlines()))

    def may_mend(self, word: str) -> bool:
        """Whether the text may change another object so that it holds the word: a chart's template changes none."""
        return self.chart is None and word in self.text


class Unread(NamedTuple):
    """What no object shows, though it may be there.

    `is_whole` says that the files read are meant to be all there is, so that absence may be said. `amendments` are
    texts of patches and mutating webhooks: they make no object, but may mend one.
    """

    is_whole: bool
    texts: tuple[UnreadText, ...] = ()
    amendments: tuple[str, ...] = ()

    def may_undo(self, absence: Absence) -> bool:
        """Whether it may hold what is missing, or what mends it."""
        name, word = absence
        if name and (not self.is_whole or any(each.may_define(name) for each in self.texts)):
            return True
        if not word:
            return False
        return any(each.may_mend(word) for each in self.texts) or any(word in text for text in self.amendments)


def unread_texts(loaded: Iterable[Loaded], readings: Iterable[Reading]) -> tuple[UnreadText, ...]:
    """The texts in which what seems to be missing may be defined: broken ones, and templates, read or not."""
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
    """The chart whose templates lie in a folder, or in one above it."""
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

    What an action gives is not known, but a chart names its objects after itself or after its values; so the rest of
    the value must tell, or the name holds that of the chart, or the chart's values hold the name.
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
