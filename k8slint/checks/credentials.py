"""Names of secrets, and values that are filled in later or were taken out."""

from __future__ import annotations

import re
from typing import Final

from k8slint.values.placeholder import has_placeholder, is_looked_up
from k8slint.values.regex import regex

# Elsewhere, such a text waits to be filled in, but a password works as it is.
_STOCK_PASSWORD = regex(r"(?:change|replace)[-_ ]?me", re.IGNORECASE)
_MASKED = regex(r"[*xX.\u2022?-]+|(?i:redacted|removed|masked|null|none|nil)")

_WORD = regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_ONE_WORD: Final = frozenset(
    {
        "apikey", "apisecret", "apitoken", "authtoken", "clientsecret", "pass", "pwd", "secret", "secretkey", "token",
    }
)  # fmt: skip
_TWO_WORDS: Final = frozenset(
    {
        ("access", "secret"), ("account", "key"), ("api", "key"), ("auth", "key"), ("cookie", "key"),
        ("encryption", "key"), ("master", "key"), ("private", "key"), ("secret", "key"), ("session", "key"),
        ("shared", "key"), ("signing", "key"), ("storage", "key"),
    }
)  # fmt: skip
# Every text that has such a name holds one of the first words before `key`, or one of the others.
_BEFORE_KEY: Final = tuple(sorted(first for first, last in _TWO_WORDS if last == "key"))
_IN_EVERY_ONE: Final = ("secret", "pass", "pwd", "token")
_PASSWORD_ENDS: Final = ("password", "passwd", "passphrase")
# Words that may follow the telling one: `PASSWORD_1`, `SECRET_KEY_BASE`.
_AFTER: Final = frozenset({"base", "default", "dev", "plain", "prod", "production", "staging", "test", "value"})
# Words that make the name mean something else: the name of a Secret, a switch, a public key.
_BEFORE: Final = frozenset(
    {
        "allow", "by", "ca", "cert", "certificate", "disable", "empty", "enable", "force", "generate", "has", "image",
        "ingress", "is", "no", "public", "publishable", "pull", "random", "require", "skip", "tls", "use", "wildcard",
        "without",
    }
)  # fmt: skip


def is_filled_in_later(text: str) -> bool:
    """Whether the text waits to be rendered, decrypted or looked up, so that its final value is unknown.

    >>> [is_filled_in_later(text) for text in ("${DB}", "{{ .db }}", "ENC[AES256_GCM,data:x]", "changeme")]
    [True, True, True, False]
    """
    if has_placeholder(text):
        return _STOCK_PASSWORD.fullmatch(text) is None
    return is_looked_up(text)


def is_masked(text: str) -> bool:
    """Whether the text replaces a value that was taken out.

    >>> is_masked("********"), is_masked("REDACTED"), is_masked("hunter2")
    (True, True, False)
    """
    return _MASKED.fullmatch(text) is not None


def words(name: str) -> list[str]:
    """The words of a name in lower case, split at case, digits and punctuation.

    >>> words("db.rootPassword_2"), words("APIKey"), words("PGPASSWORD")
    (['db', 'root', 'password', '2'], ['api', 'key'], ['pgpassword'])
    """
    return [word.lower() for word in _WORD.findall(name)]


def names_a_credential(name: str) -> bool:
    """Whether a variable or key of that name holds a password, token or secret key itself.

    The last words decide: `PASSWORD_FILE` names a file, not a password.

    >>> [names_a_credential(name) for name in ("MYSQL_ROOT_PASSWORD", "apiKey", "PGPASSWORD", "SECRET_KEY_BASE")]
    [True, True, True, True]
    >>> [names_a_credential(name) for name in ("PASSWORD_FILE", "TOKEN_TTL", "MYSQL_ALLOW_EMPTY_PASSWORD", "PWD")]
    [False, False, False, False]
    """
    parts = words(name)
    while len(parts) > 1 and (parts[-1].isdigit() or parts[-1] in _AFTER):
        parts.pop()
    if not parts or parts == ["pwd"] or parts[-2:] == ["cluster", "token"] or not _BEFORE.isdisjoint(parts):
        return False  # the working directory; etcd's name for a cluster
    last = parts[-1]
    if last in _ONE_WORD or tuple(parts[-2:]) in _TWO_WORDS or parts[-3:] == ["secret", "access", "key"]:
        return True
    return last.endswith(_PASSWORD_ENDS) and last != "htpasswd"


def may_name_a_credential(text: str) -> bool:
    """Whether a text in lower case may hold the name of a credential: a quick test before `names_a_credential`.

    >>> [may_name_a_credential(text) for text in ("{name: db_password}", "{name: api-key}", "{key: app}")]
    [True, True, False]
    """
    if any(word in text for word in _IN_EVERY_ONE):
        return True
    at = text.find("key")
    while at >= 0:
        # The two words touch, or one character parts them.
        if text.endswith(_BEFORE_KEY, 0, at) or text.endswith(_BEFORE_KEY, 0, at - 1):
            return True
        at = text.find("key", at + 1)
    return False
