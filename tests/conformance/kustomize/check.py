"""What kustomize 5.8.1 builds of a folder, or why it does not.

A case has `files` by path and, if it is not the folder of all, the `root` to build. `gives` are the objects in order;
`refused` says `at` which file and line the reason is reported, and what its `message` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from k8slint.rendering import render

KEYS = {"files", "gives", "refused", "root"}


def check(case: Mapping[str, Any]) -> None:
    with TemporaryDirectory() as made:
        folder = str(Path(made).resolve())
        for name, text in case["files"].items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        rendered = render(str(Path(folder) / case.get("root", "")))
        errors = [problem for problem in rendered.problems if problem.is_error]
        if "gives" in case:
            assert not errors
            assert [each.data for each in rendered.objects] == case["gives"]
            return
        assert not rendered.objects
        (error,) = errors
        file, line, _ = error.place
        assert case["refused"]["message"] in error.message.replace(f"{folder}/", "")
        assert f"{Path(file).relative_to(folder)}:{line}" == case["refused"]["at"]
