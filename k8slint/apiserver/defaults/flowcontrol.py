"""Defaults of the kinds of flow control."""

from __future__ import annotations

from typing import Any

from k8slint.apiserver.defaults.draft import fill, mapping_in


def flow_schema(data: dict[str, Any]) -> None:
    """A FlowSchema.

    Mirrors: pkg/apis/flowcontrol/v1/defaults.go SetDefaults_FlowSchemaSpec @ v1.37
    """
    fill(mapping_in(data, "spec"), matchingPrecedence=1000)


def priority_level(data: dict[str, Any]) -> None:
    """A PriorityLevelConfiguration.

    Mirrors: pkg/apis/flowcontrol/v1/defaults.go SetDefaults_QueuingConfiguration @ v1.37
    """
    limited = mapping_in(data, "spec").get("limited")
    response = limited.get("limitResponse") if isinstance(limited, dict) else None
    queuing = response.get("queuing") if isinstance(response, dict) else None
    if isinstance(queuing, dict):
        fill(queuing, handSize=8, queues=64, queueLengthLimit=50)
