"""Kubernetes minors."""

from __future__ import annotations

import re
from typing import NamedTuple


class KubernetesVersion(NamedTuple):
    """A minor of Kubernetes, without the patch level.

    >>> KubernetesVersion.parse("v1.33.4") < KubernetesVersion.parse("1.34")
    True
    """

    major: int
    minor: int

    @classmethod
    def parse(cls, text: str) -> KubernetesVersion:
        """The minor that a text such as `1.33`, `v1.33` or `v1.33.4-gke.1` names.

        Raises:
            ValueError: for any other text.
        """
        match = re.match(r"v?(\d{1,3})\.(\d{1,3})(?:[.+-].*)?$", text.strip())
        if match is None:
            raise ValueError(f'"{text}" is no Kubernetes version; expected a minor such as 1.33')
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"
