"""What may stand in a file that is handed on, and under which name: nothing is let through that is not known here.

A form takes the aliases and a value, and returns what may be shown of it: `ABSENT` for all that is not of its shape.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Any, Final

from k8slint.apiserver.admission.resource_quota import OF_CLASS, SCOPES
from k8slint.scheduling.objects.pod import normal_image
from k8slint.values.quantity import Quantity, QuantityError
from k8slint.values.well_known import (
    ARCH,
    COMPLETION_INDEX,
    HOSTNAME,
    NAMESPACE_NAME,
    NO_PROVISIONER,
    NODE_PREFIX,
    NODE_ROLE_PREFIX,
    OLD_REGION,
    OLD_ZONE,
    OS,
    POD_INDEX,
    REGION,
    STATEFUL_SET_POD_NAME,
    ZONE,
)

ABSENT: Final = object()

# Names that every cluster has.
_PLAIN_NAMES: Final = frozenset(
    {
        "default",
        "kube-system",
        "kube-public",
        "kube-node-lease",
        "default-scheduler",
        "system-cluster-critical",
        "system-node-critical",
        NO_PROVISIONER,
        "",
    }
)
# Labels whose values are names of something, by what they name.
_NAMING_LABELS: Final = {
    HOSTNAME: "node",
    NAMESPACE_NAME: "namespace",
    STATEFUL_SET_POD_NAME: "pod",
    ZONE: "zone",
    REGION: "region",
    OLD_ZONE: "zone",
    OLD_REGION: "region",
}
# Labels whose values say nothing about whose cluster it is.
_PLAIN_LABELS: Final = frozenset(
    {
        OS,
        ARCH,
        "beta.kubernetes.io/os",
        "beta.kubernetes.io/arch",
        "node.kubernetes.io/instance-type",
        "beta.kubernetes.io/instance-type",
        POD_INDEX,
        COMPLETION_INDEX,
    }
)
_PLAIN_PREFIXES: Final = (NODE_ROLE_PREFIX, NODE_PREFIX, "pod-security.kubernetes.io/")
_KEY: Final = re.compile(
    r"(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?", re.ASCII
)
_DOMAIN: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)+(?:/[-a-z0-9.]+)?")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)")
_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")
_PERCENT: Final = re.compile(r"[0-9]{1,3}%")
_PRIVATE: Final = int(ip_address("10.0.0.0"))


class Aliases:
    """Aliases by what is named and its name, in the order of the names: what was sorted by name is sorted so after.

    Everything is told twice: the first time the names are gathered, the second time their aliases are known.
    """

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = defaultdict(set)
        self._given: dict[tuple[str, str], str] = {}
        self._counted_labels: set[str] = set()

    def settle(self) -> None:
        """Give every name that was met its alias."""
        for kind, names in self._names.items():
            digits = len(str(len(names)))
            for number, name in enumerate(sorted(names), 1):
                self._given.setdefault((kind, name), f"{kind}-{number:0{digits}}")

    def alias(self, kind: str, name: Any) -> Any:
        """The alias of a name."""
        if not isinstance(name, str):
            return ABSENT
        if name in _PLAIN_NAMES:
            return name
        self._names[kind].add(name)
        return self._given.get((kind, name), "")

    def pair(self, kind: str, name: str, alias: str) -> None:
        """Give a name an alias that others make theirs."""
        self._given[kind, name] = alias

    def label(self, key: Any, value: Any) -> Any:
        """The alias of a label's value."""
        if not isinstance(value, str) or key_form(self, key) is ABSENT:
            return ABSENT
        if key in _NAMING_LABELS:
            return self.alias(_NAMING_LABELS[key], value)
        if _is_plain(key, value) or (key in self._counted_labels and _INTEGER.fullmatch(value)):
            return value
        return self.alias("value", value)

    def count_labels(self, key: str) -> None:
        """Values of that label are compared as numbers, and so must stay numbers."""
        self._counted_labels.add(key)


def _is_plain(key: str, value: str) -> bool:
    return (key in _PLAIN_LABELS or key.startswith(_PLAIN_PREFIXES)) and _KEY.fullmatch(value or "a") is not None


Form = Callable[[Aliases, Any], Any]
"""What may be shown of a value, or `ABSENT`."""
Shape = Form | dict[str, Any] | list[Any]
"""A form; the keys of a mapping, each with a shape; or, as the one entry of a list, the shape of a list's entries."""


def told(aliases: Aliases, value: Any, shape: Shape) -> Any:
    """What may be shown of a value."""
    if isinstance(shape, list):
        if not isinstance(value, list):
            return ABSENT
        entries = (told(aliases, entry, shape[0]) for entry in value)
        return [entry for entry in entries if entry is not ABSENT]
    if isinstance(shape, dict):
        if not isinstance(value, Mapping):
            return ABSENT
        pairs = ((key, told(aliases, value[key], inner)) for key, inner in shape.items() if value.get(key) is not None)
        return {key: entry for key, entry in pairs if entry is not ABSENT}
    return shape(aliases, value)


def name(kind: str) -> Form:
    """The name of something of that kind."""
    return lambda aliases, value: aliases.alias(kind, value)


def word(*known: str) -> Form:
    """One of the words that Kubernetes knows in a place."""
    return lambda _, value: value if isinstance(value, str) and value in known else ABSENT


def flag(_: Aliases, value: Any) -> Any:
    """True or false."""
    return value if isinstance(value, bool) else ABSENT


def number(_: Aliases, value: Any) -> Any:
    """A whole number."""
    return value if isinstance(value, int) else ABSENT


def number_or_percent(_: Aliases, value: Any) -> Any:
    """A whole number, or a percentage."""
    return value if isinstance(value, int) or (isinstance(value, str) and _PERCENT.fullmatch(value)) else ABSENT


def time(_: Aliases, value: Any) -> Any:
    """A moment in RFC 3339."""
    return value if isinstance(value, str) and _TIME.fullmatch(value) else ABSENT


def key_form(_: Aliases, value: Any) -> Any:
    """The key of a label or a taint, or the name of a resource."""
    return value if isinstance(value, str) and _KEY.fullmatch(value) else ABSENT


def driver(_: Aliases, value: Any) -> Any:
    """The public name of a volume driver or provisioner."""
    return value if isinstance(value, str) and _DOMAIN.fullmatch(value) else ABSENT


def quantity(_: Aliases, value: Any) -> Any:
    """An amount."""
    try:
        Quantity.parse(value)
    except QuantityError:
        return ABSENT
    return value


def quantities(aliases: Aliases, value: Any) -> Any:
    """Amounts by the names of resources, some of which are named after a storage class."""
    if not isinstance(value, Mapping):
        return ABSENT
    pairs = ((_resource(aliases, key), quantity(aliases, amount)) for key, amount in value.items())
    return {key: amount for key, amount in pairs if key is not ABSENT and amount is not ABSENT}


def _resource(aliases: Aliases, key: Any) -> Any:
    if isinstance(key, str) and OF_CLASS in key:
        storage_class, _, resource = key.partition(OF_CLASS)
        return f"{aliases.alias('class', storage_class)}{OF_CLASS}{resource}" if _KEY.fullmatch(resource) else ABSENT
    return key_form(aliases, key)


def labels(aliases: Aliases, value: Any) -> Any:
    """Labels, or a selector that is written like them."""
    if not isinstance(value, Mapping):
        return ABSENT
    pairs = ((key, aliases.label(key, entry)) for key, entry in value.items())
    return {key: entry for key, entry in pairs if entry is not ABSENT}


def expression(aliases: Aliases, value: Any) -> Any:
    """A condition on a label. One that is not of this shape stays as one that nothing meets."""
    if not isinstance(value, Mapping) or key_form(aliases, value.get("key")) is ABSENT:
        return ABSENT
    key, operator = value["key"], value.get("operator")
    if operator in ("Gt", "Lt"):
        aliases.count_labels(key)
    written = value.get("values")
    values = [aliases.label(key, entry) for entry in written] if isinstance(written, list) else []
    known = {"key": key}
    if operator in _OPERATORS:
        known["operator"] = operator
    return {**known, "values": [entry for entry in values if entry is not ABSENT]} if values else known


_OPERATORS: Final = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")


def field_expression(aliases: Aliases, value: Any) -> Any:
    """A condition on a node's name."""
    shape: Shape = {"key": word("metadata.name"), "operator": word(*_OPERATORS), "values": [name("node")]}
    return told(aliases, value, shape)


def scope_expression(aliases: Aliases, value: Any) -> Any:
    """A condition of a quota's scope."""
    scope = value.get("scopeName") if isinstance(value, Mapping) else None
    named = "attributes" if scope == "VolumeAttributesClass" else "priority"
    return told(aliases, value, {"scopeName": scope_name, "operator": word(*_OPERATORS), "values": [name(named)]})


scope_name: Final = word(*SCOPES)


def keyed(aliases: Aliases, value: Any) -> Any:
    """A taint or a toleration."""
    if not isinstance(value, Mapping):
        return ABSENT
    shown: dict[str, Any] = told(aliases, value, _KEYED)
    if value.get("value") is not None:
        # A toleration without a key has no value that anything is compared with.
        shown["value"] = aliases.label(value.get("key") or "value", value["value"])
    return {key: entry for key, entry in shown.items() if entry is not ABSENT}


_KEYED: Final[Shape] = {
    "key": key_form,
    "operator": word("Exists", "Equal", "Lt", "Gt"),
    "effect": word("NoSchedule", "PreferNoSchedule", "NoExecute"),
    "tolerationSeconds": number,
}
# What the name of an object of a kind is an alias of, where other fields hold it too.
NAMED_BY_KIND: Final[Mapping[str, str]] = {
    "Node": "node",
    "CSINode": "node",
    "Namespace": "namespace",
    "Pod": "pod",
    "PersistentVolume": "volume",
    "PersistentVolumeClaim": "claim",
    "StorageClass": "class",
    "PriorityClass": "priority",
    "RuntimeClass": "runtime",
}
_OWNERS: Final = (
    "ReplicaSet",
    "ReplicationController",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "CronJob",
    "Deployment",
    "Node",
)
_OWNER_GROUPS: Final = ("v1", "apps/v1", "batch/v1")


def kind_name(kind: str) -> str:
    """What the names of objects of a kind are aliases of."""
    return NAMED_BY_KIND.get(kind, kind.lower())


def owner(aliases: Aliases, value: Any) -> Any:
    """A reference to an object's owner; one of a kind that is not Kubernetes' own has no type."""
    kind = value.get("kind") if isinstance(value, Mapping) else None
    named = kind_name(kind) if kind in _OWNERS else "owner"
    shape: Shape = {
        "apiVersion": word(*_OWNER_GROUPS),
        "kind": word(*_OWNERS),
        "name": name(named),
        "uid": name("uid"),
        "controller": flag,
    }
    return told(aliases, value, shape)


def image(aliases: Aliases, value: Any) -> Any:
    """The image of a container, or one that a node holds."""
    if not isinstance(value, str):
        return ABSENT
    shown = aliases.alias("image", normal_image(value))
    return f"{shown}:1" if shown else shown


def address(aliases: Aliases, value: Any) -> Any:
    """An address of a node; the one that stands for all stays."""
    if value in ("0.0.0.0", "::", "127.0.0.1", ""):  # noqa: S104 - compared with, not bound to
        return value
    shown = aliases.alias("address", value)
    return shown if shown is ABSENT or not shown else str(ip_address(_PRIVATE + int(shown.rpartition("-")[2])))


def plugins(_: Aliases, value: Any) -> Any:
    """The names of Kubernetes' own volume plugins, with commas between."""
    if not isinstance(value, str):
        return ABSENT
    return ",".join(plugin for plugin in value.split(",") if re.fullmatch(r"kubernetes\.io/[a-z-]{1,40}", plugin))
