"""Keys that pods and releases need and their ConfigMap or Secret lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from k8slint.checks.wording import listed
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.generated import Supply
from k8slint.cluster.references import Reference, may_gain_keys, references_of, supplies, values_of
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.nearest import nearest
from k8slint.values.placeholder import has_placeholder


def missing_configmap_key(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A key that all ConfigMaps of the name lack."""
    yield from _missing_keys(obj, cluster, "ConfigMap")


def missing_secret_key(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A key that all Secrets of the name lack."""
    yield from _missing_keys(obj, cluster, "Secret")


def _missing_keys(obj: Object, cluster: Cluster, kind: str) -> Iterator[Problem]:
    for pod in obj.pods:
        for problem in _missing_from(references_of(pod, cluster), obj, cluster, kind):
            yield problem._replace(path=(*pod.path, *problem.path))
    yield from _missing_from(values_of(obj), obj, cluster, kind)


def _missing_from(references: Iterable[Reference], obj: Object, cluster: Cluster, kind: str) -> Iterator[Problem]:
    """Each key that is needed from an object of the kind and that all objects of its name lack, once."""
    said: set[tuple[str, str]] = set()
    for reference in references:
        name, key = reference.name, reference.key
        if reference.kind != kind or not key or (name, key) in said or has_placeholder(key):
            continue
        said.add((name, key))
        lacking = _all_lacking(supplies(cluster, kind, obj.namespace, name), reference)
        if lacking is None or may_gain_keys(cluster, obj, kind, name) or evidence_of(cluster).is_patched(key):
            continue
        yield _key_problem(reference, lacking)


def _all_lacking(several: Iterable[Supply], reference: Reference) -> Supply | None:
    """The first supply, if all of them are known to lack the key, or None.

    Mirrors: pkg/kubelet/kubelet_pods.go makeEnvironmentVariables @ v1.36
    """
    first = None
    for supply in several:
        keys = supply.keys
        if keys is None:
            return None
        path = keys.get(reference.key)
        # The kubelet reads variables from `data` only, and Flux its values.
        if path is not None and (reference.use not in ("environment", "values") or path[0] != "binaryData"):
            return None
        first = first or supply
    return first


def _key_problem(reference: Reference, supply: Supply) -> Problem:
    kind, name, key = reference.kind, reference.name, reference.key
    keys = supply.keys or {}
    maker = str(supply.obj) if supply.obj.name else f"a {supply.obj.kind}"
    made = "" if supply.obj.kind == kind else f", made by {maker},"
    message = f'{kind} "{name}"{made} has no key "{key}"'
    effect = _key_effect(reference)
    if key in keys:
        taker = "a release" if reference.use == "values" else "a variable"
        message = f'key "{key}" of {kind} "{name}" is in binaryData, and {taker} takes only what is in data'
        related = (Related(supply.obj, keys[key], "the key is here"),)
        fix = "Move the key to data, or mount it as a file."
        return Problem(reference.key_path, message, related, effect, fix, rests_on=Absence(mended_by=key))
    near = nearest(key, supply.names_of_keys)
    if near is not None:
        related = (Related(supply.obj, keys[near], "the nearest key"),)
        return Problem(
            reference.key_path, f'{message}; did you mean "{near}"?', related, effect, rests_on=Absence(mended_by=key)
        )
    related = (Related(supply.obj, next(iter(keys.values()))[:-1], f'the keys of {kind} "{name}"'),)
    return Problem(
        reference.key_path, f"{message}; it has {listed(keys)}", related, effect, rests_on=Absence(mended_by=key)
    )


def _key_effect(reference: Reference) -> str:
    if reference.use == "values":
        return "Nothing of the release is installed or updated: Ready is False, reason ValuesError."
    if reference.use == "environment":
        said = f"couldn't find key {reference.key} in {reference.kind}"
        return f"The container waits in CreateContainerConfigError: {said}."
    if reference.use == "volume":
        what = "config" if reference.kind == "ConfigMap" else "secret"
        said = f"references non-existent {what} key: {reference.key}"
        return f"The Pod stays in ContainerCreating; its events say FailedMount: {said}."
    return (
        "The kubelet mounts an empty directory in place of the file and says nothing; "
        "where the image has a file there, the container does not start: not a directory."
    )
