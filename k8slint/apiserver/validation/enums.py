"""Fields that take one of a few words, as the API server's validation has them; OpenAPI does not tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from k8slint.apiserver.decoding.scalars import Fault
from k8slint.values.nearest import nearest

_MOST_LISTED: Final = 100


class Words(NamedTuple):
    """The words a field takes, `|` between them.

    An explicit empty string counts as left out, unless the field is a pointer in Go: then it `refuses_empty`.
    `added` are words that a later minor added, with that minor.
    `said` is what the API server says of another word where it does not list what it supports.
    """

    words: str
    refuses_empty: bool = False
    added: tuple[tuple[str, int], ...] = ()
    said: str = ""

    def of_minor(self, minor: int) -> tuple[str, ...]:
        """The words of a minor."""
        return (*self.words.split("|"), *(word for word, since in self.added if since <= minor))


def allowed_values(owner: str, name: str, minor: int) -> Callable[[str], Fault | None] | None:
    """A check of a field's text, or of its items; none where any text will do."""
    words = ENUMERATED.get(owner, {}).get(name)
    if words is None:
        group, _, kind = owner.split(".")
        words = ENUMERATED.get(f"{group}.{kind}", {}).get(name)
    if words is None:
        return None
    supported = words.of_minor(minor)
    sound = frozenset(supported) if words.refuses_empty else frozenset((*supported, ""))

    def check(text: str) -> Fault | None:
        if text in sound:
            return None
        return unsupported(text, supported, words.said)

    return check


def unsupported(text: str, supported: Sequence[str], said: str = "", names: frozenset[str] = frozenset()) -> Fault:
    """A word that is none of the supported ones, in the API server's words, with the nearest one.

    `names` are the same words, for who asks often.
    """
    listed = ", ".join(f'"{word}"' for word in supported[:_MOST_LISTED])
    if len(supported) > _MOST_LISTED:
        listed += f" and {len(supported) - _MOST_LISTED} more"
    message = f'Invalid value: "{text}": {said}' if said else f'Unsupported value: "{text}": supported values: {listed}'
    near = nearest(text, names or supported)
    if near is not None:
        return Fault("unsupported-value", f'{message}; did you mean "{near}"?', f'write "{near}"')
    return Fault("unsupported-value", message, f"write one of {listed}")


def _pointer(words: str, added: tuple[tuple[str, int], ...] = (), said: str = "") -> Words:
    return Words(words, refuses_empty=True, added=added, said=said)


_DEVICE_EFFECT: Final = Words("NoExecute|NoSchedule", added=(("None", 35),))
_PREEMPTION: Final = Words("Never|PreemptLowerPriority")
_NO_OPERATOR: Final = "not a valid selector operator"

# By the end of a definition's name and the field; without the version where several were served with the same words.
ENUMERATED: Final[Mapping[str, Mapping[str, Words]]] = {
    "apiextensions.v1.CustomResourceColumnDefinition": {
        "type": Words("boolean|date|integer|number|string", said="must be one of boolean,date,integer,number,string"),
    },
    "apiextensions.v1.CustomResourceConversion": {"strategy": Words("None|Webhook")},
    "apiextensions.v1.CustomResourceDefinitionSpec": {"scope": Words("Cluster|Namespaced")},
    "apiextensions.v1.JSONSchemaProps": {
        "type": Words("array|boolean|integer|number|object|string"),
        "x-kubernetes-list-type": _pointer("atomic|map|set"),
        "x-kubernetes-map-type": _pointer("atomic|granular"),
    },
    "core.v1.GRPCAction": {"mode": Words("Plaintext|TLS")},
    "core.v1.HTTPGetAction": {"protocol": Words("HTTP1|HTTP2")},
    "core.v1.NodeSelectorRequirement": {
        "operator": Words("DoesNotExist|Exists|Gt|In|Lt|NotIn", said=_NO_OPERATOR),
    },
    "meta.v1.LabelSelectorRequirement": {"operator": Words("DoesNotExist|Exists|In|NotIn", said=_NO_OPERATOR)},
    "resource.DeviceRequest": {"allocationMode": Words("All|ExactCount")},
    "resource.DeviceSubRequest": {"allocationMode": Words("All|ExactCount")},
    "resource.DeviceTaint": {"effect": _DEVICE_EFFECT},
    "resource.DeviceToleration": {"effect": _DEVICE_EFFECT, "operator": Words("Equal|Exists")},
    "resource.ExactDeviceRequest": {"allocationMode": Words("All|ExactCount")},
}
