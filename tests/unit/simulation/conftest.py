from __future__ import annotations

from collections.abc import Callable

import pytest

from k8slint.cluster.cluster import Cluster
from k8slint.scheduling import Profile
from k8slint.simulation.dry_run import dry_run
from k8slint.simulation.results import DryRun
from k8slint.values.version import KubernetesVersion
from tests.build import read


@pytest.fixture
def run() -> Callable[..., DryRun]:
    """The dry run of manifests, as text, on a cluster described by another text."""

    def of(
        manifests: str,
        cluster: str | None,
        externals: tuple[str, ...] = (),
        profiles: tuple[Profile, ...] = (Profile(),),
    ) -> DryRun:
        description = None if cluster is None else read(cluster)
        return dry_run(Cluster(read(manifests), description, externals), KubernetesVersion(1, 36), profiles)

    return of
