"""Whatever shape the data has, a dry run ends in results, refusals, or one error that names object and field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from k8slint.cluster.cluster import Cluster
from k8slint.objects.object import Object
from k8slint.scheduling import ShapeError
from k8slint.simulation.admission import admit
from k8slint.simulation.dry_run import dry_run
from k8slint.simulation.export.lean import anonymized, lean
from k8slint.values.version import KubernetesVersion
from tests.build import objects_of, places, read, spoilt

V1_36 = KubernetesVersion(1, 36)
MANIFESTS = (Path(__file__).parent / "any_shape_manifests.yaml").read_text()
CLUSTER = (Path(__file__).parent / "any_shape_cluster.yaml").read_text()
JUNK = (None, True, -1, 2**70, 1.5, "", "x", "${X}", [], [None], ["x"], [[]], {}, {"x": None}, {1: 2}, [{"name": 3}])


def places_in(text: str) -> list[tuple[int, tuple[Any, ...]]]:
    return [
        (number, path)
        for number, obj in enumerate(read(text))
        for path in places(obj.data)
        if path[0] not in ("apiVersion", "kind")
    ]


def spoilt_objects(text: str, number: int, path: tuple[Any, ...], junk: Any) -> tuple[Object, ...]:
    whole = [obj.data for obj in read(text)]
    return objects_of(*spoilt(whole, (number, *path), junk), file="spoilt.yaml")


BOTH = f"{CLUSTER}\n---\n{MANIFESTS}"
OF_MANIFESTS, OF_CLUSTER, OF_BOTH = places_in(MANIFESTS), places_in(CLUSTER), places_in(BOTH)


SOUND_MANIFESTS, SOUND_CLUSTER = read(MANIFESTS), read(CLUSTER)


def test_the_sound_manifests_come_to_pods() -> None:
    run = dry_run(Cluster(SOUND_MANIFESTS, SOUND_CLUSTER), V1_36)
    assert len(run.pods) == 6
    assert not run.refusals


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(OF_MANIFESTS), st.sampled_from(JUNK))
@example(OF_MANIFESTS[0], None)
def test_no_manifest_breaks_a_run(place: tuple[int, tuple[Any, ...]], junk: Any) -> None:
    run = dry_run(Cluster(spoilt_objects(MANIFESTS, *place, junk), SOUND_CLUSTER), V1_36)
    assert all(refusal.message for refusal in run.refusals)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(OF_BOTH), st.sampled_from(JUNK))
def test_nothing_breaks_admission(place: tuple[int, tuple[Any, ...]], junk: Any) -> None:
    objects = spoilt_objects(BOTH, *place, junk)
    verdicts = admit(objects, Cluster(objects, version=V1_36))
    assert all(refusal.message for refusal in (*verdicts.objects, *verdicts.pods))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(OF_CLUSTER), st.sampled_from(JUNK))
@example(OF_CLUSTER[0], None)
def test_a_broken_description_is_said_with_its_object(place: tuple[int, tuple[Any, ...]], junk: Any) -> None:
    error = error_of(spoilt_objects(CLUSTER, *place, junk))
    if error is not None:
        assert error.obj
        assert error.field
        assert "\n" not in str(error)


def error_of(description: tuple[Object, ...]) -> ShapeError | None:
    try:
        dry_run(Cluster(SOUND_MANIFESTS, description), V1_36)
    except ShapeError as error:
        return error
    return None


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(OF_CLUSTER), st.sampled_from(JUNK))
def test_snapshots_take_any_shape(place: tuple[int, tuple[Any, ...]], junk: Any) -> None:
    items = [obj.data for obj in spoilt_objects(CLUSTER, *place, junk)]
    assert len(anonymized(items)) == len(lean(items))
