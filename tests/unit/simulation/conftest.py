from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from k8slint.cluster.cluster import Cluster
from k8slint.loading.composer import compose
from k8slint.loading.document import Source
from k8slint.objects.from_documents import read_source
from k8slint.objects.object import Object
from k8slint.scheduling import Profile
from k8slint.simulation.dry_run import dry_run
from k8slint.simulation.results import DryRun
from k8slint.values.version import KubernetesVersion


def objects(text: str) -> tuple[Object, ...]:
    source = Source("test.yaml", dedent(text))
    return read_source(source, compose(source)).objects


@pytest.fixture
def run() -> Callable[..., DryRun]:
    """The dry run of manifests, as text, on a cluster described by another text."""

    def of(
        manifests: str,
        cluster: str | None,
        externals: tuple[str, ...] = (),
        profiles: tuple[Profile, ...] = (Profile(),),
    ) -> DryRun:
        description = None if cluster is None else objects(cluster)
        return dry_run(Cluster(objects(manifests), description, externals), KubernetesVersion(1, 36), profiles)

    return of
