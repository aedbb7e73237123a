"""Admission by the files alone, where no cluster is described: its problems by object."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from k8slint.apiserver.admission.refusal import Reason
from k8slint.checks.scheduling.refusals import refused_objects, refused_pods, rule_of_refusal
from k8slint.checks.scheduling.templates import is_unrendered
from k8slint.cluster.cluster import Cluster, once
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem
from k8slint.simulation.admission import RefusedPods, Verdicts, admit
from k8slint.simulation.together import Space, classes_of, is_settled, space_of, together

_IsCommon = Callable[[Object], bool]
_BY_LIMIT_RANGE: Final = Absence("LimitRange", "resources")


def problems_by_files(
    obj: Object, cluster: Cluster, is_common: Callable[[Object], bool], *, has_class: bool
) -> Sequence[Problem]:
    """The problems that admission has with an object or its pods, as far as the files of its bundle say.

    `is_common`: another object is applied wherever this one is. `has_class`: the pods have fields that classes decide.
    The first call judges all objects of the namespace.
    """
    found = _problems(cluster, is_common, space_of(obj)).get(obj)
    if found is not None:
        return found
    if not has_class or not is_common(obj) or not is_settled(obj, cluster):
        return ()
    verdicts = admit((obj, *classes_of((obj,), cluster, is_common)), cluster)
    return [problem for _, problem in _said(verdicts, cluster, may_be_limited=True)]


@once
def _problems(cluster: Cluster, is_common: _IsCommon, space: Space) -> Mapping[Object, Sequence[Problem]]:
    """The problems of the objects in a namespace with policies, by object: an empty row for those without any."""
    near = together(space, cluster, is_common)
    if near is None:
        return {}
    found: dict[Object, list[Problem]] = {obj: [] for obj in near.objects}
    verdicts = admit((*near.objects, *classes_of(near.objects, cluster, is_common)), cluster)
    for obj, problem in _said(verdicts, cluster, may_be_limited=near.may_be_limited):
        found[obj].append(problem)
    return found


def _said(verdicts: Verdicts, cluster: Cluster, *, may_be_limited: bool) -> Iterator[tuple[Object, Problem]]:
    yield from refused_objects(cluster, verdicts.objects)
    for pods in verdicts.pods:
        template, cause = pods.obj.pod, pods.cause
        if template is None or is_unrendered(template):
            continue
        rule = rule_of_refusal(cause, template, pods.path[len(template.path) :])
        if rule is None or (may_be_limited and _may_be_filled_in(pods)):
            continue
        problem = refused_pods(pods, cluster)._replace(rule=rule)
        yield pods.obj, problem._replace(rests_on=_BY_LIMIT_RANGE) if _may_be_filled_in(pods) else problem


def _may_be_filled_in(pods: RefusedPods) -> bool:
    """Whether the pods lack amounts, which a LimitRange might set."""
    return pods.cause.reason is Reason.QUOTA_FAILED or "is specified" in pods.message
