"""Warnings about amounts of memory and storage that are fractions of a byte."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from k8slint.apiserver.validation.core.resources import amount_of
from k8slint.apiserver.validation.field import Field
from k8slint.values.regex import regex

_MILLI: Final = "m"
# A fast path: nearly all amounts are plainly whole.
_WHOLE = regex(r"[0-9]+([KMGTPE]i|[kMGTPE])?")


def whole_bytes(amounts: Field, names: Sequence[str] = ("memory", "ephemeral-storage")) -> None:
    """Warn about amounts of these resources that are no whole number of bytes."""
    written = amounts.value if amounts.value.__class__ is dict else {}
    for name in written:
        if name not in names or _WHOLE.fullmatch(str(written[name])):
            continue
        entry = amounts[name]
        amount = amount_of(entry)
        if amount is not None and amount.nanos % 10**9:
            is_milli = str(entry.value).endswith(_MILLI)
            fix = "write M for millions of bytes, as m means thousandths" if is_milli else "write whole bytes"
            entry.warn(
                f'fractional byte value "{amount}" is invalid, must be an integer', rule="implausible-quantity", fix=fix
            )


def claim_warnings(claim: Field) -> None:
    """The spec of a PersistentVolumeClaim.

    Mirrors: pkg/api/persistentvolumeclaim/util.go GetWarningsForPersistentVolumeClaimSpec @ v1.37
    """
    for list_ in ("requests", "limits"):
        whole_bytes(claim["resources"][list_], ("storage",))
