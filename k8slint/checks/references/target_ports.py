"""Ports of pods that Services refer to by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from k8slint.checks.wording import listed
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.pod_selectors import Selection, may_select_others, selector_of
from k8slint.cluster.services import (
    MOST_SELECTED,
    DeclaredPort,
    declared_ports,
)
from k8slint.loading.document import Path
from k8slint.objects.fields import items, text
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.nearest import nearest
from k8slint.values.placeholder import has_placeholder


def service_target_port_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service port whose target is a port name that no container of the selected pods declares."""
    named = [
        (("spec", "ports", index, "targetPort"), port["targetPort"], text(port.get("protocol")) or "TCP")
        for index, port in items(obj.spec.get("ports"))
        if isinstance(port.get("targetPort"), str) and not port["targetPort"].isdigit()
    ]
    selector = selector_of(obj) if named else None
    if selector is None:
        return
    pods = cluster.pods_selected(selector, obj.namespace)
    declared = declared_ports(cluster, selector, obj.namespace)
    wrong = [
        (path, wanted, protocol)
        for path, wanted, protocol in named
        if (wanted, protocol) not in declared.known and not has_placeholder(wanted)
    ]
    if (
        not 0 < len(pods) <= MOST_SELECTED
        or not wrong
        or may_select_others(Selection(obj, selector, obj.namespace), cluster)
    ):
        return
    for path, wanted, protocol in wrong:
        if not evidence_of(cluster).is_patched(wanted):
            yield _target_problem(path, wanted, protocol, pods[0], declared.by_name)


def _target_problem(path: Path, wanted: str, protocol: str, pod: Pod, by_name: Mapping[str, DeclaredPort]) -> Problem:
    if wanted in by_name:
        port = by_name[wanted]
        message = f'the selected Pods declare port "{wanted}" for {port.protocol}, not for {protocol}'
        return Problem(
            path, message, (Related(port.obj, port.path, f"{port.protocol} port"),), rests_on=Absence(mended_by=wanted)
        )
    message = f'no container of the selected Pods has a port named "{wanted}"'
    near = nearest(wanted, by_name)
    if near is not None:
        related = (Related(by_name[near].obj, by_name[near].path, "the nearest port"),)
        return Problem(path, f'{message}; did you mean "{near}"?', related, rests_on=Absence(mended_by=wanted))
    related = (Related(pod.obj, (*pod.path, "spec", "containers"), f"{pod.obj} is selected"),)
    return Problem(
        path,
        f"{message}; they have {listed(by_name)}" if by_name else message,
        related,
        rests_on=Absence(mended_by=wanted),
    )
