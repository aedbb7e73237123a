"""The plugins of the default profile: the only list of them. A new plugin is a module and a line here."""

from __future__ import annotations

from typing import Any, Final

from k8slint.scheduling.framework import Plugin
from k8slint.scheduling.plugins import (
    default_preemption,
    dynamic_resources,
    image_locality,
    inter_pod_affinity,
    node_affinity,
    node_declared_features,
    node_name,
    node_ports,
    node_resources_balanced_allocation,
    node_resources_fit,
    node_unschedulable,
    node_volume_limits,
    pod_topology_spread,
    scheduling_gates,
    taint_toleration,
    volume_binding,
    volume_restrictions,
    volume_zone,
)

DEFAULT_PLUGINS: Final[tuple[Plugin[Any], ...]] = (
    scheduling_gates.PLUGIN,
    Plugin("PrioritySort"),  # sorts the queue, in every profile alike
    node_unschedulable.PLUGIN,
    node_name.PLUGIN,
    taint_toleration.PLUGIN,
    node_affinity.PLUGIN,
    node_ports.PLUGIN,
    node_resources_fit.PLUGIN,
    volume_restrictions.PLUGIN,
    node_volume_limits.PLUGIN,
    volume_binding.PLUGIN,
    volume_zone.PLUGIN,
    pod_topology_spread.PLUGIN,
    inter_pod_affinity.PLUGIN,
    dynamic_resources.PLUGIN,
    default_preemption.PLUGIN,
    node_resources_balanced_allocation.PLUGIN,
    image_locality.PLUGIN,
    node_declared_features.PLUGIN,
    Plugin("DefaultBinder"),  # binding takes no time and never fails
)
"""The plugins in the order in which the default profile runs them.

Mirrors: pkg/scheduler/apis/config/v1/default_plugins.go getDefaultPlugins @ v1.36
"""
FILTERS: Final = tuple(plugin.name for plugin in DEFAULT_PLUGINS if plugin.filters)
