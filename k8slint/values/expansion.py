"""References to environment variables, `$(NAME)`, as the kubelet expands them."""

from __future__ import annotations

from collections.abc import Iterator


def references(text: str) -> Iterator[str]:
    """The names that a text refers to, in order; `$$` stands for a dollar and begins no reference.

    >>> list(references("http://$(HOST):$(PORT)/$$(PATH)?$x=$(")), list(references("$$$(NAME)"))
    (['HOST', 'PORT'], ['NAME'])

    Mirrors: third_party/forked/golang/expansion/expand.go Expand @ v1.37
    """
    at = text.find("$")
    while 0 <= at < len(text) - 1:
        end = text.find(")", at + 2) if text[at + 1] == "(" else -1
        if end >= 0:
            yield text[at + 2 : end]
        at = text.find("$", max(end + 1, at + 2))
