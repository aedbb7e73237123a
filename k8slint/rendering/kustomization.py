"""A kustomization file as data: its fields by their right names, each of its type, none unknown."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from k8slint.loading.discovery import KUSTOMIZATIONS
from k8slint.loading.document import Document, Path
from k8slint.rendering.origin import Origin, of_file
from k8slint.rendering.problems import About, Refused, RenderProblem
from k8slint.rendering.reading import first_document
from k8slint.values.nearest import nearest

if TYPE_CHECKING:
    from k8slint.rendering.files import Files

_TEXT: Final = "a text"
_BOOL: Final = "true or false"
_INT: Final = "a whole number"
_ANY: Final = "anything"
Form = Any
"""What a value must be: a word above; `[form]` for a list; `{"*": form}` for any keys; a mapping of fields."""

_TEXTS: Final = [_TEXT]
_MAP: Final = {"*": _TEXT}
_ID: Final = dict.fromkeys(("group", "version", "kind", "name", "namespace"), _TEXT)
SELECTOR: Final = {**_ID, "annotationSelector": _TEXT, "labelSelector": _TEXT}
_PATCH: Final = {
    "path": _TEXT,
    "patch": _TEXT,
    "target": SELECTOR,
    "options": {"allowNameChange": _BOOL, "allowKindChange": _BOOL},
}
_FIELD_OPTIONS: Final = {"delimiter": _TEXT, "index": _INT, "encoding": _TEXT, "create": _BOOL}
REPLACEMENT: Final = {
    "source": {**_ID, "fieldPath": _TEXT, "options": _FIELD_OPTIONS},
    "sourceValue": _TEXT,
    "targets": [{"select": SELECTOR, "reject": [SELECTOR], "fieldPaths": _TEXTS, "options": _FIELD_OPTIONS}],
}
_OPTIONS: Final = {"labels": _MAP, "annotations": _MAP, "disableNameSuffixHash": _BOOL, "immutable": _BOOL}
GENERATOR: Final = {
    "namespace": _TEXT,
    "name": _TEXT,
    "behavior": _TEXT,
    "literals": _TEXTS,
    "files": _TEXTS,
    "envs": _TEXTS,
    "env": _TEXT,
    "options": _OPTIONS,
}
SECRET_GENERATOR: Final = {**GENERATOR, "type": _TEXT}
IMAGE: Final = dict.fromkeys(("name", "newName", "tagSuffix", "newTag", "digest"), _TEXT)
REPLICA: Final = {"name": _TEXT, "count": _INT}
FIELD_SPEC: Final = {"group": _TEXT, "version": _TEXT, "kind": _TEXT, "path": _TEXT, "create": _BOOL}
_LABEL: Final = {"pairs": _MAP, "includeSelectors": _BOOL, "includeTemplates": _BOOL, "fields": [FIELD_SPEC]}
_VAR: Final = {
    "name": _TEXT,
    "objref": {**_ID, "apiVersion": _TEXT},
    "fieldref": {"fieldPath": _TEXT},
}
_HELM_CHART: Final = {
    **dict.fromkeys(
        ("name", "version", "repo", "releaseName", "namespace", "valuesFile", "valuesMerge", "kubeVersion"), _TEXT
    ),
    **dict.fromkeys(("includeCRDs", "skipHooks", "skipTests", "debug", "devel"), _BOOL),
    "nameTemplate": _TEXT,
    "additionalValuesFiles": _TEXTS,
    "valuesInline": {"*": _ANY},
    "apiVersions": _TEXTS,
}
SORT_OPTIONS: Final = {"order": _TEXT, "legacySortOptions": {"orderFirst": _TEXTS, "orderLast": _TEXTS}}
FIELDS: Final[dict[str, Form]] = {
    "kind": _TEXT,
    "apiVersion": _TEXT,
    "metadata": {"name": _TEXT, "namespace": _TEXT, "labels": _MAP, "annotations": _MAP},
    "openapi": _MAP,
    "namePrefix": _TEXT,
    "nameSuffix": _TEXT,
    "namespace": _TEXT,
    "commonLabels": _MAP,
    "labels": [_LABEL],
    "commonAnnotations": _MAP,
    "patchesStrategicMerge": _TEXTS,
    "patchesJson6902": [_PATCH],
    "patches": [_PATCH],
    "images": [IMAGE],
    "imageTags": [IMAGE],
    "replacements": [{**REPLACEMENT, "path": _TEXT}],
    "replicas": [REPLICA],
    "vars": [_VAR],
    "sortOptions": SORT_OPTIONS,
    "resources": _TEXTS,
    "components": _TEXTS,
    "crds": _TEXTS,
    "bases": _TEXTS,
    "configMapGenerator": [GENERATOR],
    "secretGenerator": [SECRET_GENERATOR],
    "helmGlobals": {"chartHome": _TEXT, "configHome": _TEXT},
    "helmCharts": [_HELM_CHART],
    "helmChartInflationGenerator": [{"*": _ANY}],
    "generatorOptions": _OPTIONS,
    "configurations": _TEXTS,
    "generators": _TEXTS,
    "transformers": _TEXTS,
    "validators": _TEXTS,
    "buildMetadata": _TEXTS,
}
"""The fields of a kustomization and their forms.

Mirrors: sigs.k8s.io/kustomize/api types/kustomization.go Kustomization @ v0.21.1
"""
_DEPRECATED: Final = {
    "bases": "resources",
    "commonLabels": "labels",
    "imageTags": "images",
    "patchesJson6902": "patches",
    "patchesStrategicMerge": "patches",
    "vars": "replacements",
}
_GROUP: Final = "kustomize.config.k8s.io"
_VERSIONS: Final = {"Kustomization": f"{_GROUP}/v1beta1", "Component": f"{_GROUP}/v1alpha1"}


class Kustomization(NamedTuple):
    """A kustomization file: the folder that it lies in, its fields, and the problems that do not keep it from building.

    Each value is in the document at the path of the same names, but for the case of letters: `names` has the names that
    are written otherwise. `absent` are items of lists that are left out because what they name is not there.
    """

    root: str
    document: Document
    fields: dict[str, Any]
    names: dict[Path, str]
    problems: tuple[RenderProblem, ...] = ()
    absent: frozenset[Path] = frozenset()

    def get(self, field: str) -> Any:
        """The value of a field, or None."""
        return self.fields.get(field)

    def entries(self, field: str) -> Iterator[tuple[Any, Origin]]:
        """The items of a list with their origins."""
        origin = self.origin(field)
        for index, entry in enumerate(self.fields.get(field) or ()):
            if (field, index) not in self.absent:
                yield entry, origin.below(index)

    def origin(self, *path: str | int) -> Origin:
        """The origin of a value."""
        if not self.names:
            return Origin(self.document, path)
        written = tuple(
            self.names.get(path[: at + 1], step) if isinstance(step, str) else step for at, step in enumerate(path)
        )
        return Origin(self.document, written)

    def inheriting(self, parent: Kustomization) -> Kustomization:
        """This kustomization with what the one that takes it in decides for it."""
        metadata = parent.get("buildMetadata")
        if self.get("buildMetadata") == metadata:
            return self
        return self._replace(fields={**self.fields, "buildMetadata": metadata})

    @property
    def is_component(self) -> bool:
        """Whether this is a Component."""
        return self.fields.get("kind") == "Component"

    @property
    def name(self) -> str:
        """The name of the file in its folder."""
        return os.path.basename(self.document.source.name)


def read_kustomization(files: Files, root: str, origin: Origin | None) -> Kustomization:
    """The kustomization of a folder; `origin` is what names the folder, or None for the one that is asked for.

    Raises:
        Refused: if there is none, or kustomize refuses it.
    """
    return kustomization_of(root, document_of(files, root, origin))


def document_of(files: Files, root: str, origin: Origin | None) -> Document:
    """The document that is the kustomization of a folder; `origin` as above.

    Raises:
        Refused: if there is none, or kustomize refuses it.

    Mirrors: sigs.k8s.io/kustomize/api internal/target/kusttarget.go LoadKustFile, KustTarget.Load @ v0.21.1
    """
    shown = files.shown(root)
    place = origin if origin is not None else (shown, 1, 1)
    found = []
    for name in KUSTOMIZATIONS:
        path = os.path.join(root, name)
        if os.path.lexists(path) and not os.path.isdir(path):
            found.append(path)
    if not found:
        names = ", ".join(KUSTOMIZATIONS[:-1])
        raise Refused(f"there is no kustomization in {shown}: it needs a {names} or {KUSTOMIZATIONS[-1]}", place)
    if len(found) > 1:
        both = " and ".join(map(os.path.basename, found))
        raise Refused(f"found multiple kustomization files under {shown}: {both}", (files.shown(found[0]), 1, 1))
    loaded = files.documents(root, os.path.basename(found[0]), of_file(files.shown(found[0]), ""))
    document = first_document(loaded)
    if document is None:
        raise Refused("the kustomization is empty", (files.shown(found[0]), 1, 1))
    return document


def kustomization_of(root: str, document: Document, *, is_strict: bool = True) -> Kustomization:
    """The kustomization that a document writes; unknown fields are left out if it is not strict.

    Raises:
        Refused: if kustomize refuses it.
    """
    data = document.data
    here = Origin(document)
    if not isinstance(data, dict):
        raise Refused("a kustomization is a mapping", here)
    names: dict[Path, str] = {}
    fields = checked(data, FIELDS, here, names, (), is_strict=is_strict)
    fields = {key: value for key, value in fields.items() if value is not None}
    kind = fields.get("kind") or "Kustomization"
    if all(fields[key] == "" for key in fields if key not in ("kind", "apiVersion")):
        raise Refused("the kustomization is empty", here)
    if kind not in _VERSIONS:
        raise Refused(f'kind should be Kustomization or Component, not "{kind}"', here.below("kind"))
    version = fields.get("apiVersion") or _VERSIONS[kind]
    if version != _VERSIONS[kind]:
        raise Refused(f'apiVersion for {kind} should be {_VERSIONS[kind]}, not "{version}"', here.below("apiVersion"))
    problems = tuple(
        RenderProblem(
            f"{old} is deprecated: use {new} instead",
            _of_key(here, names.get((old,), old)),
            is_error=False,
            about=About.DEPRECATED,
        )
        for old, new in _DEPRECATED.items()
        if old in fields
    )
    return Kustomization(root, document, {**fields, "kind": kind}, names, problems)


def checked(
    data: Any, form: Form, origin: Origin, names: dict[Path, str], path: Path, *, is_strict: bool = True
) -> Any:
    """The data with the fields of mappings by their right names.

    Raises:
        Refused: for a field that is not known if `is_strict`, or a value of another form.

    Mirrors: sigs.k8s.io/kustomize/api types/kustomization.go Kustomization.Unmarshal @ v0.21.1
    """
    if data is None:
        return None
    if isinstance(form, dict):
        if not isinstance(data, dict):
            raise Refused(f"a mapping is expected, not {_shown(data)}", origin)
        if "*" in form:
            return {
                key: checked(value, form["*"], origin.below(key), names, (*path, key), is_strict=is_strict)
                for key, value in data.items()
            }
        return _fields(data, form, origin, names, path, is_strict=is_strict)
    if isinstance(form, list):
        if not isinstance(data, list):
            raise Refused(f"a list is expected, not {_shown(data)}", origin)
        return [
            checked(item, form[0], origin.below(index), names, (*path, index), is_strict=is_strict)
            for index, item in enumerate(data)
        ]
    if not _is_of(data, form):
        raise Refused(f"{form} is expected, not {_shown(data)}", origin)
    return data


def _fields(
    data: dict[str, Any], form: dict[str, Form], origin: Origin, names: dict[Path, str], path: Path, *, is_strict: bool
) -> dict[str, Any]:
    result = {}
    for key, value in data.items():
        name = field_of(key, form)
        if not name:
            if not is_strict:
                continue
            raise unknown_field(key, form, origin)
        if name != key:
            names[*path, name] = key
        result[name] = checked(value, form[name], origin.below(key), names, (*path, name), is_strict=is_strict)
    return result


def unknown_field(key: str, form: dict[str, Form], origin: Origin) -> Refused:
    """What kustomize says of a field that it does not know in a mapping of that form."""
    meant = nearest(key, form)
    hint = f'; did you mean "{meant}"?' if meant is not None else ""
    return Refused(f'unknown field "{key}"{hint}', _of_key(origin, key), About.FIELD, meant or "")


def field_of(key: str, form: dict[str, Form]) -> str:
    """The field that a key writes: of its name, whatever the case of letters; empty if there is none."""
    return key if key in form else next((each for each in form if each.casefold() == key.casefold()), "")


def _of_key(origin: Origin, key: str) -> tuple[str, int, int]:
    document = origin.document
    return document.source.place(document.span((*origin.path, key), key=True)[0])


def _is_of(data: Any, form: str) -> bool:
    if form == _TEXT:
        return isinstance(data, str)
    if form == _BOOL:
        return isinstance(data, bool)
    if form == _INT:
        return isinstance(data, int) and not isinstance(data, bool)
    return True


def _shown(data: Any) -> str:
    """A value in a message; a text is not quoted, because it may be a Secret value."""
    if isinstance(data, dict):
        return "a mapping"
    if isinstance(data, list):
        return "a list"
    if isinstance(data, str):
        return "a text"
    return (
        f"the number {data}; put it in quotes"
        if not isinstance(data, bool)
        else f"{'true' if data else 'false'}; put it in quotes"
    )
