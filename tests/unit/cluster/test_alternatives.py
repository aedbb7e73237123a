"""Which folders are told apart: small trees, and the folders that stand against each other in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import pytest

from k8slint.cluster.alternatives import divide
from k8slint.cluster.cluster import Cluster
from tests.build import read, together

META = "metadata: {name: %s}"
WEB = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: {spec: {containers: [%s]}}}}"
DEPLOYMENT = WEB % "{name: web, image: web:1}"
PATCH = WEB % "{name: web, env: []}"
SERVICE = "{apiVersion: v1, kind: Service, metadata: {name: web}}"
CONFIG = "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}"
OTHER = "{apiVersion: v1, kind: ConfigMap, metadata: {name: other}}"
CLAIM = "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}}"
NAMESPACE = "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}"


def taking(*paths: str) -> str:
    return f"{{resources: [{', '.join(paths)}]}}"


def alternatives(files: Mapping[str, str]) -> list[list[str]]:
    sets: dict[str, list[str]] = defaultdict(list)
    for folder, (group, _) in divide(Cluster(read(files))).alternatives.items():
        sets[group].append(folder)
    return sorted(sorted(folders) for folders in sets.values())


DEV_AND_PROD = [["dev", "prod"]]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        # Named for environments, and alike but for that: any object that both hold will do.
        ({"dev/a.yaml": DEPLOYMENT, "prod/b.yaml": DEPLOYMENT}, DEV_AND_PROD),
        ({"dev/a.yaml": together(CONFIG, OTHER, SERVICE), "prod/a.yaml": CONFIG}, DEV_AND_PROD),
        ({"dev/x/y/a.yaml": CONFIG, "prod/a.yaml": CONFIG, "common/a.yaml": OTHER}, DEV_AND_PROD),
        ({f"{name}/a.yaml": CONFIG for name in ("dev", "qa", "prod")}, [["dev", "prod", "qa"]]),
        (
            {f"{name}/a.yaml": CONFIG for name in ("api-dev", "web-dev", "api-prod", "web-prod")},
            [["api-dev", "api-prod"], ["web-dev", "web-prod"]],
        ),
        ({"dev/a.yaml": CONFIG, "prod/a.yaml": OTHER}, []),
        ({"dev/a.yaml": NAMESPACE, "prod/a.yaml": NAMESPACE}, []),
        # One within the other is not beside it.
        ({"prod/a.yaml": CONFIG, "prod/eu/a.yaml": CONFIG}, []),
        ({"a-dev.yaml": CONFIG, "a-prod.yaml": CONFIG}, []),
        # The dev of one application is that of all.
        (
            {f"{app}/{name}/a.yaml": CONFIG for app in ("api", "web") for name in ("dev", "prod")},
            [["api/dev", "api/prod", "web/dev", "web/prod"]],
        ),
        # Mirrors of each other, whatever their names: most of both, a workload among it.
        (
            {"one/a.yaml": together(DEPLOYMENT, SERVICE, CONFIG), "two/a.yaml": together(DEPLOYMENT, SERVICE)},
            [["one", "two"]],
        ),
        ({"one/a.yaml": together(DEPLOYMENT, SERVICE, CONFIG), "two/a.yaml": DEPLOYMENT}, []),
        ({"one/a.yaml": together(SERVICE, CONFIG), "two/a.yaml": together(SERVICE, CONFIG)}, []),
        ({"Pod/a.yaml": together(DEPLOYMENT, CLAIM), "Claim/a.yaml": CLAIM}, []),
        # A step of a course goes on where the one before it ended; an overlay's patch is no workload of its own.
        ({"step1/a.yaml": together(DEPLOYMENT, CONFIG), "step2/a.yaml": DEPLOYMENT}, []),
        ({"01-first/a.yaml": DEPLOYMENT, "02-second/a.yaml": DEPLOYMENT}, []),
        ({"base/a.yaml": DEPLOYMENT, "more/a.yaml": DEPLOYMENT}, []),
        ({"app/a.yaml": DEPLOYMENT, "more/a.yaml": PATCH}, []),
        # Kustomizations that no other takes in.
        (
            {
                "base/kustomization.yaml": taking("a.yaml"),
                "base/a.yaml": DEPLOYMENT,
                "over/big/kustomization.yaml": taking("../../base", "b.yaml"),
                "over/big/b.yaml": together(CONFIG, OTHER, SERVICE),
                "over/small/kustomization.yaml": taking("../../base"),
            },
            [["over/big", "over/small"]],
        ),
        # What one kustomization takes in is applied together.
        ({"dev/a.yaml": CONFIG, "prod/a.yaml": CONFIG, "kustomization.yaml": taking("dev/a.yaml", "prod/a.yaml")}, []),
        (
            {
                "dev/a.yaml": CONFIG,
                "dev/kustomization.yaml": taking("a.yaml"),
                "prod/a.yaml": CONFIG,
                "prod/kustomization.yaml": taking("a.yaml", "../dev"),
            },
            [],
        ),
        (
            {
                **{f"{app}/{name}/a.yaml": CONFIG for app in ("api", "web") for name in ("dev", "prod")},
                "odd/kustomization.yaml": taking("../api/dev/a.yaml", "../web/prod/a.yaml"),
            },
            [["api/dev", "api/prod"], ["web/dev", "web/prod"]],
        ),
    ],
)
def test_which_folders_are_alternatives(files: Mapping[str, str], expected: list[list[str]]) -> None:
    assert alternatives(files) == expected
    assert alternatives(dict(reversed(files.items()))) == expected


def test_a_large_collection_of_the_same_is_not_compared_each_with_each() -> None:
    assert alternatives({f"{chr(97 + index % 26) * (1 + index // 26)}/a.yaml": DEPLOYMENT for index in range(40)}) == []
