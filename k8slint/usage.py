"""Bad use: what the user asked cannot be done as asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class UsageError(Exception):
    """One line that says what is wrong and what to do; ends the run with exit code 2."""


@contextmanager
def blamed_on(place: str) -> Iterator[None]:
    """Put the place before the message of a UsageError that is raised within; an empty place changes nothing."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{place}: {error}" if place else str(error)) from None


def reason(error: Exception) -> str:
    """Why the system could not read or write, in its own words: `no such file or directory`."""
    return (getattr(error, "strerror", None) or str(error)).lower()
