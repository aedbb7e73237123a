"""The described cluster: Kubernetes objects from a file, or nodes from a shorthand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from k8slint.loading.document import Document, Source
from k8slint.objects.fields import dig
from k8slint.objects.object import Object
from k8slint.objects.read import read_source
from k8slint.usage import UsageError
from k8slint.values.quantity import Quantity, QuantityError

_COUNT = re.compile(r"[0-9]{1,5}")
_HOW = "expected a number of nodes, as 3, or 3:cpu=4,memory=16Gi,zones=a|b|c"
_MOST = 20_000


def described_by(documents: Iterable[Document], name: str) -> tuple[Object, ...]:
    """The objects of a cluster file.

    Raises:
        UsageError: where it cannot be read, or describes no node.
    """
    documents = tuple(documents)
    for document in documents:
        for problem in document.problems:
            line, _ = document.source.place(problem.span[0])
            raise UsageError(f"{name}:{line}: {problem.message}")
    if not documents:
        raise UsageError(
            f"{name}: the cluster file is empty; expected Node objects, as kubectl get nodes -o yaml prints"
        )
    objects = read_source(documents[0].source, documents).objects
    if any(
        dig(document.data, "kind") == "Config" and dig(document.data, "apiVersion") == "v1" for document in documents
    ):
        raise UsageError(f"{name}: this is a kubeconfig; expected objects, as kubectl get nodes -o yaml prints")
    if not any(obj.group_kind == "Node" for obj in objects):
        raise UsageError(f"{name}: no Node in the cluster file; expected objects, as kubectl get nodes -o yaml prints")
    return objects


def described_nodes(shorthand: str) -> tuple[Object, ...]:
    """The nodes of a shorthand: `3`, or `3:cpu=4,memory=16Gi,zones=a|b|c`, zones given in turn.

    Raises:
        UsageError: for any other text.
    """
    count, colon, settings = shorthand.partition(":")
    if not _COUNT.fullmatch(count) or not 0 < int(count) <= _MOST or (colon and not settings):
        raise UsageError(f'--nodes "{shorthand}": {_HOW}')
    allocatable: dict[str, Any] = {"pods": "110"}
    zones: list[str] = []
    for setting in settings.split(",") if settings else ():
        name, equals, value = setting.partition("=")
        if not equals or not name or not value:
            raise UsageError(f'--nodes "{shorthand}": "{setting}" is no setting; {_HOW}')
        if name == "zones":
            zones = value.split("|")
            continue
        try:
            Quantity.parse(value)
        except QuantityError as error:
            raise UsageError(f'--nodes "{shorthand}": {name}={value}: {error}') from None
        allocatable[name] = value
    return tuple(_node(f"node-{number}", allocatable, zones, number - 1) for number in range(1, int(count) + 1))


def _node(name: str, allocatable: dict[str, Any], zones: list[str], turn: int) -> Object:
    labels = {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
    if zones:
        labels["topology.kubernetes.io/zone"] = zones[turn % len(zones)]
    data = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "status": {"allocatable": allocatable},
    }
    document = Document(Source("--nodes", ""), 0, 0, data, None)
    (node,) = read_source(document.source, (document,)).objects
    return node
