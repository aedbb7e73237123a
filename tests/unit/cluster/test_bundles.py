"""Bundles: who stands where, what is there for whom, and how many are told apart."""

from __future__ import annotations

import pytest

from k8slint.cluster.bundles import Bundles, Division, Place, judged_alone, parting
from k8slint.cluster.cluster import Cluster
from k8slint.objects.object import Object
from k8slint.values.labels import LabelSelector
from tests.build import read

ENVIRONMENTS = {
    "dev": ("env", "dev"),
    "prod": ("env", "prod"),
    "prod/blue": ("color", "blue"),
    "prod/green": ("color", "green"),
}


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("common/a.yaml", ()),
        ("a.yaml", ()),
        ("developers/a.yaml", ()),
        ("dev/a.yaml", (("env", "dev"),)),
        ("dev\\sub\\a.yaml", (("env", "dev"),)),
        ("prod/blue/x/a.yaml", (("env", "prod"), ("color", "blue"))),
    ],
)
def test_where_a_file_stands(file: str, expected: Place) -> None:
    assert Division(ENVIRONMENTS).place_of(file) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("common/a.yaml", "dev/a.yaml", None),
        ("dev/a.yaml", "dev/b/a.yaml", None),
        ("prod/a.yaml", "prod/blue/a.yaml", None),
        ("prod/a.yaml", "dev/a.yaml", ("prod", "dev")),
        ("prod/blue/a.yaml", "dev/a.yaml", ("prod", "dev")),
        ("prod/blue/a.yaml", "prod/green/a.yaml", ("blue", "green")),
    ],
)
def test_what_sets_files_apart(one: str, other: str, expected: tuple[str, str] | None) -> None:
    division = Division(ENVIRONMENTS)
    assert parting(division.place_of(one), division.place_of(other)) == expected


def test_what_the_settings_name_is_divided_no_further() -> None:
    division = Division(ENVIRONMENTS, lambda file: "prod" if file.startswith("prod/") else "")
    assert parting(division.place_of("prod/blue/a.yaml"), division.place_of("prod/green/a.yaml")) is None
    assert parting(division.place_of("dev/a.yaml"), division.place_of("dev/b.yaml")) is None


def test_a_bundle_asks_the_whole_and_leaves_out_what_stands_elsewhere() -> None:
    pod = "{apiVersion: v1, kind: Pod, metadata: {name: web, labels: {app: web}}, spec: {}}"
    run = Cluster(read(dict.fromkeys(("common/a.yaml", "dev/a.yaml", "prod/a.yaml"), pod)))
    division = Division(ENVIRONMENTS)
    bundle = Bundles(run, division).at(division.place_of("prod/b.yaml"))

    def files(objects: object) -> list[str]:
        return [obj.document.source.name for obj in objects if isinstance(obj, Object)]  # type: ignore[attr-defined]

    expected = ["common/a.yaml", "prod/a.yaml"]
    assert files(bundle.objects) == files(bundle.of_kind("Pod")) == files(bundle.find("Pod", "", "web")) == expected
    selected = bundle.pods_selected(LabelSelector.of_labels({"app": "web"}), "")
    assert files([pod.obj for pod in selected]) == files([pod.obj for pod in bundle.pods]) == expected
    assert bundle.whole is run
    assert Bundles(run, division).at(()) is run


def test_no_more_bundles_are_judged_alone_than_can_be_afforded() -> None:
    places = [(("x", f"{index:03}"),) for index in range(500)]
    most_files = (("x", "499"),)
    assert judged_alone([*places, *places[499:], ()], objects=100) == frozenset(places)
    afforded = judged_alone([*places, most_files, ()], objects=10_000)
    assert len(afforded) == 100
    assert most_files in afforded
    assert places[98] in afforded
    assert places[99] not in afforded
    assert judged_alone([(), ()], objects=0) == frozenset()
