"""What may come of texts that could not be read."""

from __future__ import annotations

import pytest

from k8slint.cluster.unread import Chart, Unread, UnreadText, unread_texts
from k8slint.loading.load import load
from k8slint.objects.from_documents import read_source
from k8slint.objects.problem import Absence

TEMPLATE = """
{{- if .Values.config }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: %s
  labels:
    {{- include "store.labels" . | nindent 4 }}
data:
  database: orders-db   # a name that is only referred to
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: store
spec:
  template:
    metadata:
      labels:
        app: checkout
    spec:
      containers:
        - name: main
          envFrom: [{secretRef: {name: web-secrets}}]
{{- end }}
"""
FULLNAME = '{{ include "store.fullname" . }}'


def may_define(name: str, written: str = FULLNAME, values: str = "", chart: str = "store") -> bool:
    return UnreadText(TEMPLATE % written, Chart(chart, values)).may_define(name)


@pytest.mark.parametrize(
    ("written", "name", "expected"),
    [
        (FULLNAME, "store", True),
        (FULLNAME, "my-store", True),
        (FULLNAME, "web", False),
        (FULLNAME + "-config", "my-store-config", True),
        (FULLNAME + "-config", "web-config", True),
        (FULLNAME + "-config", "web-secrets", False),
        ("{{ .Release.Name }}-db", "shop-db", True),
        ("{{ .Release.Name }}-db", "shop", False),
        ("app-{{ .Release.Name }}-{{ .Values.zone }}", "app-a-b", True),
        ("app-{{ .Release.Name }}-{{ .Values.zone }}", "app-a", False),
        ("a{{ .x }}", "a", False),
        ('"settings"', "settings", True),
        ("'settings'  # said", "settings", True),
        ("{{ .Values.name", "settings", False),
    ],
)
def test_a_template_makes_what_its_metadata_can_be_rendered_as(written: str, name: str, expected: bool) -> None:
    assert may_define(name, written) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("checkout", True), ("orders-db", False), ("web-secrets", False), ("main", False), ("stor", False)],
)
def test_a_template_makes_no_name_that_it_refers_to(name: str, expected: bool) -> None:
    assert may_define(name, chart="other") is expected


def test_a_name_from_the_values_is_looked_for_there() -> None:
    assert may_define("settings", "{{ .Values.name }}", "name: settings")
    assert not may_define("settings", "{{ .Values.name }}", "name: web-settings")


def test_long_values_of_many_actions_are_soon_decided() -> None:
    assert not may_define("a" * 253, "{{ a }}a" * 50 + "b")
    assert not may_define("a" * 253, "{{" * 100_000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: web", True),
        ("name: web-config", False),
        ("name: a-web", False),
        ("the webhook", False),
        ("x: web.", True),
    ],
)
def test_a_broken_text_may_define_any_word_in_it(text: str, expected: bool) -> None:
    assert UnreadText(text).may_define("web") is expected


def test_a_template_of_a_chart_mends_nothing() -> None:
    assert UnreadText("port: https").may_mend("https")
    assert not UnreadText("port: https", Chart("web", "")).may_mend("https")


def test_the_templates_of_a_chart_are_known_by_its_folder_even_if_they_can_be_read() -> None:
    files = {
        "app/Chart.yaml": "apiVersion: v2\nname: store\nversion: 1.0.0\ndependencies: [{name: redis}]\n",
        "app/values.yaml": "name: settings",
        "app/values-prod.yaml": "zone: b",
        "app/templates/a.yaml": "{{ if .Values.x }}\na: b\n{{ end }}",
        "app/templates/deep/b.yaml": "metadata: {name: '{{ .Values.name }}'}",
        "app/crds/c.yaml": "a: b",
        "templates/d.yaml": "a: b",
        "broken.yaml": "apiVersion: v1\nkind: Pod\nmetadata: [b",
        "foreign.yaml": "a: [b",
    }
    several = [load(name, text.encode()) for name, text in files.items()]
    found = unread_texts(several, [read_source(each.source, each.documents) for each in several])
    chart = Chart("store", "name: settings\nzone: b")
    assert [each.chart for each in found] == [chart, chart, None]
    assert found[-1].text.endswith("metadata: [b")


class TestAbsence:
    """What would make a problem untrue if it were somewhere in what was not read."""

    BROKEN = UnreadText("name: web\nport: https")

    @pytest.mark.parametrize(
        ("unread", "may_undo"),
        [
            (Unread(is_whole=True), False),
            (Unread(is_whole=False), True),
            (Unread(is_whole=True, texts=(BROKEN,)), True),
            (Unread(is_whole=True, amendments=("name: web",)), False),
        ],
    )
    def test_a_missing_name_is_sure_only_if_nothing_unread_may_define_it(self, unread, may_undo):
        assert unread.may_undo(Absence(name="web")) is may_undo

    @pytest.mark.parametrize(
        ("unread", "may_undo"),
        [
            (Unread(is_whole=True), False),
            (Unread(is_whole=False), False),
            (Unread(is_whole=False, texts=(BROKEN,)), True),
            (Unread(is_whole=False, amendments=("port: https",)), True),
        ],
    )
    def test_what_a_patch_may_mend_is_no_matter_of_whole_or_part(self, unread, may_undo):
        assert unread.may_undo(Absence(mended_by="https")) is may_undo
