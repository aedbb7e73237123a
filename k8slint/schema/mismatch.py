"""From a value that its type does not take to a problem that says so, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from k8slint.loading.document import Path
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.schema.decode import Mismatch, paths_to, reached
from k8slint.schema.shapes import Every, Field, Struct
from k8slint.schema.wording import is_ambiguous, is_placeholder, named, path_text, plain_form, shown, written
from k8slint.values.nearest import nearest

_FEW_FIELDS: Final = 8
_SECRET_FIELDS: Final = ("data", "stringData")
_NEW_OCTAL = re.compile(r"0[oO]([0-7]+)")
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,18}")
_WORDS: Final = {
    **dict.fromkeys(("true", "yes", "on", "y"), "true"),
    **dict.fromkeys(("false", "no", "off", "n"), "false"),
}


def problem_of(obj: Object, root: Struct, mismatch: Mismatch, prefix: Path = ()) -> Iterator[Problem]:
    """The problem of a mismatch; none where the value, or the name of the field, is yet to be filled in.

    `prefix` leads to what was held against `root`.
    """
    path, value, field, fault = (*prefix, *mismatch.path), mismatch.value, mismatch.field, mismatch.fault
    if field is None:
        if not _is_for_tools(path, value):
            yield _unknown_field(root, mismatch, path)
    elif is_placeholder(value):
        return
    elif fault is not None:
        yield Problem(path, fault.message, fix=fault.fix, kind=fault.kind)
    elif _is_secret(obj, path):
        yield _wrong_type_in_secret(obj, path, value, field)
    else:
        yield _wrong_type(obj, path, value, field)


def _is_for_tools(path: Path, value: Any) -> bool:
    """Whether a field is no mistake: a directive of a patch, a template's text, what sops adds to a file."""
    name = path[-1]
    return not isinstance(name, str) or name.startswith("$") or is_placeholder(name) or (
        path == ("sops",) and isinstance(value, dict)
    )


def _unknown_field(root: Struct, mismatch: Mismatch, path: Path) -> Problem:
    name = str(path[-1])
    message = f'unknown field "{path_text(path)}"'
    known = mismatch.owner.fields
    names = () if isinstance(known, Every) else tuple(known)
    near = nearest(name, names)
    if near is not None:
        return Problem(
            path, f'{message}, did you mean "{near}"?', fix=f"write {near}", at_key=True, kind="unknown-field"
        )
    home = _home(root, mismatch.path)
    if home:
        fix = f"move it: {name} is a field of {home}"
        return Problem(path, f"{message}; {name} belongs in {home}", fix=fix, at_key=True, kind="unknown-field")
    if 0 < len(names) <= _FEW_FIELDS:
        message += f"; the fields here are {', '.join(sorted(names))}"
    return Problem(path, message, at_key=True, kind="unknown-field")


def _home(root: Struct, path: Path) -> str:
    """Where a field of that name is, nearby: empty where there is none, or one could mean several."""
    shapes = reached(root, path[:-1])
    for depth in range(len(shapes) - 1, -1, -1):
        found = paths_to(shapes[depth], str(path[-1]))
        found = [hit for hit in found if "containers" in hit] or found
        if len(found) == 1:
            return path_text((*path[:depth], *found[0][:-1])).replace("[0]", "[]") or "the object itself"
        if found:
            return ""
    return ""


def _is_secret(obj: Object, path: Path) -> bool:
    return obj.gvk.kind == "Secret" and not obj.gvk.group and path[0] in _SECRET_FIELDS


def _wrong_type_in_secret(obj: Object, path: Path, value: Any, field: Field) -> Problem:
    """The same without the value: what stands in a Secret is never shown."""
    if isinstance(value, (bool, int, float)) and is_ambiguous(written(obj.document, (*obj.path, *path)), value):
        message = f"an unquoted value is read as {named(value)}, not as the text it looks like"
        return Problem(path, message, fix="put the value in quotes", kind="ambiguous-scalar", conceals=True)
    fix = "put the value in quotes" if isinstance(value, (bool, int, float)) else ""
    message = f"expected {field.word}, found {named(value)}"
    return Problem(path, message, fix=fix, kind="wrong-type", conceals=True)


def _wrong_type(obj: Object, path: Path, value: Any, field: Field) -> Problem:
    if field.python is str and isinstance(value, (bool, int, float)):
        text = written(obj.document, (*obj.path, *path))
        if is_ambiguous(text, value):
            message = f"{text} is read as the {shown(value).removeprefix('the ')}, not as the string it looks like"
            return Problem(path, message, fix=f'quote it: "{text}"', kind="ambiguous-scalar")
        fix = f'quote it: "{text or plain_form(value)}"'
        return Problem(path, f"expected {field.word}, found {shown(value)}", fix=fix, kind="wrong-type")
    return Problem(path, f"expected {field.word}, found {shown(value)}", fix=_way_out(value, field), kind="wrong-type")


def _way_out(value: Any, field: Field) -> str:
    """What to write instead, where one thing is likely meant."""
    wanted = field.python
    if isinstance(value, str):
        octal = _NEW_OCTAL.fullmatch(value)
        if wanted is int and octal is not None:
            return f"write 0{octal[1]}: kubectl reads YAML 1.1, which has no 0o"
        if wanted is int and _WHOLE_NUMBER.fullmatch(value):
            return f"take the quotes off: {value}"
        if wanted is bool and value.lower() in _WORDS:
            return f"write {_WORDS[value.lower()]}, without quotes"
    if wanted is str:
        return "make it text: quote it, or write it as a block below `|`"
    if wanted is list and not isinstance(value, list):
        return "make it a list: begin each item with a dash"
    if wanted is dict and isinstance(value, list):
        return "make it a mapping: take the dashes off"
    return f"write {field.word}"
