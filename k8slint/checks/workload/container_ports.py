"""Ports that containers declare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from k8slint.cluster.cluster import Cluster
from k8slint.loading.document import Path
from k8slint.objects.fields import integer, items, text
from k8slint.objects.object import Container, Pod
from k8slint.objects.problem import Problem, Related
from k8slint.values.placeholder import has_placeholder


def duplicate_container_port(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A port that two entries of a pod claim: a name twice in a container, or a number twice in the pod.

    Mirrors: pkg/api/pod/warnings.go warningsForPodSpecAndMeta @ v1.36
    """
    numbers: dict[tuple[int, str], _Claim] = {}
    for container in pod.containers:
        if container.data.get("ports") and container.path[1] != "ephemeralContainers":
            yield from _repeated_names(container)
            # A plain init container ends before the others start, so its ports clash only with each other.
            yield from _repeated_numbers(container, {} if container.is_init else numbers)


class _Claim(NamedTuple):
    """A port of a container as one of its entries declares it."""

    container: Container
    path: Path
    entry: dict[str, Any]


def _repeated_names(container: Container) -> Iterator[Problem]:
    pod, names = container.pod, dict[str, Path]()
    for index, port in items(container.data.get("ports")):
        name, path = text(port.get("name")), (*container.path, "ports", index, "name")
        if name in names and not has_placeholder(name):
            yield Problem(
                path,
                f'port name "{name}" is a Duplicate value in container "{container.name}"',
                related=(Related(pod.obj, (*pod.path, *names[name]), "first used here"),),
                effect=f'The API server refuses it: ports[{index}].name: Duplicate value: "{name}"',
                fix="Give each port of the container a name of its own.",
            )
        elif name:
            names[name] = path


def _repeated_numbers(container: Container, claims: dict[tuple[int, str], _Claim]) -> Iterator[Problem]:
    for index, port in items(container.data.get("ports")):
        number, path = integer(port.get("containerPort")), (*container.path, "ports", index)
        if number is None:
            continue
        key = (number, text(port.get("protocol")) or "TCP")
        first = claims.setdefault(key, _Claim(container, path, port))
        if first.container is not container:
            if first.container.name != container.name:  # the API server refuses equal names for themselves
                yield _contended(container, path, key, first)
        elif first.entry is not port and all(
            port.get(field) == first.entry.get(field) for field in ("hostIP", "hostPort")
        ):
            yield _twice_listed(container, path, port, first)


def _contended(container: Container, path: Path, key: tuple[int, str], first: _Claim) -> Problem:
    number, protocol = key
    pod = container.pod
    return Problem(
        (*path, "containerPort"),
        f'containers "{first.container.name}" and "{container.name}" both claim port {number}/{protocol} '
        "in the one network namespace of the Pod",
        related=(Related(pod.obj, (*pod.path, *first.path, "containerPort"), "claimed first here"),),
    )


def _twice_listed(container: Container, path: Path, port: dict[str, Any], first: _Claim) -> Problem:
    pod = container.pod
    protocol, names = text(port.get("protocol")) or "TCP", [text(entry.get("name")) for entry in (first.entry, port)]
    named = f', as "{names[0]}" and "{names[1]}"' if all(names) else ""
    effect = "The API server warns of a duplicate port definition, and kubectl apply may drop one of the two entries."
    if port.get("hostPort"):
        written = f"{protocol}/{text(port.get('hostIP'))}/{port['hostPort']}"
        effect = f'The API server refuses it: ports[{path[-1]}].hostPort: Duplicate value: "{written}"'
    return Problem(
        (*path, "containerPort"),
        f'container "{container.name}" lists port {port["containerPort"]}/{protocol} twice{named}',
        related=(Related(pod.obj, (*pod.path, *first.path, "containerPort"), "listed first here"),),
        effect=effect,
        fix="Remove one of the two entries, or mend its number or protocol.",
    )
