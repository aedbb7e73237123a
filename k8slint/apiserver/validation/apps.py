"""The kinds of the group apps, as the API server validates them on creation."""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.core.mounts import undefined_volumes_before_34
from k8slint.apiserver.validation.core.pod import template_spec
from k8slint.apiserver.validation.field import Field

_TEMPLATES_SINCE: Final = 34


def daemon_set(obj: Field) -> None:
    """A DaemonSet.

    Mirrors: pkg/apis/apps/validation/validation.go ValidateDaemonSet @ v1.37
    """
    template_spec(obj["spec"]["template"])


def deployment(obj: Field) -> None:
    """A Deployment.

    Mirrors: pkg/apis/apps/validation/validation.go ValidateDeployment @ v1.37
    """
    template_spec(obj["spec"]["template"])


def replica_set(obj: Field) -> None:
    """A ReplicaSet.

    Mirrors: pkg/apis/apps/validation/validation.go ValidateReplicaSet @ v1.37
    """
    template_spec(obj["spec"]["template"])


def stateful_set(obj: Field) -> None:
    """A StatefulSet. Its pod template is looked at since 1.34; its claim templates are volumes of each Pod.

    Mirrors: pkg/apis/apps/validation/validation.go ValidateStatefulSet @ v1.37
    """
    spec = obj["spec"]
    if obj.run.minor >= _TEMPLATES_SINCE:
        template_spec(spec["template"], spec["volumeClaimTemplates"])
    else:
        undefined_volumes_before_34(spec["template"]["spec"], spec["volumeClaimTemplates"])
