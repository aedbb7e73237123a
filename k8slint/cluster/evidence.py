"""Hints at objects that the files do not hold: operators, releases, programs that create, kustomizations half read."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice, repeat
from typing import Any, Final, NamedTuple

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.kustomizations import (
    KUSTOMIZATIONS,
    file_of,
    folder_of,
    inline_patches,
    kustomizations,
    open_paths,
    paths_read,
    upwards,
)
from k8slint.cluster.tables import Installer, beside, installers
from k8slint.objects.fields import dig, items, mapping, reach, sequence, text
from k8slint.objects.object import Container, Object
from k8slint.values.grouped import grouped
from k8slint.values.placeholder import has_placeholder
from k8slint.values.regex import regex


class Words:
    """Words, each with the namespace that it speaks for and the objects that hold it; the empty namespace is any."""

    def __init__(self) -> None:
        self._anywhere: dict[str, list[Object]] = defaultdict(list)
        self._placed: dict[tuple[str, str], list[Object]] = defaultdict(list)

    def add(self, word: str, namespace: str, holder: Object) -> None:
        """Note that the object holds the word, unless the word is empty."""
        if word:
            for holders in (self._anywhere[word], self._placed[namespace, word]):
                # Objects repeat many words.
                if not holders or holders[-1] is not holder:
                    holders.append(holder)

    def holders(self, word: str, namespace: str) -> Iterator[Object]:
        """The objects that hold the word for the namespace, or for any namespace if it is empty."""
        if not namespace:
            yield from self._anywhere.get(word, ())
        else:
            yield from self._placed.get((namespace, word), ())
            yield from self._placed.get(("", word), ())


class Hints(NamedTuple):
    """What objects hint may exist beside them, with the objects that hold each hint.

    `makers` are names of custom resources and releases, `mentioned` the strings inside them; `workload_makers` are
    names of those whose Secrets and ConfigMaps are all known; `pod_makers` and `pod_mentioned` speak for pods alone.
    `told` are names passed to programs. `filled` are the namespaces into which unread manifests go, `busy` those
    where a custom resource or a release may make pods of any name.
    """

    makers: Words
    mentioned: Words
    workload_makers: Words
    pod_makers: Words
    pod_mentioned: Words
    told: Words
    filled: Words
    busy: Words


class Evidence:
    """What may exist beside the objects that a cluster, or a bundle, sees.

    The hints are gathered once for the whole run; a bundle uses those that come from objects it sees. A hint from a
    bundle's kustomizations counts only if the whole run gives it too.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._hints = _gather(cluster.whole)
        self._whole = self if cluster is cluster.whole else evidence_of(cluster.whole)
        self._known: dict[tuple[Words, str, str], bool] = {}

    def _hold(self, words: Words, word: str, namespace: str) -> bool:
        """Whether an object that this cluster sees holds the word.

        The answer is kept, because many holders may be out of sight.
        """
        key = words, word, namespace
        if key not in self._known:
            self._known[key] = any(self._cluster.parting(obj) is None for obj in words.holders(word, namespace))
        return self._known[key]

    @cached_property
    def patched(self) -> str:
        """The texts of kustomize's inline patches, in one."""
        return "\0".join(inline_patches(self._cluster))

    @cached_property
    def _open_paths(self) -> frozenset[str]:
        """The paths that a kustomization takes in together with something that was not read."""
        return frozenset(open_paths(self._cluster))

    @cached_property
    def _releases(self) -> Mapping[str, frozenset[str]]:
        """The words in the names of releases, by their folders."""
        return _releases(self._cluster)

    @cached_property
    def moves_namespaces(self) -> bool:
        """Whether a kustomization sets the namespace of its objects."""
        return any(obj.data.get("namespace") for obj in kustomizations(self._cluster))

    def names_maker(self, namespace: str, name: str, *, is_config: bool = False) -> bool:
        """Whether a custom resource or a release of that namespace mentions the name, or its own name is part of it.

        `is_config`: the name is that of a Secret or ConfigMap, which some custom resources make under known names only.
        """
        hints = self._hints
        if self._hold(hints.mentioned, name, namespace):
            return True
        makers = (hints.makers,) if is_config else (hints.makers, hints.workload_makers)
        return any(self._hold(words, run, namespace) for run in _runs(name) for words in makers)

    def names_pod_maker(self, namespace: str, value: str) -> bool:
        """Whether a custom resource or a release may make pods with that label value."""
        if self.names_maker(namespace, value) or self._hold(self._hints.pod_mentioned, value, namespace):
            return True
        return any(self._hold(self._hints.pod_makers, run, namespace) for run in _runs(value))

    def is_busy(self, namespace: str) -> bool:
        """Whether something in the namespace may make unknown pods."""
        return self._hold(self._hints.busy, _ANYTHING, namespace)

    def is_filled(self, namespace: str) -> bool:
        """Whether unread manifests go into the namespace."""
        return self._hold(self._hints.filled, namespace, "")

    def is_told(self, name: str) -> bool:
        """Whether a program gets the name as that of something to make."""
        return self._hold(self._hints.told, name, "")

    def is_patched(self, word: str) -> bool:
        """Whether an inline patch of a kustomization holds the word."""
        return word in self._whole.patched and word in self.patched

    def is_open(self, obj: Object) -> bool:
        """Whether what the object refers to may lie in manifests that were not read.

        Such manifests go to its namespace, or a kustomization takes in both it and them.
        """
        if self.is_filled(obj.namespace):
            return True
        if self._whole is not self and not self._whole.is_open(obj):
            return False
        return bool(self._open_paths) and any(above in self._open_paths for above in upwards(file_of(obj)))

    def may_be_rendered(self, obj: Object, name: str, *, is_config: bool = False) -> bool:
        """Whether a release in the object's folder may make what the object refers to by that name.

        `is_config`: the name is that of a Secret or ConfigMap, which charts name after the release or the chart. Their
        other objects may have any name.
        """
        words = self._releases.get(folder_of(obj)) if self._releases else None
        if words is None:
            return False
        return not is_config or not words.isdisjoint(_BETWEEN_WORDS.split(name))


@once
def evidence_of(cluster: Cluster) -> Evidence:
    """The hints of a cluster, gathered when the first name is missing."""
    return Evidence(cluster)


_MOST_WORDS: Final = 12


def _runs(name: str) -> Iterator[str]:
    """The runs of words in a name: `web`, `web-db` and `db` in `web-db`."""
    ends = [*islice((match.start() for match in _BETWEEN_WORDS.finditer(name)), _MOST_WORDS), len(name)]
    starts = [0, *(end + 1 for end in ends[:-1])]
    for index, start in enumerate(starts):
        for end in ends[index:]:
            yield name[start:end]


_BETWEEN_WORDS: Final = regex(r"[-.]")

_NOT_ITS_WORDS: Final = frozenset({"apiVersion", "kind", "metadata", "status"})
# Custom resources name objects in these fields to read them, not to make them.
_READING_FIELDS: Final = frozenset({"certificateRefs", "env", "envFrom", "imagePullSecrets", "valueFrom", "volumes"})
_LONGEST_NAME: Final = 253


def _strings(obj: Object) -> Iterator[tuple[str, bool]]:
    """Every string in an object's own fields that can be a name, with whether a reading field holds it.

    Pod templates are left out: their pods are known.
    """
    templates = {id(pod.data) for pod in obj.pods}
    pending = [(value, False) for field, value in obj.data.items() if field not in _NOT_ITS_WORDS]
    while pending:
        value, is_read = pending.pop()
        if id(value) in templates:
            continue
        if isinstance(value, str):
            if len(value) <= _LONGEST_NAME:
                yield value, is_read
        elif isinstance(value, dict):
            pending.extend((inner, is_read or field in _READING_FIELDS) for field, inner in value.items())
        elif isinstance(value, list):
            pending.extend((inner, is_read) for inner in value)


# Stands for all words.
_ANYTHING: Final = "*"


@once
def _gather(cluster: Cluster) -> Hints:
    hints = Hints(*(Words() for _ in Hints._fields))
    for obj in (*cluster.objects, *(cluster.description or ())):
        namespace, installer = obj.namespace, installers().get(obj.group_kind)
        if installer is not None:
            paths = [path for path in _folders(obj, installer) if isinstance(path, str)]
            if paths and all(is_read(cluster, posixpath.normpath(path.lstrip("/"))) for path in paths):
                continue
            namespace = _target(obj, installer)
            if paths:
                hints.filled.add(namespace, "", obj)
            for name in _release_names(obj, installer):
                hints.makers.add(name, namespace, obj)
        elif not _is_maker(obj):
            continue
        _note_maker(obj, namespace, hints)
    for obj, word in _told(cluster):
        hints.told.add(word, "", obj)
    return hints


def _note_maker(obj: Object, namespace: str, hints: Hints) -> None:
    """Note what an object that makes others says of them, in the namespace where it makes them."""
    made_beside = beside(obj.group_kind)
    if made_beside == "pods" and obj.pods:
        # It makes the pods of its templates. What it says beside them may be the labels of a canary's pods.
        for string, _ in _strings(obj):
            hints.pod_mentioned.add(string, namespace, obj)
        return
    hints.busy.add(_ANYTHING, namespace, obj)
    is_for_pods, makes_known = made_beside == "pods", made_beside == "workloads"
    makers = hints.pod_makers if is_for_pods else hints.workload_makers if makes_known else hints.makers
    makers.add(obj.name, namespace, obj)
    for string, is_read in _strings(obj):
        (hints.pod_mentioned if is_read or is_for_pods else hints.mentioned).add(string, namespace, obj)


def _is_maker(obj: Object) -> bool:
    """Whether the object is a custom resource that an operator may turn into other objects."""
    group, made_beside = obj.gvk.group, beside(obj.group_kind)
    if made_beside == "workloads":
        return True
    if "." not in group or group.endswith(".k8s.io") or obj.group_kind in KUSTOMIZATIONS:
        return False
    return made_beside != "nothing"


def _release_names(obj: Object, installer: Installer) -> Iterator[str]:
    for place in installer.names:
        yield from (text(name) for _, name in reach(obj.data, place))


def _folders(obj: Object, installer: Installer) -> list[Any]:
    return [path for place in installer.folders for _, path in reach(obj.data, place)]


def _target(obj: Object, installer: Installer) -> str:
    """The namespace that a release or an application fills; empty if it is not written or not yet rendered."""
    targets = (text(dig(obj.data, *place)) for place in installer.namespaces)
    return next((target for target in targets if target and not has_placeholder(target)), "")


def is_read(cluster: Cluster, path: str) -> bool:
    """Whether something at the path was read; the end of its path suffices, as the repository's root is unknown."""
    alike = _paths_by_name(cluster.whole).get(posixpath.basename(path), ())
    return any(f"/{read}".endswith(f"/{path}") for read in alike)


@once
def _paths_by_name(cluster: Cluster) -> Mapping[str, tuple[str, ...]]:
    return grouped((posixpath.basename(path), path) for path in paths_read(cluster))


def _releases(cluster: Cluster) -> Mapping[str, frozenset[str]]:
    """The words in the names of releases and of their charts, by the folder of the release."""
    found: dict[str, frozenset[str]] = {}
    for group_kind, installer in installers().items():
        for obj in cluster.of_kind(group_kind):
            if not _folders(obj, installer):
                names = (obj.name, *_release_names(obj, installer))
                words = frozenset(word for name in names for word in _BETWEEN_WORDS.split(name) if len(word) > 1)
                found[folder_of(obj)] = found.get(folder_of(obj), frozenset()) | words
    return found


# Words in a flag or a variable that names a Secret or ConfigMap to be written.
_WRITES: Final = regex(r"secret|cert|tls|config-?_?map|credential", re.IGNORECASE)
_CREATES: Final = regex(r"\b(create|kubectl|apply)\b")
_WORD: Final = regex(r"(?<![\w./-])[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?(?![\w/-])")
_WRITING_VERBS: Final = frozenset({"*", "create", "patch", "update"})
_WRITABLE: Final = frozenset({"*", "configmaps", "secrets"})


def _told(cluster: Cluster) -> Iterator[tuple[Object, str]]:
    """The names passed to programs, each with the object that passes it."""
    for pod in cluster.pods:
        for container in pod.containers:
            yield from zip(repeat(pod.obj), _told_to(container))
    for obj in cluster.of_kind("ConfigMap"):
        for script in mapping(obj.data.get("data")).values():
            if isinstance(script, str) and "kubectl" in script:
                yield from zip(repeat(obj), _WORD.findall(script))
    for group_kind in ("Role.rbac.authorization.k8s.io", "ClusterRole.rbac.authorization.k8s.io"):
        for obj in cluster.of_kind(group_kind):
            rules = [rule for _, rule in items(obj.data.get("rules"))]
            if any(_lets_write(rule) for rule in rules):
                names = (text(name) for rule in rules for name in sequence(rule.get("resourceNames")))
                yield from zip(repeat(obj), names)


def _lets_write(rule: Mapping[str, Any]) -> bool:
    """Whether the rule of a role lets a program write ConfigMaps or Secrets."""
    verbs, resources = map(text, sequence(rule.get("verbs"))), map(text, sequence(rule.get("resources")))
    return not _WRITING_VERBS.isdisjoint(verbs) and not _WRITABLE.isdisjoint(resources)


def _told_to(container: Container) -> Iterator[str]:
    words = [
        word for field in ("command", "args") for word in sequence(container.data.get(field)) if isinstance(word, str)
    ]
    if any(_CREATES.search(word) for word in words):
        for word in words:
            yield from _WORD.findall(word)
    flag = ""
    for word in words:
        name, equals, value = word.partition("=")
        if _WRITES.search(name if equals else flag):
            yield (value if equals else word).rpartition("/")[2]
        flag = word if word.startswith("-") and not equals else ""
    for _, entry in container.env():
        if _WRITES.search(text(entry.get("name"))):
            yield text(entry.get("value"))
