"""Bad use: what the user asked cannot be done as asked."""

from __future__ import annotations


class UsageError(Exception):
    """One line that says what is wrong and what to do; ends the run with exit code 2."""


def reason(error: Exception) -> str:
    """Why the system could not read or write, in its own words: `no such file or directory`."""
    return (getattr(error, "strerror", None) or str(error)).lower()
