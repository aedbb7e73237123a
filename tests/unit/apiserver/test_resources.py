"""The resources that roles may name, held against the bundled kinds and what upstream's discovery lists."""

from __future__ import annotations

import pytest

from k8slint.apiserver.discovery.definitions import BUILT_IN_GROUPS, served_minors
from k8slint.apiserver.discovery.resources import SHORT_NAMES, groups_gone, groups_of, plural_of, resources


@pytest.mark.parametrize(
    ("kind", "plural"),
    [
        ("Pod", "pods"),
        ("Endpoints", "endpoints"),
        ("ComponentStatus", "componentstatuses"),
        ("Ingress", "ingresses"),
        ("IngressClass", "ingressclasses"),
        ("NetworkPolicy", "networkpolicies"),
        ("ServiceCIDR", "servicecidrs"),
        ("IPAddress", "ipaddresses"),
        ("CSIStorageCapacity", "csistoragecapacities"),
    ],
)
def test_the_plural_of_a_kind(kind, plural):
    assert plural_of(kind) == plural


def test_every_bundled_kind_is_a_resource_of_its_group_or_the_body_of_a_request():
    bodies = set()
    for version, kinds in served_minors().items():
        known = {resource.kind for resource in resources()[version.rpartition("/")[0]].values()}
        bodies |= {kind for kind in kinds if not kind.endswith("List") and kind not in known}
    assert bodies == {"Eviction", "Scale", "TokenRequest"}


def test_evictions_are_a_resource_of_the_group_that_serves_them():
    assert "evictions" in resources()["lifecycle.k8s.io"]
    assert "evictions" not in resources()["policy"]


def test_every_resource_is_of_a_built_in_group():
    assert set(resources()) <= BUILT_IN_GROUPS


@pytest.mark.parametrize(
    ("group", "name", "parts"),
    [
        ("", "pods", {"log", "exec", "attach", "portforward", "proxy", "eviction", "binding", "ephemeralcontainers"}),
        ("", "pods", {"resize", "status", "finalizers"}),
        ("", "nodes", {"proxy", "metrics", "stats", "log", "spec", "healthz", "configz", "pods", "status"}),
        ("", "services", {"proxy", "status"}),
        ("", "serviceaccounts", {"token"}),
        ("", "namespaces", {"finalize", "status"}),
        ("apps", "statefulsets", {"scale", "status"}),
        ("certificates.k8s.io", "certificatesigningrequests", {"approval", "status"}),
        ("resource.k8s.io", "resourceclaims", {"status", "binding", "driver"}),
        ("authentication.k8s.io", "userextras", {"scopes", "anything"}),
    ],
)
def test_the_parts_of_a_resource(group, name, parts):
    assert all(resources()[group][name].has(part) for part in parts)
    assert resources()[group][name].has("")


def test_a_part_that_is_none():
    assert not resources()[""]["pods"].has("logs")
    assert not resources()["apps"]["daemonsets"].has("scale")


def test_short_names_stand_for_resources():
    assert all(groups_of(name) for name in SHORT_NAMES.values())


def test_what_moved_is_where_the_table_says():
    assert all(name in resources()[heir] for (_, name), (_, heir) in groups_gone().items())


def test_events_are_of_the_core_group_first():
    assert groups_of("events") == ("", "events.k8s.io")
    assert groups_of("nothing") == ()
