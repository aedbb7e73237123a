"""The events of a YAML text: libyaml's, or where it is absent those of ruamel.yaml's own parser, which is slower.

Both make them of the classes of `ruamel.yaml.events`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Events = Callable[[], Any]
"""Gives the next event, and none after the last."""


def events(text: str) -> Events:
    """The events of a text, one by one. Where the text is wrong, asking for the next raises one of `parser_errors`."""
    parser = _c_parser()
    next_event: Events = parser(text).get_event if parser is not None else _checked(_from_python(text)).__next__
    return next_event


def parser_errors() -> tuple[type[Exception], ...]:
    """What both parsers raise."""
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415 - only a broken file pays for it

    return (YAMLError,)


def _c_parser() -> Any:
    try:
        from _ruamel_yaml import CParser  # noqa: PLC0415 - a platform may lack it
    except ImportError:
        return None
    return CParser


def _from_python(text: str) -> Iterator[Any]:
    from ruamel.yaml import YAML  # noqa: PLC0415 - libyaml is there as a rule

    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 1)
    return iter(yaml.parse(text))


def _checked(stream: Iterator[Any]) -> Iterator[Any]:
    """The events, then none; what libyaml refuses and ruamel.yaml stumbles over or takes is refused as libyaml does."""
    mark = None
    while True:
        try:
            event = next(stream, None)
        except (ValueError, OverflowError):  # ruamel.yaml makes a character of any number that is written as one
            raise _refused("found invalid Unicode character escape code", mark) from None
        except AssertionError:  # ruamel.yaml asserts that a %YAML directive names a version it knows
            raise _refused("found incompatible YAML document", mark) from None
        if event is not None:
            mark = event.end_mark
            if any("\ud800" <= character <= "\udfff" for character in getattr(event, "value", "")):
                raise _refused("found invalid Unicode character escape code", event.start_mark)
        yield event


def _refused(problem: str, mark: Any) -> Exception:
    from ruamel.yaml.scanner import ScannerError  # noqa: PLC0415 - as above

    return ScannerError(None, None, problem, mark)
