"""What a plugin hands back when it has looked at a pod as a whole."""

from __future__ import annotations

from typing import Protocol

from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.result import Status


class Check(Protocol):
    """A plugin made ready for one pod."""

    def judge(self, index: int) -> Status | None:
        """Why the node at this index is refused; None when it will do."""

    def shift(self, pod: Pod, index: int, sign: int) -> None:
        """Take note that another pod came to a node (sign 1) or left it (sign -1)."""


# A plugin's look at the pod as a whole: a check to run on each node, a refusal of the pod, or nothing to do.
Prepared = Check | Status | None
