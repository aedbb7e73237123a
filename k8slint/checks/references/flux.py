"""What Flux's objects name: their sources, what they wait for, and the variables that they fill in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import normpath
from typing import Any, Final, NamedTuple

from k8slint.checks.references.absence import absence, is_near, mistaken_kind, of_other_kind
from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.evidence import evidence_of, is_read
from k8slint.cluster.references import is_supplied, supplies
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem, Related
from k8slint.values.names import is_dns_subdomain
from k8slint.values.placeholder import has_placeholder

_SOURCES: Final = {
    kind: f"{kind}.source.toolkit.fluxcd.io"
    for kind in ("Bucket", "ExternalArtifact", "GitRepository", "HelmChart", "HelmRepository", "OCIRepository")
}
# The paths at which the objects of a kind name their source.
_NAMED_AT: Final[Mapping[str, tuple[Path, ...]]] = {
    "HelmChart.source.toolkit.fluxcd.io": (("spec", "sourceRef"),),
    "HelmRelease.helm.toolkit.fluxcd.io": (("spec", "chart", "spec", "sourceRef"), ("spec", "chartRef")),
    "Kustomization.kustomize.toolkit.fluxcd.io": (("spec", "sourceRef"),),
}
# The name of the source that flux bootstrap and the Flux operator make.
_BOOTSTRAPPED: Final = "flux-system"


class _Ref(NamedTuple):
    """A reference to an object in its own namespace or a given one; `path` leads to its mapping."""

    path: Path
    group_kind: str
    name: str
    namespace: str


def missing_flux_source(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A source that no file holds, though the files hold others of its kind, or the name under another kind."""
    for path in _NAMED_AT[obj.group_kind]:
        ref = mapping(dig(obj.data, *path))
        kind = text(ref.get("kind"))
        if kind not in _SOURCES:
            continue
        found = _ref(obj, path, ref, _SOURCES[kind])
        if found is None or found.name == _BOOTSTRAPPED or _may_be_there(obj, found, cluster):
            continue
        effect = f'{obj} is never ready: {kind.lower()} "{found.namespace}/{found.name}" not found.'
        mistaken = of_other_kind(cluster, obj, _SOURCES, found.name)
        if mistaken is not None:
            yield mistaken_kind((*path, "kind"), kind, found.name, mistaken, effect)
        elif is_near(cluster, found.group_kind, found.namespace, found.name) or _has_all(found, cluster):
            yield _missing(obj, found, cluster, effect)


def _may_be_there(obj: Object, ref: _Ref, cluster: Cluster) -> bool:
    """Whether the object is among the files, or may be made by something that was not read.

    No hint is a word in another object of Flux: those name what they need, not what they make.
    """
    if is_supplied(cluster, ref.group_kind, ref.namespace, ref.name):
        return True
    kind, evidence = ref.group_kind.partition(".")[0], evidence_of(cluster)
    return (
        cluster.is_external(kind, ref.namespace, ref.name) or evidence.is_open(obj) or evidence.is_filled(ref.namespace)
    )


def _has_all(ref: _Ref, cluster: Cluster) -> bool:
    """Whether the files seem to hold all objects of a kind: some of the namespace, and all folders that are applied."""
    here = any(obj.namespace == ref.namespace for obj in cluster.of_kind(ref.group_kind))
    return here and not _applies_unread(cluster.whole)


@once
def _applies_unread(cluster: Cluster) -> bool:
    """Whether a Kustomization of Flux applies a folder that was not read."""
    paths = (text(obj.spec.get("path")) for obj in cluster.of_kind("Kustomization.kustomize.toolkit.fluxcd.io"))
    return not all(is_read(cluster, normpath(path.lstrip("/"))) for path in paths if normpath(path or ".") not in "/.")


def missing_flux_dependency(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A name in dependsOn that no object of the files has, though one has nearly that name."""
    for ref in _dependencies(obj):
        if not _may_be_there(obj, ref, cluster) and is_near(cluster, ref.group_kind, ref.namespace, ref.name):
            effect = (
                f"{obj} is never applied: Ready is False, reason DependencyNotReady, "
                f"dependency '{ref.namespace}/{ref.name}' not found."
            )
            yield _missing(obj, ref, cluster, effect)


def _missing(obj: Object, ref: _Ref, cluster: Cluster, effect: str) -> Problem:
    path = (*ref.path, "name")
    elsewhere = next(supplies(cluster, ref.group_kind, "", ref.name), None)
    if elsewhere is None:
        return absence(path, cluster, obj, ref.group_kind, ref.name, effect=effect, namespace=ref.namespace)
    found = absence(path, cluster, obj, ref.group_kind, ref.name, effect=effect, namespace=ref.namespace)
    place = elsewhere.namespace
    message = f'{elsewhere.obj} is not in namespace "{ref.namespace}", where {obj} looks for it, but in "{place}"'
    return found._replace(message=message, fix=f"Write namespace: {place} beside the name.")


def _ref(obj: Object, path: Path, ref: Mapping[str, Any], group_kind: str) -> _Ref | None:
    """The reference at a path, or None if its name or its namespace is still to be filled in."""
    name, namespace = text(ref.get("name")), text(ref.get("namespace")) or obj.namespace
    if not is_dns_subdomain(name) or has_placeholder(namespace):
        return None
    return _Ref(path, group_kind, name, namespace)


def _dependencies(obj: Object) -> Iterator[_Ref]:
    for index, entry in items(obj.spec.get("dependsOn")):
        ref = _ref(obj, ("spec", "dependsOn", index), entry, obj.group_kind)
        if ref is not None:
            yield ref


def flux_dependency_cycle(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """Objects of Flux that wait for each other; told at the first of them."""
    cycle = _cycles(cluster).get(obj)
    if cycle is not None:
        path, others = cycle
        if others == (obj,):
            yield Problem(path, f"{obj} depends on itself")
            return
        way = ", which depends on ".join(str(other) for other in others)
        related = tuple(Related(other, ("spec", "dependsOn"), "depends on the next") for other in others[:-1])
        yield Problem(path, f"{obj} depends on itself: on {way}", related)


@once
def _cycles(cluster: Cluster) -> Mapping[Object, tuple[Path, tuple[Object, ...]]]:
    """The cycles of dependencies: by its first object, the path to its dependency, and those that follow up to it."""
    found: dict[Object, tuple[Path, tuple[Object, ...]]] = {}
    done: set[Object] = set()
    for kind in ("Kustomization.kustomize.toolkit.fluxcd.io", "HelmRelease.helm.toolkit.fluxcd.io"):
        for start in cluster.of_kind(kind):
            trail: dict[Object, Iterator[tuple[Path, Object]]] = {}
            if start not in done:
                trail[start] = _edges(start, cluster)
            while trail:
                obj = next(reversed(trail))
                edge = next(trail[obj], None)
                if edge is None:
                    done.add(obj)
                    del trail[obj]
                elif edge[1] in trail:
                    ring = [*trail]
                    ring = ring[ring.index(edge[1]) :]
                    first = ring[0]
                    after = ring[1] if len(ring) > 1 else first
                    path = next(path for path, other in _edges(first, cluster) if other is after)
                    found.setdefault(first, (path, (*ring[1:], first)))
                elif edge[1] not in done:
                    trail[edge[1]] = _edges(edge[1], cluster)
    return found


def _edges(obj: Object, cluster: Cluster) -> Iterator[tuple[Path, Object]]:
    """What an object waits for until it is ready: of each name the one object that has it.

    A readyExpr may be met by an object that is not ready.
    """
    for ref in _dependencies(obj):
        several = cluster.find(ref.group_kind, ref.namespace, ref.name)
        if len(several) == 1 and not dig(obj.data, *ref.path, "readyExpr"):
            yield (*ref.path, "name"), several[0]


def flux_variable_not_string(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A variable of postBuild that is a number or a boolean, where the CRD takes strings only."""
    for name, value in mapping(dig(obj.spec, "postBuild", "substitute")).items():
        if isinstance(value, (bool, int, float)):
            path = ("spec", "postBuild", "substitute", name)
            article, kind = _TYPES[type(value)]
            written = str(value).lower() if isinstance(value, bool) else value
            effect = f'The API server refuses it: {".".join(path)} in body must be of type string: "{kind}".'
            if not _reads_definition(cluster):
                message = f"variable {name} is {written}, {article} {kind}, and must be a string"
                yield Problem(path, message, effect=effect)


_TYPES: Final = {bool: ("a", "boolean"), int: ("an", "integer"), float: ("a", "number")}


@once
def _reads_definition(cluster: Cluster) -> bool:
    """Whether the files hold the CRD, against which the object is then validated."""
    return any(
        crd.name == "kustomizations.kustomize.toolkit.fluxcd.io"
        for crd in cluster.of_kind("CustomResourceDefinition.apiextensions.k8s.io")
    )
