from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8slint.apiserver.admission.resource_list import PrintedQuantity, container_total, pod_total
from k8slint.scheduling import ShapeError
from k8slint.values.quantity import Quantity
from k8slint.values.version import KubernetesVersion

V1_36 = KubernetesVersion(1, 36)


# apimachinery pkg/api/resource/quantity_test.go TestQuantityString
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("1024Mi", "1Gi"),
        ("300Mi", "300Mi"),
        ("6Gi", "6Gi"),
        ("1001Mi", "1001Mi"),
        ("32Mi", "32Mi"),
        ("1.5Gi", "1536Mi"),
        ("1Ki", "1Ki"),
        ("0.5Ki", "512"),
        ("1000m", "1"),
        ("1500m", "1500m"),
        ("0.5", "500m"),
        ("1000", "1k"),
        ("1100", "1100"),
        ("3000000", "3M"),
        ("1e3", "1e3"),
        ("1e2", "100"),
        ("1E", "1E"),
        ("100u", "100u"),
        ("1n", "1n"),
        ("0", "0"),
        ("0Gi", "0"),
        ("-1500m", "-1500m"),
        (2, "2"),
        (0.1, "100m"),
    ],
)
def test_amounts_are_shown_in_their_shortest_exact_form(written: object, shown: str) -> None:
    assert str(PrintedQuantity.parse(written, "")) == shown


@given(st.integers(0, 2**62), st.sampled_from(["", "m", "k", "M", "Ki", "Mi", "Gi", "e3"]))
def test_what_is_shown_is_the_same_amount(number: int, suffix: str) -> None:
    amount = PrintedQuantity.parse(f"{number}{suffix}", "")
    assert Quantity.parse(str(amount)).nanos == amount.nanos


def test_a_sum_keeps_the_form_of_the_first_that_is_not_zero() -> None:
    none, memory, plain = (
        PrintedQuantity.parse("0", ""),
        PrintedQuantity.parse("1Gi", ""),
        PrintedQuantity.parse("1G", ""),
    )
    assert str(none + memory) == "1Gi"
    assert str(plain + plain) == "2G"
    assert str(memory + plain) == "2073741824"


def test_what_is_no_amount_is_said_with_its_place() -> None:
    with pytest.raises(ShapeError, match=r'spec\.x: "1K" is no quantity'):
        PrintedQuantity.parse("1K", "spec.x")


# component-helpers resource/helpers_test.go TestPodResourceRequests
def test_the_sum_of_a_pod_is_its_worst_moment() -> None:
    spec = {
        "initContainers": [
            {"resources": {"requests": {"cpu": 2}}},
            {"restartPolicy": "Always", "resources": {"requests": {"cpu": 3}}},
            {"resources": {"requests": {"cpu": 4}}},
        ],
        "containers": [{"resources": {"requests": {"cpu": 1, "memory": "1Gi"}}}, {}],
        "overhead": {"cpu": "100m"},
    }
    assert str(container_total(spec, "requests")["cpu"]) == "7"
    assert str(pod_total(spec, "requests", V1_36, overhead=True)["cpu"]) == "7100m"
    assert "cpu" not in pod_total(spec, "limits", V1_36, overhead=True)


def test_resources_of_the_pod_go_over_those_of_its_containers_from_1_34() -> None:
    spec = {"resources": {"requests": {"cpu": 5}}, "containers": [{"resources": {"requests": {"cpu": 1}}}]}
    assert str(pod_total(spec, "requests", V1_36, overhead=False)["cpu"]) == "5"
    assert str(pod_total(spec, "requests", KubernetesVersion(1, 33), overhead=False)["cpu"]) == "1"
