"""Names replaced by aliases, so that a cluster can be handed to somebody who is not to know it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from k8slint.objects.fields import text
from k8slint.scheduling.pods import normal_image

_HOSTNAME: Final = "kubernetes.io/hostname"
# Labels whose values are names of something, by what they name.
_NAMING_LABELS: Final = {
    _HOSTNAME: "node",
    "kubernetes.io/metadata.name": "namespace",
    "statefulset.kubernetes.io/pod-name": "pod",
    "topology.kubernetes.io/zone": "zone",
    "topology.kubernetes.io/region": "region",
    "failure-domain.beta.kubernetes.io/zone": "zone",
    "failure-domain.beta.kubernetes.io/region": "region",
}
# Labels whose values say nothing about whose cluster it is.
_PLAIN_LABELS: Final = frozenset(
    {
        "kubernetes.io/os",
        "kubernetes.io/arch",
        "beta.kubernetes.io/os",
        "beta.kubernetes.io/arch",
        "node.kubernetes.io/instance-type",
        "beta.kubernetes.io/instance-type",
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/job-completion-index",
    }
)
_PLAIN_PREFIXES: Final = ("node-role.kubernetes.io/", "node.kubernetes.io/", "pod-security.kubernetes.io/")
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
        "kubernetes.io/no-provisioner",
        "",
    }
)
# Fields that hold a name, by what they name.
_NAMING_FIELDS: Final = {
    "namespace": "namespace",
    "nodeName": "node",
    "nominatedNodeName": "node",
    "claimName": "claim",
    "volumeName": "volume",
    "persistentVolumeName": "volume",
    "storageClassName": "class",
    "volumeAttributesClassName": "attributes",
    "priorityClassName": "priority",
    "runtimeClassName": "runtime",
    "schedulerName": "scheduler",
    "uid": "uid",
    "pdName": "disk",
    "volumeID": "disk",
    "diskURI": "disk",
    "volumeHandle": "disk",
    "iqn": "disk",
    "volume.kubernetes.io/selected-node": "node",
    "volume.beta.kubernetes.io/storage-class": "class",
    "handler": "runtime",
}
_KINDS: Final = {
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
_BY_CLASS: Final = ".storageclass.storage.k8s.io/"


def renamed(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The objects with the names of everything replaced, the same name always by the same alias."""
    items = list(items)
    aliases = _Aliases()
    for item in items:
        aliases.pair_ephemeral_claims(item)
    return [aliases.item(item) for item in items]


class _Aliases:
    """Aliases by what is named and its name, given in order of appearance."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], str] = {}
        self._counts: Counter[str] = Counter()
        self._fields: Mapping[str, Callable[[Any], Any]] = {
            "labels": self._labels,
            "matchLabels": self._labels,
            "nodeSelector": self._labels,
            "matchExpressions": self._expressions,
            "matchLabelExpressions": self._expressions,
            "matchFields": lambda value: self._each(value, self._field_expression),
            "namespaces": lambda value: self._names("namespace", value),
            "ownerReferences": lambda value: self._each(value, self._owner),
            "claimRef": self._claim_reference,
            "taints": lambda value: self._each(value, self._keyed),
            "tolerations": lambda value: self._each(value, self._keyed),
            "containers": lambda value: self._each(value, lambda entry: self._entry("container", entry)),
            "initContainers": lambda value: self._each(value, lambda entry: self._entry("container", entry)),
            "containerStatuses": lambda value: self._each(value, lambda entry: self._entry("container", entry)),
            "initContainerStatuses": lambda value: self._each(value, lambda entry: self._entry("container", entry)),
            "volumes": lambda value: self._each(value, lambda entry: self._entry("mount", entry)),
            "schedulingGates": lambda value: self._each(value, lambda entry: self._entry("gate", entry)),
            "images": lambda value: self._each(value, self._stored_image),
            "image": self._image,
            "reference": self._image,
            "monitors": lambda value: self._names("disk", value),
            "hard": self._by_class,
            "used": self._by_class,
        }

    def alias(self, kind: str, name: Any) -> Any:
        """The alias of a name."""
        if not isinstance(name, str) or name in _PLAIN_NAMES:
            return name
        if (kind, name) not in self._given:
            self._counts[kind] += 1
            self._given[kind, name] = f"{kind}-{self._counts[kind]}"
        return self._given[kind, name]

    def pair_ephemeral_claims(self, item: Mapping[str, Any]) -> None:
        """Give the claims of a pod's ephemeral volumes the aliases that the pod's alias makes theirs."""
        if item.get("kind") != "Pod":
            return
        spec, metadata = item.get("spec"), item.get("metadata")
        volumes = spec.get("volumes") if isinstance(spec, dict) else None
        name = metadata.get("name") if isinstance(metadata, dict) else None
        for volume in volumes if isinstance(volumes, list) else ():
            if isinstance(volume, dict) and "ephemeral" in volume:
                alias = f"{self.alias('pod', name)}-{self.alias('mount', volume.get('name'))}"
                self._given["claim", f"{name}-{volume.get('name')}"] = alias

    def item(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """An object with its aliases."""
        kind = str(item.get("kind"))
        result: dict[str, Any] = self._walk(item)
        metadata = result.get("metadata")
        # A CSIDriver goes by the driver's public name.
        if isinstance(metadata, dict) and kind != "CSIDriver":
            result["metadata"] = {**metadata, "name": self.alias(_KINDS.get(kind, kind.lower()), metadata.get("name"))}
        return result

    def _walk(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._walk(entry) for entry in value]
        if not isinstance(value, Mapping):
            return value
        return {key: self._field(key, entry) for key, entry in value.items()}

    def _field(self, key: Any, value: Any) -> Any:
        if key in self._fields and value is not None:
            return self._fields[key](value)
        if key in _NAMING_FIELDS and isinstance(value, str):
            return self.alias(_NAMING_FIELDS[key], value)
        return self._walk(value)

    def _each(self, value: Any, rename: Callable[[Mapping[str, Any]], Any]) -> Any:
        if not isinstance(value, list):
            return self._walk(value)
        return [rename(entry) if isinstance(entry, Mapping) else entry for entry in value]

    def _names(self, kind: str, value: Any) -> Any:
        return [self.alias(kind, entry) for entry in value] if isinstance(value, list) else value

    def _label(self, key: Any, value: Any) -> Any:
        name = text(key)
        if name in _NAMING_LABELS:
            return self.alias(_NAMING_LABELS[name], value)
        if name in _PLAIN_LABELS or name.startswith(_PLAIN_PREFIXES):
            return value
        return self.alias("value", value)

    def _labels(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {key: self._label(key, entry) for key, entry in value.items()}

    def _expressions(self, value: Any) -> Any:
        return self._each(value, self._expression)

    def _expression(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        values = entry.get("values")
        if not isinstance(values, list):
            return dict(entry)
        # A quota's scopes are written like expressions, without a key.
        if entry.get("scopeName") == "PriorityClass":
            return {**entry, "values": self._names("priority", values)}
        if entry.get("operator") in ("Gt", "Lt"):
            return dict(entry)
        return {**entry, "values": [self._label(entry.get("key"), one) for one in values]}

    def _field_expression(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        return {**entry, "values": self._names("node", entry.get("values"))}

    def _keyed(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        if entry.get("value") is None:
            return dict(entry)
        return {**entry, "value": self._label(entry.get("key"), entry["value"])}

    def _owner(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        kind = str(entry.get("kind"))
        walked: dict[str, Any] = self._walk(entry)
        return {**walked, "name": self.alias(_KINDS.get(kind, kind.lower()), entry.get("name"))}

    def _claim_reference(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        walked: dict[str, Any] = self._walk(value)
        return {**walked, "name": self.alias("claim", value.get("name"))}

    def _entry(self, kind: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        walked: dict[str, Any] = self._walk(entry)
        return {**walked, "name": self.alias(kind, entry.get("name"))}

    def _image(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return self._walk(value)
        return f"{self.alias('image', normal_image(value))}:1" if isinstance(value, str) else value

    def _stored_image(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        names = entry.get("names")
        return {**entry, "names": [self._image(name) for name in names] if isinstance(names, list) else names}

    def _by_class(self, value: Any) -> Any:
        """A quota's amounts, some of which are named after a storage class."""
        if not isinstance(value, Mapping):
            return value
        return {self._amount_name(key): entry for key, entry in value.items()}

    def _amount_name(self, key: Any) -> Any:
        if not isinstance(key, str) or _BY_CLASS not in key:
            return key
        name, _, rest = key.partition(_BY_CLASS)
        return f"{self.alias('class', name)}{_BY_CLASS}{rest}"
