"""Literal secrets that texts give to names: lines of env files, properties and YAML, entries of JSON, SQL, options."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from k8slint.checks.credentials import is_filled_in_later, is_masked, may_name_a_credential, names_a_credential
from k8slint.checks.secret_forms import is_made_up
from k8slint.values.regex import regex

_SWITCH: Final = frozenset(
    {"disable", "disabled", "enable", "enabled", "false", "no", "off", "on", "optional", "required", "true", "yes"}
)
_PASSWORD: Final = regex(r"pass|pwd", re.IGNORECASE)
_NUMBER: Final = regex(r"[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h|d)?")
_PATH: Final = regex(r"(?:[A-Za-z]:)?\.{0,2}(?:/[\w.@-]+)+/?")
_URL: Final = regex(r"[A-Za-z][A-Za-z0-9+.-]*://")
# `INSERT_TOKEN_HERE`: a person will fill it in.
_CONSTANT: Final = regex(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_NAME_OF_SECRET: Final = regex(r"[a-z0-9.-]+-(?:certs?|creds|credentials|tls)")

# Code and documents speak of passwords without holding any.
_CODE: Final = frozenset(
    {
        "bash", "css", "erb", "go", "groovy", "html", "j2", "java", "js", "jsonnet", "lua", "md", "php", "pl", "ps1",
        "py", "rb", "rego", "rst", "sh", "template", "tmpl", "tpl", "ts", "txt", "vcl", "xml", "xsl",
    }
)  # fmt: skip
_LINE: Final = regex(r"(?:export\s+|- +)?([\"']?)([A-Za-z_][\w.-]{0,80})\1\s*([=:])\s*")
_JSON: Final = regex(r'"([\w.-]{1,80})"\s*:\s*"((?:[^"\\\n]|\\.){1,200})"')
_IS_JSON: Final = regex(r"\s*(?:\{|\[\s*[{\"])")
_SQL: Final = regex(r"\b(?:identified\s+by|password)\s+'([^'\s]{1,100})'", re.IGNORECASE)
_OPTION: Final = regex(
    r"(?<![\w-])--?([A-Za-z][\w.-]{2,60})(?:=|\s+)([\"']?)([^\s\"'-][^\s\"']{0,200}+)\2(?=[\s;\"']|$)"
)
_VARIABLE: Final = regex(r"(?<![\w.$-])([A-Za-z_]\w{2,60})=([\"']?)([^\s\"';|&]{1,200}+)\2(?=[\s;\"'|&]|$)")
# Words of schemas, and what an expression of a programming language has.
_TYPES: Final = frozenset({"any", "bool", "int", "integer", "null", "number", "object", "str", "string", "text"})
_EXPRESSION: Final = regex(r"[(){}\[\]<>$*&|`]|^[!%@?]")
_YOURS: Final = regex(r"your", re.IGNORECASE)
_PLAIN_PASSWORD: Final = regex(r"password|passwd|passphrase|pwd", re.IGNORECASE)
# A password may have few characters, and be `example`; a token of a few is an example.
_LENGTH_OF_TOKENS: Final = 20
_LONG_ENOUGH: Final = 8
_SHORT_NUMBER: Final = regex(r"[0-9]{1,3}(?:\.[0-9]+)?[a-z]{0,2}")


class Assigned(NamedTuple):
    """A name that gets a literal secret, and the offset of its line or entry in the text."""

    name: str
    at: int


def is_literal(name: str, value: str) -> bool:
    """Whether a value under the name of a credential is one itself: no switch, path, address or name of a Secret."""
    if not value.strip() or value.lower() in _SWITCH or _URL.match(value) or _PATH.fullmatch(value):
        return False
    if _NUMBER.fullmatch(value) and not _PASSWORD.search(name):
        return False
    if len(value) >= _LENGTH_OF_TOKENS and is_made_up(value):
        return False
    return _NAME_OF_SECRET.fullmatch(value) is None and _CONSTANT.fullmatch(value) is None


def assigned_in_file(name: str, text: str) -> Iterator[Assigned]:
    """The names that get a literal secret in the text of a file; none in code and documents, which hold anything."""
    pairs: Iterator[tuple[str, str, int]]
    if name.endswith(".sql"):
        pairs = (("password", match[1], match.start()) for match in _SQL.finditer(text))
    elif not may_name_a_credential(text.lower()) or _is_code(name, text):
        return
    elif _IS_JSON.match(text):
        pairs = ((match[1], match[2], match.start()) for match in _JSON.finditer(text))
    else:
        pairs = _of_lines(text)
    for key, value, at in pairs:
        if _is_secret(key, value):
            yield Assigned(key, at)


def assigned_in_command(text: str) -> Iterator[str]:
    """The options and variables that get a literal secret in a command.

    >>> list(assigned_in_command("PGPASSWORD=hunter2 psql --password-file=/p --token $TOKEN"))
    ['PGPASSWORD']
    """
    if may_name_a_credential(text.lower()):
        for form, dashes in ((_OPTION, "--"), (_VARIABLE, "")):
            for match in form.finditer(text):
                if _is_secret(match[1], match[3]):
                    yield f"{dashes}{match[1]}"


def is_secret_option(name: str, value: str) -> bool:
    """Whether the next argument after an option is the secret that the option names."""
    return _is_secret(name, value)


def _is_code(name: str, text: str) -> bool:
    return name.rpartition(".")[2].lower() in _CODE or text.startswith(("#!", "<", "{{"))


def _of_lines(text: str) -> Iterator[tuple[str, str, int]]:
    at = 0
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        start, at = at, at + len(line)
        if bare[:1] in ("#", ";", "/") or not may_name_a_credential(bare.lower()):
            continue
        match = _LINE.match(bare)
        if match is not None:
            value = _unquoted(bare[match.end() :], match[3])
            yield match[2], value, start


def _unquoted(rest: str, sign: str) -> str:
    """The literal that is assigned; empty if it is none or prose."""
    if rest[:1] in ('"', "'"):
        return rest[1:].partition(rest[0])[0]
    if sign == ":":
        rest = rest.partition(" #")[0]
    rest = rest.rstrip().removesuffix(",")
    return rest if len(rest.split(maxsplit=1)) == 1 else ""


def _is_secret(name: str, value: str) -> bool:
    """Whether a name and a value in a text are a credential: passwords of any form, others only if they look random."""
    if len(value) < 2 or value.lower() in _TYPES or not names_a_credential(name):
        return False
    if is_filled_in_later(value) or is_masked(value) or _EXPRESSION.search(value) or not is_literal(name, value):
        return False
    if value.casefold() == name.casefold() or _SHORT_NUMBER.fullmatch(value) or _YOURS.match(value):
        return False
    return _PLAIN_PASSWORD.search(name) is not None or looks_random(value)


def looks_random(value: str) -> bool:
    """Whether a word is no name that a person gave.

    >>> looks_random("8f1a2b3c4d5e"), looks_random("my-app-token"), looks_random("web-1")
    (True, False, False)
    """
    digits = sum(map(str.isdigit, value))
    has_both = any(map(str.isupper, value)) and any(map(str.islower, value))
    return len(value) >= _LONG_ENOUGH and digits > 0 and (has_both or digits > 2)
