from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from k8slint.lint import lint
from k8slint.loading import composer, events
from k8slint.loading.load import load
from k8slint.project import Request
from k8slint.report import FORMATS

# What is odd to a YAML reader, to be strung together.
PIECES = st.sampled_from(
    [
        *":-?,[]{}#&*!|>'\"%@`=~<\\ \n\t\r",
        "\r\n",
        "---",
        "...",
        "a",
        "k: v",
        "- x",
        "&a ",
        "*a",
        "<<: ",
        "!!int ",
        "!!binary ",
        "!<x>",
        "%YAML 1.1\n",
        "%TAG ! x\n",
        "{{ x }}",
        "0400",
        "1e999",
        ".inf",
        "yes",
        "|+\n  ",
        ">-\n ",
        '"\\u',
        '"\\U00110000"',
        "\\ud83d\\ude00",
        "\0",
        "\x1b",
        "\x85",
        "\N{LINE SEPARATOR}",
        "\N{ZERO WIDTH NO-BREAK SPACE}",
        "\N{GRINNING FACE}",
        "apiVersion: v1\nkind: Pod\n",
        "# k8slint: ignore[floating-image-tag]\n",
    ]
)
TEXTS = st.lists(PIECES, max_size=25).map("".join)
BYTES = st.one_of(st.binary(max_size=60), TEXTS.map(str.encode), TEXTS.map(lambda text: text.encode("utf-16")))


class TestAnyBytes:
    @settings(max_examples=400)
    @given(BYTES)
    def test_reading_never_raises_and_every_place_is_in_the_text(self, data):
        loaded = load("x.yaml", data)
        size = len(loaded.source.text)
        for document in loaded.documents:
            assert document.failed == (document.data is None)
            for start, end in document.scalars():
                assert 0 <= start <= end <= size
            for problem in document.problems:
                line, column = loaded.source.position(problem.span[0])
                assert line >= 1
                assert 1 <= column <= len(loaded.source.line(line)) + 3
            assert isinstance(document.data, dict | list | str | int | float | bool | None)

    @settings(max_examples=150)
    @given(BYTES)
    def test_the_slower_parser_never_raises_either(self, data):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(events, "_c_parser", lambda: None)
            patch.setattr(composer, "read_lines", lambda *_: None)
            load("x.yaml", data)

    @settings(max_examples=60, deadline=None)
    @given(data=BYTES)
    def test_linting_never_raises(self, data):
        for name in FORMATS:
            FORMATS[name](lint(Request(["-"], stdin=data)))


# A tree of values, each leaf and key with the token that it is written as.
WORDS = st.from_regex(r"[a-z][a-z0-9é漢]{0,6}(-[a-z]{1,3})?", fullmatch=True).filter(
    lambda word: word not in {"y", "n", "on", "no", "off", "yes", "true", "false", "null"}
)
SCALARS = st.one_of(
    WORDS.map(lambda word: (word, word)),
    WORDS.map(lambda word: (f"'{word}: #'", f"{word}: #")),
    st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=8).map(
        lambda text: (json.dumps(text, ensure_ascii=False), text)
    ),
    st.integers(-(2**62), 2**62).map(lambda number: (str(number), number)),
    st.sampled_from([("yes", True), ("~", None), ("0400", 256), ("1.5", 1.5), ("12:30", "12:30")]),
)
KEYS = st.one_of(WORDS.map(lambda word: (word, word)), WORDS.map(lambda word: (f'"{word}"', word)))
TREES = st.recursive(
    SCALARS.map(lambda scalar: ("scalar", scalar)),
    lambda children: st.one_of(
        st.lists(children, min_size=1, max_size=3).map(lambda items: ("list", items)),
        st.lists(st.tuples(KEYS, children), min_size=1, max_size=3, unique_by=lambda pair: pair[0][1]).map(
            lambda pairs: ("mapping", pairs)
        ),
    ),
    max_leaves=8,
)
ROOTS = st.lists(st.tuples(KEYS, TREES), min_size=1, max_size=4, unique_by=lambda pair: pair[0][1])


class TestPositions:
    @settings(max_examples=250)
    @given(ROOTS, st.sampled_from(["block", "flow"]), st.sampled_from(["\n", "\r\n", "\r"]), st.integers(0, 2))
    def test_every_place_starts_the_token_it_names(self, pairs, style, line_break, documents_before):
        text = "\n".join(block(("mapping", pairs), 0)) if style == "block" else flow(("mapping", pairs))
        text = "# é\na: 1\n---\n" * documents_before + text + "\n"
        source = load("x.yaml", text.replace("\n", line_break).encode()).documents
        document = source[-1]
        assert document.data == value_of(("mapping", pairs))
        for path, key, token in tokens(("mapping", pairs), ()):
            start, end = document.span(path, key=key)
            assert document.source.text[start:end] == token
            line, column = document.source.position(start)
            assert document.source.line(line)[column - 1 :].startswith(token)


def value_of(tree):
    kind, content = tree
    if kind == "scalar":
        return content[1]
    if kind == "list":
        return [value_of(item) for item in content]
    return {key: value_of(value) for (_, key), value in content}


def tokens(tree, path):
    kind, content = tree
    if kind == "scalar":
        yield path, False, content[0]
    elif kind == "list":
        for index, item in enumerate(content):
            if item[0] == "scalar":
                yield from tokens(item, (*path, index))
    else:
        for (token, key), value in content:
            yield (*path, key), True, token
            yield from tokens(value, (*path, key))


def flow(tree):
    kind, content = tree
    if kind == "scalar":
        return content[0]
    if kind == "list":
        return f"[{', '.join(map(flow, content))}]"
    return f"{{{', '.join(f'{token}: {flow(value)}' for (token, _), value in content)}}}"


def block(tree, indent):
    kind, content = tree
    pad = " " * indent
    if kind == "mapping":
        for (token, _), value in content:
            if value[0] == "scalar":
                yield f"{pad}{token}: {value[1][0]}"
            else:
                yield f"{pad}{token}:"
                yield from block(value, indent + 2)
    else:
        for item in content:
            yield f"{pad}- {item[1][0]}" if item[0] == "scalar" else f"{pad}- {flow(item)}"


IMAGES = st.sampled_from(["nginx", "nginx:1.27", "nginx:latest", "a/b", "x@sha256:" + "0" * 64, "$(X)", ""])
NAMES = st.sampled_from(["web", "db", "cache"])
CONTAINERS = st.lists(
    st.fixed_dictionaries({"name": NAMES, "image": IMAGES}, optional={"env": st.just([{"name": "A", "value": "b"}])}),
    max_size=3,
)


def pod(name, containers):
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": containers}}


def deployment(name, containers):
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": containers}}
    spec = {"selector": {"matchLabels": {"app": name}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def config_map(name):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"a": "b"}}


def half_an_object(name):
    return {"apiVersion": "v1", "metadata": {"name": name}}


OBJECTS = st.one_of(
    st.builds(pod, NAMES, CONTAINERS),
    st.builds(deployment, NAMES, CONTAINERS),
    st.builds(config_map, NAMES),
    st.builds(half_an_object, NAMES),
)
# What is twice in one file is a finding that separate files do not have.
SETS = st.lists(OBJECTS, min_size=1, max_size=6, unique_by=lambda obj: (obj.get("kind"), obj["metadata"]["name"]))
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class TestRuns:
    @FEW
    @given(SETS)
    def test_joining_documents_changes_nothing_but_places(self, tmp_path, objects):
        folder, joined = fresh(tmp_path), fresh(tmp_path)
        for number, obj in enumerate(objects):
            (folder / f"{number}.yaml").write_text(json.dumps(obj))
        (joined / "all.yaml").write_text("\n---\n".join(json.dumps(obj, indent=1) for obj in objects))
        assert statements(folder) == statements(joined)

    @FEW
    @given(SETS)
    def test_a_list_changes_nothing_but_places(self, tmp_path, objects):
        folder, listed = fresh(tmp_path), fresh(tmp_path)
        objects = [obj for obj in objects if "kind" in obj]
        for number, obj in enumerate(objects):
            (folder / f"{number}.yaml").write_text(json.dumps(obj))
        (listed / "all.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
        assert statements(folder) == statements(listed)

    @FEW
    @given(SETS, st.randoms())
    def test_the_names_of_files_change_nothing_but_places(self, tmp_path, objects, chance):
        one, other = fresh(tmp_path), fresh(tmp_path)
        numbers = list(range(len(objects)))
        chance.shuffle(numbers)
        for number, obj in enumerate(objects):
            (one / f"{number}.yaml").write_text(json.dumps(obj))
            (other / f"{numbers[number]}.yaml").write_text(json.dumps(obj))
        assert statements(one) == statements(other)

    @settings(FEW, max_examples=10)
    @given(st.lists(OBJECTS, min_size=3, max_size=8), st.randoms())
    def test_the_same_bytes_for_any_workers_and_any_order_of_arguments(self, tmp_path, objects, chance):
        folder = fresh(tmp_path)
        for number, obj in enumerate(objects):
            (folder / f"{number}.yaml").write_text(json.dumps(obj) + "\n---\n[\n")
        paths = [str(path) for path in folder.iterdir()]
        outputs = set()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("k8slint.project._WORTH_FORKING", 1)
            for workers in (1, 2, 3):
                chance.shuffle(paths)
                report = lint(Request(list(paths), workers=workers))
                outputs.add("".join(render(report) for render in FORMATS.values()))
        assert len(outputs) == 1

    @FEW
    @given(
        st.lists(st.sampled_from(["nginx", "nginx:latest", "a/b", "nginx:1.27"]), min_size=1, max_size=5),
        st.data(),
        st.sampled_from(["above", "beside"]),
    )
    def test_an_ignore_removes_exactly_its_finding(self, images, data, where):
        floating = [number for number, image in enumerate(images) if image != "nginx:1.27"]
        chosen = data.draw(st.sampled_from(floating)) if floating else None
        comment = "# k8slint: ignore[floating-image-tag] because"
        lines = ["apiVersion: v1", "kind: Pod", "metadata: {name: web}", "spec:", "  containers:"]
        for number, image in enumerate(images):
            lines.append(f"    - name: c{number}")
            if number == chosen and where == "above":
                lines.append(f"      {comment}")
            lines.append(f"      image: {image}" + (f"  {comment}" if number == chosen and where == "beside" else ""))
        select = ["floating-image-tag", "unused-ignore"]
        report = lint(Request(["-"], stdin="\n".join(lines).encode(), select=select))
        assert [finding.field_path for finding in report.findings] == [
            f"spec.containers[{number}].image" for number in floating if number != chosen
        ]
        assert report.summary.ignored == (chosen is not None)


def fresh(parent: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=parent))


def statements(folder):
    """What is said of which object, without places."""
    return sorted(
        (finding.rule, finding.message, finding.field_path, str(finding.object))
        for finding in lint(Request([str(folder)])).findings
    )
