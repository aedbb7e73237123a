"""Jobs, as the API server validates them on creation."""

from __future__ import annotations

from typing import Any, Final

from k8slint.apiserver.validation.core.pod import template_spec
from k8slint.apiserver.validation.field import HOLE, Field, fields, given, not_negative, one_of
from k8slint.apiserver.validation.formats import dns_label, domain_prefixed_path, label_value
from k8slint.apiserver.validation.job_policies import pod_failure_policy, success_policy
from k8slint.apiserver.validation.template_selector import RULE, sound_selector, template_labels
from k8slint.values.labels import LabelSelector

_OF_NAMES: Final = ("batch.kubernetes.io/job-name", "job-name")
_OF_UIDS: Final = ("batch.kubernetes.io/controller-uid", "controller-uid")
_UID: Final = "UID"
_LONGEST_LABEL: Final = 63
_MOST_PARALLEL: Final = 100_000
_MOST_FAILED: Final = 100_000
_MANY_COMPLETIONS: Final = 100_000
_MOST_OF_MANY: Final = 10_000
_LONGEST_MANAGER: Final = 63
_COUNTS: Final = fields(
    parallelism=given(not_negative),
    completions=given(not_negative),
    activeDeadlineSeconds=given(not_negative),
    backoffLimit=given(not_negative),
    ttlSecondsAfterFinished=given(not_negative),
)
_MODES: Final = one_of("Indexed", "NonIndexed")
_REPLACEMENTS: Final = one_of("Failed", "TerminatingOrFailed")
_RESTARTS: Final = ("Never", "OnFailure")


def job(obj: Field) -> None:
    """A Job.

    Mirrors: pkg/apis/batch/validation/validation.go ValidateJob @ v1.37
    """
    spec, name = obj["spec"], obj["metadata"]["name"]
    is_manual = spec["manualSelector"].value is True
    made = {} if is_manual or spec["manualSelector"].is_hole else _made_labels(name)
    is_sound = sound_selector(spec["selector"])
    if made:
        _generated_labels(spec["template"], made)
        _name_fits_label(name, spec["template"])
        if is_sound:
            _generated_selector(spec["selector"], made)
    job_spec(spec)
    if is_manual and not spec["selector"].is_set:
        spec["selector"].required(rule=RULE)
    if is_sound and (is_manual or (made and spec["selector"].is_set)):
        template_labels(spec["selector"], spec["template"], made)
    _host_names(spec, name)


def _made_labels(name: Field) -> dict[str, Any]:
    """The labels that the server adds to the pods of a Job and to its selector; a HOLE for a name that is not known."""
    return {**dict.fromkeys(_OF_UIDS, _UID), **dict.fromkeys(_OF_NAMES, name.value or HOLE)}


def _generated_labels(template: Field, made: dict[str, Any]) -> None:
    """Labels that the server adds must be absent or right; nobody can know the right unique id beforehand.

    Mirrors: pkg/apis/batch/validation/validation.go validateGeneratedSelector @ v1.37
    """
    labels = template["metadata"]["labels"]
    for key, value in labels.entries():
        wanted = made.get(key)
        if wanted is not None and not value.is_hole and wanted not in (value.value, HOLE):
            value.invalid(f"must be '{wanted}'", labels.value, fix="remove it; the API server adds it")


def _name_fits_label(name: Field, template: Field) -> None:
    """The name of a Job, which its pods carry as a label: labels must be shorter than names."""
    if name.value.__class__ is str and len(name) > _LONGEST_LABEL:
        for fault in label_value.faults(name.value):
            fix = f"write a name of at most {_LONGEST_LABEL} characters; the Pods carry it as a label"
            name.named_as(template, "labels").invalid(fault, fix=fix)


def _generated_selector(selector: Field, made: dict[str, Any]) -> None:
    """A selector that is written although the server makes one: it must match the labels that the server adds.

    Mirrors: pkg/apis/batch/validation/validation.go validateGeneratedSelector @ v1.37
    """
    if not selector or HOLE in made.values() or _has_holes(selector):
        return
    if not LabelSelector.of(selector.value).matches(made):
        fix = "remove it, or write manualSelector: true"
        selector.invalid("`selector` not auto-generated", rule=RULE, fix=fix)


def _has_holes(selector: Field) -> bool:
    expressions = selector["matchExpressions"]
    parts = [selector, selector["matchLabels"], expressions, *(value for _, value in selector["matchLabels"].entries())]
    for expression in expressions:
        parts += [expression, *(value for _, value in expression.entries()), *expression["values"]]
    return any(part.is_hole for part in parts)


def _host_names(spec: Field, name: Field) -> None:
    """The host names of an indexed Job's pods, which are made of its name and their index."""
    completions = _number(spec["completions"])
    if spec["completionMode"].value == "Indexed" and completions and name.value.__class__ is str:
        longest = f"{name.value}-{completions - 1}"
        if not dns_label.takes(longest):
            name.invalid(f"will not able to create pod with invalid DNS label: {longest}")


def job_spec(spec: Field) -> None:
    """What a Job runs, and how often; also that of a CronJob.

    Mirrors: pkg/apis/batch/validation/validation.go validateJobSpec @ v1.37
    """
    run = spec.run
    _COUNTS(spec)
    if run.has("JobBackoffLimitPerIndex"):
        _limits_per_index(spec)
    if spec["managedBy"].is_set and run.has("JobManagedBy"):
        _manager(spec["managedBy"])
    _mode(spec)
    if spec["podFailurePolicy"].is_set:
        pod_failure_policy(spec)
    if spec["successPolicy"].is_set and run.has("JobSuccessPolicy"):
        success_policy(spec)
    if spec["podReplacementPolicy"].is_set and run.has("JobPodReplacementPolicy"):
        _replacement(spec)
    template_spec(spec["template"])
    _restart_policy(spec)


def _limits_per_index(spec: Field) -> None:
    """Limits per index, which only indexed Jobs may have."""
    limit, most = spec["backoffLimitPerIndex"], spec["maxFailedIndexes"]
    not_negative(limit)
    not_negative(most)
    if most.is_set and not limit.is_set:
        limit.required("when maxFailedIndexes is specified")
    if spec["completionMode"].value in (None, "NonIndexed"):
        for field in (limit, most):
            if field.is_set:
                field.invalid("requires indexed completion mode", fix="write completionMode: Indexed")


def _manager(manager: Field) -> None:
    if manager:
        domain_prefixed_path(manager)
    else:
        manager.required()
    if len(manager) > _LONGEST_MANAGER:
        manager.too_long(_LONGEST_MANAGER)


def _mode(spec: Field) -> None:
    mode, completions, parallelism = spec["completionMode"], spec["completions"], spec["parallelism"]
    if mode.is_set:
        _MODES(mode)
    if mode.value != "Indexed":
        return
    if not completions.is_set:
        completions.required("when completion mode is Indexed")
    if _number(parallelism) > _MOST_PARALLEL:
        parallelism.invalid(f"must be less than or equal to {_MOST_PARALLEL} when completion mode is Indexed")
    if spec.run.has("JobBackoffLimitPerIndex"):
        _indexes(spec, _number(completions))


def _indexes(spec: Field, completions: int) -> None:
    most, parallelism = spec["maxFailedIndexes"], spec["parallelism"]
    if spec["completions"].value.__class__ is int and _number(most) > completions:
        most.invalid("must be less than or equal to completions")
    if _number(most) > _MOST_FAILED:
        most.invalid(f"must be less than or equal to {_MOST_FAILED}")
    if completions <= _MANY_COMPLETIONS or not spec["backoffLimitPerIndex"].is_set:
        return
    if not most.is_set:
        most.required(f"must be specified when completions is above {_MANY_COMPLETIONS}")
    for field in (parallelism, most):
        if _number(field) > _MOST_OF_MANY:
            field.invalid(
                f"must be less than or equal to {_MOST_OF_MANY} when completions are above {_MANY_COMPLETIONS} and used"
                " with backoff limit per index"
            )


def _replacement(spec: Field) -> None:
    policy = spec["podReplacementPolicy"]
    if not spec["podFailurePolicy"].is_set:
        _REPLACEMENTS(policy)
    elif not policy.may_be("Failed"):
        policy.unsupported(("Failed",))


def _restart_policy(spec: Field) -> None:
    """The restart policy, which must not be Always: the pods of a Job must end."""
    policy = spec["template"]["spec"]["restartPolicy"]
    if policy.value == "Always":
        written = '; not "Always"' if _is_written(policy) else "; absent means Always"
        policy.required(f'valid values: "OnFailure", "Never"{written}', rule="job-restart-policy")
    elif policy.value == "OnFailure" and spec["podFailurePolicy"].is_set:
        said = 'only "Never" is supported when podFailurePolicy is specified'
        policy.invalid(said, fix="write restartPolicy: Never")


def _is_written(field: Field) -> bool:
    data: Any = field.run.obj.data
    for step in field.path:
        data = data.get(step) if isinstance(data, dict) else None
    return bool(data)


def _number(field: Field) -> int:
    return int(field.value) if field.value.__class__ is int else 0
