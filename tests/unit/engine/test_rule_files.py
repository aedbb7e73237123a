from __future__ import annotations

import shutil

import pytest

from k8slint.bundled import RULES
from k8slint.engine.rule_files import checked_rules
from k8slint.usage import UsageError

GOOD = """\
id: floating-image-tag
summary: The image reference can mean different bytes tomorrow.
severity: warning
for: container
check: images
why: |
  A missing tag means latest, and latest moves from day to day.
effect: Pods of one workload may run different builds.
fix: Name a version tag.
references: [https://kubernetes.io/docs/concepts/containers/images/]
examples:
  bad:
    - |
      apiVersion: v1
      kind: Pod
      metadata: {name: web}
      spec:
        containers:
          - name: a
            image: nginx   # <- has no tag
  good:
    - |
      apiVersion: v1
      kind: Pod
      metadata: {name: web}
      spec: {containers: [{name: a, image: "nginx:1.27"}]}
"""


@pytest.fixture
def folder(tmp_path):
    """A function that writes one rule file and returns the folder of the categories."""

    def write(text, name="workload/floating-image-tag.yaml"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return write


def test_a_good_file_is_a_rule(folder):
    rules = checked_rules(folder(GOOD))
    assert list(rules) == ["floating-image-tag"]
    assert rules["floating-image-tag"].page.good


def test_the_whole_catalogue_is_good():
    assert checked_rules(RULES)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", ":1: a rule's file holds one document, not 0"),
        (GOOD + "---\na: b\n", ":1: a rule's file holds one document, not 2"),
        ("just text", ":1: this takes keys with values, not text"),
        ("- a\n", ":1: this takes keys with values, not a list"),
        ("a: [\n", ":1: did not find expected"),
        (b"id: \xff\n", ":1: byte 0xFF"),
        (
            GOOD.replace("severity: warning", "severity: bad"),
            ':3: `severity`: "bad", and known are error, warning, info',
        ),
        (GOOD.replace("severity: warning\n", ""), ':1: this has no "severity"'),
        (GOOD.replace("severity:", "severty:"), ':3: unknown key "severty"; did you mean "severity"?'),
        (GOOD.replace("for: container", "for: pods"), ':4: `for`: "pods", and known are object, pod, container'),
        (GOOD.replace("id: floating-image-tag", "id: [a]"), ":1: `id` takes text, not a list"),
        (GOOD.replace("id: floating-image-tag", "id: other"), ':1: the id "other" is not the name of the file'),
        (GOOD.replace("effect:", "effects:"), ':8: unknown key "effects"; did you mean "effect"?'),
        (GOOD.replace("check: images\n", ""), ':1: this has no "check"'),
        (GOOD.replace("check: images", "check: ../images"), ':5: `check`: "../images" is not the name of a module'),
        (GOOD.replace("for: container", "for: fields"), ":5: `check` has no place here: remove it"),
        (GOOD + "kinds: [Pod]\n", '"kinds" must stand above "why"'),
        (GOOD.replace("summary:", "summary: a\nsummary:"), 'key "summary" is already set'),
        (GOOD.replace("https://", "http://"), "`references[0]`: "),
    ],
)
def test_a_malformed_file_is_one_line_with_its_place(folder, text, complaint):
    with pytest.raises(UsageError) as error:
        checked_rules(folder(text))
    assert complaint in str(error.value)
    assert "floating-image-tag.yaml:" in str(error.value)
    assert len(str(error.value).splitlines()) == 1
    assert len(str(error.value)) < 400


def test_a_rule_without_its_check_is_refused(folder):
    text = GOOD.replace("id: floating-image-tag", "id: no-such-check")
    with pytest.raises(UsageError, match=r"no function no_such_check in k8slint/checks/workload/images.py"):
        checked_rules(folder(text, "workload/no-such-check.yaml"))


@pytest.mark.parametrize(
    ("category", "module", "hint"),
    [
        ("workload", "elsewhere", ""),
        ("workload", "imagse", '; did you mean "images"?'),
        ("elsewhere", "images", ""),
        ("scheduling", "images", ""),
    ],
)
def test_a_check_that_names_no_module_is_refused(folder, category, module, hint):
    text = GOOD.replace("check: images", f"check: {module}")
    with pytest.raises(UsageError) as error:
        checked_rules(folder(text, f"{category}/floating-image-tag.yaml"))
    said = f'check names "{module}", and there is no k8slint/checks/{category}/{module}.py{hint}'
    assert str(error.value).endswith(f"floating-image-tag.yaml: {said}")


def test_two_files_of_one_id_are_refused(folder):
    folder(GOOD, "a/floating-image-tag.yaml")
    with pytest.raises(UsageError, match="has the same id"):
        checked_rules(folder(GOOD, "b/floating-image-tag.yaml"))


def test_a_file_that_cannot_be_read_is_refused(folder):
    root = folder(GOOD)
    shutil.rmtree(root / "workload")
    (root / "workload" / "floating-image-tag.yaml").mkdir(parents=True)
    with pytest.raises(UsageError, match="is a directory"):
        checked_rules(root)
