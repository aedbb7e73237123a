"""Files of plain text: damaged manifests, ignores, settings, patterns and rule files."""

from __future__ import annotations

from functools import cache

from k8slint.bundled import RULES
from k8slint.engine.rule import load_rules
from tests.fuzz.evil import TEXTS, mutated, stream
from tests.hostile.test_fuzz import DAMAGES, whole_files

INSIDE = ["a.yaml", "sub", "sub/a.yaml", "sub/"]
OUTSIDE = ["/etc", "..", "../..", "/dev/zero", "nowhere", "/proc/self/environ", "a.yaml/", ".git"]
PATTERN = [
    "*", "**", "?", "/", "\\", "!", "#", "[", "]", "[a-z]", "[z-a]", "[!a]", "[^a]", "[[:alpha:]]",
    "[[:zz:]]", "[a--b]",
    "[&&]", "[||]", "[~~]", "{a,b}", "(", ")", "+", "$", "^", ".", "a", "sub", ".yaml", " ", "\\ ", "\t",
    "\x1b", "é", "\\x",
    "\\d", "(?P<", "\\Q", "\r", "a" * 300, "**/" * 50, "*" * 50,
]  # fmt: skip


def manifest(chance):
    """A real manifest, damaged."""
    return damaged(chance.choice(whole_files()), chance)


def damaged(data, chance):
    """The same text with some bytes or lines changed."""
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(DAMAGES)(data, chance)
    return data


def ignores(chance):
    """A real manifest with comments and annotations that are, or nearly are, ignores."""
    lines = chance.choice(whole_files()).decode("utf-8", "replace").split("\n")
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(lines))
        if chance.happens(0.2):
            rule = chance.choice([*_ids(), *TEXTS])
            lines.insert(at, f'  annotations: {{"k8slint/ignore.{rule}": {chance.choice(["x", "1", "{}", "~"])}}}')
        elif chance.happens(0.5):
            lines[at] += f" {_comment(chance)}"
        else:
            lines.insert(at, " " * chance.choice([0, 2, 4]) + _comment(chance))
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def _comment(chance):
    name = chance.choice(["k8slint:", "k8slint:", "k8slint", "k8s-lint:", "noqa:", "nolint", "K8SLINT:", "k8slint: #"])
    verb = chance.choice(["ignore", "ignore", "file-ignore", "disable", "skip-next-line", "", "ignore "])
    rules = chance.choice([", ", ",", " ", ",,"]).join(chance.some([*_ids(), *TEXTS], 4))
    rest = chance.choice(["", " reason", " until=2024-01-01 x", " until: 9999-99-99", " until", *TEXTS])
    return f"# {name} {verb}{chance.choice(['[', '[', '(', ''])}{rules}{chance.choice([']', ']', ''])}{rest}"


@cache
def _ids():
    return sorted(load_rules())


def settings(chance):
    """A `.k8slint.yaml`."""
    if chance.happens(0.1):
        return damaged(stream([_settings(chance)]), chance)
    return stream([mutated(_settings(chance), chance, chance.choice([0, 0, 0, 1, 3]))])


def _settings(chance):
    words = [*chance.some(_ids()), chance.choice(["references", "document", "ALL"])]
    paths = OUTSIDE if chance.happens(0.1) else INSIDE
    made = {
        "version": 1,
        "kubernetes-version": chance.choice(["1.33", "1.37", "v1.30.2"]),
        "profile": chance.choice(["strict", "default"]),
        "select": words,
        "ignore": words[:1],
        "severity": dict.fromkeys(words[:2], "info"),
        "exclude": [_pattern(chance) for _ in range(chance.randint(0, 4))],
        "externals": [chance.choice(["Secret/*", "*/shop/*", "ConfigMap/[/x", "a//b"])],
        "crds": chance.some(paths),
        "cluster": chance.choice(paths),
        "fail-level": chance.choice(["error", "never"]),
        "output-format": chance.choice(["json", "sarif", "text"]),
        "color": chance.choice([True, False]),
        "workers": chance.choice([0, 1, 64]),
        "overrides": [{"paths": [_pattern(chance)], "ignore": words[:1], "severity": {words[0]: "error"}}],
    }
    return {key: made[key] for key in chance.some(made, 5)}


def pyproject(chance):
    """A pyproject.toml with a table of ours; brackets may go very deep."""
    lines = ["[project]", 'name = "x"', "[tool.k8slint]"]
    for key, value in _settings(chance).items():
        lines.append(f"{key} = {_toml(value)}")
    if chance.happens(0.1):
        depth = chance.choice([10, 200, 490, 990, 5_000])
        opening, closing = chance.choice([("[", "]"), ("{a = ", "}")])
        lines.append(f"{chance.choice(['select', 'x', 'cluster'])} = {opening * depth}1{closing * depth}")
    if chance.happens(0.2):
        lines += chance.some(
            ["[[tool.k8slint]]", "[tool]", "x = 1979-05-27T07:32:00Z", "y = inf", "z = 0xff", '"" = ""', "a.b.c = 1"]
        )
    text = "\n".join(lines).encode("utf-8", "surrogatepass")
    return damaged(text, chance) if chance.happens(0.1) else text


def _toml(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {_toml(entry)}' for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return str(value).lower() if isinstance(value, bool | int) else f"'{value}'"


def gitignore(chance):
    """A .gitignore."""
    text = "\n".join(_pattern(chance) for _ in range(chance.randint(1, 6))).encode("utf-8", "surrogatepass")
    return damaged(text, chance) if chance.happens(0.2) else text


def _pattern(chance):
    return "".join(chance.choice(PATTERN) for _ in range(chance.randint(1, 6)))


def rule(chance):
    """A rule file, a few of its lines or bytes changed."""
    return damaged(chance.choice(_rule_files()), chance)


@cache
def _rule_files():
    return [file.read_bytes() for file in sorted(RULES.rglob("*.yaml"))]
