"""Turns documents into objects: expands lists, and reports or skips what is no object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from k8slint.loading.document import Document, Path, Source
from k8slint.loading.expectations import EXPECTED, asks_questions, may_ask_questions
from k8slint.loading.kustomize import is_kustomization
from k8slint.loading.looks import was_meant_as_object
from k8slint.objects.fields import mapping, text
from k8slint.objects.foreign import is_half_an_object, reader_of, tells_of_others
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.gvk import GroupVersionKind

# The type of a file that only its name shows to be a kustomization.
KUSTOMIZATION: Final = GroupVersionKind("kustomize.config.k8s.io", "v1beta1", "Kustomization")


class NotAnObject(NamedTuple):
    """A document, or an item of a list, that is no object: skipped for a reason, or broken with a problem."""

    document: Document
    path: Path
    reason: str = ""
    problem: Problem | None = None


def read_objects(document: Document) -> Iterator[Object | NotAnObject]:
    """The objects of a document, in order; each item of a List is an object of its own."""
    if document.failed:
        if not was_meant_as_object(document):
            yield NotAnObject(document, (), reason="not YAML, and no Kubernetes object by its looks")
        return
    yield from _read(document, (), document.data)


def _read(document: Document, path: Path, data: Any) -> Iterator[Object | NotAnObject]:
    if not isinstance(data, dict):
        yield _of_other_shape(document, path, data)
        return
    api_version, kind = data.get("apiVersion"), data.get("kind")
    if not _is_written(api_version) or not _is_written(kind):
        if is_kustomization(document.source.name) and not path:
            yield Object(document, path, KUSTOMIZATION, "", "", data)
        else:
            yield _without_type(document, path, data)
        return
    if not isinstance(api_version, str) or not isinstance(kind, str):
        yield _of_odd_type(document, path, data)
    elif kind.endswith("List") and "items" in data and not path:
        yield from _read_list(document, data)
    else:
        gvk = GroupVersionKind.parse(api_version, kind)
        reason = _reason(gvk, data)
        if reason:
            yield NotAnObject(document, path, reason=reason)
            return
        metadata = mapping(data.get("metadata"))
        yield Object(document, path, gvk, text(metadata.get("namespace")), text(metadata.get("name")), data)


def _of_odd_type(document: Document, path: Path, data: dict[str, Any]) -> NotAnObject:
    wrong = "apiVersion" if not isinstance(data["apiVersion"], str) else "kind"
    if not path and not isinstance(data.get("metadata"), dict):
        return NotAnObject(document, path, reason=f"its {wrong} is no text")
    return NotAnObject(
        document, path, problem=Problem((*path, wrong), f"{wrong} must be a string", rule="not-an-object")
    )


def _reason(gvk: GroupVersionKind, data: dict[str, Any]) -> str:
    """The reason why data with an apiVersion and a kind is never applied; empty if it is."""
    if (gvk.api_version, gvk.kind) == ("v1", "Config") and "clusters" in data:
        return "a kubeconfig"
    reader = reader_of(gvk)
    return f"read by {reader}, never applied" if reader else ""


def _read_list(document: Document, data: dict[str, Any]) -> Iterator[Object | NotAnObject]:
    """The items of a List. Those of a typed one, such as PodList, need not write apiVersion and kind.

    Mirrors: pkg/apis/meta/v1/unstructured/unstructuredscheme decodeToList @ v1.37
    """
    listed = data["items"]
    if listed is not None and not isinstance(listed, list):
        problem = Problem(("items",), "the items of a List must be a sequence", rule="not-an-object")
        yield NotAnObject(document, ("items",), problem=problem)
        return
    item_kind = data["kind"].removesuffix("List")
    for index, item in enumerate(listed or ()):
        if item is not None:
            yield from _read(document, ("items", index), _typed(item, data["apiVersion"], item_kind))


def _typed(item: Any, api_version: str, kind: str) -> Any:
    if not kind or not isinstance(item, dict) or _is_written(item.get("apiVersion")) or _is_written(item.get("kind")):
        return item
    return {**item, "apiVersion": api_version, "kind": kind}


def _is_written(value: Any) -> bool:
    return value is not None and value != ""


def _of_other_shape(document: Document, path: Path, data: Any) -> NotAnObject:
    if path:
        problem = Problem(path, "an item of a List must be an object", rule="not-an-object")
        return NotAnObject(document, path, problem=problem)
    shape = "a sequence" if isinstance(data, list) else "a scalar"
    return NotAnObject(document, path, reason=f"{shape}, not an object")


def _without_type(document: Document, path: Path, data: dict[str, Any]) -> NotAnObject:
    if not path and not is_half_an_object(data):
        return NotAnObject(document, path, reason="no apiVersion and kind")
    has_version, has_kind = _is_written(data.get("apiVersion")), _is_written(data.get("kind"))
    missing = "kind" if has_version else "apiVersion" if has_kind else "apiVersion and kind"
    message = f"{missing} is missing, so this is no Kubernetes object"
    if not path and not has_version and not has_kind:
        message = "metadata and spec without apiVersion and kind: kubectl cannot tell what this is"
    return NotAnObject(document, path, problem=Problem(path, message, rule="not-an-object"))


class Reading(NamedTuple):
    """What one source holds; `documents` are those that hold an object or were meant to."""

    source: Source
    documents: tuple[Document, ...]
    objects: tuple[Object, ...]
    others: tuple[NotAnObject, ...]


def read_source(source: Source, documents: Iterable[Document]) -> Reading:
    """A source with its documents sorted into objects and what is no object."""
    meant: list[Document] = []
    objects: list[Object] = []
    others: list[NotAnObject] = []
    may_ask = may_ask_questions(source.text)
    for document in documents:
        is_foreign = False
        is_expectation = may_ask and asks_questions(document.data)
        for part in [NotAnObject(document, (), EXPECTED)] if is_expectation else read_objects(document):
            if isinstance(part, Object):
                objects.append(part)
                is_foreign = tells_of_others(part.gvk)
            else:
                others.append(part)
                is_foreign = bool(part.reason) and not part.path
        if not is_foreign:
            meant.append(document)
    return Reading(source, tuple(meant), tuple(objects), tuple(others))
