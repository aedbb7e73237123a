"""What the API server says of a pod in a namespace that enforces a level of Pod Security.

A case has a pod, as `metadata` and `spec`, and a `level`. `messages` by minor are what the server says behind
`violates PodSecurity "LEVEL:VERSION": `; an empty one means that it takes the pod.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k8slint.apiserver.admission.pod_security.violations import violations
from k8slint.apiserver.validation.field import Field, Validation
from tests.build import objects_of

(OBJECT,) = objects_of({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}})

KEYS = {"level", "metadata", "spec"}


def check(case: Mapping[str, Any]) -> None:
    pod = Field({"metadata": case.get("metadata", {}), "spec": case["spec"]}, Validation(OBJECT, case["minor"]))
    found = violations(pod, case["level"], case["minor"])
    assert ", ".join(violation.said for violation in found) == case["results"]["p"]
