"""The described cluster: Kubernetes objects from a file, or nodes from a shorthand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from k8slint.loading.document import Document, Source, refuse_problems
from k8slint.objects.fields import dig
from k8slint.objects.from_documents import read_source
from k8slint.objects.object import Object
from k8slint.usage import UsageError
from k8slint.values.nearest import nearest
from k8slint.values.quantity import Quantity, QuantityError
from k8slint.values.regex import regex
from k8slint.values.well_known import ARCH, HOSTNAME, OS, ZONE

SHORTHAND: Final = "--nodes"
"""The name of the source that stands for the nodes of a shorthand."""
_COUNT = regex(r"[0-9]{1,5}")
_HOW = "expected a number of nodes, as 3, or 3:cpu=4,memory=16Gi,zones=a|b|c"
_MOST = 20_000
_SETTINGS: Final = ("cpu", "memory", "ephemeral-storage", "pods", "zones")
# Names that people write instead of a setting or resource.
_OTHER_NAMES: Final = {
    "core": "cpu",
    "cores": "cpu",
    "disk": "ephemeral-storage",
    "gpu": "nvidia.com/gpu",
    "gpus": "nvidia.com/gpu",
    "mem": "memory",
    "ram": "memory",
    "storage": "ephemeral-storage",
}
_AMOUNT: Final = regex(r"([0-9.]+)([A-Za-z]*)")
# No node has less memory than this or more cores than that, so a unit is missing or wrong.
_LEAST_BYTES: Final = 2**20
_MOST_CORES: Final = 10_000


def described_by(documents: Iterable[Document], name: str) -> tuple[Object, ...]:
    """The objects of a cluster file.

    Raises:
        UsageError: if the file cannot be read, or describes no node.
    """
    documents = tuple(documents)
    for document in documents:
        refuse_problems(document.problems, document.source)
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
    """The nodes of a shorthand: `3`, or `3:cpu=4,memory=16Gi,zones=a|b|c`; the nodes take the zones in turn.

    Raises:
        UsageError: for any other text, and for amounts that no node has.
    """
    count, colon, settings = shorthand.partition(":")
    if not _COUNT.fullmatch(count) or not 0 < int(count) <= _MOST or (colon and not settings):
        raise UsageError(f'--nodes "{shorthand}": {_HOW}')
    allocatable: dict[str, Any] = {"pods": "110"}
    zones: list[str] = []
    seen: set[str] = set()
    for setting in settings.split(",") if settings else ():
        if zones and "=" not in setting:
            more = [part.strip() for part in settings.split(",") if "=" not in part]
            raise UsageError(f'--nodes "{shorthand}": did you mean zones={"|".join((*zones, *more))}?')
        name, value = _setting(setting.strip(), shorthand)
        if name in seen:
            raise UsageError(f'--nodes "{shorthand}": {name} is there twice')
        seen.add(name)
        if name == "zones":
            zones = value.split("|")
        else:
            _check_amount(name, value, shorthand)
            allocatable[name] = value
    return tuple(_node(f"node-{number}", allocatable, zones, number - 1) for number in range(1, int(count) + 1))


def _setting(setting: str, shorthand: str) -> tuple[str, str]:
    """Name and value of `name=value`.

    Raises:
        UsageError: for any other text, and for a name that nodes do not have.
    """
    name, equals, value = (part.strip() for part in setting.partition("="))
    if not equals or not name or not value:
        raise UsageError(f'--nodes "{shorthand}": "{setting}" is no setting; {_HOW}')
    if name in _SETTINGS or name.startswith("hugepages-") or "/" in name:
        return name, value
    near = _OTHER_NAMES.get(name.casefold()) or nearest(name, _SETTINGS)
    others = f"{', '.join(_SETTINGS)}, hugepages-2Mi, or one with a slash, as nvidia.com/gpu"
    hint = f"did you mean {near}={value}?" if near else f"expected {others}"
    raise UsageError(f'--nodes "{shorthand}": nodes have no "{name}"; {hint}')


def _check_amount(name: str, value: str, shorthand: str) -> None:
    """Refuse a text that is no amount, and an amount that no node has.

    Raises:
        UsageError: with the amount that may be meant, if one is likely.
    """
    match = _AMOUNT.fullmatch(value)
    number, unit = match.groups() if match else ("", "")
    in_bytes = name in ("memory", "ephemeral-storage")
    try:
        amount = Quantity.parse(value)
    except QuantityError as error:
        is_unit = in_bytes and unit[:1].lower() in ("k", "m", "g", "t")
        hint = f"did you mean {number}{unit[0].upper()}i?" if is_unit else error
        raise UsageError(f'--nodes "{shorthand}": {name}={value}: {hint}') from None
    if in_bytes and 0 < amount.nanos < _LEAST_BYTES * 10**9:
        size = "1 byte" if amount.value == 1 else f"{amount.value} bytes"
        if amount.nanos < 10**9:
            size = "less than a byte"
        hint = f"; did you mean {number}{'Mi' if unit == 'm' else 'Gi'}?" if number else ""
        raise UsageError(f'--nodes "{shorthand}": {name}={value} is {size}{hint}')
    if name == "cpu" and amount.nanos > _MOST_CORES * 10**9:
        raise UsageError(f'--nodes "{shorthand}": cpu={value} is {amount.value} cores; did you mean {number}m?')
    if not in_bytes and name != "cpu" and not amount.is_whole:
        raise UsageError(f'--nodes "{shorthand}": {name}={value}: expected a whole number')


def _node(name: str, allocatable: dict[str, Any], zones: list[str], turn: int) -> Object:
    labels = {HOSTNAME: name, OS: "linux", ARCH: "amd64"}
    if zones:
        labels[ZONE] = zones[turn % len(zones)]
    data = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "status": {"allocatable": allocatable},
    }
    document = Document(Source(SHORTHAND, ""), 0, 0, data, None)
    (node,) = read_source(document.source, (document,)).objects
    return node
