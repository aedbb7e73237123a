"""Bad use: what the user asked cannot be done as asked."""

from __future__ import annotations


class UsageError(Exception):
    """One line that says what is wrong and what to do; ends the run with exit code 2."""
