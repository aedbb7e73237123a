from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.mirrors import ROOT, Mirror, changed, declarations, mirrors, read

OLD = """\
package nodename

// func Gone() is what this comment speaks of.
import "fmt"

var (
	// ErrOne is said of one.
	ErrOne = fmt.Errorf("one // not a comment")
	ErrTwo = fmt.Errorf("two")
)

type Queue[T any] struct {
	items []T
}

func (q *Queue[T]) Pop(
	deep bool,
) (T, error) {
	if deep { /* twice */
		return q.items[1], nil
	}
	return q.items[0], nil
}

func (Queue[T]) Len() int { return 0 }

func Filter(a, b string) bool {
	return a == b // names differ
}

func Moved() string { return `
}
` }

func Gone() {}
"""


@pytest.fixture
def releases(tmp_path):
    """A function that compares a mirror between the file above and another, with files beside that."""

    def compare(written, new, beside=None):
        for name, files in (("old", {"pkg/a/name.go": OLD}), ("new", {"pkg/a/name.go": new, **(beside or {})})):
            for path, text in files.items():
                file = tmp_path / name / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
        (mirror,) = read(written, "module.py:1")
        return changed(mirror, tmp_path / "old", tmp_path / "new")

    return compare


def test_a_file_is_cut_into_its_declarations(tmp_path):
    file = tmp_path / "name.go"
    file.write_text(OLD, encoding="utf-8")
    found = declarations(file)
    assert list(found) == ["ErrOne", "ErrTwo", "Queue", "Queue.Pop", "Queue.Len", "Filter", "Moved", "Gone"]
    assert found["ErrOne"] == 'var ErrOne = fmt.Errorf("one // not a comment")\n'
    assert found["Filter"] == "func Filter(a, b string) bool { return a == b }\n"
    assert found["Queue.Pop"].endswith("if deep { return q.items[1], nil } return q.items[0], nil }\n")


@pytest.mark.parametrize(
    ("name", "old", "new", "change"),
    [
        ("Filter", "", "", "same"),
        ("Filter", "\treturn a == b // names differ", "\t// Compares.\n\n\treturn a  == b", "same"),
        ("Filter", "a == b", "a != b", "differs"),
        ("Filter", "q.items[1]", "q.items[2]", "same"),
        ("Pop", "q.items[1]", "q.items[2]", "differs"),
        ("Queue.Pop", "q.items[1]", "q.items[2]", "differs"),
        ("Queue", "q.items[1]", "q.items[2]", "differs"),
        ("Queue.Len", "q.items[1]", "q.items[2]", "same"),
        ("", "q.items[1]", "q.items[2]", "differs: Queue.Pop"),
        ("ErrTwo", '"two"', '"2"', "differs"),
        ("ErrOne", '"two"', '"2"', "same"),
        ("ErrOne", "one // not", "one // but", "differs"),
        ("Gone", "func Gone() {}", "// func Gone() {}", "gone"),
        ("Nowhere", "", "", "in neither folder"),
        ("Filter2", "func Filter", "func Filter2() {}\n\nfunc Filter", "only in the new folder"),
    ],
)
def test_what_becomes_of_a_function(releases, name, old, new, change):
    assert releases(f"pkg/a/name.go {name} @ v1.36".replace("  ", " "), OLD.replace(old, new)) == change


def test_a_function_that_went_to_another_file_is_found_there(releases):
    moved = "func Moved() string { return `\n}\n` }\n"
    beside = {"pkg/b/other.go": f"package b\n\n{moved}", "pkg/b/other_test.go": f"package b\n\n{moved}"}
    assert releases("pkg/a/name.go Moved @ v1.36", OLD.replace(moved, ""), beside) == "gone: now in pkg/b/other.go"


def test_in_a_folder_the_file_does_not_matter(releases):
    gone = OLD.replace("func Gone() {}", "")
    beside = {"pkg/a/other.go": "package nodename\n\nfunc Gone() {}\n"}
    assert releases("pkg/a Gone @ v1.36", gone, beside) == "same"
    assert releases("pkg/a/name.go Gone @ v1.36", gone, beside) == "gone: now in pkg/a/other.go"


def test_modules_lie_where_kubernetes_has_them(tmp_path):
    for release, code in (("old", "func F() {}"), ("new", "func F() int { return 1 }")):
        file = tmp_path / release / "staging" / "src" / "k8s.io" / "api" / "core" / "v1" / "f.go"
        file.parent.mkdir(parents=True)
        file.write_text(f"package v1\n\n{code}\n", encoding="utf-8")
    (mirror,) = read("api core/v1 F @ v1.36", "module.py:1")
    assert changed(mirror, tmp_path / "old", tmp_path / "new") == "differs"


def test_a_paragraph_may_name_several_places_and_names():
    said = "api core/v1 T.M, N, pkg/a/b.go C, sigs.k8s.io/yaml yaml.go D, kube-openapi pkg/validation/strfmt @ v1.36"
    assert [(mirror.module, mirror.place, mirror.name) for mirror in read(said, "")] == [
        ("api", "core/v1", "T.M"),
        ("api", "core/v1", "N"),
        ("", "pkg/a/b.go", "C"),
        ("sigs.k8s.io/yaml", "yaml.go", "D"),
        ("kube-openapi", "pkg/validation/strfmt", ""),
    ]


def test_what_is_not_of_kubernetes_needs_no_version():
    assert list(read("encoding/base64 Encoding.Decode", "m.py:1")) == [
        Mirror("m.py:1", "", "encoding/base64", "Encoding.Decode", "")
    ]


@pytest.mark.parametrize(
    "said",
    [
        "pkg/a/b.go C",
        "pkg/a/b.go C @ 1.36",
        "apimachinery pkg/a.go C @ v0.36",
        "C @ v1.36",
        "pkg/a/b.go C and D @ v1.36",
        "kubernetes/kubernetes #134740 (taint text)",
    ],
)
def test_another_form_is_refused_with_its_place(said):
    with pytest.raises(SystemExit, match=r"^module\.py:7: "):
        list(read(said, "module.py:7"))


def test_every_mirror_of_the_code_is_of_the_form():
    written = sum(file.read_text(encoding="utf-8").count("Mirrors:") for file in (ROOT / "k8slint").rglob("*.py"))
    assert len({mirror.written for mirror in mirrors(ROOT / "k8slint")}) == written > 100


def test_the_list_is_printed(tmp_path):
    script = [sys.executable, str(ROOT / "scripts" / "mirrors.py")]
    listed = subprocess.run(script, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(listed) == len(list(mirrors(ROOT / "k8slint")))
    place, _, mirror = listed[0].partition(": ")
    file, _, line = place.partition(":")
    assert "Mirrors:" in (ROOT / Path(file)).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert " @ v1." in mirror

    work = [*script, "--against", str(tmp_path / "a"), str(tmp_path / "b")]
    printed = subprocess.run(work, capture_output=True, text=True, check=True).stdout.splitlines()
    assert all(text.endswith(": in neither folder") for text in printed[:-1])
    assert f"{len(printed) - 1} in neither folder" in printed[-1]
