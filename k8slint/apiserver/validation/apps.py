"""The kinds of the group apps, as the API server validates them on creation."""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.core.mounts import undefined_volumes_before_34
from k8slint.apiserver.validation.core.pod import template_metadata, template_spec
from k8slint.apiserver.validation.field import (
    Field,
    fields,
    given,
    not_negative,
    one_of,
    one_of_said,
)
from k8slint.apiserver.validation.formats import dns_label
from k8slint.apiserver.validation.int_or_percent import amount, at_most_all, int_or_percent
from k8slint.apiserver.validation.template_selector import (
    is_misspelt,
    needed_selector,
    not_empty,
    sound_selector,
    template_labels,
)

_TEMPLATES_SINCE: Final = 34
_RESTARTS: Final = ("Never", "OnFailure")
_STRATEGIES: Final = one_of("Recreate", "RollingUpdate")
_DAEMON_STRATEGIES: Final = one_of("OnDelete", "RollingUpdate")
_STATEFUL_STRATEGIES: Final = one_of_said(
    "must be 'RollingUpdate' or 'OnDelete'", "OnDelete", "RollingUpdate", Recreate=37
)
_POD_MANAGEMENT: Final = one_of_said("must be 'OrderedReady' or 'Parallel'", "OrderedReady", "Parallel")
_RETENTION: Final = one_of("Delete", "Retain")
_COUNTS: Final = fields(replicas=given(not_negative), minReadySeconds=given(not_negative))
_LIMITS: Final = fields(minReadySeconds=given(not_negative), revisionHistoryLimit=given(not_negative))


def controller_revision(obj: Field) -> None:
    """A ControllerRevision.

    Mirrors: pkg/apis/apps/validation/validation.go ValidateControllerRevision @ v1.37
    """
    data = obj["data"]
    if not data.is_set:
        data.required("data is mandatory")
    elif not data.is_hole and data.value.__class__ is not dict:
        data.required("data must be a valid JSON object")
    not_negative(obj["revision"])


def daemon_set(obj: Field) -> None:
    """A DaemonSet.

    Mirrors: pkg/apis/apps/validation/validation.go ValidateDaemonSetSpec @ v1.37
    """
    spec = obj["spec"]
    if sound_selector(spec["selector"]) and not is_misspelt(spec):
        template_labels(spec["selector"], spec["template"])
    not_empty(spec, "daemonset")
    template_spec(spec["template"])
    _runs_for_ever(spec["template"]["spec"], "DaemonSet")
    _LIMITS(spec)
    not_negative(spec["templateGeneration"])
    strategy = spec["updateStrategy"]
    _DAEMON_STRATEGIES(strategy["type"])
    if strategy["type"].value == "RollingUpdate":
        _rolling_daemons(strategy["rollingUpdate"])


def _rolling_daemons(rolling: Field) -> None:
    """How daemons are replaced: some may be unavailable, or some may run twice, but not both.

    Mirrors: pkg/apis/apps/validation/validation.go ValidateRollingUpdateDaemonSet @ v1.37
    """
    away, surge = rolling["maxUnavailable"], rolling["maxSurge"]
    for check in (int_or_percent, at_most_all):
        check(away)
        check(surge)
    if amount(away) and amount(surge):
        surge.invalid("may not be set when maxUnavailable is non-zero", fix="write maxUnavailable: 0")
    elif amount(away) == amount(surge) == 0:
        away.required("cannot be 0 when maxSurge is 0")


def deployment(obj: Field) -> None:
    """A Deployment.

    Mirrors: pkg/apis/apps/validation/validation.go ValidateDeploymentSpec @ v1.37
    """
    spec = obj["spec"]
    not_negative(spec["replicas"])
    _pods_of_replica_set(spec)
    strategy = spec["strategy"]
    rolling = strategy["rollingUpdate"]
    _STRATEGIES(strategy["type"])
    if strategy["type"].value == "Recreate" and rolling.is_set:
        said = "may not be specified when strategy `type` is 'Recreate'"
        rolling.forbidden(said, fix="remove rollingUpdate, or write type: RollingUpdate")
    elif strategy["type"].value == "RollingUpdate":
        _rolling_pods(rolling)
    _LIMITS(spec)
    deadline, ready = spec["progressDeadlineSeconds"], spec["minReadySeconds"].value or 0
    not_negative(deadline)
    if deadline.value.__class__ is int and ready.__class__ is int and deadline.value <= ready:
        deadline.invalid("must be greater than minReadySeconds")


def _rolling_pods(rolling: Field) -> None:
    """How many pods more or fewer there may be during a rolling update.

    Mirrors: pkg/apis/apps/validation/validation.go ValidateRollingUpdateDeployment @ v1.37
    """
    away, surge = rolling["maxUnavailable"], rolling["maxSurge"]
    int_or_percent(away)
    int_or_percent(surge)
    if amount(away) == amount(surge) == 0:
        away.invalid("may not be 0 when `maxSurge` is 0")
    at_most_all(away)


def replica_set(obj: Field) -> None:
    """A ReplicaSet.

    Mirrors: pkg/apis/apps/validation/validation.go ValidateReplicaSetSpec @ v1.37
    """
    _COUNTS(obj["spec"])
    _pods_of_replica_set(obj["spec"])


def _pods_of_replica_set(spec: Field) -> None:
    """The selector and the template. The server skips the template if the selector is wrong; this shows both."""
    if needed_selector(spec, "deployment"):
        template_labels(spec["selector"], spec["template"])
    template_spec(spec["template"])
    _runs_for_ever(spec["template"]["spec"], "ReplicaSet")


def stateful_set(obj: Field) -> None:
    """A StatefulSet. Its pod template is validated since 1.34; its claim templates are volumes of each Pod.

    Mirrors: pkg/apis/apps/validation/validation.go ValidateStatefulSetSpec @ v1.37
    """
    spec = obj["spec"]
    _POD_MANAGEMENT(spec["podManagementPolicy"])
    _stateful_strategy(spec["updateStrategy"])
    for name in ("whenDeleted", "whenScaled"):
        policy = spec["persistentVolumeClaimRetentionPolicy"][name]
        if policy:
            _RETENTION(policy)
    _COUNTS(spec)
    start = spec["ordinals"]["start"]
    not_negative(start)
    if needed_selector(spec, "statefulset"):
        template_labels(spec["selector"], spec["template"])
    if obj.run.minor >= _TEMPLATES_SINCE:
        template_spec(spec["template"], spec["volumeClaimTemplates"])
    else:
        template_metadata(spec["template"])
        undefined_volumes_before_34(spec["template"]["spec"], spec["volumeClaimTemplates"])
    _runs_for_ever(spec["template"]["spec"], "StatefulSet")
    if spec["serviceName"]:
        dns_label(spec["serviceName"])


def _stateful_strategy(strategy: Field) -> None:
    kind, rolling = strategy["type"], strategy["rollingUpdate"]
    _STATEFUL_STRATEGIES(kind)
    if kind.value == "OnDelete" and rolling.is_set:
        rolling.invalid("only allowed for updateStrategy 'RollingUpdate'", fix="remove rollingUpdate")
    elif kind.value == "RollingUpdate":
        not_negative(rolling["partition"])
        away = rolling["maxUnavailable"]
        # While the gate is off, the field is dropped.
        if away.is_set and strategy.run.has("MaxUnavailableStatefulSet"):
            int_or_percent(away)
            if amount(away) == 0:
                away.invalid("cannot be 0")
            at_most_all(away)


def _runs_for_ever(spec: Field, kind: str) -> None:
    """Pods that a controller keeps running must always be restarted, and may have no deadline."""
    policy = spec["restartPolicy"]
    # The validation of pods reports a word that no pod takes.
    if policy.value in _RESTARTS:
        policy.unsupported(("Always",))
    deadline = spec["activeDeadlineSeconds"]
    if deadline.is_set:
        deadline.forbidden(f"activeDeadlineSeconds in {kind} is not Supported", fix="remove it")
