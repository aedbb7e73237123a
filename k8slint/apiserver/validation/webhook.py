"""Where webhooks are reached: addresses, and services of the cluster.

Mirrors: apiserver pkg/util/webhook/validation.go @ v1.37
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from k8slint.apiserver.validation.field import Field
from k8slint.apiserver.validation.formats import dns_subdomain

_FORM: Final = "; desired format: https://host[/path]"


def webhook_url(url: Field) -> None:
    """The address of a webhook outside of the cluster."""
    if url.is_hole:
        return
    try:
        parts = urlsplit(url.value)
    except ValueError as error:
        url.required(f"url must be a valid URL: {error}{_FORM}")
        return
    if parts.scheme != "https":
        url.invalid(f"'https' is the only allowed URL scheme{_FORM}", parts.scheme)
    if not parts.netloc:
        url.invalid(f"host must be provided{_FORM}", "")
    if "@" in parts.netloc:
        url.invalid("user information is not permitted in the URL", "…")
    if parts.fragment:
        url.invalid("fragments are not permitted in the URL", parts.fragment)
    if parts.query:
        url.invalid("query parameters are not permitted in the URL", parts.query)


def webhook_service(name: Field, namespace: Field, port: Field, path: Field) -> None:
    """The service of a webhook."""
    if not name:
        name.required("service name is required")
    if not namespace:
        namespace.required("service namespace is required")
    if port.is_set and not port.is_hole and not 1 <= port.value <= 65535:
        port.invalid("port is not valid: must be between 1 and 65535, inclusive")
    if path and not path.is_hole and path.value != "/":
        _path(path)


def _path(path: Field) -> None:
    if path.value == "//":
        path.invalid("segment[0] may not be empty")
        return
    if not path.value.startswith("/"):
        path.invalid("must start with a '/'", fix=f"write /{path.value}")
    for index, step in enumerate(path.value[1:].removesuffix("/").split("/")):
        if not step:
            path.invalid(f"segment[{index}] may not be empty")
            continue
        for fault in dns_subdomain.faults(step):
            path.invalid(f"segment[{index}]: {fault}")
