"""The described cluster: Kubernetes objects from a file, or nodes from a shorthand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from k8slint.loading.document import Document, Source, refuse_problems
from k8slint.objects.fields import dig
from k8slint.objects.from_documents import read_source
from k8slint.objects.object import Object
from k8slint.usage import UsageError
from k8slint.values.names import is_dns_label
from k8slint.values.nearest import nearest
from k8slint.values.quantity import Quantity, QuantityError
from k8slint.values.record import record
from k8slint.values.regex import regex
from k8slint.values.well_known import ARCH, HOSTNAME, OS, ZONE

SHORTHAND: Final = "--nodes"
"""The name of the source that stands for the nodes of a shorthand."""
_COUNT = regex(r"[0-9]{1,5}")
_HOW = "expected a number of nodes, as 3, or 3:cpu=4,memory=16Gi,zones=a|b|c"
_HOW_POOL: Final = "expected a name and what a node has, as big:cpu=8,memory=32Gi,zones=a|b,max=10"
_MOST = 20_000
_SETTINGS: Final = ("cpu", "memory", "ephemeral-storage", "pods", "zones")
_MAX: Final = "max"
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


@record
class Pool:
    """Equal nodes of a name, of which there may be any number up to `most`, or no limit if that is None.

    `allocatable` is what one has, as written; the nodes take the `zones` in turn.
    """

    name: str
    allocatable: dict[str, str]
    zones: tuple[str, ...]
    most: int | None = None

    def nodes(self, count: int) -> tuple[Object, ...]:
        """That many nodes of the pool, the first numbered 1."""
        amounts = {"pods": "110", **self.allocatable}
        return tuple(_node(f"{self.name}-{number}", amounts, self.zones, number - 1) for number in range(1, count + 1))


def described_nodes(shorthand: str) -> tuple[Object, ...]:
    """The nodes of a shorthand: `3`, or `3:cpu=4,memory=16Gi,zones=a|b|c`; the nodes take the zones in turn.

    Raises:
        UsageError: for any other text, and for amounts that no node has.
    """
    said = f'--nodes "{shorthand}"'
    count, colon, settings = shorthand.partition(":")
    if not _COUNT.fullmatch(count) or not 0 < int(count) <= _MOST or (colon and not settings):
        raise UsageError(f"{said}: {_HOW}")
    found = _settings(settings, said, _HOW, _SETTINGS)
    return _pool("node", found).nodes(int(count))


def described_pool(shorthand: str) -> Pool:
    """The pool of a shorthand: `big:cpu=8,memory=32Gi`, and then zones=a|b or max=10.

    Raises:
        UsageError: for any other text, and for amounts that no node has.
    """
    said = f'--add "{shorthand}"'
    name, colon, settings = shorthand.partition(":")
    if not colon or not settings or not is_dns_label(name):
        raise UsageError(f"{said}: {_HOW_POOL}")
    found = _settings(settings, said, _HOW_POOL, (*_SETTINGS, _MAX))
    most = found.pop(_MAX, None)
    if most is not None and not (_COUNT.fullmatch(most) and int(most)):
        raise UsageError(f"{said}: max={most}: expected a number of nodes, as max=10")
    less = next((f"{key}={value}" for key, value in found.items() if key != "zones" and value.startswith("-")), "")
    if less:
        raise UsageError(f"{said}: {less} is less than 0")
    if not found.keys() - {"zones", "pods"}:
        raise UsageError(f"{said}: what a node has is missing; {_HOW_POOL}")
    return _pool(name, found, None if most is None else int(most))


def _pool(name: str, settings: dict[str, str], most: int | None = None) -> Pool:
    zones = tuple(settings["zones"].split("|")) if "zones" in settings else ()
    return Pool(name, {key: value for key, value in settings.items() if key != "zones"}, zones, most)


def _settings(settings: str, said: str, how: str, known: tuple[str, ...]) -> dict[str, str]:
    """The settings of a shorthand, by name; `said` starts every message, `how` tells what is expected.

    Raises:
        UsageError: for what is no setting, or no amount that a node has.
    """
    found: dict[str, str] = {}
    for setting in settings.split(",") if settings else ():
        if "zones" in found and "=" not in setting:
            more = [part.strip() for part in settings.split(",") if "=" not in part]
            raise UsageError(f"{said}: did you mean zones={'|'.join((found['zones'], *more))}?")
        name, value = _setting(setting.strip(), said, how, known)
        if name in found:
            raise UsageError(f"{said}: {name} is there twice")
        if name not in ("zones", _MAX):
            _check_amount(name, value, said)
        found[name] = value
    return found


def _setting(setting: str, said: str, how: str, known: tuple[str, ...]) -> tuple[str, str]:
    """Name and value of `name=value`.

    Raises:
        UsageError: for any other text, and for a name that nodes do not have.
    """
    name, equals, value = (part.strip() for part in setting.partition("="))
    if not equals or not name or not value:
        raise UsageError(f'{said}: "{setting}" is no setting; {how}')
    if name in known or name.startswith("hugepages-") or "/" in name:
        return name, value
    near = _OTHER_NAMES.get(name.casefold()) or nearest(name, known)
    others = f"{', '.join(known)}, hugepages-2Mi, or one with a slash, as nvidia.com/gpu"
    hint = f"did you mean {near}={value}?" if near else f"expected {others}"
    raise UsageError(f'{said}: nodes have no "{name}"; {hint}')


def _check_amount(name: str, value: str, said: str) -> None:
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
        raise UsageError(f"{said}: {name}={value}: {hint}") from None
    if in_bytes and 0 < amount.nanos < _LEAST_BYTES * 10**9:
        size = "1 byte" if amount.value == 1 else f"{amount.value} bytes"
        if amount.nanos < 10**9:
            size = "less than a byte"
        hint = f"; did you mean {number}{'Mi' if unit == 'm' else 'Gi'}?" if number else ""
        raise UsageError(f"{said}: {name}={value} is {size}{hint}")
    if name == "cpu" and amount.nanos > _MOST_CORES * 10**9:
        raise UsageError(f"{said}: cpu={value} is {amount.value} cores; did you mean {number}m?")
    if not in_bytes and name != "cpu" and not amount.is_whole:
        raise UsageError(f"{said}: {name}={value}: expected a whole number")


def _node(name: str, allocatable: dict[str, str], zones: Sequence[str], turn: int) -> Object:
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
