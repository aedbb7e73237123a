"""How the API server reaches a webhook: by a URL, or by a Service."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from k8slint.apiserver.validation.field import Field, needed
from k8slint.apiserver.validation.formats import dns_subdomain
from k8slint.apiserver.validation.ports import is_port

_FORM: Final = "; desired format: https://host[/path]"
_NEEDED = needed().check


def client_config(config: Field) -> None:
    """The address of a webhook: exactly one of a URL and a Service.

    Mirrors: pkg/apis/admissionregistration/validation/validation.go validateValidatingWebhook @ v1.37
    """
    url, service = config["url"], config["service"]
    if config.is_hole:
        return
    if url.is_set == service.is_set:
        config.required("exactly one of url or service is required")
    elif url.is_set:
        webhook_url(url)
    else:
        webhook_service(service)


def webhook_url(url: Field) -> None:
    """The URL of a webhook: only https, and no more than a host and a path.

    Mirrors: apiserver pkg/util/webhook/validation.go ValidateWebhookURL @ v1.37
    """
    if url.value.__class__ is not str:
        return
    try:
        parts = urlsplit(url.value)
    except ValueError as error:
        url.required(f"url must be a valid URL: {error}{_FORM}")
        return
    if parts.scheme != "https":
        url.invalid(f"'https' is the only allowed URL scheme{_FORM}", parts.scheme)
    user, _, host = parts.netloc.rpartition("@")
    if not host:
        url.invalid(f"host must be specified{_FORM}", "")
    if user:
        url.invalid("user information is not permitted in the URL", "…")
    if parts.fragment:
        url.invalid("fragments are not permitted in the URL", parts.fragment)
    if parts.query:
        url.invalid("query parameters are not permitted in the URL", parts.query)


def webhook_service(service: Field) -> None:
    """The Service of a webhook, and the path of its URL.

    The server mixes up a missing name and a missing namespace in its messages; these do not.

    Mirrors: apiserver pkg/util/webhook/validation.go ValidateWebhookService @ v1.37
    """
    _NEEDED(service["name"])
    _NEEDED(service["namespace"])
    port, path = service["port"], service["path"]
    if port.value.__class__ is int and not is_port(port.value):
        port.invalid("port is not valid: must be between 1 and 65535, inclusive")
    text = path.value
    if text.__class__ is not str or text in ("", "/"):
        return
    if not text.startswith("/"):
        path.invalid("must start with a '/'", fix=f'write "/{text}"')
    for index, step in enumerate(text[1:].removesuffix("/").split("/")):
        if not step:
            path.invalid(f"segment[{index}] may not be empty")
        else:
            for fault in dns_subdomain.faults(step):
                path.invalid(f"segment[{index}]: {fault}")
