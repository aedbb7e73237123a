"""Jobs that a tool keeps as the files have them, though a Job cannot be changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.checks.gitops import Keeper, keeper_of
from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.kustomizations import names_given
from k8slint.objects.fields import dig, mapping, sequence, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem
from k8slint.values.grouped import grouped
from k8slint.values.image import Image
from k8slint.values.placeholder import has_placeholder
from k8slint.values.regex import regex
from k8slint.values.well_known import HELM_HOOK

# Annotations by which a Job is made anew, is made once only, or is no part of what is applied.
_HOOKS: Final = (HELM_HOOK, "argocd.argoproj.io/hook")
_FLUX: Final = tuple(f"kustomize.toolkit.fluxcd.io/{word}" for word in ("force", "reconcile", "ssa"))
_OPTIONS: Final = "argocd.argoproj.io/sync-options"
# The end of a name that changes with what the Job runs: a version, a date, a hash.
_VERSION: Final = regex(r"[-.]v?[0-9]+(?:[-.][0-9a-z]+)*$|-(?=[a-f0-9]*[0-9])[a-f0-9]{6,}$")


def job_cannot_be_updated(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Job of a fixed name that Argo CD or Flux applies again with each commit.

    Mirrors: pkg/apis/batch/validation/validation.go validateJobTemplateUpdate @ v1.37
    """
    if not obj.name or has_placeholder(obj.name) or not obj.spec.get("template") or _is_made_anew(obj, cluster):
        return
    keeper = keeper_of(obj, cluster) or _automated_beside(cluster.whole).get(_place(obj))
    if keeper is not None and not _replaces(keeper):
        message = f"{obj} can be applied once: {keeper.name} will apply it again, and its template can never change"
        yield Problem(("metadata", "name"), message, keeper.related, rests_on=Absence(mended_by="argocd.argoproj.io/"))


def _is_made_anew(obj: Object, cluster: Cluster) -> bool:
    if any(key in obj.annotations for key in (*_HOOKS, *_FLUX)) or _says_replace(obj.annotations.get(_OPTIONS, "")):
        return True
    if obj.spec.get("ttlSecondsAfterFinished") is not None or dig(obj.data, "metadata", "ownerReferences"):
        return True
    tags = (Image.parse(text(each.data.get("image"))).tag for pod in obj.pods for each in pod.containers)
    if _VERSION.search(obj.name) or any(tag and tag in obj.name for tag in tags):
        return True
    return next(names_given(obj, cluster), None) is not None


def _says_replace(options: str) -> bool:
    return any(option in options for option in ("Force=true", "Replace=true"))


def _replaces(keeper: Keeper) -> bool:
    """Whether the tool makes anew what it cannot change."""
    obj = keeper.obj
    if obj is None:
        return False
    specs = (obj.spec, mapping(dig(obj.spec, "template", "spec")))
    options = [text(each) for spec in specs for each in sequence(dig(spec, "syncPolicy", "syncOptions"))]
    return obj.spec.get("force") is True or _says_replace(" ".join(options))


def _place(obj: Object) -> tuple[str, str]:
    return obj.document.source.name, obj.namespace


@once
def _automated_beside(cluster: Cluster) -> dict[tuple[str, str], Keeper]:
    """The Applications that sync folders of manifests by themselves, by their file and the namespace that they fill."""
    found = (
        (obj.document.source.name, namespace, Keeper(str(obj), obj, f'fills namespace "{namespace}" by itself'))
        for obj in cluster.of_kind("Application.argoproj.io")
        if dig(obj.spec, "syncPolicy", "automated") is not None and dig(obj.spec, "source", "path")
        if (namespace := text(dig(obj.spec, "destination", "namespace")))
    )
    several = grouped(((file, namespace), keeper) for file, namespace, keeper in found)
    return {place: keepers[0] for place, keepers in several.items()}
