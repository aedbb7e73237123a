"""Values that are not what a field takes, how they are put into an object, and how that is written."""

from __future__ import annotations

import json
from copy import deepcopy

from tests.build import places

# What is written without quotes, so that some of it is: a word, and names of fields.
PLAIN = {
    "apiVersion",
    "kind",
    "metadata",
    "name",
    "namespace",
    "spec",
    "labels",
    "app",
    "web",
    "db",
    "containers",
    "image",
}


class Raw(str):
    """Text that stands in the YAML as it is: tags, anchors, numbers that JSON does not have."""

    __slots__ = ()


TEXTS = [
    "", " ", "x" * 3_000, "-", ".", "..", "/", "//", ":", "a/b/c", "A", "0", "1", "-1", "1.5", "1e3", "yes",
    "null", "~",
    "${VAR}", "$(VAR)", "$$(VAR)", "{{ x }}", "a b", "a\nb", "\x1b[31m", "\x9b", "\u202e", "\u2028", "日本", "é",
    "\0", "\r\n::error::x", "]]>", "<b>", "`x`", "%0A", "*", "**", "[", "(?", "(a+)+$", "\\", "'", '"', "#",
    "<<", "@", "=",
    "kubernetes.io/hostname", "a" * 63, "a" * 64, "a." * 130, "web", "db", "default", "kube-system",
]  # fmt: skip
QUANTITIES = [
    "1", "0", "-1", "100m", "1Gi", "1.5Gi", "1e3", "1E", "1Ei", "9999999999Ei", "0.0000000001", "1e-99", "1e999999999",
    "1n", "1u", "+1", "1 Gi", "1gb", "Gi", ".5", "5.", "0x1", "1_000", "NaN", "inf", "9" * 5_000,
]  # fmt: skip
FORMS = [
    "* * * * *", "*/0 99 * * *", "@every 1h", "@every -1h", "TZ=x * * * * *", "0 0 31 2 *", "1-0 * * * *", "60 * * * *",
    "10.0.0.0/8", "10.0.0.0/33", "::1/129", "::/0", "300.1.1.1", "1.2.3.4/", "fe80::1%eth0", "010.0.0.1",
    "nginx", "nginx:latest", "nginx@sha256:" + "a" * 64, "a:b:c", "@sha256:x", "REG:5000/A", "a//b", ":",
    "a" * 300 + ":1",
    "2024-99-99T00:00:00Z", "2024-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:60+99:99",
    "P1D", "1h", "-5s",
    "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "in", "Always", "NoSchedule", "NoExecute", "PreferNoSchedule",
    "50%", "-1%", "101%", "1.5%", "%", "aGk=", "aGk", "***", "https://example.com", "http://[", "key=value",
]  # fmt: skip
NUMBERS = [
    0,
    1,
    -1,
    2,
    80,
    443,
    65_535,
    65_536,
    2**31 - 1,
    2**31,
    2**63 - 1,
    2**63,
    -(2**63) - 1,
    10**320,
    1.5,
    -0.0,
    1e308,
]
SHAPES = [
    None, True, False, [], {}, [None], [[]], [{}], {"": ""}, {"x": None}, {"a": {"b": {"c": []}}}, ["a",
    "a"], [1, "a", None],
    {"name": []}, {"name": "web"}, {"key": {}}, {"matchLabels": []}, {"matchLabels": {"a": None}}, {"-": 1},
    {"matchExpressions": [{"key": "a", "operator": "In"}]}, {"matchExpressions": [None]}, [{"name": "web"},
    {"name": "web"}],
]  # fmt: skip
RAWS = [
    Raw(text)
    for text in (
        ".nan", "-.inf", "1e400", "0x1F", "0o17", "017", "0b1", "1_000", "1:30", "2024-01-01",
        "2001-12-14t21:59:43.10-05:00",
        "yes", "No", "on", "~", "", "!!binary aGk=", "!!binary '*'", "!!int x", "!!str 1", "!!set {a, b}",
        "!custom {a: b}",
        "!!python/name:os.system x", "&self [*self]", "&self {a: *self}", "*nowhere", "&a {b: c}", "{<<: {a: b}, a: c}",
        "{<<: [{a: b}, {a: c}]}", "{<<: x}", "{1: a, 1.5: b, yes: c, ~: d}", "{a: b, a: c}", "{? [a] : b}", "|\n", "'",
        "\U0001f600", "{{ .Values.x }}", "${X}", "[", "{", "]", "!", "&", "*", "%x", "@x", "`x`", "\t",
        "--- a", "...", "# x",
    )
]  # fmt: skip
EVIL = [*TEXTS, *QUANTITIES, *FORMS, *NUMBERS, *SHAPES, *RAWS]
# For the places of a file that must remain a file: no text breaks it.
TAME = [*TEXTS, *QUANTITIES, *FORMS, *NUMBERS, *SHAPES]


def mutated(value, chance, times, evil=tuple(TAME)):
    """A copy with so many of its places changed: replaced, removed, doubled, given an unknown key."""
    value = deepcopy(value)
    for _ in range(times):
        found = list(places(value))
        if not found:
            break
        *path, last = chance.choice(found)
        parent = value
        for key in path:
            parent = parent[key]
        way = chance.random()
        if way < 0.7:
            parent[last] = deepcopy(chance.choice(evil))
        elif way < 0.85:
            del parent[last]
        elif isinstance(parent, list):
            parent.append(deepcopy(parent[last]))
        else:
            parent[chance.choice(["unknown", "Name", "", "x" * 300, "a.b/c", last.upper()])] = deepcopy(parent[last])
    return value


def written(value, indent=0):
    """YAML of a value: block style with JSON's scalars, and what is raw as it is."""
    if isinstance(value, Raw):
        return f" {value}"
    pad = " " * indent
    if isinstance(value, dict) and value:
        return "".join(f"\n{pad}{_scalar(key)}:{written(entry, indent + 2)}" for key, entry in value.items())
    if isinstance(value, list) and value:
        return "".join(f"\n{pad}-{written(entry, indent + 2)}" for entry in value)
    return f" {_scalar(value)}"


def _scalar(value):
    return value if isinstance(value, str) and value in PLAIN else json.dumps(value)


def stream(objects):
    """A YAML stream of objects."""
    return "".join(f"---{written(each)}\n" for each in objects).encode("utf-8", "surrogatepass")
