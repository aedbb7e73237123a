"""Probes and lifecycle hooks of a container: what they do, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from k8slint.apiserver.validation.field import (
    Check,
    Field,
    always,
    fields,
    given,
    needed,
    not_negative,
    one_of,
    optional,
    positive,
)
from k8slint.apiserver.validation.formats import http_header_name
from k8slint.apiserver.validation.ports import port_number_or_name


def _headers(headers: Field) -> None:
    for header in headers:
        name = header["name"].value or ""
        for fault in http_header_name.faults(name) if name.__class__ is str else ():
            headers.invalid(fault, name, at=(*header.path[-1:], "name"))


_TO_PORT: Final = fields(port=always(port_number_or_name))
_EXEC: Final = fields(command=needed())
_HTTP: Final = fields(
    port=always(port_number_or_name), scheme=optional(one_of("HTTP", "HTTPS")), httpHeaders=optional(_headers)
)
_NUMBERS: Final = fields(
    initialDelaySeconds=optional(not_negative),
    timeoutSeconds=optional(not_negative),
    periodSeconds=optional(not_negative),
    successThreshold=optional(not_negative),
    failureThreshold=optional(not_negative),
    terminationGracePeriodSeconds=given(positive),
)
_PROBES: Final[Mapping[str, Check]] = {"exec": _EXEC, "httpGet": _HTTP, "tcpSocket": _TO_PORT, "grpc": _TO_PORT}


def probes(container: Field) -> None:
    """The three probes of a container.

    Mirrors: pkg/apis/core/validation/validation.go validateLivenessProbe, validateReadinessProbe,
    validateStartupProbe @ v1.37
    """
    for name in container.written(("livenessProbe", "readinessProbe", "startupProbe")):
        probe = container[name]
        _handler(probe, _PROBES)
        _NUMBERS(probe)
        if name != "readinessProbe":
            successes = probe["successThreshold"]
            if successes and not successes.may_be(1):
                successes.invalid("must be 1", fix="write 1, or leave it out")
        elif probe["terminationGracePeriodSeconds"].is_set:
            probe["terminationGracePeriodSeconds"].invalid("must not be set for readinessProbes", fix="remove it")


def lifecycle(container: Field, grace: int | None) -> None:
    """The hooks after the start and before the stop of a container.

    Mirrors: pkg/apis/core/validation/validation.go validateLifecycle @ v1.37
    """

    def sleep(action: Field) -> None:
        seconds = action["seconds"].value or 0
        least = 0 if action.run.has("PodLifecycleSleepActionAllowZero") else 1
        if seconds.__class__ is int and grace is not None and not least <= seconds <= grace:
            what = "non-negative" if least == 0 else "greater than 0"
            said = f"must be {what} and less than terminationGracePeriodSeconds ({grace})"
            action.invalid(said, seconds, at=("seconds",))

    handlers: Mapping[str, Check] = {"exec": _EXEC, "httpGet": _HTTP, "tcpSocket": _TO_PORT, "sleep": sleep}
    hooks = container["lifecycle"]
    for name in hooks.written(("postStart", "preStop")):
        _handler(hooks[name], handlers)


def _handler(field: Field, handlers: Mapping[str, Check]) -> None:
    """The handler of a probe or hook: exactly one.

    Mirrors: pkg/apis/core/validation/validation.go validateHandler @ v1.37
    """
    written = field.written(handlers)
    if not written:
        field.required("must specify a handler type")
        return
    first, *others = written
    handlers[first](field[first])
    for name in others:
        field[name].forbidden("may not specify more than 1 handler type", fix=f"remove {name}, or {first}")
