"""Objects that nobody applies as they are written: bases that a kustomization finishes, and patches that none names."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Final

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.kustomizations import file_of, files_taken_in, kustomizations_by_folder, upwards
from k8slint.cluster.unread import Unread
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem
from k8slint.values.regex import regex

_LACKS: Final = frozenset({"required-field", "selector-template-mismatch"})
# What validation says; decoding may speak of a patch too, because its fields are those of the object.
_OF_VALIDATION: Final = _LACKS | {
    "duplicate-value",
    "forbidden-field",
    "invalid-value",
    "not-found",
    "too-long",
    "too-many",
    "unsupported-value",
}
# Ends of the field paths that kustomizations fill in by their labels, namespace, images and name prefixes.
_FILLED_IN: Final = (("image",), ("metadata", "name"), ("namespace",), ("spec", "selector"))
_REPLACED: Final = (("namespace",), ("spec", "selector"))
# The parts of a path that may say what a file is; further up lies whose folder it is.
_TELLING: Final = 3
_PATCH = regex(r"(?<![a-z])patch(?:es)?(?![a-z])")


def finished(problems: Iterable[Problem], obj: Object, cluster: Cluster, unread: Unread) -> Iterator[Problem]:
    """The problems that would still be there in what is applied."""
    several = tuple(problems)
    if not any(problem.rule in _LACKS or problem.rule == "invalid-value" for problem in several):
        yield from several
    elif file_of(obj) in files_taken_in(cluster.whole):
        yield from (problem for problem in several if not _may_be_filled_in(problem, obj, cluster, unread))
    elif any(problem.rule in _LACKS for problem in several) and _is_patch(obj, cluster.whole):
        yield from (problem for problem in several if problem.rule not in _OF_VALIDATION)
    else:
        yield from several


def _may_be_filled_in(problem: Problem, obj: Object, cluster: Cluster, unread: Unread) -> bool:
    """Whether a kustomization that takes the object in may mend the problem."""
    if problem.rule == "selector-template-mismatch":
        return True
    if problem.rule == "invalid-value":
        return _ends_in(problem, _REPLACED) or (problem.path == ("metadata", "name") and _is_part(obj.name))
    if problem.rule != "required-field":
        return False
    return _ends_in(problem, _FILLED_IN) or _may_be_patched_in(problem, cluster, unread)


def _ends_in(problem: Problem, ends: Iterable[tuple[str, ...]]) -> bool:
    return any(problem.path[-len(end) :] == end for end in ends)


def _is_part(name: str) -> bool:
    """Whether a name waits for a prefix or suffix."""
    return name.strip("-.") != name


def _may_be_patched_in(problem: Problem, cluster: Cluster, unread: Unread) -> bool:
    """Whether some patch holds the field; every patch of a list holds names, so that fields of items do not count."""
    field = problem.path[-1] if problem.path else ""
    if not isinstance(field, str) or any(isinstance(step, int) for step in problem.path):
        return False
    return evidence_of(cluster.whole).is_patched(field) or unread.may_undo(Absence(mended_by=field))


def names_a_patch(file: str) -> bool:
    """Whether the name of a file, or of a folder right above it, says that it is a patch."""
    return _PATCH.search("/".join(file.lower().split("/")[-_TELLING:])) is not None


def _is_patch(obj: Object, whole: Cluster) -> bool:
    """Whether the file of an object that lacks something is a patch which no kustomization takes in.

    Its name says so, or a kustomization above it has a word on it, such as a line that is commented out.
    """
    file = file_of(obj)
    if names_a_patch(file):
        return True
    by_folder = kustomizations_by_folder(whole)
    return any(
        posixpath.relpath(file, folder or ".") in one.document.source.text
        for folder in upwards(posixpath.dirname(file))
        for one in by_folder.get(folder, ())
    )
