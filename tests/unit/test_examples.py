"""The examples a newcomer runs first: each broken file says what it should, its mended twin says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8slint.lint import lint
from k8slint.project import Request

EXAMPLES = Path(__file__).parents[2] / "examples"
FOUND = {
    "mysql-1-pod": {"bare-pod", "hostpath-on-multi-node", "secret-literal-in-env"},
    "mysql-2-config": {"bare-pod", "hostpath-on-multi-node", "missing-configmap-key", "secret-literal-in-env"},
    "mysql-3-secret": {"hostpath-on-multi-node", "secret-env-never-refreshes", "secret-trailing-newline"},
    "mysql-4-local-volume": {
        "local-volume-binds-immediately",
        "local-volume-without-node-affinity",
        "unbindable-claim",
    },
    "shop-report": {"invalid-cron-schedule", "job-restart-policy", "undefined-volume"},
    "shop-web": {
        "configmap-env-never-refreshes",
        "floating-image-tag",
        "ingress-backend-port-missing",
        "missing-configmap-key",
        "service-selects-nothing",
        "unknown-field",
    },
}


@pytest.fixture(scope="module")
def by_file() -> dict[str, set[str]]:
    rules: dict[str, set[str]] = {}
    for finding in lint(Request([str(EXAMPLES)])).findings:
        path = Path(finding.location.file)
        rules.setdefault(f"{path.parent.name}/{path.name}", set()).add(finding.rule)
    return rules


@pytest.mark.parametrize("name", sorted(path.parent.name for path in EXAMPLES.glob("*/broken.yaml")))
def test_broken_is_found_and_mended_is_clean(name, by_file):
    assert by_file.get(f"{name}/broken.yaml") == FOUND[name]
    assert by_file.get(f"{name}/mended.yaml", set()) == set()


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/mended.yaml")), ids=lambda path: path.parent.name)
def test_mended_is_clean_by_itself(path):
    assert lint(Request([str(path)])).findings == ()


def test_the_shop_does_not_fit_on_the_cluster_beside_it():
    folder = EXAMPLES / "schedule"
    report = lint(Request([str(folder / "shop.yaml")], cluster=str(folder / "cluster.yaml")))
    assert [finding.rule for finding in report.findings] == ["unschedulable-pod"]
    assert report.findings[0].message.startswith("1 of 5 pods: 0/3 nodes are available: ")
