"""The events of a YAML text, from libyaml, or from ruamel.yaml's own slower parser if libyaml is absent.

Both parsers use the classes of `ruamel.yaml.events`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Events = Callable[[], Any]
"""Returns the next event, or None after the last."""


def events(text: str) -> Events:
    """A function that returns the next event of a text at each call, or raises one of `parser_errors`."""
    parser = _c_parser()
    next_event: Events = parser(text).get_event if parser is not None else _checked(_from_python(text)).__next__
    return next_event


def parser_errors() -> tuple[type[Exception], ...]:
    """The exceptions that both parsers raise."""
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
    """The events of ruamel.yaml's parser, then None for ever, with the errors of libyaml.

    ruamel.yaml accepts some texts that libyaml refuses, and raises other exceptions for some.
    """
    mark = None
    while True:
        try:
            event = next(stream, None)
        except (ValueError, OverflowError):  # ruamel.yaml calls chr() with any number that an escape has
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
