"""The event stream where libyaml is absent: ruamel.yaml's own parser, slower, with the same events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class ScalarEvent(NamedTuple):
    """A scalar as libyaml's events have it: the tag is text, or none."""

    value: str
    ctag: str | None
    anchor: str | None
    implicit: tuple[bool, bool]
    style: str
    start_mark: Any
    end_mark: Any


def events(text: str) -> Callable[[], Any]:
    """A function that returns the next event, and none after the last."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - heavy, and libyaml is there as a rule

    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 1)
    stream = yaml.parse(text)
    mark = None

    def next_event() -> Any:
        nonlocal mark
        try:
            event = next(stream, None)
        except (ValueError, OverflowError):  # ruamel.yaml makes a character of any number that is written as one
            raise _refused("found invalid Unicode character escape code", mark) from None
        except AssertionError:  # ruamel.yaml asserts that a %YAML directive names a version it knows
            raise _refused("found incompatible YAML document", mark) from None
        if event is None:
            return None
        mark = event.end_mark
        if type(event).__name__ != "ScalarEvent":
            return event
        if any("\ud800" <= character <= "\udfff" for character in event.value):
            raise _refused("found invalid Unicode character escape code", event.start_mark)
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


def _refused(problem: str, mark: Any) -> Exception:
    from ruamel.yaml.scanner import ScannerError  # noqa: PLC0415 - as above

    return ScannerError(None, None, problem, mark)
