"""What kustomize would say of the kustomizations among the sources, each where it is written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from k8slint.apiserver.create import decode
from k8slint.apiserver.schemas import Schemas
from k8slint.cluster.kustomizations import listed_files
from k8slint.engine.stages import Said
from k8slint.engine.unfinished import names_a_patch
from k8slint.loading.document import Document, ReadProblem, Span
from k8slint.loading.kustomize import is_kustomization
from k8slint.loading.load import Loaded
from k8slint.objects.fields import mapping, sequence, text
from k8slint.objects.from_documents import Reading, read_objects
from k8slint.objects.object import Object
from k8slint.rendering import About, Files, Rendered, RenderProblem, faults, open_file, render
from k8slint.values.grouped import grouped

RULES: Final = {
    About.BUILD: "kustomize-build-fails",
    About.DEPRECATED: "kustomize-deprecated-field",
    About.FIELD: "unknown-field",
    About.PATH: "kustomize-path-missing",
    About.TARGET: "kustomize-patch-without-target",
}
"""The rules of this stage, by what kustomize speaks of; what only this reader cannot do is of none."""
# Effect and fix where the rule's own are those of objects.
_WORDS: Final = {
    About.FIELD: (
        "kubectl apply -k stops with: invalid Kustomization: unknown field. Nothing of it is applied.",
        "Correct the name of the field, or take it away.",
    )
}
_UNLISTED: Final = "kustomization-unlisted-file"
_GROUP: Final = "kustomize.config.k8s.io"
# What other programs take up by themselves, or what is applied by hand to start them.
_BY_OTHERS: Final = frozenset({"argoproj.io", "kustomize.toolkit.fluxcd.io", "source.toolkit.fluxcd.io"})


class _Root(NamedTuple):
    """A kustomization that no other one takes in, its folder as an absolute path, and what came of it."""

    obj: Object
    folder: str
    rendered: Rendered
    problems: list[RenderProblem]


def _kustomizations(readings: Iterable[Reading]) -> list[Object]:
    """The kustomizations and components that are files of their own on disk; those of the context are left out."""
    return [
        obj
        for reading in readings
        if is_kustomization(reading.source.name) and not reading.source.is_context
        for obj in reading.objects
        if obj.gvk.group == _GROUP and not obj.path and os.path.isfile(reading.source.name)
    ]


def said_of_kustomizations(
    loaded: Iterable[Loaded], readings: Sequence[Reading], patches: Iterable[Loaded], schemas: Schemas
) -> Mapping[str, tuple[Said, ...]]:
    """What is wrong with the kustomizations, and with the `patches` that they name, by the sources where it is said."""
    found = _kustomizations(readings)
    named = {os.path.realpath(each.source.name): each for each in loaded if not each.source.is_context}
    texts = {path: each.source.text for path, each in named.items() if is_kustomization(path) and not each.skipped}
    by_name = {reading.source.name: reading for reading in readings}
    roots = list(_roots(found, Files(_opener(texts))))
    said = [each for root in roots for problem in root.problems for each in _said(problem, root, named, by_name)]
    said += _unlisted(found, roots, readings)
    kinds = _kinds_of_targets(found)
    for patch in patches:
        said += _of_patch(patch, kinds.get(os.path.realpath(patch.source.name), ()), schemas)
    # A fault of a base is found by each root that takes it in.
    once = {(id(each.document), *each.problem[:2], each.span): each for each in said}
    return grouped((each.document.source.name, each) for each in once.values())


def _opener(texts: Mapping[str, str]) -> Callable[[str], bytes]:
    """What reads files from disk, but kustomizations as this run has them."""

    def opened(path: str) -> bytes:
        known = texts.get(path)
        return open_file(path) if known is None else known.encode("utf-8", "surrogatepass")

    return opened


def _roots(found: Sequence[Object], files: Files) -> Iterator[_Root]:
    """The kustomizations that are built by themselves; of several that take in each other, the first."""
    takes = {_folder(obj): set(_listed(obj)) for obj in found}
    taken = {path for folder, paths in takes.items() for path in paths if path != folder}
    reached: set[str] = set()
    for obj in (*(each for each in found if _folder(each) not in taken), *found):
        folder = _folder(obj)
        if obj.kind == "Component" or folder in reached:
            continue
        pending = [folder]
        while pending:
            path = pending.pop()
            if path not in reached:
                reached.add(path)
                pending += takes.get(path, ())
        rendered = render(folder, files)
        yield _Root(obj, folder, rendered, faults(folder, rendered, files))


def _listed(obj: Object) -> Iterator[str]:
    """The absolute paths of the local files and folders that a kustomization takes in."""
    return (os.path.realpath(path) for path in listed_files(obj) if "\0" not in path)


def _folder(obj: Object) -> str:
    return os.path.realpath(os.path.dirname(obj.document.source.name) or os.curdir)


def _said(
    problem: RenderProblem, root: _Root, named: Mapping[str, Loaded], readings: Mapping[str, Reading]
) -> Iterator[Said]:
    """The problem where it is written; if that is in no file of the run, at what leads there in the kustomization."""
    # A patch that names its own object stops the build; of one with a target kustomize says nothing.
    stops = problem.about is About.TARGET and problem.is_error
    rule = RULES.get(About.BUILD if stops else problem.about)
    if rule is None:
        return
    file, line, column = problem.place
    path = os.path.realpath(file)
    document = _document_at(named[path], line) if path in named else None
    obj: Object | None = root.obj
    if document is None:
        document, span = root.obj.document, _leading_to(path, root)
        message = f"{problem.message} ({file}:{line})"
    else:
        reading = readings[document.source.name]
        if document.problems and document in reading.documents and problem.about is About.BUILD:
            # What is wrong with its text is said by the rules for documents.
            return
        obj = next((each for each in reading.objects if each.document is document), None)
        span, message = _span(document, line, column), problem.message
    yield Said(document, obj, ReadProblem(rule, message, span, (), *_WORDS.get(problem.about, ())))


def _document_at(loaded: Loaded, line: int) -> Document | None:
    """The document of a file that holds the line."""
    start = loaded.source.bounds(line)[1]
    return next((each for each in reversed(loaded.documents) if each.start <= start), None)


def _span(document: Document, line: int, column: int) -> Span:
    """The scalar at a place, or its first character."""
    offset = min(document.source.bounds(line)[0] + column - 1, max(len(document.source.text) - 1, 0))
    scalars = () if document.failed else document.scalars()
    return next((span for span in scalars if span[0] <= offset < span[1]), (offset, offset + 1))


def _leading_to(path: str, root: _Root) -> Span:
    """The entry of a kustomization that takes in the file, directly or through others, or its beginning."""
    document, data = root.obj.document, root.obj.data
    for field in ("resources", "bases", "components"):
        for index, entry in enumerate(sequence(data.get(field))):
            if isinstance(entry, str) and "\0" not in entry:
                taken = os.path.realpath(os.path.join(root.folder, entry))
                if taken == path or path.startswith(os.path.join(taken, "")):
                    return document.span((field, index))
    beside = [(field, index) for field in ("resources", "bases") for index, _ in enumerate(sequence(data.get(field)))]
    return document.span(beside[0] if len(beside) == 1 else ())


def _kinds_of_targets(found: Iterable[Object]) -> Mapping[str, tuple[str, ...]]:
    """The kinds that the targets of patches name, by the absolute path of the patch."""
    patches = ((obj, mapping(patch)) for obj in found for patch in sequence(obj.data.get("patches")))
    return grouped(
        (os.path.realpath(os.path.join(_folder(obj), path)), text(mapping(patch["target"]).get("kind")))
        for obj, patch in patches
        if "target" in patch and "\0" not in (path := text(patch.get("path")))
    )


def _of_patch(patch: Loaded, targets: Sequence[str], schemas: Schemas) -> Iterator[Said]:
    """The fields of a patch that its kind does not have; kustomize adds them all the same.

    With a target, a patch is for that, of whatever kind it is itself: it is judged where both are of one kind.
    """
    for document in patch.documents:
        for obj in read_objects(document):
            if not isinstance(obj, Object) or any(kind != obj.kind for kind in targets):
                continue
            for problem in decode(obj, schemas).problems:
                name = str(problem.path[-1]) if problem.path else ""
                if problem.rule == "unknown-field" and not name.startswith("$"):
                    yield Said(document, obj, problem)


def _unlisted(found: Sequence[Object], roots: Iterable[_Root], readings: Iterable[Reading]) -> Iterator[Said]:
    """Manifests that lie beside others which a kustomization takes in, and that none takes in.

    Silent where a kustomization cannot be read, or has a word on the file, such as a line that is commented out.
    """
    by_folder = {_folder(obj): obj for obj in found}
    read = {path for root in roots for path in root.rendered.read}
    listed = {path for obj in found for path in _listed(obj)}
    beside = {os.path.dirname(path) for path in listed if not os.path.isdir(path)}
    texts = [obj.document.source.text for obj in found]
    for reading in readings:
        path = os.path.realpath(reading.source.name)
        folder = os.path.dirname(path)
        if folder not in beside or path in read or path in listed or reading.source.is_context:
            continue
        owner = _owner(folder, by_folder)
        base = os.path.basename(path)
        if owner is None or owner.kind == "Component" or names_a_patch(path) or any(base in each for each in texts):
            continue
        obj = next((each for each in reading.objects if each.gvk.group != _GROUP), None)
        if obj is None or obj.gvk.group in _BY_OTHERS or is_kustomization(path):
            continue
        message = (
            f"{owner.document.source.name} does not list {base}, as no other kustomization does: its {obj.kind} "
            "is not applied with what lies beside it"
        )
        yield Said(obj.document, obj, ReadProblem(_UNLISTED, message, obj.document.span((*obj.path, "kind"))))


def _owner(folder: str, by_folder: Mapping[str, Object]) -> Object | None:
    """The kustomization of the folder, or of the nearest above it."""
    while folder not in by_folder:
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return by_folder[folder]
