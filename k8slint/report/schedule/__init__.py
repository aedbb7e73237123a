"""A dry run as text for people and machines. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Final, Protocol

from k8slint.report.schedule.view import Subject


class Render(Protocol):
    """Writes a dry run in one format; what the format has no use for is left aside."""

    def __call__(self, subject: Subject, *, color: bool, width: int | None, blocks: bool) -> str:
        """The whole output, ended by a line break."""


def _format(name: str, *takes: str) -> Render:
    def render(subject: Subject, *, color: bool, width: int | None, blocks: bool) -> str:
        given = {"color": color, "width": width, "blocks": blocks}
        text: str = import_module(f"{__name__}.{name}").render(subject, **{option: given[option] for option in takes})
        return text

    return render


FORMATS: Final[Mapping[str, Render]] = {
    "table": _format("table", "color", "width", "blocks"),
    "wide": _format("wide", "color", "width", "blocks"),
    "json": _format("json"),
    "markdown": _format("markdown"),
}
