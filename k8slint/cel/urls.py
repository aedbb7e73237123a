"""Addresses of the web in CEL: those that Go and we read alike; of others nothing is said.

Mirrors: apiserver pkg/cel/library/urls.go @ v1.37
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from k8slint.cel.errors import UnjudgedError
from k8slint.values.regex import regex

# scheme://host[:port][/path][?query][#fragment] with plain characters, or a path.
_PLAIN = regex(
    r"(?:[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9._-]*(?::[0-9]*)?(?=[/?#]|$)|(?=/[^/]|/$))"
    r"(?:/[A-Za-z0-9._~!$&'()*+,;=:@/-]*)?(?:\?[A-Za-z0-9._~!$'()*+,=:@/?&-]*)?(?:#[A-Za-z0-9._~!$&'()*+,=:@/?-]*)?"
)
# What Go refuses: nothing, a control character, and what starts with neither a scheme nor a slash.
_NONE = regex(r"|.*[\x00-\x1f\x7f].*|(?!\*$)[^/:][^:]*|:.*|[^A-Za-z/].*:.*", re.DOTALL)


def is_url(text: str) -> bool:
    """Whether a text is a URL with a scheme, or a path from the root."""
    if _PLAIN.fullmatch(text):
        return True
    if _NONE.fullmatch(text):
        return False
    raise UnjudgedError


def url(text: str) -> str:
    """A URL."""
    if not is_url(text):
        raise UnjudgedError
    return text


def _query(text: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url(text)).query, keep_blank_values=True)


def _asks(question: Callable[[Any], str]) -> Callable[[str], str]:
    return lambda text: question(urlsplit(url(text)))


PARTS: Final[Mapping[str, Callable[[str], Any]]] = {
    "getEscapedPath": _asks(lambda parts: parts.path),
    "getHost": _asks(lambda parts: parts.netloc),
    "getHostname": _asks(lambda parts: parts.netloc.partition(":")[0]),
    "getPort": _asks(lambda parts: parts.netloc.partition(":")[2]),
    "getQuery": _query,
    "getScheme": _asks(lambda parts: parts.scheme),
}
"""What is asked of URLs, by the name of the function."""
