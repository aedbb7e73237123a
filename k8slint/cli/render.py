"""`k8slint render`: what a kustomization applies, and where each value of it is written.

The JSON is as `schemas/render.schema.json` describes it.
"""

from __future__ import annotations

import json
import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from k8slint.cli.streams import complain, write_stdout
from k8slint.usage import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.loading.document import Place
    from k8slint.rendering import Rendered, RenderedObject, RenderProblem


class RenderFormat(StrEnum):
    """The format of what is rendered."""

    YAML = "yaml"
    JSON = "json"


def render(
    path: Annotated[str, typer.Argument(metavar="PATH", help="A folder with a kustomization.")] = ".",
    output: Annotated[
        RenderFormat, typer.Option("--output", "-o", help="YAML with the places in comments, or JSON.")
    ] = RenderFormat.YAML,
) -> None:
    """Print what a kustomization applies, with the file and line of each object and changed value."""
    from k8slint.loading.discovery import KUSTOMIZATIONS
    from k8slint.rendering import render as rendered_at

    folder = os.path.dirname(path) or "." if os.path.basename(path) in KUSTOMIZATIONS and os.path.isfile(path) else path
    if not os.path.isdir(folder):
        raise UsageError(f"{path}: no folder with a kustomization")
    rendered = rendered_at(folder)
    for problem in rendered.problems:
        complain(f"{_place(problem.place)}: {problem.message}")
    for unread in rendered.unread:
        complain(f"{_place(unread.place)}: {unread.what} is not read: nothing is fetched or run")
    if output is RenderFormat.JSON:
        write_stdout(f"{json.dumps(_as_json(rendered), indent=2)}\n")
    elif rendered.builds:
        write_stdout("---\n".join(map(_as_yaml, rendered.objects)))
    raise typer.Exit(2 if rendered.unread else 0 if rendered.builds else 1)


def _place(place: Place) -> str:
    return ":".join(map(str, place))


def _as_yaml(each: RenderedObject) -> str:
    from k8slint.cli.plain_yaml import written

    file, line, _ = each.place()
    notes = {path: f"{name}:{at}" for path, (name, at, _) in each.places() if (name, at) != (file, line)}
    return f"# {file}:{line}\n{written(each.data, lambda path: notes.get(path, ''))}"


def _as_json(rendered: Rendered) -> dict[str, Any]:
    objects = rendered.objects if rendered.builds else ()
    return {
        "version": 1,
        "objects": [{"object": each.data, "origin": _origin(each)} for each in objects],
        "problems": [_problem(problem) for problem in rendered.problems],
        "unread": [{"what": unread.what, **_position(unread.place)} for unread in rendered.unread],
    }


def _origin(each: RenderedObject) -> dict[str, Any]:
    return {**_position(each.place()), "values": list(_values(each))}


def _values(each: RenderedObject) -> Iterator[dict[str, Any]]:
    from k8slint.values.field_path import field_path

    for path, place in each.places():
        yield {"path": field_path(path), **_position(place)}


def _problem(problem: RenderProblem) -> dict[str, Any]:
    return {"message": problem.message, "isError": problem.is_error, **_position(problem.place)}


def _position(place: Place) -> dict[str, Any]:
    file, line, column = place
    return {"file": file, "line": line, "column": column}
