"""Whole-process times of `k8slint check`, paired with peers found on PATH, as ratios.

    python benchmarks/check.py [FOLDER]

The folder holds manifests; without one, those of K8SLINT_CORPUS if it is set, else `examples/`.
Commands of a pair run in turn, A B A B, and the ratio is taken pair by pair: machines are noisy, ratios less so.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RUNS = 5
ONE = ROOT / "examples" / "shop-web" / "mended.yaml"
EMPTY_TYPER = """\
import typer
app = typer.Typer()
@app.command()
def main(name: str = "") -> None:
    pass
app()
"""


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds of wall clock and of processor, and the largest process in MiB."""

    wall: float
    cpu: float
    peak: float


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else _corpus()
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".yml"))
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{len(files):,} files, {size:.1f} MB, {os.cpu_count()} cores, medians of {RUNS} paired runs\n")
    print("| work | against | k8slint | peer | wall ratio | cpu ratio | peak memory ratio |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        _write_schemas(Path(scratch))
        one = Path(scratch) / "one.yaml"  # in a folder without settings of ours
        shutil.copy(ONE, one)
        empty = Path(scratch) / "empty.py"
        empty.write_text(EMPTY_TYPER, encoding="utf-8")
        _pair("one file", [_k8slint(), "check", str(one)], "an empty typer program", [sys.executable, str(empty)])
        for work, target in (("one file", one), ("all files", folder)):
            for peer, command in _peers(target, files if target is folder else [one], Path(scratch)):
                _pair(work, [_k8slint(), "check", str(target), "--output-format", "concise"], peer, command)


def _corpus() -> Path:
    return Path(os.environ.get("K8SLINT_CORPUS") or ROOT / "examples")


def _k8slint() -> str:
    return str(Path(sys.executable).parent / "k8slint")


def _peers(target: Path, files: list[Path], schemas: Path) -> list[tuple[str, list[str]]]:
    peers = []
    if shutil.which("kubeconform"):
        location = f"{schemas}/{{{{ .ResourceKind }}}}{{{{ .KindSuffix }}}}.json"
        options = ["-strict", "-ignore-missing-schemas", "-summary", "-schema-location", location]
        command = ["kubeconform", *options, str(target)]
        peers.append((f"kubeconform -strict, local schemas{_skipped(command)}", command))
    if shutil.which("kube-score") and target.is_file():  # it stops at the first file that it cannot read
        peers.append(("kube-score", ["kube-score", "score", *(str(file) for file in files)]))
    if shutil.which("kube-linter"):
        peers.append(("kube-linter", ["kube-linter", "lint", str(target)]))
    return peers


def _skipped(command: list[str]) -> str:
    """How many objects kubeconform skips because it has no schema for them: above all, custom resources."""
    asked = [command[0], "-output", "json", *command[1:]]
    answer = subprocess.run(asked, check=False, capture_output=True).stdout
    counts = json.loads(answer)["summary"]
    return f"; {counts['skipped']:,} of {sum(counts.values()):,} objects skipped" if counts["skipped"] else ""


def _write_schemas(folder: Path) -> None:
    """Write our newest bundled schemas in kubeconform's form: one strict file for each kind, with all it refers to."""
    newest = max((ROOT / "schemas" / "kubernetes").glob("1.*.json"), key=lambda file: int(file.stem.split(".")[1]))
    definitions = json.loads(newest.read_text(encoding="utf-8"))["$defs"]
    for definition in definitions.values():
        if "properties" in definition:
            definition["additionalProperties"] = False
    for name, definition in definitions.items():
        needed = json.dumps({"$ref": f"{_DEFS}{name}", "$defs": _needed(name, definitions)})
        for gvk in definition.get("x-kubernetes-group-version-kind", ()):
            group = gvk["group"].split(".")[0]
            file = "-".join(part for part in (gvk["kind"].lower(), group, gvk["version"]) if part)
            (folder / f"{file}.json").write_text(needed, encoding="utf-8")


_DEFS = "#/$defs/"


def _needed(name: str, definitions: dict[str, Any]) -> dict[str, Any]:
    """A definition and all that it leads to."""
    needed: dict[str, Any] = {}
    pending = [name]
    while pending:
        name = pending.pop()
        if name not in needed:
            needed[name] = definitions[name]
            pending += (ref.removeprefix(_DEFS) for ref in _refs(definitions[name]))
    return needed


def _refs(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for part in schema.values():
            yield from _refs(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _refs(part)


def _pair(work: str, ours: list[str], peer: str, theirs: list[str]) -> None:
    _run(ours)
    _run(theirs)
    pairs = [(_run(ours), _run(theirs)) for _ in range(RUNS)]
    a, b = ([pair[side] for pair in pairs] for side in (0, 1))
    ratio = {
        name: statistics.median(getattr(one, name) / getattr(other, name) for one, other in pairs)
        for name in ("wall", "cpu", "peak")
    }
    shown = " | ".join(
        f"{statistics.median(run.wall for run in runs) * 1000:,.0f} ms, "
        f"{statistics.median(run.peak for run in runs):,.0f} MiB"
        for runs in (a, b)
    )
    print(f"| {work} | {peer} | {shown} | {ratio['wall']:.2f} | {ratio['cpu']:.2f} | {ratio['peak']:.2f} |", flush=True)


def _run(command: list[str]) -> Run:
    start = time.perf_counter()
    # Let bytecode be written, as for installed programs: the run before those that count compiles.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = 0
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
