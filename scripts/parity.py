"""Makes docs/api-server.md: which of the API server's checks are done here, by kind, counted from what exists.

With `-`, the page goes to standard output instead. Counted are the validators of
k8slint/apiserver/validation/registry.py, the functions of Kubernetes that they and what they call say they mirror, and
the cases of tests/conformance/apiserver.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from ruamel.yaml import YAML

from k8slint.apiserver.discovery.definitions import NEWEST_MINOR, definitions_of
from k8slint.apiserver.validation.registry import VALIDATORS
from k8slint.values.gvk import GroupVersionKind
from scripts.mirrors import ROOT, mirrors

OUT: Final = ROOT / "docs" / "api-server.md"
TABLES: Final = ROOT / "tests" / "conformance" / "apiserver"
FOLDER: Final = ROOT / "k8slint" / "apiserver" / "validation"
_PACKAGE: Final = "k8slint.apiserver.validation"
_TYPES: Final = (
    "Required",
    "Invalid",
    "Unsupported",
    "Duplicate",
    "Forbidden",
    "Not found",
    "Too long",
    "Too many",
)
_TYPE: Final = re.compile(rf": ({'|'.join(_TYPES)})\b")
_LIST: Final = re.compile(r"^([^.]+)")
# Why a kind needs no validator. Any other kind without one is still to be done.
_METADATA: Final = "nothing but metadata"
_CALL: Final = "a call, which is answered and not stored"
_OWN: Final = "the server's own"
_OFF: Final = "off by default: metadata, fields and their types only"
REASONS: Final = {
    "Binding": _CALL,
    "ComponentStatus": _OWN,
    "CompositePodGroup.scheduling.k8s.io": _OFF,
    "Eviction.lifecycle.k8s.io": _OFF,
    "Eviction.policy": _CALL,
    "EvictionRequest.lifecycle.k8s.io": _OFF,
    "LocalSubjectAccessReview.authorization.k8s.io": _CALL,
    "PodGroup.scheduling.k8s.io": _OFF,
    "ResourcePoolStatusRequest.resource.k8s.io": _OFF,
    "Scale.autoscaling": _CALL,
    "SelfSubjectAccessReview.authorization.k8s.io": _CALL,
    "SelfSubjectReview.authentication.k8s.io": _CALL,
    "SelfSubjectRulesReview.authorization.k8s.io": _CALL,
    "ServiceAccount": _METADATA,
    "StorageVersion.internal.apiserver.k8s.io": _OWN,
    "SubjectAccessReview.authorization.k8s.io": _CALL,
    "TokenRequest.authentication.k8s.io": _CALL,
    "TokenReview.authentication.k8s.io": _CALL,
    "Workload.scheduling.k8s.io": _OFF,
}
_NOT_YET: Final = "not yet: metadata, fields and their types only"
_PAGE: Final = """\
# What of the API server is checked

Made by `python -m scripts.parity` from the code and its tests; do not edit.

An object goes through the steps of the API server of Kubernetes 1.{minor}, or of the minor that is asked for: it is
decoded, with its fields and their types held against its kind; defaults are filled in; its metadata is validated; the
rest is validated by the function of its kind. Of the {kinds} kinds that 1.{minor} can serve, {validated} have such a
function; why {others} have none is said below. Custom resources are held against the schema of their definition.

- `mirrored`: the functions and types of Kubernetes that the function and what it calls say they mirror, beside the
  {shared} for the metadata of every kind.
- `taken`, `refused`: the cases in [tests/conformance/apiserver](../tests/conformance/apiserver) with objects of that
  kind that the server takes or refuses; those of Pod stand behind all kinds that make pods.
- `errors`: what those that are refused are told, by the type of the error.

{tables}
## Without a validator

| kind | why |
|---|---|
{without}

## What is not done

- Admission: webhooks and admission policies are not asked; what they would change or refuse is not known. What the
  server's own plugins say is the business of rules and of the dry run.
- Allocation: that an IP address, a node port or a name is free is for the cluster to say.
- Existence: an object refused because its namespace is missing, or because one of its name exists, is not found here.
  Objects that others refer to are the business of the rules for references.
- Updates: all is judged as if it were created; that a field cannot be changed any more is not said.
- Access: whether whoever applies the files may do so, or may give the rights that a role gives.
- Expressions: without the extra `cel`, none is compiled, and the rules in CEL that a CustomResourceDefinition gives its
  objects are not evaluated. With it, an expression is refused for its syntax, for a name that is none of its variables
  or of their fields, and for the type of the whole where that is certain; functions and other types are not checked.
"""


class Definition(NamedTuple):
    """A name at the top level of a module, by the module's path within the package."""

    module: str
    name: str


@dataclass(slots=True)
class Module:
    """What a module of validation defines: what each name reads, and which mirrors stand in it."""

    reads: dict[str, set[Definition]] = field(default_factory=dict)
    lines: dict[str, range] = field(default_factory=dict)


@dataclass(slots=True)
class Cases:
    """The cases of a kind."""

    taken: int = 0
    refused: int = 0
    errors: Counter[str] = field(default_factory=Counter)


def main() -> None:
    """Writes the page."""
    if sys.argv[1:] == ["-"]:
        sys.stdout.write(page())
    else:
        OUT.write_text(page(), encoding="utf-8")


def page() -> str:
    """The page as it is today."""
    served = served_kinds()
    cases, by_definition = cases_by_kind(), mirrors_by_definition()
    shared = mirrored(Definition("metadata", "validate_metadata"), by_definition)
    groups: dict[str, list[str]] = defaultdict(list)
    for kind in sorted(served & VALIDATORS.keys()):
        module, _, function = VALIDATORS[kind].rpartition(".")
        count = len(mirrored(Definition(module, function), by_definition) - shared)
        name, _, group = kind.partition(".")
        groups[group].append(_row(name, count, cases.get(kind, Cases())))
    others = sorted(served - VALIDATORS.keys())
    return _PAGE.format(
        minor=NEWEST_MINOR,
        kinds=len(served),
        validated=len(served & VALIDATORS.keys()),
        others=len(others),
        shared=len(shared),
        tables="\n".join(_table(group, rows) for group, rows in sorted(groups.items())),
        without="\n".join(f"| {kind} | {REASONS.get(kind, _NOT_YET)} |" for kind in others),
    )


def _table(group: str, rows: list[str]) -> str:
    head = f"## {group or 'core'}\n\n| kind | mirrored | taken | refused | errors |\n|---|--:|--:|--:|---|\n"
    return head + "\n".join(rows) + "\n"


def _row(kind: str, count: int, cases: Cases) -> str:
    errors = ", ".join(f"{cases.errors[each]} {each.lower()}" for each in _TYPES if cases.errors[each])
    return f"| {kind} | {count} | {cases.taken} | {cases.refused} | {errors} |"


def served_kinds() -> set[str]:
    """The kinds of the newest minor, by kind and group, without the lists of them."""
    known = {GroupVersionKind.parse(*each).group_kind for each in definitions_of(NEWEST_MINOR).kinds}
    return known - {_LIST.sub(r"\1List", kind) for kind in known}


def cases_by_kind() -> Mapping[str, Cases]:
    """The cases of the tables, by kind and group."""
    found: dict[str, Cases] = defaultdict(Cases)
    for file in sorted(TABLES.glob("*.yaml")):
        table: Any = YAML(typ="safe").load(file)
        for case in table["cases"]:
            subject = {**table, **case}["objects"][case["of"]] | case.get("change", {})
            cases = found[GroupVersionKind.parse(subject["apiVersion"], subject["kind"]).group_kind]
            errors = case.get("errors", ())
            cases.refused += bool(errors)
            cases.taken += not errors
            cases.errors.update(match[1] for match in map(_TYPE.search, errors) if match)
    return found


def mirrored(start: Definition, by_definition: Mapping[Definition, set[str]]) -> set[str]:
    """What of Kubernetes is mirrored by a definition and all that it reads."""
    pending, seen = [start], {start}
    found: set[str] = set()
    while pending:
        one = pending.pop()
        found |= by_definition.get(one, set())
        further = modules().get(one.module, Module()).reads.get(one.name, set()) - seen
        seen |= further
        pending.extend(further)
    return found


def mirrors_by_definition() -> Mapping[Definition, set[str]]:
    """The mirrors of the modules of validation, by the definition whose docstring names them."""
    found: dict[Definition, set[str]] = defaultdict(set)
    for mirror in mirrors(FOLDER):
        file, _, line = mirror.written.rpartition(":")
        module = _path(FOLDER.parent / file)
        for name, lines in modules().get(module, Module()).lines.items():
            if int(line) in lines:
                found[Definition(module, name)].add(f"{mirror.place} {mirror.name}")
    return found


@cache
def modules() -> Mapping[str, Module]:
    """The modules of validation, by their paths within the package."""
    return {_path(file): _module(file) for file in sorted(FOLDER.rglob("*.py")) if file.stem != "__init__"}


def _module(file: Path) -> Module:
    own = _path(file)
    tree, module = ast.parse(file.read_text(encoding="utf-8")), Module()
    tops = [(name, node) for node in tree.body for name in _names(node)]
    known = dict(_imported(tree)) | {name: Definition(own, name) for name, _ in tops}
    for name, node in tops:
        module.lines[name] = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        module.reads[name] = set(_read(node, known))
    return module


def _path(file: Path) -> str:
    return ".".join(file.relative_to(FOLDER).with_suffix("").parts)


def _read(node: ast.AST, known: Mapping[str, Definition]) -> Iterator[Definition]:
    """What a part of a module reads by its name, or from another module by that module's."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id in known:
            yield known[each.id]
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id in known:
            yield Definition(".".join(filter(None, known[each.value.id])), each.attr)


def _names(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def _imported(tree: ast.Module) -> Iterator[tuple[str, Definition]]:
    """The names that come from other modules of validation, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_PACKAGE):
            module = (node.module or "").removeprefix(_PACKAGE).removeprefix(".")
            yield from ((each.asname or each.name, Definition(module, each.name)) for each in node.names)


if __name__ == "__main__":
    main()
