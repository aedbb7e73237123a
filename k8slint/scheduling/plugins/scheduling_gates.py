"""SchedulingGates: pods that wait until their gates are removed."""

from __future__ import annotations

from k8slint.scheduling.framework import Plugin
from k8slint.scheduling.objects.pod import Pod


def pre_enqueue(pod: Pod) -> str:
    """Why the pod is not tried yet; empty if it may be tried.

    Mirrors: pkg/scheduler/framework/plugins/schedulinggates PreEnqueue @ v1.36
    """
    return f"waiting for scheduling gates: [{' '.join(pod.gates)}]" if pod.gates else ""


PLUGIN: Plugin[None] = Plugin("SchedulingGates", pre_enqueue=pre_enqueue)
