"""Lists the parts of Kubernetes that the code mirrors, and those that change from one release to another.

    python scripts/mirrors.py                      each mirror: place, version, where it is written down
    python scripts/mirrors.py --against OLD NEW    those that differ between the sources of two releases

OLD and NEW are folders that hold kubernetes/kubernetes as it is checked out, or parts of it at the same paths.

A docstring says what it mirrors in a paragraph of its own, of as many lines as it needs:

    Mirrors: [MODULE ]PLACE[ NAME[, NAME ...]][, [MODULE ]PLACE ...] @ VERSION

PLACE is a Go file, or a folder where the file does not matter, within MODULE: a repository that Kubernetes publishes
(`apimachinery`), or another by its path (`sigs.k8s.io/yaml`). Without a module, `pkg/` and `plugin/` are Kubernetes',
anything else is Go's. NAME is a function, type or variable, `Type.Method`, or a method of any type; a type stands for
its methods too, and a place without a name for all in it. VERSION is the minor that was read last, `v1.36`; of what is
not Kubernetes', any version or none.

Declarations are compared without comments and blanks. One that stays, but calls what changes, is not listed.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_PARAGRAPH = re.compile(r'Mirrors:\s+(.*?)\.?(?=\n\s*\n|\s*""")', re.DOTALL)
_ITEM = re.compile(r"(?:(?:(\S+) )?(\S*/\S*|\S+\.go) )?([A-Za-z_]\w*(?:\.\w+)?)|(?:(\S+) )?(\S*/\S*|\S+\.go)")
_MINOR = re.compile(r"v1\.\d+")
# The outcomes that make no work.
_SAME, _FOREIGN = "same", "not of Kubernetes"
# Where the modules that Kubernetes publishes, and those that it takes in, lie in its repository.
_MODULES = ("staging/src/k8s.io", "vendor/k8s.io")
# A name that more files than this declare says little about where it went.
_MANY = 3
# Strings and runes, which may hold what looks like a comment; comments; blanks.
_TOKEN = re.compile(
    r""""(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])+'|//[^\n]*|/\*.*?\*/|[^"`'/\s]+|\s+|.""", re.DOTALL
)
_TOP = re.compile(r"^(?=(?:func|type|var|const)\b)", re.MULTILINE)
_HEAD = re.compile(r"func (?:\((?:\w+ )?\*?(\w+)(?:\[[^\]]*\])?\) )?(\w+)|(?:type|var|const) (\w+)")
_GROUP = re.compile(r"(?:type|var|const) \(\s*\n")
_GROUPED = re.compile(r"^\t(?=\w)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mirror:
    """One thing that is mirrored: `place` lies within `module`, and `name` is empty for all that is there."""

    written: str
    module: str
    place: str
    name: str
    version: str

    @property
    def is_kubernetes(self) -> bool:
        """Whether its source comes with each minor of Kubernetes."""
        return "/" not in self.module if self.module else self.place.startswith(("pkg/", "plugin/"))

    def __str__(self) -> str:
        return " ".join(filter(None, (self.module, self.place, self.name, self.version and f"@ {self.version}")))


def main() -> None:
    """Prints the list, or the work that a new minor makes."""
    parser = argparse.ArgumentParser(description="What of Kubernetes the code mirrors, or what of it changes.")
    parser.add_argument("--against", nargs=2, type=Path, metavar=("OLD", "NEW"), help="folders of two releases")
    folders = parser.parse_args().against
    found = list(mirrors(ROOT / "k8slint"))
    if folders is None:
        for mirror in found:
            print(f"{mirror.written}: {mirror}")
        return
    kinds: Counter[str] = Counter()
    for mirror in found:
        change = changed(mirror, *folders)
        kinds[change.partition(":")[0]] += 1
        if change not in (_SAME, _FOREIGN):
            print(f"{mirror.written}: {mirror}: {change}")
    print(", ".join(f"{count} {kind}" for kind, count in kinds.most_common()))


def mirrors(folder: Path) -> Iterator[Mirror]:
    """The mirrors of the modules below the folder, in order; ends the program at a line of another form."""
    for module in sorted(folder.rglob("*.py")):
        text = module.read_text(encoding="utf-8")
        for paragraph in _PARAGRAPH.finditer(text):
            line = text.count("\n", 0, paragraph.start()) + 1
            yield from read(" ".join(paragraph[1].split()), f"{module.relative_to(folder.parent)}:{line}")


def read(said: str, written: str) -> Iterator[Mirror]:
    """The mirrors that a paragraph names; `said` is its text after `Mirrors:`, `written` its place."""
    items, _, version = said.partition(" @ ")
    module = place = ""
    for item in items.split(", "):
        match = _ITEM.fullmatch(item)
        if match is None:
            raise SystemExit(f"{written}: not of the form that scripts/mirrors.py describes: {item}")
        if " " in item or match[5]:
            module, place = match[1] or match[4] or "", match[2] or match[5]
        mirror = Mirror(written, module, place, match[3] or "", version)
        if not place or (mirror.is_kubernetes and not _MINOR.fullmatch(version)):
            raise SystemExit(f"{written}: no {'minor of Kubernetes' if place else 'place'} is named for {item}")
        yield mirror


def changed(mirror: Mirror, old: Path, new: Path) -> str:
    """What happens to the mirrored code from the old release to the new one: `same`, or another outcome in words."""
    if not mirror.is_kubernetes:
        return _FOREIGN
    before, after = _code(old, mirror), _code(new, mirror)
    if before == after:
        return _SAME if before else "in neither folder"
    if not before:
        return "only in the new folder"
    if after:
        names = sorted(name for name in {**before, **after} if before.get(name) != after.get(name))
        return "differs" if mirror.name else f"differs: {', '.join(names)}"
    places = ", ".join(str(place.relative_to(new)) for place in _elsewhere(new, mirror, before))
    return f"gone: now in {places}" if places else "gone"


def _code(root: Path, mirror: Mirror) -> dict[str, str]:
    """The code of the declarations in the mirrored place that its name means, by their names; empty if none are."""
    found: dict[str, str] = {}
    for folder in _folders(root, mirror.module):
        if (folder / mirror.place).exists():
            for source in _sources(folder / mirror.place):
                for name, code in _named(mirror.name, source).items():
                    found[name] = found.get(name, "") + code
    return found


def _elsewhere(root: Path, mirror: Mirror, code: dict[str, str]) -> list[Path]:
    """The files of the same module with the same declarations, else those with the name; empty if these are many."""
    found: dict[Path, dict[str, str]] = {}
    word = mirror.name.rpartition(".")[2]
    for folder in _folders(root, mirror.module):
        for source in _sources(folder / mirror.place.partition("/")[0]):
            # Few files have the word at all, and only those are worth parsing.
            if word and word in source.read_text(encoding="utf-8"):
                found[source] = _named(mirror.name, source)
    named = [source for source, other in found.items() if other]
    return [source for source in named if found[source] == code] or (named if len(named) <= _MANY else [])


def _folders(root: Path, module: str) -> tuple[Path, ...]:
    return tuple(root / modules / module for modules in _MODULES) if module else (root,)


def _sources(place: Path) -> list[Path]:
    """The Go files of a place, without its tests."""
    files = [place] if place.is_file() else sorted(place.rglob("*.go"))
    return [file for file in files if not file.name.endswith("_test.go")]


def _named(name: str, source: Path) -> dict[str, str]:
    """The declarations of a file that the name means."""
    return {declared: code for declared, code in declarations(source).items() if not name or _means(name, declared)}


def _means(name: str, declared: str) -> bool:
    return declared == name or declared.endswith(f".{name}") or declared.startswith(f"{name}.")


@cache
def declarations(source: Path) -> Mapping[str, str]:
    """The code of each top-level declaration of a Go file, by name (`Type.Method` for methods); any blanks are one."""
    text = _TOKEN.sub(_kept, source.read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for part in _TOP.split(text)[1:]:
        group = _GROUP.match(part)
        keyword = part.partition(" ")[0]
        for code in (f"{keyword} {each}" for each in _GROUPED.split(part)[1:]) if group else (part,):
            if head := _HEAD.match(code):
                name = f"{head[1]}.{head[2]}" if head[1] else head[2] or head[3]
                found[name] = found.get(name, "") + " ".join(code.split()) + "\n"
    return found


def _kept(token: re.Match[str]) -> str:
    """The token, or nothing if it is a comment."""
    return "" if token[0].startswith(("//", "/*")) else token[0]


if __name__ == "__main__":
    main()
