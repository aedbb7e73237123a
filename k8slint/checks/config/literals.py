"""Secrets in plain text where anybody can read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from k8slint.checks.credentials import is_filled_in_later, is_masked, names_a_credential
from k8slint.cluster.cluster import Cluster
from k8slint.objects.fields import strings, text
from k8slint.objects.object import Container, Object
from k8slint.objects.problem import Place, Problem

_SWITCH: Final = frozenset(
    {"disable", "disabled", "enable", "enabled", "false", "no", "off", "on", "optional", "required", "true", "yes"}
)
_PASSWORD = re.compile(r"pass|pwd", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h|d)?")
_PATH = re.compile(r"(?:[A-Za-z]:)?\.{0,2}(?:/[\w.@-]+)+/?")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_URL_WITH_PASSWORD = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/\s:@]*:([^/\s@]+)@")
_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z0-9]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}")
# `INSERT_TOKEN_HERE`: a person will fill it in.
_CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_NAME_OF_SECRET = re.compile(r"[a-z0-9.-]+-(?:certs?|creds|credentials|tls)")


def secret_literal_in_env(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """An environment variable that holds the secret itself instead of a reference to a Secret."""
    for path, entry in container.env():
        value = entry.get("value")
        if not isinstance(value, str) or len(value) < 2:
            continue
        name = text(entry.get("name"))
        said = _secret_in(name, value)
        if said and not cluster.find("Secret", container.pod.namespace, value):
            yield Problem((*path, "value"), f'"{name}" holds {said}', place=Place.SECRET)


def secret_literal_in_configmap(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A ConfigMap value that is a secret."""
    for key, value in strings(obj.data.get("data")).items():
        said = _secret_in(key, value.rstrip("\n"))
        if said and not cluster.find("Secret", obj.namespace, value):
            yield Problem(("data", key), f'"{key}" holds {said}', place=Place.SECRET)


def _secret_in(name: str, value: str) -> str:
    """What kind of secret the value is; empty if it is none, or is filled in later."""
    if "PRIVATE KEY-----" in value:
        return "a private key" if _PRIVATE_KEY.search(value) else ""
    if "\n" in value or is_filled_in_later(value) or is_masked(value):
        return ""
    with_password = _URL_WITH_PASSWORD.match(value)
    if with_password is not None and not is_masked(with_password[1]):
        return "a URL with a password in it"
    return "a literal secret" if names_a_credential(name) and _is_literal(name, value) else ""


def _is_literal(name: str, value: str) -> bool:
    if not value.strip() or value.lower() in _SWITCH or _URL.match(value) or _PATH.fullmatch(value):
        return False
    if _NUMBER.fullmatch(value) and not _PASSWORD.search(name):
        return False
    return _NAME_OF_SECRET.fullmatch(value) is None and _CONSTANT.fullmatch(value) is None
