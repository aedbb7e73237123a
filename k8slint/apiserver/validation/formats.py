"""The forms of texts, as the API server checks them and words what is wrong with them.

Mirrors: apimachinery pkg/util/validation/validation.go, pkg/api/validate/content @ v1.37
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.apiserver.validation.field import Form
from k8slint.values.regex import regex

_LABEL: Final = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_DNS_LABEL = regex(_LABEL)
_DNS_SUBDOMAIN = regex(rf"{_LABEL}(\.{_LABEL})*")
_UNDERSCORED: Final = r"_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_DNS_UNDERSCORED = regex(rf"{_UNDERSCORED}(\.{_UNDERSCORED})*")
_WILDCARD_DNS = regex(rf"\*\.{_LABEL}(\.{_LABEL})*")
_DNS_1035 = regex(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_NAME_PART: Final = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_QUALIFIED = regex(_NAME_PART)
_LABEL_VALUE = regex(rf"({_NAME_PART})?")
_OF_NAMES: Final = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
)
_NAMES: Final = ("MyName", "my.name", "123-abc")
_PORT_NAME = regex(r"[-a-z0-9]+")
_CONFIG_KEY = regex(r"[-._a-zA-Z0-9]+")
_ENV_NAME = regex(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_RELAXED_ENV_NAME = regex(r"[ -<>-~]*")
_URL_PATH = regex(r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+")
_PERCENT = regex(r"[0-9]+%")
_HTTP_HEADER = regex(r"[-A-Za-z0-9]+")


def _too_long(most: int, unit: str = "bytes") -> str:
    return f"must be no more than {most} {unit}"


def _form(said: str, expression: str, *examples: str) -> str:
    shown = ",  or ".join(f"'{example}'" for example in examples)
    return f"{said} (e.g. {shown}, regex used for validation is '{expression}')"


@Form
def dns_label(text: str) -> Iterator[str]:
    """A DNS-1123 label: at most 63 of lower case letters, digits and inner dashes."""
    if len(text) > 63:
        yield _too_long(63, "characters")
    if not _DNS_LABEL.fullmatch(text):
        if _DNS_SUBDOMAIN.fullmatch(text):
            yield "must not contain dots"
        else:
            yield _form(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start"
                " and end with an alphanumeric character",
                _LABEL,
                "my-name",
                "123-abc",
            )


@Form
def dns_subdomain(text: str) -> Iterator[str]:
    """A DNS-1123 subdomain: at most 253 characters, labels joined by dots."""
    if len(text) > 253:
        yield _too_long(253, "characters")
    if not _DNS_SUBDOMAIN.fullmatch(text):
        yield _form(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must"
            " start and end with an alphanumeric character",
            rf"{_LABEL}(\.{_LABEL})*",
            "example.com",
        )


@Form
def dns_subdomain_with_underscores(text: str) -> Iterator[str]:
    """A DNS subdomain whose labels may have underscores."""
    if len(text) > 253:
        yield _too_long(253, "characters")
    if not _DNS_UNDERSCORED.fullmatch(text):
        yield _form(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and"
            " must start and end with an alphanumeric character",
            _DNS_UNDERSCORED.pattern,
            "example.com",
        )


@Form
def dns_1035_label(text: str) -> Iterator[str]:
    """A DNS-1035 label: a DNS-1123 label that begins with a letter."""
    if len(text) > 63:
        yield _too_long(63, "characters")
    if not _DNS_1035.fullmatch(text):
        yield _form(
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic"
            " character, and end with an alphanumeric character",
            _DNS_1035.pattern,
            "my-name",
            "abc-123",
        )


@Form
def qualified_name(text: str) -> Iterator[str]:
    """The key of a label: a subdomain and a slash, or nothing, before a name of at most 63 characters."""
    *prefixes, name = text.split("/")
    if len(prefixes) > 1:
        form = _form(f"a valid label key {_OF_NAMES}", _NAME_PART, *_NAMES)
        yield f"{form} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        return
    if prefixes:
        if not prefixes[0]:
            yield "prefix part must be non-empty"
        else:
            yield from (f"prefix part {fault}" for fault in dns_subdomain.faults(prefixes[0]))
    if not name:
        # The server reports an empty name twice.
        yield "name part must be non-empty"
        return
    if len(name) > 63:
        yield f"name part {_too_long(63)}"
    if not _QUALIFIED.fullmatch(name):
        yield _form(f"name part {_OF_NAMES}", _NAME_PART, *_NAMES)


@Form
def label_value(text: str) -> Iterator[str]:
    """The value of a label: empty, or at most 63 letters, digits, dashes, underscores and dots."""
    if len(text) > 63:
        yield _too_long(63)
    if not _LABEL_VALUE.fullmatch(text):
        yield _form(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must"
            " start and end with an alphanumeric character",
            f"({_NAME_PART})?",
            "MyValue",
            "my_value",
            "12345",
        )


@Form
def port_name(text: str) -> Iterator[str]:
    """The name of a port: at most 15 of lower case letters, digits and single inner dashes, with a letter."""
    if len(text) > 15:
        yield "must be no more than 15 characters"
    if not _PORT_NAME.fullmatch(text):
        yield "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
    if not any("a" <= letter <= "z" for letter in text):
        yield "must contain at least one letter (a-z)"
    if "--" in text:
        yield "must not contain consecutive hyphens"
    if text and (text[0] == "-" or text[-1] == "-"):
        yield "must not begin or end with a hyphen"


@Form
def config_map_key(text: str) -> Iterator[str]:
    """The key of a ConfigMap or Secret: a file name without slashes."""
    if len(text) > 253:
        yield _too_long(253, "characters")
    if not _CONFIG_KEY.fullmatch(text):
        yield _form(
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
            _CONFIG_KEY.pattern,
            "key.name",
            "KEY_NAME",
            "key-name",
        )
    else:
        yield from _dots(text)


def _dots(text: str) -> Iterator[str]:
    if text in (".", ".."):
        yield f"must not be '{text}'"
    elif text.startswith(".."):
        yield "must not start with '..'"


@Form
def env_name(text: str) -> Iterator[str]:
    """The name of an environment variable in older minors: a file name that begins with no digit."""
    if not _ENV_NAME.fullmatch(text):
        yield _form(
            "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and"
            " must not start with a digit",
            _ENV_NAME.pattern,
            "my.env-name",
            "MY_ENV.NAME",
            "MyEnvName1",
        )
    yield from _dots(text)


@Form
def relaxed_env_name(text: str) -> Iterator[str]:
    """The name of an environment variable: printable ASCII without an equals sign."""
    if not text:
        yield "environment variable name must be non-empty"
    if not _RELAXED_ENV_NAME.fullmatch(text):
        yield "a valid environment variable name must consist only of printable ASCII characters other than '='"


@Form
def percent(text: str) -> Iterator[str]:
    """A percentage: digits, and the sign."""
    if not _PERCENT.fullmatch(text):
        said = "a valid percent string must be a numeric string followed by an ending '%'"
        yield _form(said, _PERCENT.pattern, "1%", "93%")


@Form
def domain_prefixed_path(text: str) -> Iterator[str]:
    """A DNS subdomain, a slash, and a path: `acme.io/foo`."""
    domain, slash, path = text.partition("/")
    if not (domain and slash and path):
        yield 'must be a domain-prefixed path (such as "acme.io/foo")'
        return
    yield from dns_subdomain.faults(domain)
    if not _URL_PATH.fullmatch(path):
        yield f"Invalid path (regex used for validation is '{_URL_PATH.pattern}')"


@Form
def wildcard_dns_subdomain(text: str) -> Iterator[str]:
    """A DNS subdomain whose first label is an asterisk."""
    if len(text) > 253:
        yield _too_long(253, "characters")
    if not _WILDCARD_DNS.fullmatch(text):
        yield _form(
            "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist"
            " of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
            rf"\*\.{_LABEL}(\.{_LABEL})*",
            "*.example.com",
        )


@Form
def http_header_name(text: str) -> Iterator[str]:
    """The name of an HTTP header: letters, digits and dashes."""
    if not _HTTP_HEADER.fullmatch(text):
        yield _form(
            "a valid HTTP header must consist of alphanumeric characters or '-'", _HTTP_HEADER.pattern, "X-Header-Name"
        )


@Form
def local_descending_path(text: str) -> Iterator[str]:
    """A path that leads downwards from where it starts."""
    if text.startswith("/"):
        yield "must be a relative path"
    if ".." in text.split("/"):
        yield "must not contain '..'"


@Form
def no_backsteps(text: str) -> Iterator[str]:
    """A path without a part that leads upwards."""
    if ".." in text.split("/"):
        yield "must not contain '..'"


@Form
def local_non_reserved_path(text: str) -> Iterator[str]:
    """A path that leads downwards and does not begin with two dots, which the kubelet reserves."""
    yield from local_descending_path.faults(text)
    if text.startswith("..") and not text.startswith("../"):
        yield "must not start with '..'"


@Form
def signer_name(text: str) -> Iterator[str]:
    """The name of a signer of certificates: a domain, a slash, and a path of parts with dots between.

    Mirrors: pkg/apis/certificates/validation ValidateSignerName @ v1.37
    """
    domain, slash, path = text.partition("/")
    if not slash or "/" in path:
        yield "must be a fully qualified domain and path of the form 'example.com/signer-name'"
        return
    if "." not in domain:
        yield "should be a domain with at least two segments"
    parts = [(part, dns_label) for part in domain.split(".")] + [(part, dns_subdomain) for part in path.split(".")]
    for part, form in parts:
        yield from (f'validating label "{part}": {fault}' for fault in form.faults(part))


@Form
def path_segment_name(text: str) -> Iterator[str]:
    """A name that can be part of a URL path unescaped: no slash, no percent sign, and neither `.` nor `..`."""
    if text in (".", ".."):
        yield f"may not be '{text}'"
        return
    for letter in ("/", "%"):
        if letter in text:
            yield f"may not contain '{letter}'"
