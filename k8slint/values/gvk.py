"""The type of an object: group, version and kind."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class GroupVersionKind(NamedTuple):
    """The type of an object; the core group is the empty string.

    >>> GroupVersionKind.parse("apps/v1", "Deployment")
    GroupVersionKind(group='apps', version='v1', kind='Deployment')
    """

    group: str
    version: str
    kind: str

    @classmethod
    @lru_cache(maxsize=1024)  # many objects are of one type
    def parse(cls, api_version: str, kind: str) -> GroupVersionKind:
        """The type that an object's `apiVersion` and `kind` name."""
        group, _, version = api_version.rpartition("/")
        return cls(group, version, kind)

    @property
    def api_version(self) -> str:
        """The text of `apiVersion`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def group_kind(self) -> str:
        """The kind and the group in kubectl's form.

        >>> GroupVersionKind("apps", "v1", "Deployment").group_kind
        'Deployment.apps'
        >>> GroupVersionKind("", "v1", "Pod").group_kind
        'Pod'
        """
        return f"{self.kind}.{self.group}" if self.group else self.kind
