"""ClusterTrustBundles, as the API server validates them on creation."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Final, NamedTuple

from k8slint.apiserver.validation.certificates import signer_name
from k8slint.apiserver.validation.field import Field
from k8slint.apiserver.validation.formats import dns_subdomain
from k8slint.values.regex import regex

_MOST_BYTES: Final = 1024 * 1024
_CONTENT: Final = "<value omitted>"
_BEGIN = regex(r"-----BEGIN ([^\n]*?)-----[ \t\r]*")
_SEQUENCE: Final = b"\x30"
# The extension that says that a certificate is one of an authority, by its object identifier.
_BASIC_CONSTRAINTS: Final = b"\x06\x03\x55\x1d\x13"


class _Block(NamedTuple):
    """A block of PEM: its type, whether there are headers in it, and its bytes."""

    type: str
    has_headers: bool
    content: bytes


def cluster_trust_bundle(obj: Field) -> None:
    """A ClusterTrustBundle.

    Mirrors: pkg/apis/certificates/validation/validation.go ValidateClusterTrustBundle @ v1.37
    """
    signer = obj["spec"]["signerName"]
    if not signer.is_hole:
        for name in ("generateName", "name"):
            _name(obj["metadata"][name], signer, is_stem=name == "generateName")
    if signer:
        signer_name(signer)
    _trust_bundle(obj["spec"]["trustBundle"])


def _name(name: Field, signer: Field, *, is_stem: bool) -> None:
    """The name, which begins with that of the signer if there is one.

    Mirrors: pkg/apis/core/validation/names.go ValidateClusterTrustBundleName @ v1.37
    """
    if not name or name.value.__class__ is not str:
        return
    own = name.value[:-1] + "a" if is_stem and name.value.endswith("-") else name.value
    if signer:
        start = f"{signer.value}:".replace("/", ":")
        if not own.startswith(start):
            said = f"ClusterTrustBundle for signerName {signer.value} must be named with prefix {start}"
            name.invalid(said, fix=f"let the name begin with {start}")
            return
        own = own.removeprefix(start)
    elif ":" in own:
        name.invalid('ClusterTrustBundle without signer name must not have ":" in its name')
        return
    for fault in dns_subdomain.faults(own):
        name.invalid(fault)


def _trust_bundle(bundle: Field) -> None:
    """Certificates of authorities, as PEM; each once. Of a certificate only what is certain is read.

    Mirrors: pkg/apis/certificates/validation/validation.go validateTrustBundle @ v1.37
    """
    text = bundle.value or ""
    if text.__class__ is not str:
        return
    if len(text.encode(errors="replace")) > _MOST_BYTES:
        bundle.too_long(_MOST_BYTES)
        return
    entries: dict[bytes, list[int]] = {}
    is_sound = True
    for index, block in enumerate(_blocks(text)):
        fault = _fault(block)
        if fault:
            is_sound = False
            bundle.invalid(f"entry {index} {fault}", _CONTENT)
        else:
            entries.setdefault(block.content, []).append(index)
    if is_sound and not entries:
        bundle.invalid("at least one trust anchor must be provided", _CONTENT)
    for places in entries.values() if is_sound else ():
        if len(places) > 1:
            bundle.invalid(f"duplicate trust anchor (indices [{' '.join(map(str, places))}])", _CONTENT)


def _fault(block: _Block) -> str:
    if block.type != "CERTIFICATE":
        return f"has bad block type: {block.type}"
    if block.has_headers:
        return "has PEM block headers"
    if not block.content.startswith(_SEQUENCE):
        return "does not parse as X.509"
    _, found, extension = block.content.partition(_BASIC_CONSTRAINTS)
    # Its value may come after a word that it is critical; an empty one says no.
    value = extension.removeprefix(b"\x01\x01\xff")
    if not found or value.startswith(b"\x04\x02\x30\x00"):
        return "does not have the CA bit set"
    return ""


def _blocks(text: str) -> Iterator[_Block]:
    """The blocks of PEM in a text; what is none, or not well formed, is passed over."""
    lines = iter(text.split("\n"))
    for line in lines:
        begin = _BEGIN.fullmatch(line)
        if begin is None:
            continue
        end, inner = f"-----END {begin[1]}-----", list[str]()
        for following in lines:
            if following.rstrip(" \t\r") == end:
                break
            inner.append(following)
        else:
            return
        headers = [each for each in inner if ":" in each]
        try:
            content = base64.b64decode("".join("".join(inner[len(headers) :]).split()), validate=True)
        except (binascii.Error, ValueError):
            continue
        yield _Block(begin[1], bool(headers), content)
