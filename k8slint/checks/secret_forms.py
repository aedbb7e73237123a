"""Secrets that are known by their form, whatever their name: tokens of providers, private keys, passwords in URLs."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final, NamedTuple

from k8slint.checks.credentials import is_filled_in_later, is_masked
from k8slint.loading.tables import rows
from k8slint.values.regex import regex

A_PRIVATE_KEY: Final = "a private key"
A_URL: Final = "a URL with a password in it"


class Secret(NamedTuple):
    """A secret in a text: what a message calls it, and where it starts and ends."""

    what: str
    start: int
    end: int


# The forms of the table have no blanks, and none is shorter.
_SHORTEST: Final = 20
_KEY_SIGN: Final = "PRIVATE KEY"
# The header lines of an old or PGP key may stand before its text, whose lines a JSON string parts by `\n`.
_PRIVATE_KEY: Final = regex(
    r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr]|[A-Z][A-Za-z-]{2,20}: [^\n]{1,100}\n){1,99}"
    r"(?P<secret>[A-Za-z0-9+/=]{40}[^-]*)"
)
_WHOLE_KEY: Final = regex(r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----END)[\s\S])*")
_URL: Final = regex(r"://[^/\s:@\"'`<>]{0,100}:(?P<secret>[^/\s@\"'`<>]{1,200})@(?=[\w.\[-])")
_MYSQL: Final = regex(r"(?<![\w.-])[\w.-]{1,64}:(?P<secret>[^/\s:@\"'`<>]{1,100})@(?=(?:tcp|unix)\()")
_CONNECTION: Final = regex(r"(?i)[?&;]\s?(?:password|pwd)=(?P<secret>[^&;\s\"'`<>]{2,100})")
_BEARER: Final = regex(r"(?<![\w-])[Bb]earer (?P<secret>(?=[A-Za-z._~+/-]*[0-9])[\w.~+/-]{16,}={0,2})")
_BASIC: Final = regex(r"(?<![\w-])[Bb]asic (?P<secret>[A-Za-z0-9+/]{6,}={0,2})")
_AWS_ID: Final = regex(r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])")
_AWS_KEY: Final = regex(
    r"(?<![A-Za-z0-9/+=])(?P<secret>(?=[A-Z0-9/+]{0,39}[a-z])(?=[a-z0-9/+]{0,39}[A-Z])[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"
)

_MADE_UP: Final = regex(r"example|placeholder|redacted|changeme|your[-_]|[-_]here|x{4}|\*{3}|\.{3}|0{8}", re.IGNORECASE)
# Published with the documentation or a program that everybody has; they protect nothing.
_PUBLISHED: Final = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",  # Azurite
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",  # jwt.io
)
_FEWEST_CHARACTERS: Final = 7
# `user:password@` in a longer text shows how to write it.
_SHOWN_AS_PASSWORD: Final = frozenset({"pass", "passwd", "password", "pw", "pwd", "secret"})


def secrets_in(text: str) -> Iterator[Secret]:
    """The secrets of a known form in a text, in no certain order, without those that are made up or filled in later.

    >>> [secret.what for secret in secrets_in("curl ftp://backup:Tr0ub4dor@files/")]
    ['a URL with a password in it']
    >>> list(secrets_in("curl ftp://backup:$(PASSWORD)@files/"))
    []
    """
    for signs, what, form, is_one in _FORMS:
        if any(sign in text for sign in signs):
            yield from (Secret(what, *match.span("secret")) for match in form.finditer(text) if is_one(match))
    yield from _of_a_provider(text)


def _of_a_provider(text: str) -> Iterator[Secret]:
    long = _long_words(text)
    for begins, what, form in _table() if long else ():
        if begins in long:
            yield from (Secret(what, *match.span("secret")) for match in form.finditer(text) if _is_real(match))
    if ("AKIA" in long or "ASIA" in long) and is_aws_id(text):
        yield from (Secret("an AWS secret key", *match.span()) for match in _AWS_KEY.finditer(text) if _is_real(match))


def written_in(text: str) -> Iterator[tuple[int, int]]:
    """The parts of the text of a whole file that no report may show: the secrets, and all of a private key."""
    if not may_be_secret(text):
        return
    for secret in secrets_in(text):
        yield secret.start, secret.end
    if _KEY_SIGN in text:
        yield from (match.span() for match in _WHOLE_KEY.finditer(text))


def is_made_up(secret: str) -> bool:
    """Whether a text of a secret's form is an example or a placeholder.

    >>> is_made_up("ghp_" + 36 * "x"), is_made_up("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    (True, True)
    """
    is_published = any(known in secret for known in _PUBLISHED)
    return is_published or _MADE_UP.search(secret) is not None or len(set(secret[-20:])) < _FEWEST_CHARACTERS


def is_aws_id(text: str) -> bool:
    """Whether an id of an AWS key is in the text; it is no secret, but the key itself is written beside it."""
    return any("EXAMPLE" not in match[0] for match in _AWS_ID.finditer(text))


def is_aws_key(text: str) -> bool:
    """Whether the text has the form of an AWS secret key, which is one if it stands beside an id."""
    return _AWS_KEY.fullmatch(text) is not None and not is_made_up(text)


def may_be_secret(text: str) -> bool:
    """Whether a text may hold a secret of a known form: a quick test before the search.

    >>> may_be_secret("web.shop.svc.cluster.local"), may_be_secret("amqp://app:hunter2@mq")
    (False, True)
    """
    if any(sign in text for sign in _SIGNS):
        return True
    long = _long_words(text)
    return long != "" and _beginning().search(long) is not None


def _is_password(match: re.Match[str]) -> bool:
    password = match["secret"]
    return not (is_masked(password) or is_filled_in_later(password) or any(sign in password for sign in "{$%("))


def _is_password_of_url(match: re.Match[str]) -> bool:
    is_alone = len(match.string.split(maxsplit=1)) == 1
    is_example = match["secret"].lower() in _SHOWN_AS_PASSWORD and "user" in match[0].lower()
    return _is_password(match) and (is_alone or not is_example)


def _is_real(match: re.Match[str]) -> bool:
    return not is_made_up(match["secret"])


def _is_user_and_password(match: re.Match[str]) -> bool:
    try:
        plain = b64decode(match["secret"], validate=True).decode()
    except (Base64Error, UnicodeDecodeError):
        return False
    user, colon, password = plain.partition(":")
    return bool(user and colon and password) and plain.isprintable()


_Form = tuple[tuple[str, ...], str, re.Pattern[str], Callable[[re.Match[str]], bool]]
# Signs, of which each text of the form holds one, what it is called, the form, and what it must be beyond that.
_FORMS: Final[tuple[_Form, ...]] = (
    ((_KEY_SIGN,), A_PRIVATE_KEY, _PRIVATE_KEY, _is_real),
    (("://",), A_URL, _URL, _is_password_of_url),
    (("@tcp(", "@unix("), "an address with a password in it", _MYSQL, _is_password),
    (
        ("assword=", "ASSWORD=", "pwd=", "Pwd=", "PWD="),
        "a connection string with a password in it",
        _CONNECTION,
        _is_password,
    ),
    (("earer ",), "a bearer token", _BEARER, _is_real),
    (("asic ",), "a user name and password", _BASIC, _is_user_and_password),
)


_SIGNS: Final = tuple(sign for signs, *_ in _FORMS for sign in signs)


def _long_words(text: str) -> str:
    """The words among which a token can be, which are few in most texts: a search in them is several times as fast."""
    return "\n".join(word for word in text.split() if len(word) >= _SHORTEST)


@cache
def _table() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """The beginnings of the table's forms, each with what it is and its pattern."""
    return tuple(
        (begins, row["what"], regex(rf"{_not_within(begins)}(?P<secret>{re.escape(begins)}{row['goes-on']})(?!\w)"))
        for row in rows("secret-forms")
        for begins in row["begins"]
    )


@cache
def _beginning() -> re.Pattern[str]:
    """How a form of the table or an id of AWS begins."""
    return re.compile("|".join(map(re.escape, ("AKIA", "ASIA", *(begins for begins, *_ in _table())))))


def _not_within(begins: str) -> str:
    """A word does not hold a token: `disk-` has no `sk-`. Sentences and addresses may go before a dot or a slash."""
    return r"(?<![\w-])" if begins[0].isalnum() and "/" not in begins else ""
