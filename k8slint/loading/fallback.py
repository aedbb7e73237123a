"""The event stream where libyaml is absent: ruamel.yaml's own parser, slower, with the same events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ScalarEvent:
    """A scalar as libyaml's events have it: the tag is text, or none."""

    value: str
    tag: str | None
    anchor: str | None
    implicit: tuple[bool, bool]
    style: str
    start_mark: Any
    end_mark: Any


def events(text: str) -> Callable[[], Any]:
    """A function that returns the next event, and none after the last."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - heavy, and libyaml is there as a rule
    from ruamel.yaml.scanner import ScannerError  # noqa: PLC0415 - as above

    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 1)
    stream = yaml.parse(text)

    def next_event() -> Any:
        event = next(stream, None)
        if type(event).__name__ != "ScalarEvent" or event is None:
            return event
        if any("\ud800" <= character <= "\udfff" for character in event.value):
            raise ScannerError(None, None, "found invalid Unicode character escape code", event.start_mark)
        return ScalarEvent(
            event.value,
            None if event.tag is None else str(event.tag),
            event.anchor,
            event.implicit,
            event.style or "",
            event.start_mark,
            event.end_mark,
        )

    return next_event
