"""The forms of names that the API server accepts."""

from __future__ import annotations

import re

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_NAME_PART = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")


def is_dns_label(name: str) -> bool:
    """Whether the name is a DNS-1123 label: at most 63 lower case letters, digits and inner dashes."""
    return len(name) <= 63 and _LABEL.fullmatch(name) is not None


def is_dns_subdomain(name: str) -> bool:
    """Whether the name is a DNS-1123 subdomain: at most 253 characters, dots between parts like those of a label."""
    return len(name) <= 253 and _SUBDOMAIN.fullmatch(name) is not None


def is_qualified_name(name: str) -> bool:
    """Whether the name can be the key of a label: optionally a subdomain and a slash, then at most 63 characters."""
    prefix, slash, rest = name.rpartition("/")
    if slash and not is_dns_subdomain(prefix):
        return False
    return len(rest) <= 63 and _NAME_PART.fullmatch(rest) is not None
