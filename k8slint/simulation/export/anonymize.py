"""Which values may stay in a file that is handed on, and with which names: only what is known here passes.

A form takes the aliases and a value, and returns what may be shown of the value, or `ABSENT` if it has another shape.
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

# Names that occur in every cluster.
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
# Labels whose values are names, and what they name.
_NAMING_LABELS: Final = {
    HOSTNAME: "node",
    NAMESPACE_NAME: "namespace",
    STATEFUL_SET_POD_NAME: "pod",
    ZONE: "zone",
    REGION: "region",
    OLD_ZONE: "zone",
    OLD_REGION: "region",
}
# Labels whose values do not tell whose cluster it is.
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
    """Aliases of names, by what is named and the name, numbered so that aliases sort like the names.

    Every value is passed through the forms twice: the first pass gathers the names, then `settle` gives their aliases,
    which the second pass returns.
    """

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = defaultdict(set)
        self._given: dict[tuple[str, str], str] = {}
        self._counted_labels: set[str] = set()

    def settle(self) -> None:
        """Give every gathered name its alias."""
        for kind, names in self._names.items():
            digits = len(str(len(names)))
            for number, name in enumerate(sorted(names), 1):
                self._given.setdefault((kind, name), f"{kind}-{number:0{digits}}")

    def alias(self, kind: str, name: Any) -> Any:
        """The alias of a name; empty before `settle`; `ABSENT` if the value is not a string."""
        if not isinstance(name, str):
            return ABSENT
        if name in _PLAIN_NAMES:
            return name
        self._names[kind].add(name)
        return self._given.get((kind, name), "")

    def pair(self, kind: str, name: str, alias: str) -> None:
        """Give a name an alias that is made from other aliases."""
        self._given[kind, name] = alias

    def label(self, key: Any, value: Any) -> Any:
        """The alias of a label's value, or the value itself if it tells nothing or is compared as a number."""
        if not isinstance(value, str) or key_form(self, key) is ABSENT:
            return ABSENT
        if key in _NAMING_LABELS:
            return self.alias(_NAMING_LABELS[key], value)
        if _is_plain(key, value) or (key in self._counted_labels and _INTEGER.fullmatch(value)):
            return value
        return self.alias("value", value)

    def count_labels(self, key: str) -> None:
        """Keep the whole numbers among the values of this label, because an affinity compares them as numbers."""
        self._counted_labels.add(key)


def _is_plain(key: str, value: str) -> bool:
    return (key in _PLAIN_LABELS or key.startswith(_PLAIN_PREFIXES)) and _KEY.fullmatch(value or "a") is not None


Form = Callable[[Aliases, Any], Any]
"""What may be shown of a value, or `ABSENT`."""
Shape = Form | dict[str, Any] | list[Any]
"""A form; a mapping of keys to their shapes; or a list with one entry, the shape of each entry of a list."""


def told(aliases: Aliases, value: Any, shape: Shape) -> Any:
    """What may be shown of a value with this shape, without anything of another shape."""
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
    """The form of the names of one kind of thing."""
    return lambda aliases, value: aliases.alias(kind, value)


def word(*known: str) -> Form:
    """The form of the words that Kubernetes knows in one place."""
    return lambda _, value: value if isinstance(value, str) and value in known else ABSENT


def flag(_: Aliases, value: Any) -> Any:
    """The form of true and false."""
    return value if isinstance(value, bool) else ABSENT


def number(_: Aliases, value: Any) -> Any:
    """The form of whole numbers."""
    return value if isinstance(value, int) else ABSENT


def number_or_percent(_: Aliases, value: Any) -> Any:
    """The form of whole numbers and percentages."""
    return value if isinstance(value, int) or (isinstance(value, str) and _PERCENT.fullmatch(value)) else ABSENT


def time(_: Aliases, value: Any) -> Any:
    """The form of times in RFC 3339."""
    return value if isinstance(value, str) and _TIME.fullmatch(value) else ABSENT


def key_form(_: Aliases, value: Any) -> Any:
    """The form of keys of labels and taints, and of names of resources."""
    return value if isinstance(value, str) and _KEY.fullmatch(value) else ABSENT


def driver(_: Aliases, value: Any) -> Any:
    """The form of the public names of volume drivers and provisioners."""
    return value if isinstance(value, str) and _DOMAIN.fullmatch(value) else ABSENT


def quantity(_: Aliases, value: Any) -> Any:
    """The form of amounts."""
    try:
        Quantity.parse(value)
    except QuantityError:
        return ABSENT
    return value


def quantities(aliases: Aliases, value: Any) -> Any:
    """The form of amounts by resource; names of resources may include that of a storage class."""
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
    """The form of labels, and of selectors that are written like labels."""
    if not isinstance(value, Mapping):
        return ABSENT
    pairs = ((key, aliases.label(key, entry)) for key, entry in value.items())
    return {key: entry for key, entry in pairs if entry is not ABSENT}


def expression(aliases: Aliases, value: Any) -> Any:
    """The form of conditions on a label; an unknown operator is left out, and then nothing meets the condition."""
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
    """The form of conditions on a node's name."""
    shape: Shape = {"key": word("metadata.name"), "operator": word(*_OPERATORS), "values": [name("node")]}
    return told(aliases, value, shape)


def scope_expression(aliases: Aliases, value: Any) -> Any:
    """The form of conditions in a quota's scope."""
    scope = value.get("scopeName") if isinstance(value, Mapping) else None
    named = "attributes" if scope == "VolumeAttributesClass" else "priority"
    return told(aliases, value, {"scopeName": scope_name, "operator": word(*_OPERATORS), "values": [name(named)]})


scope_name: Final = word(*SCOPES)


def keyed(aliases: Aliases, value: Any) -> Any:
    """The form of taints and tolerations."""
    if not isinstance(value, Mapping):
        return ABSENT
    shown: dict[str, Any] = told(aliases, value, _KEYED)
    if value.get("value") is not None:
        # Without a key, the value of a toleration is compared with nothing.
        shown["value"] = aliases.label(value.get("key") or "value", value["value"])
    return {key: entry for key, entry in shown.items() if entry is not ABSENT}


_KEYED: Final[Shape] = {
    "key": key_form,
    "operator": word("Exists", "Equal", "Lt", "Gt"),
    "effect": word("NoSchedule", "PreferNoSchedule", "NoExecute"),
    "tolerationSeconds": number,
}
# The kinds whose names also stand in other fields, and what to call their aliases.
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
    """What to call the aliases of the names of objects of a kind."""
    return NAMED_BY_KIND.get(kind, kind.lower())


def owner(aliases: Aliases, value: Any) -> Any:
    """The form of references to an object's owner; an owner that is not of Kubernetes itself loses its type."""
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
    """The form of images of containers and nodes."""
    if not isinstance(value, str):
        return ABSENT
    shown = aliases.alias("image", normal_image(value))
    return f"{shown}:1" if shown else shown


def address(aliases: Aliases, value: Any) -> Any:
    """The form of addresses of nodes; those that mean every address or the node itself stay."""
    if value in ("0.0.0.0", "::", "127.0.0.1", ""):  # noqa: S104 - compared with, not bound to
        return value
    shown = aliases.alias("address", value)
    return shown if shown is ABSENT or not shown else str(ip_address(_PRIVATE + int(shown.rpartition("-")[2])))


def plugins(_: Aliases, value: Any) -> Any:
    """The form of names of Kubernetes' own volume plugins, separated by commas."""
    if not isinstance(value, str):
        return ABSENT
    return ",".join(plugin for plugin in value.split(",") if re.fullmatch(r"kubernetes\.io/[a-z-]{1,40}", plugin))
