"""Whose line is shown, a Secret's values are not."""

from __future__ import annotations

import pytest

from k8slint.apiserver.schemas import NEWEST, schemas_for
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.unread import Unread
from k8slint.engine.findings import World, judge
from k8slint.engine.locate import locate, shown_line
from k8slint.engine.masking import MASK
from k8slint.engine.rule import load_rules
from k8slint.engine.selection import default_selection
from k8slint.finding import Location
from k8slint.loading.composer import compose
from k8slint.loading.document import Source
from k8slint.loading.load import load
from k8slint.objects.from_documents import read_source

CANARY = "hunter2"


def documents(text):
    return load("x.yaml", text.encode()).documents


def every_line(text):
    """All that could be shown of a text: the line of each character, in the words of each document."""
    shown = []
    for document in documents(text):
        length = len(document.source.text)
        shown += [shown_line(document, (offset, offset + 1)).text for offset in range(0, length, 3)]
    return "\n".join(shown)


HEAD = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"

SECRETS = {
    "plain": f"{HEAD}stringData:\n  p: {CANARY}\n",
    "data": f"{HEAD}data:\n  p: {CANARY}\n",
    "quoted": f'{HEAD}stringData:\n  p: "{CANARY}"\n',
    "flow": f"{HEAD}stringData: {{p: {CANARY}, q: {CANARY}}}\n",
    "block": f"{HEAD}stringData:\n  p: |\n    {CANARY}\n    x {CANARY}\n  q: a\n",
    "folded over lines": f"{HEAD}stringData:\n  p: {CANARY}\n    {CANARY}\n",
    "nested": f"{HEAD}stringData:\n  p: {{q: [{CANARY}]}}\n",
    "a list": f"{HEAD}stringData: [{CANARY}]\n",
    "a scalar": f"{HEAD}stringData: {CANARY}\n",
    "a misspelt field": f"{HEAD}stringdata:\n  p: {CANARY}\n",
    "at the top": f"{HEAD}password: {CANARY}\n",
    "an anchor": f"{HEAD}stringData:\n  p: &a {CANARY}\n  q: *a\n",
    "a tag": f"{HEAD}data:\n  p: !!str {CANARY}\n",
    "a merge": f"{HEAD}x: &x {{p: {CANARY}}}\nstringData:\n  <<: *x\n  p: other\n",
    "twice": f"{HEAD}stringData:\n  p: {CANARY}\n  p: other\n",
    "twice in a line": f"{HEAD}stringData: {{p: {CANARY}, p: other}}\n",
    "a block twice": f"{HEAD}stringData: {{p: {CANARY}}}\nstringData: {{q: other}}\n",
    "no kind": f"apiVersion: v1\nmetadata: {{name: s}}\nstringData: {{p: {CANARY}}}\n",
    "a kind that is no text": f"apiVersion: v1\nkind: [Secret]\nstringData: {{p: {CANARY}}}\n",
    "another case": f"apiVersion: v1\nkind: secret\nstringData: {{p: {CANARY}}}\n",
    "json": f'{{"apiVersion":"v1","kind":"Secret","data":{{"p":"{CANARY}"}}}}',
    "a list of objects": f"kind: List\napiVersion: v1\nitems:\n- kind: Secret\n  stringData: {{p: {CANARY}}}\n",
    "a SecretList": f"kind: SecretList\napiVersion: v1\nitems:\n- stringData: {{p: {CANARY}}}\n",
    "the applied configuration": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  annotations:\n"
        f'    kubectl.kubernetes.io/last-applied-configuration: \'{{"data":"{CANARY}"}}\'\n'
    ),
    "broken": f"{HEAD}stringData:\n  p: {CANARY}\n q: [\n",
    "broken at the value": f"{HEAD}stringData:\n  p: *{CANARY}\n",
    "broken in a block": f"{HEAD}stringData:\n  p: |\n    {CANARY}\n\tx\n q",
    "wrong bytes": f"{HEAD}stringData:\n  p: {CANARY}\\xff\n",
    "broken in a block with a colon": f"{HEAD}stringData:\n  p: |\n    {CANARY}:x\x07\n",
    "broken in a line of json": f'{{"kind":"Secret","data":{{"{CANARY}":"x","p":[',
    "beside a broken one": f"a: [\n---\n{HEAD}stringData: {{p: {CANARY}}}\n---\nb: [\n",
}


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS.keys())
def test_a_value_of_a_secret_is_in_no_line(text):
    shown = every_line(text)
    assert CANARY not in shown
    assert MASK in shown


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS.keys())
def test_a_value_of_a_secret_is_in_no_message(text):
    for document in documents(text):
        for problem in document.problems:
            assert CANARY not in problem.message


def test_the_keys_of_a_secret_are_shown():
    (document,) = documents(SECRETS["plain"])
    assert shown_line(document, document.span(("stringData", "p"))).text == f"  p: {MASK}"


def test_other_objects_are_shown():
    (document,) = documents("apiVersion: v1\nkind: ConfigMap\ndata:\n  p: open\n")
    assert shown_line(document, document.span(("data", "p"))).text == "  p: open"


def test_what_a_check_conceals_is_masked():
    (document,) = documents("kind: ConfigMap\ndata: {p: hunter2, q: open}\n")
    concealed = [document.span(("data", "p"))]
    for path in (("data", "p"), ("data", "q"), ("data",)):
        assert shown_line(document, document.span(path), concealed).text == f"data: {{p: {MASK}, q: open}}"


def test_a_location_ends_on_its_line():
    (document,) = documents("a: |\n  one\n  two\n")
    location = locate(document, document.span(("a",)))
    assert (location.line, location.column, location.end_line, location.end_column) == (1, 4, 1, 5)


def test_an_empty_place_is_one_column_wide():
    (document,) = documents("a: [\n")
    location = locate(document, document.problems[0].span)
    assert location.end_column == location.column + 1


RENDERED = """\
# made
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: a, image: "a:1"}, {name: a, image: "a:1"}]
  hostNetwrk: true
"""


def test_what_is_found_in_a_rendered_text_is_told_of_what_was_written():
    def origin(line, column):
        return ("chart/templates/pod.yaml", line * 10, column) if line > 5 else ("chart/values.yaml", line, 1)

    source = Source("rendered.yaml", RENDERED, origin=origin)
    reading = read_source(source, compose(source))
    schemas = schemas_for(NEWEST, (), ())
    judged = judge(
        reading, World(Cluster(reading.objects), schemas, Unread(is_whole=True)), default_selection(load_rules(), "")
    )
    (finding,) = [each for each in judged.findings if each.rule == "unknown-field"]
    assert finding.location == Location("chart/templates/pod.yaml", 70, 3, 70, 13)
    # The text is shown that the cluster would get.
    assert (finding.line.number, finding.line.text, finding.line.span) == (70, "  hostNetwrk: true", (2, 12))
    assert source.place(0) == ("chart/values.yaml", 1, 1)
    assert Source("rendered.yaml", RENDERED).place(0) == ("rendered.yaml", 1, 1)


def test_near_a_secret_a_broken_line_shows_its_key_alone():
    (document,) = documents(SECRETS["broken at the value"])
    assert shown_line(document, document.problems[0].span).text == f"  p: {MASK}"


def test_of_a_very_long_line_the_part_around_the_place_is_kept():
    (document,) = documents(f"{{a: {'x' * 100_000}, b: here, c: {'y' * 100_000}}}")
    line = shown_line(document, document.span(("b",)))
    assert len(line.text) < 3_000
    start, end = line.span
    assert line.text[start:end] == "here"


def test_a_very_long_value_is_cut():
    (document,) = documents(f"a: {'x' * 100_000}")
    line = shown_line(document, document.span(("a",)))
    assert len(line.text) < 3_000
    assert line.span == (3, len(line.text))


def test_many_secrets_in_one_list_are_masked_each():
    items = "".join(f"- {{kind: Secret, stringData: {{p: {CANARY}{n}}}}}\n" for n in range(2_000))
    (document,) = documents(f"kind: List\napiVersion: v1\nitems:\n{items}")
    for n in range(0, 2_000, 7):
        assert CANARY not in shown_line(document, document.span(("items", n, "kind"))).text
