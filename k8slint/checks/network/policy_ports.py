"""Ports that NetworkPolicies name, held against those on which pods listen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.network_policies import (
    DIRECTIONS,
    PEERS,
    Direction,
    PortRange,
    container_ports,
    is_on_host,
    pods_governed,
    pods_of_peer,
    port_ranges,
    rules_of,
    target_port,
    types_of,
)
from k8slint.cluster.pod_selectors import Selection, may_select_others, selector_of
from k8slint.loading.document import Path
from k8slint.objects.fields import integer, items, text
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Absence, Problem, Related

_MOST_PODS: Final = 20


def network_policy_names_service_port(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A port that is a Service's, and that no pod behind the rule listens on."""
    types = types_of(obj)
    for direction in DIRECTIONS:
        for path, rule in rules_of(obj, direction) if direction in types else ():
            ranges = port_ranges(rule)
            pods = _pods_met(cluster, obj, direction, rule) if ranges else ()
            if ranges and 0 < len(pods) <= _MOST_PODS:
                yield from _mistaken(cluster, path, ranges, pods)


def _pods_met(cluster: Cluster, obj: Object, direction: Direction, rule: Mapping[str, Any]) -> tuple[Pod, ...]:
    """The pods whose ports a rule names, or none if the files do not hold them all."""
    if direction == "Ingress":
        return pods_governed(cluster, obj) or ()
    found: list[Pod] = []
    for _, peer in items(rule.get(PEERS[direction])):
        pods = pods_of_peer(cluster, obj, peer)
        if not pods:
            return ()
        found += pods
    return tuple(found)


def _mistaken(
    cluster: Cluster, path: Path, ranges: list[tuple[int, PortRange]], pods: tuple[Pod, ...]
) -> Iterator[Problem]:
    """The single ports of a rule that every pod's Service translates to another, which the rule does not open."""
    for index, port in ranges:
        if port.first is None or port.first != port.last:
            continue
        ways = [_way(cluster, pod, port.first, port.protocol) for pod in pods]
        known = [way for way in ways if way is not None]
        if len(known) < len(ways) or any(_is_open(way.target, port.protocol, ranges) for way in known):
            continue
        service, at, target = known[0]
        message = (
            f'{port.first} is the port of Service "{service.name}", which sends to port {target} of the Pods; '
            f"a policy looks at the port of the Pods, and none of them listens on {port.first}"
        )
        related = (Related(service, at, f"{port.first} becomes {target} here"),)
        fix = f"Write port: {target}."
        yield Problem(
            (*path, "ports", index, "port"), message, related, fix=fix, rests_on=Absence(mended_by=str(target))
        )


def _is_open(target: int, protocol: str, ranges: list[tuple[int, PortRange]]) -> bool:
    return any(port.protocol == protocol and (port.name or port.has(target)) for _, port in ranges)


class _Way(NamedTuple):
    """The port of a Service and the port of its pods to which it sends."""

    service: Object
    path: Path
    target: int


def _way(cluster: Cluster, pod: Pod, number: int, protocol: str) -> _Way | None:
    """Where the Services of a pod send what comes to a port; None if some do not, or the pod may listen there."""
    if is_on_host(pod):
        return None
    listened = {integer(entry.get("containerPort")) for entry in container_ports(pod)}
    found = None
    for service in _services(cluster).get(pod, ()):
        for index, port in items(service.spec.get("ports")):
            target = target_port(pod, port)
            if target is None or target == number:
                return None
            if port.get("port") == number and (text(port.get("protocol")) or "TCP") == protocol:
                found = found or _Way(service, ("spec", "ports", index), target)
    return None if number in listened else found


@once
def _services(cluster: Cluster) -> Mapping[Pod, list[Object]]:
    """The Services of each pod whose pods are all among the files."""
    found: dict[Pod, list[Object]] = {}
    for service in cluster.of_kind("Service"):
        selector = selector_of(service)
        if selector is None or may_select_others(Selection(service, selector, service.namespace), cluster):
            continue
        for pod in cluster.pods_selected(selector, service.namespace)[:_MOST_PODS]:
            found.setdefault(pod, []).append(service)
    return found
