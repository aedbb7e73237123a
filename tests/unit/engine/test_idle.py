from __future__ import annotations

import pytest

from k8slint.config import read_config
from k8slint.lint import lint
from k8slint.project import Request

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: 'nginx:1.27'}]}\n"
REFERS = POD.replace("spec: {", "spec: {imagePullSecrets: [{name: regcred}], ")


def notes(root, *paths, **how):
    config = read_config(root / ".k8slint.yaml")
    return list(lint(Request(paths or ["."], config=config, **how)).notes)


@pytest.mark.parametrize(
    ("settings", "note"),
    [
        ("exclude: [vendro/]\n", '.k8slint.yaml:1:11: "vendro/" excludes nothing'),
        ("exclude: ['vendor/', '*.gen.yaml']\n", '.k8slint.yaml:1:22: "*.gen.yaml" excludes nothing'),
        (
            "overrides:\n  - paths: ['dve/**', x]\n    ignore: [bare-pod]\n",
            '.k8slint.yaml:2:5: no file matches "dve/**, x", so this override does nothing',
        ),
        ("externals: [Secrt/*/regcred]\n", '.k8slint.yaml:1:13: there is no kind "Secrt"; did you mean "Secret"?'),
        ("externals: [secret/regcred]\n", '.k8slint.yaml:1:13: there is no kind "secret"; did you mean "Secret"?'),
        ("externals: [Secret/*/gone-*]\n", '.k8slint.yaml:1:13: nothing here refers to "Secret/*/gone-*"'),
    ],
)
def test_what_does_nothing_is_said_with_its_place(project, settings, note):
    files = {".k8slint.yaml": settings, "dev/a.yaml": REFERS, "vendor/b.yaml": POD}
    root = project({f"repo/{name}": text for name, text in files.items()})
    for path in ("repo", ".", str(root)):
        assert notes(root / "repo", path) == [f"repo/{note}"]


def test_only_a_run_over_all_that_the_settings_are_for_says_so(project):
    root = project({".k8slint.yaml": "exclude: [vendro/]\n", "dev/a.yaml": POD, "b.yaml": POD})
    assert not notes(root, "dev", "b.yaml")
    assert not notes(root, "b.yaml", context=["."])
    assert not notes(root, "-", stdin=POD.encode())


@pytest.mark.parametrize(
    "settings",
    [
        "exclude: [vendor/, '!vendor/keep.yaml', '# a comment', '', build/]\n",
        "exclude: ['**/b.yaml']\n",
        "overrides: [{paths: ['dev/**'], ignore: [bare-pod]}, {paths: ['*.yaml', '!dev/'], ignore: [bare-pod]}]\n",
        "externals: [Secret/*/regcred, '*/*/*', 'Secret/reg*', IngressRoute/*/regcred, ClusterIssuer/regcred]\n",
    ],
)
def test_what_does_something_is_not(project, settings):
    files = {"dev/a.yaml": REFERS, "vendor/b.yaml": POD, ".gitignore": "build/\n"}
    assert not notes(project({".k8slint.yaml": settings, ".git/HEAD": "", **files}))
