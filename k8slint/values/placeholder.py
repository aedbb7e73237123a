"""Places that a template has left for a value."""

from __future__ import annotations

import re
from typing import Any

from k8slint.values.regex import regex

_MARKS = ("$", "{{", "<", "%", "__", "@@", "[[")
_FORMS = regex(
    r"""
    \$[{(A-Za-z_]           # ${NAME}, $(NAME), $NAME
    | \{\{                  # {{ .Values.name }}
    | \[\[                  # [[ name ]]
    | <[^<>]+>              # <name>
    | %[{(A-Za-z_][^%]*[%})]  # %NAME%, %{name}
    | __[A-Za-z0-9_]+__     # __NAME__
    | @@[^@]+@@             # @@NAME@@
    """,
    re.VERBOSE,
)


def has_placeholder(value: Any) -> bool:
    """Whether it is a text with a place that is still to be filled, so that nothing can be said about it.

    >>> [has_placeholder(text) for text in ("${TAG}", "{{ .tag }}", "<CHANGE_ME>", "1.27")]
    [True, True, True, False]
    """
    if not isinstance(value, str) or not any(mark in value for mark in _MARKS):
        return False
    return _FORMS.search(value) is not None
