"""Regular expressions that are compiled at their first use: a run over one file uses few of those it imports."""

from __future__ import annotations

import re
from typing import Any, Final, cast

_METHODS: Final = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub")


class _Later:
    """A pattern that is compiled when its first method is called."""

    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self._text, self._flags)
        vars(self).update({method: getattr(compiled, method) for method in _METHODS})
        return getattr(compiled, name)


def regex(text: str, flags: int = 0) -> re.Pattern[str]:
    """Like `re.compile`, but compiled at the first use.

    >>> regex("[a-z]+").findall("one, two")
    ['one', 'two']
    """
    return cast("re.Pattern[str]", _Later(text, flags))
