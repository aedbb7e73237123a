"""Jobs that cannot end, or end otherwise than their fields say."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import accumulate
from typing import Final

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.generated import reach
from k8slint.cluster.kustomizations import file_of
from k8slint.cluster.tables import installers, rows
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, integer, mapping, sequence, text
from k8slint.objects.object import Container, Object, Pod
from k8slint.objects.problem import Problem, Related
from k8slint.values.image import Image
from k8slint.values.placeholder import has_placeholder
from k8slint.values.regex import regex
from k8slint.values.well_known import HELM_HOOK

_JOB: Final = ("spec",)
_TEMPLATE: Final = ("spec", "jobTemplate", "spec")
# Words by which one container of a Pod ends another.
_ENDS_OTHERS: Final = regex(
    r"quitquitquit|\bp?kill(?:all)?\b|/quit\b|/exit\b|shutdown|exit-after|exit_after|drain_listeners"
)


def sidecar_keeps_job_alive(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Job beside whose work a container runs that never ends."""
    pod = obj.pod
    if pod is None or pod.spec.get("shareProcessNamespace") is True or _has_deadline(obj, pod):
        return
    workers = [each for each in pod.containers if each.path[1] == "containers"]
    endless = [each for each in workers if _is_endless(each)]
    if not endless or len(endless) == len(workers) or any(_ends_others(each) for each in pod.containers):
        return
    worker = next(each for each in workers if each not in endless)
    for each in endless:
        yield Problem(
            (*pod.path, *each.path, "image"),
            f'container "{each.name}" never ends, and the Job waits for it after "{worker.name}" has ended',
            (Related(obj, (*pod.path, *worker.path, "name"), "the work"),),
        )


def _has_deadline(obj: Object, pod: Pod) -> bool:
    spec = mapping(dig(obj.data, *_spec_path(obj)))
    return spec.get("activeDeadlineSeconds") is not None or pod.spec.get("activeDeadlineSeconds") is not None


def _ends_others(container: Container) -> bool:
    return any(_ENDS_OTHERS.search(word) for word in _words(container))


def _words(container: Container) -> Iterator[str]:
    for field in ("command", "args"):
        yield from (word for word in sequence(container.data.get(field)) if isinstance(word, str))
    for _, entry in container.env():
        yield text(entry.get("name")).lower().replace("_", "-")


def _is_endless(container: Container) -> bool:
    repository = Image.parse(text(container.data.get("image"))).repository
    owner, _, name = repository.rpartition("/")
    known = _programs_by_image()
    programs = known.get(f"{owner.rpartition('/')[2]}/{name}", known.get(name))
    if programs is None:
        return False
    command, args = sequence(container.data.get("command")), sequence(container.data.get("args"))
    first = text(next(iter((*command, *args)), ""))
    return posixpath.basename(first) in programs or (not command and (not args or first.startswith("-")))


@cache
def _programs_by_image() -> Mapping[str, tuple[str, ...]]:
    return {image: tuple(row.get("programs", ())) for row in rows("endless-images") for image in row["images"]}


def job_retries_exceed_deadline(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Job whose deadline comes before its retries are used up, by the pauses between them alone.

    Mirrors: pkg/controller/job/backoff_utils.go getRemainingTimeForFailuresCount @ v1.37
    """
    path = _spec_path(obj)
    spec = mapping(dig(obj.data, *path))
    deadline, retries = integer(spec.get("activeDeadlineSeconds")), integer(spec.get("backoffLimit"))
    if deadline is None or retries is None or not 0 < retries <= _MOST_RETRIES or "backoffLimitPerIndex" in spec:
        return
    longest = _LONGEST_OF_KUBELET if dig(spec, "template", "spec", "restartPolicy") == "OnFailure" else _LONGEST_PAUSE
    pauses = [*accumulate(min(_FIRST_PAUSE * 2**number, longest) for number in range(retries))]
    if deadline < pauses[-1]:
        used = sum(pause < deadline for pause in pauses)
        yield Problem(
            (*path, "backoffLimit"),
            f"backoffLimit {retries} takes {pauses[-1]} s in pauses alone, and the Job is ended after {deadline} s",
            (Related(obj, (*path, "activeDeadlineSeconds"), "the deadline"),),
            effect=f"The Job fails with DeadlineExceeded after at most {used} of {retries} retries.",
        )


# DefaultJobPodFailureBackOff and MaxJobPodFailureBackOff of the Job controller, in seconds.
_FIRST_PAUSE: Final = 10
_LONGEST_PAUSE: Final = 600
# With restartPolicy OnFailure the kubelet restarts the container, with pauses of its own.
_LONGEST_OF_KUBELET: Final = 300
_MOST_RETRIES: Final = 1000


_GITOPS: Final = ("argocd.argoproj.io/", "kustomize.toolkit.fluxcd.io/")
_HOOKS: Final = (HELM_HOOK, "argocd.argoproj.io/hook")
_LEFT_ALONE: Final = ("kustomize.toolkit.fluxcd.io/reconcile", "argocd.argoproj.io/compare-options")


def ttl_deletes_managed_job(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Job that is deleted when it has finished, and that a tool keeps in place as it is written in the files."""
    seconds = integer(obj.spec.get("ttlSecondsAfterFinished"))
    if seconds is None or not obj.name or dig(obj.data, "metadata", "ownerReferences"):
        return
    if any(key in obj.annotations for key in (*_HOOKS, *_LEFT_ALONE)):
        return
    keeper = _keeper(obj, cluster)
    if keeper is not None:
        yield Problem(
            ("spec", "ttlSecondsAfterFinished"),
            f"{obj} is deleted {seconds} s after it has finished, and {keeper[0]} makes it again",
            keeper[1],
        )


def _keeper(obj: Object, cluster: Cluster) -> tuple[str, tuple[Related, ...]] | None:
    """What keeps the object in place, with its place, or None if nothing shows that anything does."""
    for key in (*obj.annotations, *obj.labels):
        if key.startswith(_GITOPS):
            return ("Argo CD" if key.startswith(_GITOPS[0]) else "Flux"), ()
    file = f"/{file_of(obj)}"
    for folder, keeper in _kept_folders(cluster.whole):
        if f"/{folder}/" in file:
            return str(keeper), (Related(keeper, ("metadata", "name"), f'keeps what is in "{folder}"'),)
    return None


@once
def _kept_folders(cluster: Cluster) -> tuple[tuple[str, Object], ...]:
    """The folders of plain manifests that tools keep in place, each with the object that says so."""
    return tuple(
        (folder, obj)
        for group_kind, installer in installers().items()
        for obj in cluster.of_kind(group_kind)
        for place in installer.folders
        for _, path in reach(obj.data, place)
        if isinstance(path, str) and not has_placeholder(path)
        for folder in (posixpath.normpath(path.strip("/")),)
        if folder not in ("", ".") and not folder.startswith("..")
    )


def _spec_path(obj: Object) -> Path:
    return _TEMPLATE if obj.kind == "CronJob" else _JOB
