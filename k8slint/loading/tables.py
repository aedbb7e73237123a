"""The tables of `rules/tables/`: facts that people who do not read the code may add to.

Each is read when it is first asked for, because most runs need none.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from k8slint.bundled import TABLES
from k8slint.loading.composer import compose
from k8slint.loading.document import Source


@cache
def text_of(table: str) -> str:
    """The text of a table."""
    return (TABLES / f"{table}.yaml").read_text(encoding="utf-8")


@cache
def rows(table: str) -> list[dict[str, Any]]:
    """The rows of a table, in the form that its schema describes."""
    (document,) = compose(Source(str(TABLES / f"{table}.yaml"), text_of(table)))
    found: list[dict[str, Any]] = document.data
    return found
