"""Runs every table of every subject: README.md has the form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.conformance.apiserver import check as apiserver
from tests.conformance.kustomize import check as kustomize
from tests.conformance.pod_security import check as pod_security
from tests.conformance.scheduling import check as scheduling
from tests.conformance.simulation import check as simulation

SUBJECTS = {
    "apiserver": apiserver,
    "kustomize": kustomize,
    "pod_security": pod_security,
    "scheduling": scheduling,
    "simulation": simulation,
}
TABLES = {
    f"{subject}/{file.stem}": YAML(typ="safe").load(file)
    for subject in SUBJECTS
    for file in sorted((Path(__file__).parent / subject).glob("*.yaml"))
}
KEYS = {"name", "source", "minor", "messages"}


def cases() -> Iterator[Any]:
    for name, table in TABLES.items():
        of_all = {key: value for key, value in table.items() if key != "cases"}
        for case in table["cases"]:
            for version, whole in variants({**of_all, **case}):
                yield pytest.param(name, whole, id=f"{name}: {case['name']}{version}")


def variants(case: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The case; one that has the `messages` of its pod by version is as many."""
    if "messages" not in case:
        yield "", case
        return
    for version, message in case["messages"].items():
        yield f" ({version})", {**case, "minor": int(version.removeprefix("1.")), "results": {"p": message}}


@pytest.mark.parametrize(("table", "case"), list(cases()))
def test_case(table: str, case: Mapping[str, Any]) -> None:
    SUBJECTS[table.partition("/")[0]].check(case)


@pytest.mark.parametrize("table", TABLES)
def test_each_case_has_a_name_and_a_source_and_nothing_that_is_not_read(table: str) -> None:
    known = KEYS | SUBJECTS[table.partition("/")[0]].KEYS
    content = TABLES[table]
    names = [case["name"] for case in content["cases"]]
    assert len(set(names)) == len(names)
    assert not set(content) - known - {"cases"}
    for case in content["cases"]:
        assert not set(case) - known, case["name"]
        assert case.get("source") or content.get("source"), case["name"]
