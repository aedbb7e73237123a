"""Leases and candidates for them, as the API server validates them on creation."""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.field import Field, fields, given, not_negative, positive

_SPEC: Final = fields(leaseDurationSeconds=given(positive), leaseTransitions=given(not_negative))


def lease(obj: Field) -> None:
    """A Lease.

    Its strategy is not validated: the server drops it while coordinated leader election is off.

    Mirrors: pkg/apis/coordination/validation/validation.go ValidateLeaseSpec @ v1.37
    """
    _SPEC(obj["spec"])
