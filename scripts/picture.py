"""Makes docs/check.svg: what the program prints on a terminal, as a picture that refers to nothing outside itself.

With `-`, the picture goes to standard output instead.
"""

from __future__ import annotations

import re
import subprocess
import sys
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "check.svg"
WORDS = ("check", "examples/shop-web", "--select", "missing-configmap-key,service-selects-nothing")
_COLORS = {"": "#d4d4d4", "31": "#f47067", "32": "#8ddb8c", "33": "#e3b341", "34": "#6cb6ff", "36": "#76e3ea"}
_PAINTED = re.compile(r"\x1b\[1(?:;(\d+))?m(.*?)\x1b\[0m|([^\x1b]+)")
_SIZE, _ADVANCE, _LEADING, _MARGIN = 13, 7.83, 18, 16


def main() -> None:
    """Runs the program and writes the picture."""
    program = [sys.executable, "-m", "k8slint"]
    run = subprocess.run([*program, *WORDS, "--color"], cwd=ROOT, capture_output=True, check=False)  # noqa: S603
    picture = drawn([f"$ k8slint {' '.join(WORDS)}", *run.stdout.decode().splitlines()])
    if sys.argv[1:] == ["-"]:
        sys.stdout.write(picture)
    else:
        OUT.write_text(picture, encoding="utf-8")


def drawn(lines: list[str]) -> str:
    """The lines, with their colours, as SVG."""
    columns = max(sum(len(text) for _, text in pieces(line)) for line in lines)
    width, height = round(columns * _ADVANCE + 2 * _MARGIN), len(lines) * _LEADING + 2 * _MARGIN
    rows = "\n".join(
        f'<text x="{_MARGIN}" y="{_MARGIN + number * _LEADING - 5}">{"".join(map(_tspan, pieces(line)))}</text>'
        for number, line in enumerate(lines, 1)
        if line
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">\n'
        f"<style>text {{ font: {_SIZE}px ui-monospace, Menlo, Consolas, monospace; white-space: pre; }}</style>\n"
        f'<rect width="{width}" height="{height}" rx="8" fill="#22272e"/>\n{rows}\n</svg>\n'
    )


def pieces(line: str) -> list[tuple[str | None, str]]:
    """The pieces of a line, each with the code of its colour: empty for bold alone, None for plain text."""
    return [(None, plain) if plain else (code or "", bold) for code, bold, plain in _PAINTED.findall(line)]


def _tspan(piece: tuple[str | None, str]) -> str:
    color, text = piece
    weight = "" if color is None else ' font-weight="bold"'
    return f'<tspan fill="{_COLORS[color or ""]}"{weight}>{escape(text, quote=False)}</tspan>'


if __name__ == "__main__":
    main()
