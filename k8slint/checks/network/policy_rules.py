"""Rules of NetworkPolicies that say something else than they seem to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.network_policies import DIRECTIONS, PEERS, rules_of, selector_in, types_of
from k8slint.objects.fields import sequence
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem, Related


def network_policy_rules_ignored(obj: Object, _: Cluster) -> Iterator[Problem]:
    """Rules of a direction that policyTypes does not list; a rule that opens everything loses nothing."""
    types = types_of(obj)
    if not sequence(obj.spec.get("policyTypes")) or not types < frozenset(DIRECTIONS):
        return
    for direction in DIRECTIONS:
        rules = [rule for _, rule in rules_of(obj, direction)]
        if direction in types or not rules or {} in rules:
            continue
        field, (written,) = direction.lower(), types
        message = f"{field} has rules, but policyTypes lists {written} alone: nothing reads them"
        effect = f"It is accepted, and this policy closes no {field}: what no other policy closes stays open."
        fix = f"Write policyTypes: [Ingress, Egress], if the rules are meant; then all other {field} is closed."
        related = (Related(obj, ("spec", "policyTypes"), f"{direction} is missing here"),)
        yield Problem(("spec", field), message, related, effect, fix)


_BOTH: Final = (["namespaceSelector"], ["podSelector"])


def networkpolicy_peers_are_alternatives(obj: Object, _: Cluster) -> Iterator[Problem]:
    """A namespaceSelector and a podSelector as two peers, alone beside each other, as one more dash makes them."""
    for direction in DIRECTIONS:
        for path, rule in rules_of(obj, direction) if direction in types_of(obj) else ():
            peers = sequence(rule.get(PEERS[direction]))
            keys = [[*peer] if isinstance(peer, dict) else [] for peer in peers]
            if len(keys) != len(_BOTH) or not all(each in keys for each in _BOTH):
                continue
            of_pods = keys.index(_BOTH[1])
            pods = selector_in(peers[of_pods])
            places = selector_in(peers[1 - of_pods], "namespaceSelector")
            if pods is None or places is None or not pods.requirements:
                continue
            where = f"namespaces with {places}" if places.requirements else "all namespaces"
            message = (
                f"two peers are alternatives: every Pod of {where}, and besides the Pods with {pods} of "
                "the policy's own namespace"
            )
            at = (*path, PEERS[direction], 1)
            related = (Related(obj, (*at[:-1], 0), "the first peer"),)
            yield Problem(at, message, related)
