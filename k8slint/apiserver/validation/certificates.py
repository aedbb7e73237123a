"""Requests of certificates, as the API server validates them on creation."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from k8slint.apiserver.validation.field import Field, Unique, one_of
from k8slint.apiserver.validation.formats import dns_label, dns_subdomain
from k8slint.apiserver.validation.metadata import validate_annotations

_LEAST_SECONDS: Final = 600
_HOUR: Final = 60 * 60
_DAY: Final = 24 * _HOUR
_MOST_UID: Final = 128
_MOST_KEY_BYTES: Final = 10 * 1024
_LEGACY_SIGNER: Final = "kubernetes.io/legacy-unknown"
_MOST_DOMAIN_BYTES: Final = 253
_FORM_OF_SIGNERS: Final = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
_NO_BLOCK: Final = "PEM block type must be CERTIFICATE REQUEST"
_PEM_TYPE = re.compile(rb"^-----BEGIN ([^\n]*?)-----[ \t\r]*$", re.MULTILINE)
_USAGE = one_of(
    *("any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment"),
    *("decipher only", "digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel"),
    *("ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime"),
    *("server auth", "signing", "timestamping"),
)


def signing_request(obj: Field) -> None:
    """A CertificateSigningRequest. Of the request itself only the type of its PEM block is read.

    Mirrors: pkg/apis/certificates/validation/validation.go ValidateCertificateSigningRequestCreate @ v1.37
    """
    spec = obj["spec"]
    _request(spec["request"])
    usages, seen = spec["usages"], Unique()
    if not usages:
        usages.required()
    for usage in usages:
        _USAGE(usage)
        seen.add(usage)
    signer = spec["signerName"]
    if not signer:
        signer.required()
    elif signer.value == _LEGACY_SIGNER:
        signer.invalid("the legacy signerName is not allowed via this API version")
    else:
        signer_name(signer)
    seconds = spec["expirationSeconds"]
    if seconds.value.__class__ is int and seconds.value < _LEAST_SECONDS:
        seconds.invalid(f"may not specify a duration less than {_LEAST_SECONDS} seconds (10 minutes)")


def pod_certificate_request(obj: Field) -> None:
    """A PodCertificateRequest. Whether its key is one, and was used to sign the request, is not looked at.

    Mirrors: pkg/apis/certificates/validation/validation.go ValidatePodCertificateRequestCreate @ v1.37
    """
    spec = obj["spec"]
    signer = spec["signerName"]
    if signer:
        signer_name(signer)
    else:
        signer.invalid(_FORM_OF_SIGNERS, "")
    validate_annotations(spec["unverifiedUserAnnotations"])
    for part in ("pod", "serviceAccount", "node"):
        name, uid = spec[f"{part}Name"], spec[f"{part}UID"]
        dns_subdomain.item(name)
        if not uid:
            uid.invalid("must not be empty", "")
        elif len(uid) > _MOST_UID:
            uid.too_long(_MOST_UID)
    _lifetime(spec["maxExpirationSeconds"], signer)
    for key in ("pkixPublicKey", "proofOfPossession", "stubPKCS10Request"):
        if spec[key].value.__class__ is str and len(spec[key].value) * 3 // 4 > _MOST_KEY_BYTES + 2:
            spec[key].too_long(_MOST_KEY_BYTES)


def _lifetime(seconds: Field, signer: Field) -> None:
    if seconds.value.__class__ is not int or signer.value.__class__ is not str:
        return
    host = signer.value.partition("/")[0]
    most = _DAY if f".{host}".endswith(".kubernetes.io") else 91 * _DAY
    if not _HOUR <= seconds.value <= most:
        seconds.invalid(f"must be in the range [{_HOUR}, {most}]")


def _request(request: Field) -> None:
    if not request:
        request.invalid(_NO_BLOCK, None)
    elif request.value.__class__ is str:
        try:
            block = _PEM_TYPE.search(base64.b64decode(request.value))
        except (binascii.Error, ValueError):
            return
        if block is None or block[1] != b"CERTIFICATE REQUEST":
            request.invalid(_NO_BLOCK, "…", fix="write the PEM of the request, encoded as base64")


def signer_name(field: Field) -> None:
    """The name of a signer: a domain and a path.

    Mirrors: pkg/apis/certificates/validation/validation.go ValidateSignerName @ v1.37
    """
    if field.value.__class__ is not str:
        return
    domain, slash, path = field.value.partition("/")
    if not slash or "/" in path:
        field.invalid(_FORM_OF_SIGNERS)
        return
    if len(domain) > _MOST_DOMAIN_BYTES:
        field.too_long(_MOST_DOMAIN_BYTES)
    for whole, form in ((domain, dns_label), (path, dns_subdomain)):
        for label in whole.split("."):
            if not form.takes(label):
                field.invalid(f'validating label "{label}": {next(iter(form.faults(label)))}', whole)
                break
    if "." not in domain:
        field.invalid("should be a domain with at least two segments separated by dots", domain)
