"""The problems of values that their types do not accept, and how to mend them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from k8slint.apiserver.decoding.decode import Mismatch
from k8slint.apiserver.decoding.places import Shape, home, meant
from k8slint.apiserver.decoding.types import Field, Struct
from k8slint.apiserver.discovery.definitions import NEWEST_MINOR, OLDEST_MINOR, Definitions, definitions_of
from k8slint.apiserver.words import is_ambiguous, named, plain_form, shown, written
from k8slint.loading.document import Path
from k8slint.objects.fields import dig
from k8slint.objects.object import Object
from k8slint.objects.problem import Place, Problem
from k8slint.values.field_path import field_path
from k8slint.values.placeholder import has_placeholder

_FEW_FIELDS: Final = 8
_CRD_SPEC: Final = "apiextensions.v1.CustomResourceDefinitionSpec"
# Names from an older version of the API, and names that are often mixed up.
_RENAMED: Final = {
    (_CRD_SPEC, "additionalPrinterColumns"): "versions[].additionalPrinterColumns",
    (_CRD_SPEC, "subresources"): "versions[].subresources",
    (_CRD_SPEC, "validation"): "versions[].schema",
    (_CRD_SPEC, "version"): "versions[].name",
    ("apps.v1.DaemonSetSpec", "strategy"): "updateStrategy",
    ("apps.v1.StatefulSetSpec", "strategy"): "updateStrategy",
    ("autoscaling.v2.ResourceMetricSource", "targetAverageUtilization"): "target.averageUtilization",
    ("autoscaling.v2.ResourceMetricSource", "targetAverageValue"): "target.averageValue",
    ("core.v1.ConfigMapVolumeSource", "configMapName"): "name",
    ("core.v1.ContainerPort", "port"): "containerPort",
    ("core.v1.PersistentVolumeClaimVolumeSource", "name"): "claimName",
    ("core.v1.SecretVolumeSource", "name"): "secretName",
    ("networking.v1.IngressBackend", "serviceName"): "service.name",
    ("networking.v1.IngressBackend", "servicePort"): "service.port.number",
    ("networking.v1.IngressSpec", "backend"): "defaultBackend",
}
_SECRET_FIELDS: Final = ("data", "stringData")
_TEXTS: Final = ("a string", "bytes in base64")
_WAYS_OUT: Final[dict[tuple[type, type], str]] = {
    (str, object): "make it text: quote it, or write it as a block below `|`",
    (list, object): "make it a list: begin each item with a dash",
    (dict, list): "make it a mapping: take the dashes off",
}
_NEW_OCTAL = re.compile(r"0[oO]([0-7]+)")
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,18}")
_WORDS: Final = {
    **dict.fromkeys(("true", "yes", "on", "y"), "true"),
    **dict.fromkeys(("false", "no", "off", "n"), "false"),
}


def problem_of(obj: Object, root: Struct, mismatch: Mismatch, prefix: Path = ()) -> Iterator[Problem]:
    """Yield the problem of a mismatch, if neither the value nor the name of the field is yet to be filled in.

    `prefix` leads from the object to the data of type `root`.
    """
    path, value, owner, field = (*prefix, *mismatch.path), mismatch.value, mismatch.owner, mismatch.field
    if field is None:
        if isinstance(owner, Struct) and not is_for_tools(path, value):
            yield _unknown_in(obj, root, owner, mismatch, prefix)
    elif has_placeholder(value):
        return
    elif mismatch.fault is not None:
        yield Problem(
            path,
            f"{field_path(path, by_decoder=True)}: {mismatch.fault.message}",
            fix=mismatch.fault.fix,
            rule=mismatch.fault.rule,
        )
    else:
        problem = wrong_type(obj, path, value, field)
        problem = problem._replace(message=f"{field_path(path, by_decoder=True)}: {problem.message}")
        place = "" if isinstance(owner, Struct) else home(root, dig(obj.data, *prefix), mismatch.path, value)
        yield _moved(problem, str(path[-1]), field_path(prefix, by_decoder=True), place) if place else problem


def is_for_tools(path: Path, value: Any) -> bool:
    """Whether an unknown field is no mistake: a patch directive, a template's text, or what sops adds to a file."""
    name = str(path[-1])
    return name.startswith("$") or has_placeholder(name) or (path == ("sops",) and isinstance(value, dict))


def unknown_field(root: Shape, owner: Shape, data: Any, path: Path, prefix: Path = ()) -> Problem:
    """The problem of a field that its type `owner` does not know. `path` leads to it in `data`, of type `root`.

    `prefix` leads from the object to the data.
    """
    name, value, whole = str(path[-1]), dig(data, *path), (*prefix, *path)
    problem = _unknown(whole)
    near = meant(owner, name, value, dig(data, *path[:-1]) or ())
    if near is not None:
        return _renamed(problem, near)
    place = home(root, data, path, value)
    if place:
        return _moved(problem, name, field_path(prefix, by_decoder=True), place)
    if 0 < len(owner.fields) <= _FEW_FIELDS:
        return problem._replace(message=f"{problem.message}; the fields here are {', '.join(sorted(owner.fields))}")
    return problem


def _unknown(path: Path) -> Problem:
    return Problem(path, f'unknown field "{field_path(path, by_decoder=True)}"', place=Place.KEY, rule="unknown-field")


def _renamed(problem: Problem, name: str) -> Problem:
    return problem._replace(message=f'{problem.message}, did you mean "{name}"?', fix=f"write {name}")


def _moved(problem: Problem, name: str, prefix: str, place: str) -> Problem:
    """The problem with the `place` added that the field belongs in, which is relative to `prefix`."""
    whole = f"{prefix}.{place}" if prefix else place
    message = f"{problem.message}; {name} belongs in {whole}"
    return problem._replace(message=message, fix=f"move it: {name} is a field of {whole}")


def _unknown_in(obj: Object, root: Struct, owner: Struct, mismatch: Mismatch, prefix: Path) -> Problem:
    """The problem of an unknown field of a built-in type, whose renamed fields and other versions are known too."""
    name, problem = str(mismatch.path[-1]), _unknown((*prefix, *mismatch.path))
    renamed = _RENAMED.get((owner.name, name))
    if renamed is not None:
        return _renamed(problem, renamed)
    elsewhen = _elsewhen(owner, name)
    if elsewhen:
        return problem._replace(message=f"{problem.message}; {elsewhen}")
    is_label = owner.name == "meta.v1.LabelSelector" and isinstance(mismatch.value, (str, int, float))
    data = dig(obj.data, *prefix)
    if is_label and meant(owner, name, mismatch.value, dig(data, *mismatch.path[:-1]) or ()) is None:
        message = f"{problem.message}; labels belong in matchLabels"
        return problem._replace(message=message, fix=f"move it: {name} belongs below matchLabels")
    return unknown_field(root, owner, data, mismatch.path, prefix)


def _elsewhen(owner: Struct, name: str) -> str:
    """Which other minor, or else which other version of the API, has the field; empty if none has."""
    own = owner.definitions.minor
    minors = [
        minor
        for minor in range(OLDEST_MINOR, NEWEST_MINOR + 1)
        if _knows(definitions_of(minor), owner.definition, name)
    ]
    if minors:
        return f"it is there from 1.{minors[0]} on" if minors[0] > own else f"it is gone since 1.{minors[-1] + 1}"
    package, version, kind = owner.definition.rsplit(".", 2)
    for other in ("v1", "v2"):
        if other != version and _knows(owner.definitions, f"{package}.{other}.{kind}", name):
            return f"{package.rpartition('.')[2]}/{other} has it"
    return ""


def _knows(definitions: Definitions, definition: str, name: str) -> bool:
    return definition in definitions.names and name in definitions.schema(definition).get("properties", {})


def wrong_type(obj: Object, path: Path, value: Any, field: Field) -> Problem:
    """The problem of a value of the wrong type; for the data of a Secret, without the value."""
    text = ""
    if field.word in _TEXTS and isinstance(value, (bool, int, float)):
        text = written(obj.document, (*obj.path, *path)) or plain_form(value)
    is_lost = is_ambiguous(text, value) if text else False
    kind = "ambiguous-scalar" if is_lost else "wrong-type"
    if obj.gvk.kind == "Secret" and not obj.gvk.group and path[0] in _SECRET_FIELDS:
        said = f"expected {field.word}, found {named(value)}"
        return Problem(path, said, fix="put the value in quotes" if text else "", rule=kind, place=Place.SECRET)
    said = f"expected {field.word}, found {shown(value)}"
    if is_lost:
        said = f"{text} is read as {shown(value)}, not as the string it looks like"
    return Problem(path, said, fix=f'quote it: "{text}"' if text else _way_out(value, field), rule=kind)


def _way_out(value: Any, field: Field) -> str:
    """What to write instead: the likely meaning of the value, or else the expected type."""
    if isinstance(value, str):
        octal = _NEW_OCTAL.fullmatch(value)
        if field.python is int and octal is not None:
            return f"write 0{octal[1]}: kubectl reads YAML 1.1, which has no 0o"
        if field.python is int and _WHOLE_NUMBER.fullmatch(value):
            return f"take the quotes off: {value}"
        if field.python is bool and value.lower() in _WORDS:
            return f"write {_WORDS[value.lower()]}, without quotes"
    return _WAYS_OUT.get((field.python, type(value))) or _WAYS_OUT.get((field.python, object), f"write {field.word}")
