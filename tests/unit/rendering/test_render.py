"""Rendering as other code calls it: objects, the places of their values, problems, gaps, and what is shared."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from k8slint.rendering import Files, open_file, render

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: '1'\n"
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      containers:
      - name: web
        image: nginx:1.25
        env:
        - name: A
          value: a
"""
PATCH = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: web
        env:
        - name: B
          value: b
      - name: proxy
        image: envoy:1
"""


def messages(rendered):
    return [problem.message for problem in rendered.problems]


def test_each_value_says_where_it_is_written(project):
    project(
        {
            "base/kustomization.yaml": "resources:\n- web.yaml\n",
            "base/web.yaml": WEB,
            "dev/more.yaml": PATCH,
            "dev/kustomization.yaml": "resources:\n- ../base\nnamespace: dev\npatches:\n- path: more.yaml\n"
            "- target: {kind: Deployment}\n  patch: |-\n    - op: add\n      path: /spec/paused\n      value: true\n"
            "images:\n- name: nginx\n  newTag: '2'\ncommonLabels:\n  team: x\n",
        }
    )
    (web,) = render("dev").objects
    containers = ("spec", "template", "spec", "containers")
    places = {
        (): ("base/web.yaml", 1, 1),
        ("kind",): ("base/web.yaml", 2, 7),
        ("metadata", "name"): ("base/web.yaml", 4, 9),
        ("metadata", "namespace"): ("dev/kustomization.yaml", 3, 12),
        ("metadata", "labels", "team"): ("dev/kustomization.yaml", 15, 9),
        ("spec", "replicas"): ("base/web.yaml", 6, 13),
        ("spec", "paused"): ("dev/kustomization.yaml", 10, 14),
        (*containers, 0, "image"): ("dev/kustomization.yaml", 13, 11),
        (*containers, 0, "env", 0, "value"): ("dev/more.yaml", 12, 18),
        (*containers, 0, "env", 1, "value"): ("base/web.yaml", 14, 18),
        (*containers, 1, "name"): ("dev/more.yaml", 13, 15),
    }
    assert {path: web.place(path) for path in places} == places
    assert dict(web.places())["spec", "paused"] == ("dev/kustomization.yaml", 10, 14)


def test_every_value_has_a_place_in_a_file_that_is_there(monkeypatch):
    monkeypatch.chdir(Path(__file__).parent.parent.parent / "golden/render")
    for each in render("dev").objects:
        for path in paths(each.data):
            file, line, _ = each.place(path)
            assert 0 < line <= len(Path(file).read_text(encoding="utf-8").splitlines())


def paths(data, path=()):
    yield path
    steps = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    for step in steps:
        yield from paths(data[step], (*path, step))


def test_generated_values_are_written_in_their_files(project):
    project(
        {
            "kustomization.yaml": "configMapGenerator:\n- name: a\n  literals:\n  - a=1\n"
            "  files: [f.txt]\n  envs: [e.env]\n",
            "f.txt": "text",
            "e.env": "# nothing\nB=2\n",
        }
    )
    (made,) = render(".").objects
    assert made.place() == ("kustomization.yaml", 2, 3)
    assert [made.place(("data", key))[:2] for key in ("a", "B", "f.txt")] == [
        ("kustomization.yaml", 4),
        ("e.env", 2),
        ("f.txt", 1),
    ]


def test_a_base_is_read_and_built_once_for_all_that_take_it_in(project):
    project(
        {
            "base/kustomization.yaml": "resources: [a.yaml]\n",
            "base/a.yaml": CONFIG_MAP,
            "dev/kustomization.yaml": "namePrefix: dev-\nresources: [../base]\n",
            "prod/kustomization.yaml": "namePrefix: prod-\nresources: [../base]\n",
        }
    )
    opened = []

    def counting(name):
        opened.append(os.path.relpath(name))
        return open_file(name)

    files = Files(counting)
    names = [render(root, files).objects[0].data["metadata"]["name"] for root in ("dev", "prod", "dev")]
    assert names == ["dev-a", "prod-a", "dev-a"]
    assert sorted(opened) == sorted(set(opened))


def test_addresses_and_charts_are_named_and_the_rest_is_rendered(project):
    project(
        {
            "kustomization.yaml": "resources:\n- a.yaml\n- https://example.org/a.yaml\n- github.com/org/repo//base\n"
            "helmCharts:\n- name: redis\n",
            "a.yaml": CONFIG_MAP,
        }
    )
    rendered = render(".")
    assert [(each.what, each.place[1]) for each in rendered.unread] == [
        ("https://example.org/a.yaml", 3),
        ("github.com/org/repo//base", 4),
        ("the Helm chart redis", 6),
    ]
    assert len(rendered.objects) == 1
    assert not rendered.builds


def test_deprecated_fields_are_said_and_build(project):
    project(
        {
            "kustomization.yaml": "bases: [base]\n",
            "base/kustomization.yaml": "resources: [a.yaml]\n",
            "base/a.yaml": CONFIG_MAP,
        }
    )
    rendered = render(".")
    assert messages(rendered) == ["bases is deprecated: use resources instead"]
    assert rendered.builds


def test_a_link_out_of_the_folder_is_not_followed(project):
    folder = project({"in/kustomization.yaml": "configMapGenerator:\n- name: a\n  files: [link]\n", "secret": "x"})
    (folder / "in/link").symlink_to(folder / "secret")
    (message,) = messages(render("in"))
    assert message.startswith('"link" is not in or below in')


def test_no_message_holds_a_value_of_a_secret(project):
    project(
        {
            "kustomization.yaml": "resources: [a.yaml]\nsecretGenerator:\n- name: s\n"
            "  literals:\n  - a=hunter2\n  - a=hunter3\n",
            "a.yaml": CONFIG_MAP,
        }
    )
    rendered = render(".")
    assert messages(rendered) == ['configmap s illegally repeats the key "a"']
    assert "hunter" not in repr(rendered)


DEEP = "apiVersion: v1\nkind: Foo\nmetadata: {name: a}\nspec: " + "[" * 190 + "]" * 190 + "\n"
COPIES = "".join(f"    - {{op: copy, from: /data, path: /data/x{number}}}\n" for number in range(60))
COMPONENT = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
HOSTILE = {
    "deep": ({"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": DEEP}, "nested deeper than"),
    "copies of copies": (
        {
            "kustomization.yaml": "resources: [a.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: |-\n" + COPIES,
            "a.yaml": CONFIG_MAP,
        },
        "copies of copies",
    ),
    "operations that nest": (
        {
            "kustomization.yaml": "resources: [a.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: |-\n"
            + "".join(
                f"    - {{op: add, path: {'/a' * (100 * n + 1)}, value: {'{a: ' * 100}{'}' * 100}}}\n" for n in range(9)
            ),
            "a.yaml": CONFIG_MAP,
        },
        "nested too deep",
    ),
    "a path of many steps": (
        {
            "kustomization.yaml": "resources: [a.yaml]\nreplacements:\n- sourceValue: x\n  targets:\n"
            f"  - {{select: {{kind: ConfigMap}}, options: {{create: true}}, fieldPaths: [{'a.' * 2_000}a]}}\n",
            "a.yaml": CONFIG_MAP,
        },
        "more than 150 steps",
    ),
    "components twice and twice": (
        {
            "kustomization.yaml": "components: [c0]\n",
            **{f"c{n}/kustomization.yaml": f"{COMPONENT}components: [../c{n + 1}, ../c{n + 1}]\n" for n in range(20)},
            "c20/kustomization.yaml": f"{COMPONENT}namePrefix: a\n",
        },
        "kustomizations are taken in",
    ),
    "a name with a NUL": ({"kustomization.yaml": 'resources: ["a\\0b"]\n'}, "is no name of a file"),
    "its own file": ({"kustomization.yaml": "resources: [kustomization.yaml]\n"}, "missing kind"),
    "its own folder": ({"kustomization.yaml": "resources: [.]\n"}, "cycle detected"),
    "a device": ({"kustomization.yaml": "configMapGenerator: [{name: a, files: [/dev/zero]}]\n"}, "is not in or below"),
    "odd metadata": (
        {
            "kustomization.yaml": "commonAnnotations: {a: b}\nresources: [a.yaml]\n",
            "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: [1]}\n",
        },
        "labels and annotations are a mapping",
    ),
    "no text": ({"kustomization.yaml": bytes(range(256))}, "is not UTF-8"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_made_to_break_it_is_refused(project, case):
    files, message = HOSTILE[case]
    project(files)
    rendered = render(".")
    assert not rendered.objects
    assert message in messages(rendered)[0]


def test_a_pipe_is_no_file(project):
    folder = project({"kustomization.yaml": "resources: [pipe]\n"})
    os.mkfifo(folder / "pipe")
    assert messages(render(".")) == ['cannot read "pipe": a pipe, not a regular file']
