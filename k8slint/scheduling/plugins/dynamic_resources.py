"""DynamicResources: what it says of pods without claims on devices. Those with some are not modelled."""

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
    """That no device can be given back; an error where it never got to look at the pod, as it finds nothing of its own.

    Mirrors: pkg/scheduler/framework/plugins/dynamicresources PostFilter @ v1.36
    """
    features = handle.features
    if state is None and features.lost_state_tail:
        return Status(NAME, Code.ERROR, (features.lost_state_tail,))
    return Status(NAME, Code.UNSCHEDULABLE, (features.device_tail,)) if features.device_tail else None


PLUGIN = Plugin(NAME, post_filter=post_filter)
