"""Inputs made to break a reader, each with what is to be said of it: the ids of rules, or none."""

from __future__ import annotations

import codecs
import json

import pytest

SYNTAX = {"syntax-error"}
NOT_AN_OBJECT = {"not-an-object"}
CLEAN: set[str] = set()
MANY = 100_000


def pod(**fields):
    """A Pod whose `spec` has the fields, as JSON."""
    spec = {"containers": [{"name": "a", "image": "a:1"}], **fields}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec})


def levels_of_aliases(count, opening="[", closing="]"):
    lines = ["a0: &a0 [x, x]"] if opening == "[" else ["a0: &a0 {k: v}"]
    for level in range(1, count):
        below = ", ".join([f"*a{level - 1}"] * 9)
        lines.append(f"a{level}: &a{level} {opening}{below}{closing}")
    return "\n".join(lines)


DEEP = {
    "brackets": ("[" * MANY, SYNTAX),
    "closed brackets": ("[" * MANY + "]" * MANY, SYNTAX),
    "braces": ("{a: " * MANY, SYNTAX),
    "brackets and braces": ("[{a: " * MANY, SYNTAX),
    "dashes": ("- " * MANY, SYNTAX),
    "question marks": ("? " * MANY, SYNTAX),
    "json": ('{"a":' * MANY, SYNTAX),
    "indentation": ("\n".join(" " * depth + "a:" for depth in range(3_000)), SYNTAX),
    "inside an object": (pod().replace('"web"', "[" * 2_000 + "]" * 2_000), SYNTAX),
    "just deep enough": (pod(x=None).replace("null", "[" * 900 + "]" * 900), CLEAN),
    "tags": ("!a " * MANY, SYNTAX),
    "anchors": ("&a " * MANY, SYNTAX),
    "quotes": ("'" * MANY, CLEAN),
    "closings": ("]" * MANY, SYNTAX),
    "openings of quotes": ("['" * MANY, SYNTAX),
    "keys in keys": ("{a: {" * MANY + "}: x}" * MANY, SYNTAX),
}

BOMBS = {
    "laughs": (levels_of_aliases(12), SYNTAX),
    "quadratic": (f"a: &a [{'x, ' * 9_999}x]\nb: [{'*a, ' * 2_000}*a]", SYNTAX),
    "merges of merges": (levels_of_aliases(25, "{<<: [", "]}"), SYNTAX),
    "one merge very often": (
        "a: &a {"
        + ", ".join(f"k{n}: v" for n in range(2_000))
        + "}\n"
        + "".join(f"m{n}: {{<<: *a}}\n" for n in range(2_000)),
        SYNTAX,
    ),
    "a chain of merges": (
        "a0: &a0 {k: v}\n" + "".join(f"a{n}: &a{n}\n  <<: *a{n - 1}\n  k{n}: v\n" for n in range(1, 4_000)),
        SYNTAX,
    ),
    "a cycle": ("a: &a [*a]", SYNTAX),
    "a cycle of mappings": ("&a {b: *a}", SYNTAX),
    "a cycle of merges": ("a: &a {<<: *a}", SYNTAX),
    "a long way round": ("a: &a {b: &b {c: [*b]}}", SYNTAX),
    "an object that holds itself": ("&a\napiVersion: v1\nkind: List\nitems: [*a]\n", SYNTAX),
    "an alias of nothing": ("a: *b", SYNTAX),
    "an alias before its anchor": ("a: *b\nb: &b 1", SYNTAX),
    "a hundred thousand anchors": ("".join(f"k{n}: &a{n} v\n" for n in range(MANY)), CLEAN),
    "an anchor redefined": ("a: &x 1\nb: &x 2\nc: *x\n", CLEAN),
    "an alias as a list of containers": (
        "x: &x [{name: a, image: 'a:1'}]\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: *x}\n",
        CLEAN,
    ),
}

NUMBERS = {
    "five thousand digits": ("a: " + "9" * 5_000, CLEAN),
    "a thousand digits as a key": ("9" * 1_000 + ": a", CLEAN),
    "a key longer than yaml has keys": ("9" * 5_000 + ": a", SYNTAX),
    "five thousand octal digits": ("a: 0" + "7" * 5_000, CLEAN),
    "five thousand hex digits": ("a: 0x" + "f" * 5_000, CLEAN),
    "an integer by its tag": ("a: !!int " + "9" * 5_000, SYNTAX),
    "a long fraction": ("a: 0." + "9" * 100_000, CLEAN),
    "a huge exponent": ("a: 1e999999999", CLEAN),
    "a tiny exponent": ("a: 1e-999999999", CLEAN),
    "underscores": ("a: 1" + "_" * MANY, CLEAN),
    "no digits": ("a: 0b_\nb: 0x_\nc: 0o_", CLEAN),
    "not a number": ("a: .nan", SYNTAX),
    "infinity": ("a: [-.inf]", SYNTAX),
    "infinity in an object": (pod(terminationGracePeriodSeconds=1).replace(": 1}", ": .inf}"), SYNTAX),
    "json's not a number": (pod(x=float("nan")), CLEAN),
    "beyond 64 bits": (pod(terminationGracePeriodSeconds=2**64), CLEAN),
    "times": ("a: 99:99:99\nb: 1:59:59.5\nc: 2024-99-99\nd: 2024-01-01T99:00:00+99:00", CLEAN),
    "wrong by its tag": ("a: !!float x", SYNTAX),
    "a boolean by its tag": ("a: !!bool maybe", SYNTAX),
    "binary that is none": ("a: !!binary '***'", SYNTAX),
}

TAGS = {
    "python's": ("a: !!python/object/apply:os.system ['echo hacked']", CLEAN),
    "python's in a Pod": ("apiVersion: v1\nkind: !!python/name:os.system Pod\nmetadata: {name: a}\n", CLEAN),
    "ruby's": ("--- !ruby/object:Gem::Installer\ni: x\n", SYNTAX),
    "java's": ('!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL ["http://x"]]]]', CLEAN),
    "a set": ("a: !!set {b, c}", CLEAN),
    "an ordered map": ("a: !!omap [b: c, d: e]", CLEAN),
    "undefined": ("a: !x!y z", SYNTAX),
    "verbatim": ("a: !<tag:yaml.org,2002:str> 1", CLEAN),
    "an entity": ("a: &lt;!ENTITY x SYSTEM 'file:///etc/passwd'&gt;", SYNTAX),
    "a directive twice": ("%YAML 1.1\n%YAML 1.1\n---\na: b", SYNTAX),
    "another version": ("%YAML 9.9\n---\na: b", SYNTAX),
    "an unknown directive": ("%HACK x\n---\na: b", SYNTAX),
}

SHAPES = {
    "kind is a list": ("apiVersion: v1\nkind: [Pod]\nmetadata: {name: a}\n", NOT_AN_OBJECT),
    "kind is a mapping": ("apiVersion: v1\nkind: {a: b}\nmetadata: {name: a}\n", NOT_AN_OBJECT),
    "kind is a number": ("apiVersion: v1\nkind: 3\nmetadata: {name: a}\n", NOT_AN_OBJECT),
    "kind is a boolean": ("apiVersion: v1\nkind: yes\nmetadata: {name: a}\n", NOT_AN_OBJECT),
    "kind is empty": ("apiVersion: v1\nkind: ''\nmetadata: {name: a}\n", NOT_AN_OBJECT),
    "apiVersion is a float": ("apiVersion: 1.0\nkind: Pod\nmetadata: {name: a}\n", NOT_AN_OBJECT),
    "apiVersion is null": ("apiVersion:\nkind: Pod\nmetadata: {name: a}\n", NOT_AN_OBJECT),
    "apiVersion has many parts": ("apiVersion: a/b/c/d\nkind: Pod\nmetadata: {name: a}\n", CLEAN),
    "apiVersion is slashes": ("apiVersion: //\nkind: Pod\nmetadata: {name: a}\n", CLEAN),
    "metadata is a word": ("apiVersion: v1\nkind: Pod\nmetadata: foo\nspec: {containers: []}\n", CLEAN),
    "metadata is a list": ("apiVersion: v1\nkind: Pod\nmetadata: [name, a]\n", CLEAN),
    "metadata is null": ("apiVersion: v1\nkind: ConfigMap\nmetadata:\n", CLEAN),
    "name is a list": ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [a]}\n", CLEAN),
    "labels are a list": ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: [b]}\n", CLEAN),
    "labels are numbers": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {b: 1, 2: c, d: {}}}\n",
        CLEAN,
    ),
    "annotations are a word": ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: x}\n", CLEAN),
    "spec is a word": ("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: foo\n", CLEAN),
    "spec is null": ("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n", CLEAN),
    "template is a list": (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: [a]}\n",
        CLEAN,
    ),
    "containers are a mapping": (pod(containers={"a": "b"}), CLEAN),
    "containers are null": (pod(containers=None), CLEAN),
    "containers hold null": (pod(containers=[None, 1, "x", [], {}]), CLEAN),
    "an image is a list": (pod(containers=[{"name": ["a"], "image": ["b"]}]), CLEAN),
    "an image is a number": (pod(containers=[{"name": 1, "image": 1.5}]), CLEAN),
    "env is a mapping": (pod(containers=[{"name": "a", "env": {"A": "b"}, "envFrom": 3}]), CLEAN),
    "volumes hold words": (pod(volumes=["a", None, {"name": None, "configMap": "x", "hostPath": []}]), CLEAN),
    "resources are a word": (pod(containers=[{"name": "a", "resources": "lots"}]), CLEAN),
    "quantities are anything": (
        pod(containers=[{"name": "a", "resources": {"limits": {"cpu": [], "memory": {}, "x": None, "y": True}}}]),
        CLEAN,
    ),
    "ports are strings": (pod(containers=[{"name": "a", "ports": [{"containerPort": "80"}, 80, None]}]), CLEAN),
    "keys are numbers": ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {1: a, 2.5: b, yes: c}\n", None),
    "a key is null": ("apiVersion: v1\nkind: ConfigMap\ndata: {~: a}\n", SYNTAX),
    "a key is a mapping": ("apiVersion: v1\nkind: ConfigMap\ndata: {? {a: b} : c}\n", SYNTAX),
    "items are null": ("apiVersion: v1\nkind: List\nitems:\n", CLEAN),
    "items are a word": ("apiVersion: v1\nkind: List\nitems: foo\n", NOT_AN_OBJECT),
    "items are a mapping": ("apiVersion: v1\nkind: List\nitems: {a: b}\n", NOT_AN_OBJECT),
    "items hold anything": ("apiVersion: v1\nkind: List\nitems: [null, 1, x, [], {}]\n", NOT_AN_OBJECT),
    "a list in a list": (
        "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod}]}]\n",
        CLEAN,
    ),
    "a list without items": ("apiVersion: v1\nkind: List\n", CLEAN),
    "an empty mapping": ("{}", CLEAN),
    "an empty list": ("[]", CLEAN),
    "a word": ("foo", CLEAN),
    "the same key a thousand times": ("apiVersion: v1\nkind: Pod\n" + "a: 1\n" * 1_000, {"duplicate-key"}),
    "kind twice": ("apiVersion: v1\nkind: Pod\nkind: ConfigMap\nmetadata: {name: a}\n", {"duplicate-key"}),
    "metadata and spec alone": ("metadata: {name: a}\nspec: {}\n", NOT_AN_OBJECT),
    "a kustomization of words": ("patches: foo\nresources: 3\nkind: Kustomization\n", CLEAN),
    "a name of a megabyte": (pod().replace("web", "w" * 1_000_000), CLEAN),
    "a kind of a megabyte": (pod().replace("Pod", "P" * 1_000_000), CLEAN),
    "a label key of a megabyte": (
        "apiVersion: v1\nkind: Pod\nmetadata: {labels: {" + "k" * 1_000_000 + ": v}}\n",
        SYNTAX,
    ),
    "a selector of anything": (
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selector: [a], ports: {a: b}}\n",
        CLEAN,
    ),
    "expressions of anything": (
        "apiVersion: apps/v1\nkind: Deployment\nspec: {selector: {matchExpressions: [{key: [], operator: 3}, null]}}\n",
        CLEAN,
    ),
    "a schedule of anything": (
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec: {schedule: [1], jobTemplate: {spec: [x]}}\n",
        CLEAN,
    ),
}

BYTES = {
    "nothing": (b"", CLEAN),
    "a mark alone": (codecs.BOM_UTF8, CLEAN),
    "two marks": (codecs.BOM_UTF8 * 2 + b"a: b", CLEAN),
    "a mark within": (b"a: b\n" + codecs.BOM_UTF8 + b"c: d\n", SYNTAX),
    "utf-16": (pod().encode("utf-16"), CLEAN),
    "utf-16 without a mark": (pod().encode("utf-16-le"), SYNTAX),
    "half of utf-16": (codecs.BOM_UTF16_LE + b"a\0:", SYNTAX),
    "utf-32": (pod().encode("utf-32"), SYNTAX),
    "latin-1": ("a: café\n".encode("latin-1"), SYNTAX),
    "half a character": ("a: é".encode()[:-1], SYNTAX),
    "an overlong slash": (b"a: \xc0\xaf", SYNTAX),
    "a raw surrogate": (b"a: \xed\xa0\x80", SYNTAX),
    "beyond unicode": (b"a: \xf5\x80\x80\x80", SYNTAX),
    "nul": (b"a: b\0c", SYNTAX),
    "only nuls": (b"\0" * 1_000, SYNTAX),
    "escape": (b"a: \x1b[31mred", SYNTAX),
    "delete": (b"a: \x7f", SYNTAX),
    "bell in a key": (b"\x07: a", SYNTAX),
    "the second set of controls": ("a: \x9b31m".encode(), SYNTAX),
    "carriage returns": (pod().replace(", ", ",\r").encode(), CLEAN),
    "both": (b"apiVersion: v1\r\nkind: ConfigMap\r\nmetadata: {name: a}\r\n", CLEAN),
    "mixed": (b"apiVersion: v1\rkind: ConfigMap\nmetadata: {name: a}\r\n", CLEAN),
    "other line breaks": ("a: b\x85c: d\u2028e: f\u2029".encode(), None),
    "tabs": (b"a:\n\tb: c\n", SYNTAX),
    "only tabs": (b"\t" * MANY, SYNTAX),
    "only blanks": (b" " * 10_000_000, CLEAN),
    "only line breaks": (b"\n" * 1_000_000, CLEAN),
    "ten megabytes of a word": (b"a: " + b"x" * 10_000_000, CLEAN),
    "ten megabytes in quotes": (b'a: "' + b"x" * 10_000_000 + b'"', CLEAN),
    "ten megabytes unclosed": (b'a: "' + b"x" * 10_000_000, SYNTAX),
    "a word of a million lines": (b"a: x\n" + b"  y\n" * 1_000_000, CLEAN),
    "a million lines in quotes": (b"a: 'x\n" + b"  y\n" * 1_000_000 + b"'", CLEAN),
    "a million lines in a block": (b"a: >\n" + b"  y\n\n" * 1_000_000, CLEAN),
    "a block of many lines": (b"a: |\n" + b"  xxxxxxxxx\n" * 500_000, CLEAN),
    "a huge flow": (b"a: [" + b"b, " * 200_000 + b"b]", CLEAN),
    "a huge flow of words with colons": (b"a: [" + b"b:c, " * 100_000 + b"b]", CLEAN),
    "many keys": ("".join(f"k{n}: v\n" for n in range(MANY)).encode(), CLEAN),
    "many comments": (b"# c\n" * MANY + b"a: b", CLEAN),
    "many ignores": (b"# k8slint: ignore[floating-image-tag]\n" * 2_000 + pod().encode(), CLEAN),
    "many documents": (b"---\n" * MANY, CLEAN),
    "many broken documents": (b"---\n[}\n" * 20_000, SYNTAX),
    "dashes": (b"-" * 1_000_000, SYNTAX),
    "colons": (b":" * 1_000_000, SYNTAX),
    "a zip archive": (b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + bytes(range(256)), SYNTAX),
    "an image": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", SYNTAX),
    "every byte": (bytes(range(256)), SYNTAX),
    "a shell script": (b"#!/bin/sh\nset -e\necho {a,b}\n", CLEAN),
    "json in pieces": (b'{"a": 1}{"b": 2}', CLEAN),
    "many pieces of json": (b'{"a": 1}' * 20_000, CLEAN),
    "a quote that never ends": (b'{"a": 1}{"b": "' + rb"\"" * MANY, SYNTAX),
    "json cut off": (pod()[:-3].encode(), SYNTAX),
    "json with a comma too many": (b'{"a": [1,],}', CLEAN),
    "json with a lone surrogate": (rb'{"a": "\ud800 \udc00\ud800"}', CLEAN),
    "a lone surrogate": (rb'a: "\ud800"', SYNTAX),
    "an escape beyond unicode": (rb'a: "\U00110000"', SYNTAX),
    "an unknown escape": (rb'a: "\q"', SYNTAX),
    "an escape cut off": (rb'a: "\x4', SYNTAX),
    "a template": (b"{{- range .Values.x }}\n- {{ . }}\n{{ end }}\n", CLEAN),
    "a template of blanks": ((" " * 200 + "\n").encode() * 5_000 + b"a: {{", CLEAN),
    "a conflict": (b"<<<<<<< HEAD\na: b\n=======\na: c\n>>>>>>> x\n", SYNTAX),
}

INPUTS = {
    f"{group}: {name}": (data if isinstance(data, bytes) else data.encode(), expected)
    for group, inputs in (
        ("deep", DEEP),
        ("bomb", BOMBS),
        ("number", NUMBERS),
        ("tag", TAGS),
        ("shape", SHAPES),
        ("bytes", BYTES),
    )
    for name, (data, expected) in inputs.items()
}


def pytest_generate_tests(metafunc):
    """A test that asks for `hostile` runs for each of them; one that asks for `sample`, for some."""
    if "hostile" in metafunc.fixturenames:
        metafunc.parametrize("hostile", INPUTS.values(), ids=INPUTS.keys())
    if "sample" in metafunc.fixturenames:
        names = [name for number, name in enumerate(INPUTS) if number % 16 == 0]
        metafunc.parametrize("sample", [INPUTS[name] for name in names], ids=names)


@pytest.fixture(scope="session")
def hostile_inputs():
    return INPUTS
