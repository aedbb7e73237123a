"""Texts that regular expressions, and other loops in C, could take long over."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.build import definition

_POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: 'a:1'}]}\n"


def _pod(**fields: Any) -> str:
    container = {"name": "a", "image": "a:1", **fields}
    spec = {"containers": [container]}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec})


def _cron(schedule: str) -> str:
    template = {"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "a"}]}}}}
    spec = {"schedule": schedule, "jobTemplate": template}
    return json.dumps({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "a"}, "spec": spec})


def _labelled(key: str, value: str) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "labels": {key: value}}})


def _secret(value: str) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "data": {"a": value}})


def _custom(pattern: str, value: str) -> str:
    schema = {"type": "object", "properties": {"spec": {"type": "string", "pattern": pattern}}}
    thing = {"apiVersion": "example.com/v1", "kind": "Thing", "spec": value}
    return "\n---\n".join(map(json.dumps, (definition(schema), thing)))


# By what repeats, and where it stands: a text of one piece again and again.
_PLACES: dict[str, Callable[[str], str]] = {
    "a document": lambda text: text,
    "a document that is broken": lambda text: f"a: [\n{text}\n# {{{{\n",
    "a comment": lambda text: f"{_POD}# {text}",
    "an ignore": lambda text: f"{_POD}# k8slint: ignore[{text}] x",
    "the reason of an ignore": lambda text: f"{_POD}# k8slint: ignore[bare-pod] {text}",
    "an image": lambda text: _pod(image=text),
    "a quantity": lambda text: _pod(resources={"limits": {"cpu": text, "memory": f"1{text}"}}),
    "a name": lambda text: _pod(name=text),
    "a variable": lambda text: _pod(env=[{"name": "PASSWORD", "value": text}, {"name": text, "value": f"$({text})"}]),
    "a command": lambda text: _pod(command=["sh", "-c", text], args=[f"--secret={text}"]),
    "a path": lambda text: _pod(volumeMounts=[{"name": "a", "mountPath": text, "subPath": text}]),
    "a schedule": _cron,
    "a label": lambda text: _labelled("a", text),
    "the key of a label": lambda text: _labelled(text, "a"),
    "a Secret": _secret,
    "a kind": lambda text: json.dumps({"apiVersion": "v1", "kind": text, "metadata": {"name": "a"}}),
    "a version": lambda text: json.dumps({"apiVersion": text, "kind": "Pod", "metadata": {"name": "a"}}),
    "a pattern": lambda text: _custom(text, "a" * 50),
    "what a pattern takes": lambda text: _custom("^(a+)+$", text),
}
_PIECES = ("\n", " ", "\t", "a", "a-", "a.", "a/", "a:", "a ", "0", "9,", "*/", "1-", "{{", "}}", "$(", "${", "[", "]")
_PIECES += ("(", ")", "#", "# ", "\\", "'", '"', "- ", "=", "a=", ", ", "2026-", "1_", "1:", "é", "\r\n", "&a ", "*a ")
_MORE: dict[str, str] = {
    "blank lines before a template": "a: [\n{}# {{{{\n",
    "blanks in JSON": '{{"apiVersion": "v1",{}"kind": "Pod"}}',
    "blanks after JSON": '{{"apiVersion": "v1", "kind": "Pod"}}{}',
    "blanks in front": "{}apiVersion: v1",
    "a block of blanks": "a: |\n{}\nb: c",
    "blanks in a key": "a{}: b",
}


def texts(size: int) -> Iterator[tuple[str, str]]:
    """Every piece in every place, the longer pieces fewer times, of about that many characters, by a name."""
    for place, put in _PLACES.items():
        for piece in _PIECES:
            yield f"{piece!r} in {place}", put(piece * (size // len(piece)))
    for name, form in _MORE.items():
        for piece in ("\n", " ", "\t", " \n", "\r"):
            yield f"{piece!r}: {name}", form.format(piece * (size // len(piece)))
