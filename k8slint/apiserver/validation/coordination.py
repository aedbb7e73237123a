"""Leases and candidates for them, as the API server validates them on creation."""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.field import Field, fields, given, needed, not_negative, positive
from k8slint.apiserver.validation.formats import qualified_name
from k8slint.values.regex import regex

_OLDEST: Final = "OldestEmulationVersion"
_NUMBER: Final = "(0|[1-9][0-9]{0,18})"
_SEMVER = regex(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}([-+][0-9A-Za-z.+-]+)?")
_SPEC: Final = fields(leaseDurationSeconds=given(positive), leaseTransitions=given(not_negative))


def lease(obj: Field) -> None:
    """A Lease.

    Its strategy is not validated: the server drops it while coordinated leader election is off.

    Mirrors: pkg/apis/coordination/validation/validation.go ValidateLeaseSpec @ v1.37
    """
    _SPEC(obj["spec"])


def lease_candidate(obj: Field) -> None:
    """A LeaseCandidate.

    Mirrors: pkg/apis/coordination/validation/validation.go ValidateLeaseCandidateSpec @ v1.37
    """
    spec = obj["spec"]
    emulated, binary, strategy = spec["emulationVersion"], spec["binaryVersion"], spec["strategy"]
    _NEEDED(spec["leaseName"])
    if emulated:
        _version(emulated)
    _VERSION(binary)
    older, newer = _numbers(binary), _numbers(emulated)
    if older is not None and newer is not None and older < newer:
        binary.invalid("must be greater than or equal to `emulationVersion`")
    if not strategy:
        strategy.required()
    elif strategy.value.__class__ is str:
        if strategy.value == _OLDEST and not emulated:
            emulated.required(f"must be specified when `strategy` is '{_OLDEST}'")
        _strategy(strategy)


def _strategy(strategy: Field) -> None:
    """The strategy by which the holder of a lease is chosen. The server names it by another path.

    Mirrors: pkg/apis/coordination/validation/validation.go ValidateCoordinatedLeaseStrategy @ v1.37
    """
    named = strategy.named_as(strategy, "strategy")
    if "/" in strategy.value:
        qualified_name(named)
    elif strategy.value != _OLDEST:
        named.unsupported((_OLDEST,))


def _version(field: Field) -> None:
    if field.value.__class__ is str and _SEMVER.fullmatch(field.value) is None:
        field.invalid("must be a valid semantic version")


def _numbers(field: Field) -> tuple[int, ...] | None:
    """The numbers of a version without a suffix; None of any other."""
    match = _SEMVER.fullmatch(field.value) if field.value.__class__ is str else None
    return tuple(int(match[group]) for group in (1, 2, 3)) if match is not None and match[4] is None else None


_NEEDED: Final = needed().check
_VERSION: Final = needed(_version).check
