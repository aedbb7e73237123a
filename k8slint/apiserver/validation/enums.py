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


_PROTOCOL: Final = Words("SCTP|TCP|UDP")
_PULL_POLICY: Final = Words("Always|IfNotPresent|Never")
_PREEMPTION: Final = Words("Never|PreemptLowerPriority")
_FAILURE: Final = _pointer("Fail|Ignore")
_MATCH: Final = _pointer("Equivalent|Exact")
_OPERATION: Final = _pointer("*|CONNECT|CREATE|DELETE|UPDATE")
_RULE: Final = {"operations": _OPERATION, "scope": _pointer("*|Cluster|Namespaced")}
_WEBHOOK: Final = {
    "failurePolicy": _FAILURE,
    "matchPolicy": _MATCH,
    "sideEffects": _pointer("None|NoneOnDryRun"),
}
_VERBS: Final = {"verbs": Words("*|create|delete|deletecollection|get|list|patch|proxy|update|watch")}
_NO_OPERATOR: Final = "not a valid selector operator"
_USAGES: Final = _pointer(
    "any|cert sign|client auth|code signing|content commitment|crl sign|data encipherment|decipher only"
    "|digital signature|email protection|encipher only|ipsec end system|ipsec tunnel|ipsec user|key agreement"
    "|key encipherment|microsoft sgc|netscape sgc|ocsp signing|s/mime|server auth|signing|timestamping"
)

# By the end of a definition's name and the field; without the version where several were served with the same words.
ENUMERATED: Final[Mapping[str, Mapping[str, Words]]] = {
    "admissionregistration.MatchResources": {"matchPolicy": _MATCH},
    "admissionregistration.MutatingAdmissionPolicySpec": {
        "failurePolicy": _FAILURE,
        "reinvocationPolicy": Words("IfNeeded|Never"),
    },
    "admissionregistration.MutatingWebhook": {**_WEBHOOK, "reinvocationPolicy": _pointer("IfNeeded|Never")},
    "admissionregistration.Mutation": {"patchType": Words("ApplyConfiguration|JSONPatch")},
    "admissionregistration.NamedRuleWithOperations": _RULE,
    "admissionregistration.ParamRef": {"parameterNotFoundAction": _pointer("Allow|Deny")},
    "admissionregistration.RuleWithOperations": _RULE,
    "admissionregistration.ValidatingAdmissionPolicyBindingSpec": {"validationActions": _pointer("Audit|Deny|Warn")},
    "admissionregistration.ValidatingAdmissionPolicySpec": {"failurePolicy": _FAILURE},
    "admissionregistration.ValidatingWebhook": _WEBHOOK,
    "certificates.v1.CertificateSigningRequestSpec": {"usages": _USAGES},
    "core.v1.EndpointPort": {"protocol": _PROTOCOL},
    "core.v1.GRPCAction": {"mode": Words("Plaintext|TLS")},
    "core.v1.HTTPGetAction": {"protocol": Words("HTTP1|HTTP2")},
    "core.v1.NodeSelectorRequirement": {
        "operator": Words("DoesNotExist|Exists|Gt|In|Lt|NotIn", said=_NO_OPERATOR),
    },
    "discovery.v1.EndpointPort": {"protocol": _pointer("SCTP|TCP|UDP")},
    "discovery.v1.EndpointSlice": {"addressType": Words("FQDN|IPv4|IPv6")},
    "flowcontrol.FlowDistinguisherMethod": {"type": _pointer("ByNamespace|ByUser")},
    "flowcontrol.LimitResponse": {"type": Words("Queue|Reject")},
    "flowcontrol.NonResourcePolicyRule": _VERBS,
    "flowcontrol.PriorityLevelConfigurationSpec": {"type": Words("Exempt|Limited")},
    "flowcontrol.ResourcePolicyRule": _VERBS,
    "flowcontrol.Subject": {"kind": _pointer("Group|ServiceAccount|User")},
    "meta.v1.LabelSelectorRequirement": {"operator": Words("DoesNotExist|Exists|In|NotIn", said=_NO_OPERATOR)},
    "networking.v1.HTTPIngressPath": {"pathType": _pointer("Exact|ImplementationSpecific|Prefix")},
    "networking.v1.IngressClassParametersReference": {"scope": _pointer("Cluster|Namespace")},
    "networking.v1.NetworkPolicyPort": {"protocol": _pointer("SCTP|TCP|UDP")},
    "networking.v1.NetworkPolicySpec": {"policyTypes": _pointer("Egress|Ingress")},
    "rbac.v1.RoleRef": {"apiGroup": Words("rbac.authorization.k8s.io"), "kind": _pointer("ClusterRole|Role")},
    "rbac.v1.Subject": {"kind": _pointer("Group|ServiceAccount|User")},
}
