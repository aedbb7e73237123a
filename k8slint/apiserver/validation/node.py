"""RuntimeClasses, as the API server validates them on creation."""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.core.affinity import tolerations
from k8slint.apiserver.validation.core.pod_resources import overhead
from k8slint.apiserver.validation.field import HOLE, Field, Unique
from k8slint.apiserver.validation.formats import dns_label
from k8slint.apiserver.validation.metadata import labels

_PARTS: Final = ("key", "operator", "value", "effect", "tolerationSeconds")


def runtime_class(obj: Field) -> None:
    """A RuntimeClass.

    Mirrors: pkg/apis/node/validation/validation.go ValidateRuntimeClass @ v1.37
    """
    if obj["handler"]:
        dns_label(obj["handler"])
    else:
        obj["handler"].required()
    overhead(obj["overhead"]["podFixed"].named_as(obj["overhead"], "limits"))
    labels(obj["scheduling"]["nodeSelector"])
    tolerations(obj["scheduling"]["tolerations"])
    _repeated(obj["scheduling"]["tolerations"])


def _repeated(field: Field) -> None:
    """Tolerations that are there twice.

    Mirrors: pkg/apis/node/validation/validation.go validateTolerations @ v1.37
    """
    seen = Unique()
    for toleration in field:
        if toleration.value.__class__ is dict:
            parts = tuple(toleration.value.get(name) or "" for name in _PARTS)
            if HOLE not in parts:
                seen.add(toleration, parts)
