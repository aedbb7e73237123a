"""The current day: the only clock that a finding may depend on."""

from __future__ import annotations

import os
from typing import Final

from k8slint.usage import UsageError

# Reproducible builds set this variable: seconds since 1970.
VARIABLE: Final = "SOURCE_DATE_EPOCH"


def today() -> str:
    """The day in UTC, as `2027-03-31`: the current one, unless SOURCE_DATE_EPOCH is set.

    Raises:
        UsageError: for a SOURCE_DATE_EPOCH that is no time.
    """
    from datetime import UTC, datetime  # noqa: PLC0415 - few runs need the day

    fixed = os.environ.get(VARIABLE)
    if not fixed:
        return datetime.now(UTC).date().isoformat()
    try:
        return datetime.fromtimestamp(int(fixed), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        raise UsageError(f'{VARIABLE}: "{fixed}" is no number of seconds since 1970') from None
