from __future__ import annotations

from k8slint.apiserver.validation.registry import VALIDATORS
from scripts.parity import (
    OUT,
    REASONS,
    Definition,
    cases_by_kind,
    mirrored,
    mirrors_by_definition,
    page,
    served_kinds,
)


def test_the_page_is_what_the_code_and_its_tests_say_today():
    """Made anew by `python -m scripts.parity`."""
    assert OUT.read_text(encoding="utf-8") == page()


def test_lists_are_no_kinds_of_their_own():
    served = served_kinds()
    assert {"Pod", "Deployment.apps", "ServiceAccount"} <= served
    assert not {"PodList", "DeploymentList.apps", "ServiceAccountList"} & served


def test_a_reason_is_given_only_for_a_kind_without_a_validator():
    assert REASONS.keys() <= served_kinds() - VALIDATORS.keys()


def test_what_a_validator_mirrors_is_found_through_all_that_it_calls():
    found = mirrored(Definition("apps", "deployment"), mirrors_by_definition())
    names = {each.rpartition(" ")[2] for each in found}
    assert {"ValidateDeploymentSpec", "ValidatePodSpec", "validateLivenessProbe"} <= names
    assert not {"ValidateService", "ValidateDaemonSetSpec"} & names


def test_a_case_counts_for_the_kind_of_its_object_with_its_errors_by_type():
    cases = cases_by_kind()["Service"]
    assert cases.taken > 0
    assert cases.refused > cases.errors["Duplicate"] > 0
