"""Folders of any size: files, charts, kustomizations, settings and patterns that could meet each other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Write = Callable[[Path, int], None]


def _put(path: Path, *objects: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n---\n".join(map(json.dumps, objects)))


def _pod(name: str, secret: str = "") -> dict[str, Any]:
    source = {"envFrom": [{"secretRef": {"name": secret}}]} if secret else {}
    container = {"name": "a", "image": "example.com/a:1", **source}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": [container]}}


def _config(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"a": "b"}}


def _kustomization(**fields: Any) -> dict[str, Any]:
    return {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", **fields}


def files(folder: Path, size: int) -> None:
    """Files of one folder."""
    for number in range(size):
        _put(folder / f"{number}.yaml", _pod(f"pod-{number}", f"gone-{number}"), _config(f"config-{number}"))


def folders(folder: Path, size: int) -> None:
    """Folders, each some levels down."""
    for number in range(size):
        _put(folder / f"a{number}" / "b" / "c" / "d" / f"{number}.yaml", _pod(f"pod-{number}", f"gone-{number}"))


def resources(folder: Path, size: int) -> None:
    """One kustomization of many files."""
    files(folder, size)
    _put(folder / "kustomization.yaml", _kustomization(resources=[f"{number}.yaml" for number in range(size)]))


def kustomizations(folder: Path, size: int) -> None:
    """Chains of ten kustomizations, of which each takes in the one before: each holds all objects of those below it."""
    for number in range(size):
        taken = [f"../{number - 1}"] if number % 10 else []
        _put(folder / f"{number}" / "kustomization.yaml", _kustomization(resources=["pod.yaml", *taken]))
        _put(folder / f"{number}" / "pod.yaml", _pod(f"pod-{number}", f"gone-{number}"))


def patches(folder: Path, size: int) -> None:
    """Files that a kustomization names as patches."""
    files(folder, size)
    _put(folder / "kustomization.yaml", _kustomization(patches=[{"path": f"{number}.yaml"} for number in range(size)]))


def bundles(folder: Path, size: int) -> None:
    """Folders that are alternatives of each other, over one base."""
    _put(folder / "base" / "kustomization.yaml", _kustomization(resources=["pod.yaml"]))
    _put(folder / "base" / "pod.yaml", _pod("pod", "own"))
    for number in range(size):
        at = folder / "overlays" / f"o{number}"
        _put(at / "kustomization.yaml", _kustomization(resources=["../../base", "own.yaml"]))
        _put(at / "own.yaml", _config("own"), _pod(f"pod-{number}", f"gone-{number}"))


def charts(folder: Path, size: int) -> None:
    """Helm charts, beside files that lack what one of them may make."""
    for number in range(size):
        chart = folder / f"chart-{number}"
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text(f"name: chart-{number}\nversion: 1.0.0\n")
        (chart / "values.yaml").write_text("a: b\n")
        (chart / "templates" / "a.yaml").write_text("kind: Secret\nmetadata:\n  name: {{ .Release.Name }}-a\n")
        _put(folder / "plain" / f"{number}.yaml", _pod(f"pod-{number}", f"gone-{number}"))


def broken(folder: Path, size: int) -> None:
    """Files that cannot be read, beside files that lack what one of them may hold."""
    for number in range(size):
        (folder / f"broken-{number}.yaml").write_text("kind: Secret\na: [\n")
        _put(folder / f"{number}.yaml", _pod(f"pod-{number}", f"gone-{number}"))


def gitignore(folder: Path, size: int) -> None:
    """As many lines of a .gitignore as files."""
    files(folder, size)
    (folder / ".git").mkdir()
    (folder / ".gitignore").write_text("".join(f"none-{number}/*.yml\n" for number in range(size)))


def gitignores(folder: Path, size: int) -> None:
    """A .gitignore in each folder of a folder."""
    (folder / ".git").mkdir()
    for number in range(size):
        _put(folder / f"{number}" / "a.yaml", _pod(f"pod-{number}"))
        (folder / f"{number}" / ".gitignore").write_text("none\n")


def _settings(folder: Path, size: int, settings: str) -> None:
    files(folder, size)
    (folder / ".k8slint.yaml").write_text(settings)


def excludes(folder: Path, size: int) -> None:
    """As many patterns of the settings as files."""
    _settings(folder, size, "exclude:\n" + "".join(f'  - "none-{number}/*.yml"\n' for number in range(size)))


def overrides(folder: Path, size: int) -> None:
    """As many overrides of the settings as files."""
    each = (f"  - paths: ['none-{number}.yaml']\n    ignore: [bare-pod]\n" for number in range(size))
    _settings(folder, size, "overrides:\n" + "".join(each))


def externals(folder: Path, size: int) -> None:
    """As many externals of the settings as names that are missing."""
    _settings(folder, size, "externals:\n" + "".join(f'  - "Secret/none-{number}"\n' for number in range(size)))


ALL: tuple[Write, ...] = (
    files,
    folders,
    resources,
    kustomizations,
    patches,
    broken,
    gitignore,
    gitignores,
    excludes,
    externals,
)
# Each of the one meets each of the other, which is short in what people write: bundles are judged apart up to a bound,
# a template of a chart may be rendered as any name, and a file may be of any override.
PRODUCTS: tuple[Write, ...] = (bundles, charts, overrides)
