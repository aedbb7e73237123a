"""Secrets in plain text where anybody can read them: values by their name, and whatever has the form of a secret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from k8slint.checks.config.assignments import assigned_in_command, assigned_in_file, is_literal, is_secret_option
from k8slint.checks.credentials import is_filled_in_later, is_masked, names_a_credential, words
from k8slint.checks.secret_forms import is_aws_id, is_aws_key, may_be_secret, secrets_in
from k8slint.cluster.cluster import Cluster
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, sequence, strings, text
from k8slint.objects.object import Container, Object
from k8slint.objects.problem import Place, Problem
from k8slint.values.well_known import LAST_APPLIED

_SHORTEST: Final = 2
# A token under such a name is made for everybody.
_OPEN: Final = frozenset({"anon", "anonymous", "public", "publishable"})
_HOOKS: Final = (
    ("livenessProbe",), ("readinessProbe",), ("startupProbe",), ("lifecycle", "postStart"), ("lifecycle", "preStop"),
)  # fmt: skip
_NAMED_AT_MOST: Final = 3


def secret_literal_in_env(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """An environment variable that holds the secret itself instead of a reference to a Secret."""
    entries = [(path, text(entry.get("name")), entry.get("value")) for path, entry in container.env()]
    has_aws_id = any(isinstance(value, str) and is_aws_id(value) for _, _, value in entries)
    for path, name, value in entries:
        if not isinstance(value, str) or len(value) < _SHORTEST:
            continue
        said = _secret_in(name, value) or _assigned_in_variable(name, value)
        if not said and has_aws_id and is_aws_key(value):
            said = "an AWS secret key"
        if said and not cluster.find("Secret", container.pod.namespace, value):
            yield Problem((*path, "value"), f'"{name}" holds {said}', place=Place.SECRET)


def secret_literal_in_configmap(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A ConfigMap value that is a secret, or a file in it that holds one."""
    for key, value in strings(obj.data.get("data")).items():
        said = _secret_in(key, value.rstrip("\n")) or _assigned_in(key, value)
        if said and not cluster.find("Secret", obj.namespace, value):
            yield Problem(("data", key), f'"{key}" holds {said}', place=Place.SECRET)


def secret_literal_in_command(container: Container, _: Cluster) -> Iterator[Problem]:
    """A command, an argument or a header of a probe that holds a secret."""
    commands: list[Path] = [("command",), ("args",)]
    for hook in _HOOKS:
        if dig(container.data, *hook) is not None:
            commands.append((*hook, "exec", "command"))
            yield from _in_headers(container, (*hook, "httpGet", "httpHeaders"))
    for path in commands:
        yield from _in_command(sequence(dig(container.data, *path)), path)


def secret_literal_in_annotation(obj: Object, _: Cluster) -> Iterator[Problem]:
    """An annotation with a text that has the form of a secret."""
    where: list[tuple[Path, dict[str, str]]] = [(("metadata", "annotations"), obj.annotations)]
    if obj.pod is not None and obj.pod.path:
        where.append(((*obj.pod.path, "metadata", "annotations"), obj.pod.annotations))
    for path, several in where:
        for name, value in several.items():
            said = _of_form(name, value) if name != LAST_APPLIED else ""
            if said:
                yield Problem((*path, name), f'the annotation "{name}" holds {said}', place=Place.SECRET)


def _in_headers(container: Container, path: Path) -> Iterator[Problem]:
    for index, header in items(dig(container.data, *path)):
        said = _of_form("", text(header.get("value")))
        if said:
            message = f'the header "{text(header.get("name"))}" holds {said}'
            yield Problem((*path, index, "value"), message, place=Place.SECRET)


def _in_command(parts: list[object], path: Path) -> Iterator[Problem]:
    before = ""
    for index, part in enumerate(parts):
        if not isinstance(part, str):
            before = ""
            continue
        option, before = before, part
        said = _of_form("", part)
        if said:
            yield Problem((*path, index), f"the command holds {said}", place=Place.SECRET)
            continue
        if option.startswith("-") and not part.startswith("-") and is_secret_option(option.lstrip("-"), part):
            named = [option]
        else:
            named = list(dict.fromkeys(assigned_in_command(part)))
        if named:
            yield Problem((*path, index), f"{_listed(named)} gets a literal secret", place=Place.SECRET)


def _secret_in(name: str, value: str) -> str:
    """What kind of secret the value is; empty if it is none, or is filled in later."""
    said = _of_form(name, value)
    if said or "\n" in value or is_filled_in_later(value) or is_masked(value):
        return said
    return "a literal secret" if names_a_credential(name) and is_literal(name, value) else ""


def _of_form(name: str, value: str) -> str:
    """What a value holds that has the form of a secret; empty for nothing, or a token that is made for everybody."""
    if len(value) < _SHORTEST or not may_be_secret(value) or not _OPEN.isdisjoint(words(name)):
        return ""
    return next((secret.what for secret in secrets_in(value)), "")


def _assigned_in(key: str, value: str) -> str:
    """The names that get a literal secret in the text of a file; empty if there are none."""
    found = list(assigned_in_file(key, value))
    if not found:
        return ""
    named = _listed([each.name for each in found])
    line = value.count("\n", 0, found[0].at) + 1
    return f"a literal secret: {named} in line {line}" if "\n" in value else f"a literal secret: {named}"


def _assigned_in_variable(name: str, value: str) -> str:
    """The same for a variable: a file, if it has lines or is JSON, or else options, as `JAVA_OPTS` has."""
    if "\n" in value or value[:1] == "{":
        return _assigned_in(name, value)
    found = list(assigned_in_command(value))
    return f"a literal secret: {_listed(found)}" if found else ""


def _listed(names: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(names))
    shown = ", ".join(f'"{name}"' for name in distinct[:_NAMED_AT_MOST])
    return shown if len(distinct) <= _NAMED_AT_MOST else f"{shown} and {len(distinct) - _NAMED_AT_MOST} more"
