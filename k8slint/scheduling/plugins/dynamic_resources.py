"""DynamicResources, for pods that claim no devices; those that do are not modelled."""

from __future__ import annotations

from collections.abc import Mapping

from k8slint.scheduling.cache import Cache
from k8slint.scheduling.cycle import CycleState
from k8slint.scheduling.framework import Code, Handle, Plugin, Status
from k8slint.scheduling.objects.pod import Pod

NAME = "DynamicResources"


def post_filter(
    _pod: Pod, state: CycleState | None, _statuses: Mapping[int, Status], _cache: Cache, handle: Handle[None]
) -> Status | None:
    """The status that no device can be released, in minors that have such a text; else None.

    The status is an error if the pod was refused before any node was tried, because the plugin then finds no state.

    Mirrors: pkg/scheduler/framework/plugins/dynamicresources PostFilter @ v1.36
    """
    features = handle.features
    if state is None and features.lost_state_tail:
        return Status(NAME, Code.ERROR, (features.lost_state_tail,))
    return Status(NAME, Code.UNSCHEDULABLE, (features.device_tail,)) if features.device_tail else None


PLUGIN = Plugin(NAME, post_filter=post_filter)
