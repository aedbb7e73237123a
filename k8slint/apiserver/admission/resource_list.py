"""Amounts that remember how they were written, as the API server's messages print them, and their sums over a pod."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from k8slint.values.quantity import Quantity
from k8slint.values.reading import ShapeError, as_mapping, items_at, mapping_at, quantity
from k8slint.values.record import record
from k8slint.values.resources import POD_LEVEL_SINCE, add_to, at_worst, is_pod_level, is_sidecar, pod_level
from k8slint.values.version import KubernetesVersion

_NANO: Final = 10**9
_DECIMAL: Final = ((18, "E"), (15, "P"), (12, "T"), (9, "G"), (6, "M"), (3, "k"), (0, ""), (-3, "m"), (-6, "u"))
_BINARY: Final = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")


@record
class PrintedQuantity:
    """An amount and its form: `Ki` for powers of two, `e` for exponents, empty for the decimal suffixes.

    >>> [str(PrintedQuantity.parse(written, "")) for written in ("1000m", "1.5Gi", 0.5)]
    ['1', '1536Mi', '500m']
    """

    nanos: int
    form: str = ""

    @classmethod
    def parse(cls, written: Any, where: str) -> PrintedQuantity:
        """The amount that a manifest writes at the path `where`.

        Raises:
            ShapeError: naming the path, if it is no amount.
        """
        nanos = quantity(written, where).nanos
        text = str(written).strip()
        if text.endswith("i"):
            return cls(nanos, "Ki")
        # A single E at the end is the suffix for exa; an exponent has digits after it.
        return cls(nanos, "e" if text[-1:].isdigit() and "e" in text.lower() else "")

    def __eq__(self, other: object) -> bool:
        """Whether amount and form are equal."""
        return isinstance(other, PrintedQuantity) and (self.nanos, self.form) == (other.nanos, other.form)

    def __hash__(self) -> int:
        """The hash of amount and form."""
        return hash((self.nanos, self.form))

    def __add__(self, other: PrintedQuantity) -> PrintedQuantity:
        """The sum; it keeps the form of the first amount that is not zero."""
        return PrintedQuantity(self.nanos + other.nanos, self.form if self.nanos else other.form)

    def __lt__(self, other: PrintedQuantity) -> bool:
        """Whether the amount is less, whatever the form."""
        return self.nanos < other.nanos

    def __str__(self) -> str:
        """The amount in its shortest exact form.

        Mirrors: apimachinery pkg/api/resource/quantity.go CanonicalizeBytes @ v1.36
        """
        if self.form == "Ki" and not -1024 * _NANO < self.nanos < 1024 * _NANO:
            whole, step = Quantity(self.nanos).value, 0
            while whole % 1024 == 0 and step < len(_BINARY) - 1:
                whole, step = whole // 1024, step + 1
            return f"{whole}{_BINARY[step]}"
        if not self.nanos:
            return "0"
        for power, suffix in _DECIMAL:
            unit = 10 ** (power + 9)
            if self.nanos % unit == 0:
                shown = f"e{power}" if self.form == "e" and power else "" if self.form == "e" else suffix
                return f"{self.nanos // unit}{shown}"
        return f"{self.nanos}{'e-9' if self.form == 'e' else 'n'}"


Amounts = dict[str, PrintedQuantity]
ONE: Final = PrintedQuantity(_NANO)
ZERO: Final = PrintedQuantity(0)


def amounts_at(parent: Mapping[str, Any], key: str, where: str) -> Amounts:
    """The resource list under a key.

    Raises:
        ShapeError: naming the path of what is no amount.
    """
    path = f"{where}.{key}" if where else key
    found: Amounts = {}
    for name, written in as_mapping(parent.get(key), path).items():
        if not isinstance(name, str):
            raise ShapeError(f"{path}[{name}]", "a key that is no string; expected the name of a resource")
        found[name] = PrintedQuantity.parse(written, f"{path}[{name}]")
    return found


def containers_of(spec: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    """The containers, then the init containers: the path of each, its data, and whether it is an init container."""
    for key in ("containers", "initContainers"):
        for where, container in items_at(spec, key, "spec"):
            yield where, container, key == "initContainers"


def container_amounts(container: Mapping[str, Any], where: str, key: str) -> Amounts:
    """The `requests` or `limits` of a container."""
    return amounts_at(mapping_at(container, "resources", where), key, f"{where}.resources")


def has_pod_level(spec: Mapping[str, Any], version: KubernetesVersion) -> bool:
    """Whether resources are written for the pod as a whole, and the version reads them."""
    resources = mapping_at(spec, "resources", "spec")
    return version >= POD_LEVEL_SINCE and any(
        is_pod_level(name) for key in ("requests", "limits") for name in mapping_at(resources, key, "spec.resources")
    )


def pod_total(spec: Mapping[str, Any], key: str, version: KubernetesVersion, *, overhead: bool) -> Amounts:
    """The `requests` or `limits` of the pod: what its containers need at their worst moment.

    Amounts written for the pod as a whole replace the sum. `overhead` adds the pod's own, but sets no new limit.

    Mirrors: component-helpers resource/helpers.go PodRequests, PodLimits @ v1.36
    """
    total = container_total(spec, key)
    if version >= POD_LEVEL_SINCE:
        whole = amounts_at(mapping_at(spec, "resources", "spec"), key, "spec.resources")
        total |= pod_level(whole)
    if overhead:
        more = amounts_at(spec, "overhead", "spec").items()
        is_counted = {name for name, amount in total.items() if amount.nanos}
        add_to(total, {name: amount for name, amount in more if key == "requests" or name in is_counted})
    return total


def container_total(spec: Mapping[str, Any], key: str) -> Amounts:
    """The `requests` or `limits` of all containers together at their worst moment."""
    apps: list[Amounts] = []
    inits: list[tuple[bool, Amounts]] = []
    for where, container, is_init in containers_of(spec):
        amounts = container_amounts(container, where, key)
        if is_init:
            inits.append((is_sidecar(container, where), amounts))
        else:
            apps.append(amounts)
    return at_worst(apps, inits)
