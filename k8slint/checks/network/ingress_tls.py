"""Hosts of Ingresses that have a certificate."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from k8slint.checks.wording import listed
from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.similar_names import is_slip
from k8slint.cluster.tables import annotations_that
from k8slint.objects.fields import items, sequence, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.placeholder import has_placeholder

# A slip is looked for among so many hosts of an Ingress.
_LOOKED_AT: Final = 100


def ingress_tls_host_without_rule(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A host with a certificate for which neither this Ingress nor another has a rule."""
    rules = [rule for _, rule in items(obj.spec.get("rules"))]
    hosts = [rule.get("host") for rule in rules]
    if not rules or obj.spec.get("defaultBackend") or not all(map(_is_rendered, hosts)):
        return
    own = list(dict.fromkeys(text(host).casefold() for host in hosts))
    # A certificate that a controller orders may be meant for more hosts than this Ingress serves.
    is_ordered = any(annotations_that("certifies").match(annotation) for annotation in obj.annotations)
    for index, entry in items(obj.spec.get("tls")):
        for number, written in enumerate(sequence(entry.get("hosts"))):
            if not _is_rendered(written) or _has_rule(written.casefold(), own, cluster):
                continue
            near = next((host for host in islice(own, _LOOKED_AT) if is_slip(written, host)), None)
            if near is None and is_ordered:
                continue
            hint = f'did you mean "{near}"?' if near else f"its rules are for {listed(own)}"
            related = (Related(obj, ("spec", "rules"), "its rules"),)
            path = ("spec", "tls", index, "hosts", number)
            yield Problem(path, f'no rule is for host "{written}"; {hint}', related, rests_on=Absence(written))


def _is_rendered(host: Any) -> bool:
    return isinstance(host, str) and host != "" and not has_placeholder(host)


def _has_rule(host: str, own: list[str], cluster: Cluster) -> bool:
    """Whether a rule is for the host; `*` stands for one label, in a rule as in a certificate."""
    routed = _hosts_with_rules(cluster)
    label, _, domain = host.partition(".")
    if label == "*":
        return host in own or host in routed or domain in _domains_with_rules(cluster)
    return host in own or host in routed or f"*.{domain}" in own or f"*.{domain}" in routed


@once
def _hosts_with_rules(cluster: Cluster) -> frozenset[str]:
    """The hosts for which any Ingress has a rule: one Ingress may bring the certificate for others."""
    return frozenset(
        text(rule.get("host")).casefold()
        for obj in cluster.of_kind("Ingress.networking.k8s.io")
        for _, rule in items(obj.spec.get("rules"))
    )


@once
def _domains_with_rules(cluster: Cluster) -> frozenset[str]:
    """What follows the first label of each host."""
    return frozenset(host.partition(".")[2] for host in _hosts_with_rules(cluster))
