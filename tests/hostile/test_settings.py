"""Settings come with the files that are checked and are as little trusted: at worst they are a line of complaint."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.build import POD

PROGRAM = str(Path(sys.executable).with_name("k8slint"))
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))

REFUSED = {
    "a device for the cluster": "cluster: /dev/zero\n",
    "a folder for the cluster": "cluster: .\n",
    "a device for definitions": "crds: [/dev/zero]\n",
    "a stream for the cluster": "cluster: /dev/fd/0\n",
    "a missing file": "crds: [../../../nowhere]\n",
    "a missing file inside": "crds: [nowhere]\n",
    "an address": "crds: ['https://example.com/crds.yaml']\n",
    "a file address": "cluster: file:///etc/passwd\n",
    "a variable": "cluster: $HOME/cluster.yaml\n",
    "a bomb": BOMB,
    "a bomb in a key": f"{BOMB}select: *a11\n",
    "a cycle": "select: &a [*a]\n",
    "depth": "select: " + "[" * 100_000,
    "a long key": "k" * 1_000 + ": a\n",
    "many rules": "select: [" + "a, " * 50_000 + "a]\n",
    "a tag": "select: !!python/object/apply:os.system [echo]\n",
    "an inheritance": "extends: ../other.yaml\n",
    "code": "plugins: [os]\n",
    "an output": "output-format: json=/etc/passwd\n",
    "a version": "kubernetes-version: '1.999999999999999999999999'\n",
    "a pattern": "exclude: ['[z-a]']\n",
    "a rule of another type": "ignore: [[floating-image-tag]]\n",
    "nul": "select: [\0]\n",
    "two megabytes of a rule": f"ignore: [{'x' * 2_000_000}]\n",
}
BORNE = {
    "anything excluded": "exclude: ['**']\n",
    "odd patterns": "exclude: ['', '!', '#', '\\\\', '***', '?', '/', ' ']\n",
    "externals of globs": "externals: ['*/*/*', '[/x', 'a/b', '?/?']\n",
    "definitions that are none": "crds: [a.yaml]\n",
}


def run(folder, settings):
    (folder / "a.yaml").write_text(POD)
    (folder / ".k8slint.yaml").write_text(settings)
    process = subprocess.run(
        [PROGRAM, "check", "."], check=False, capture_output=True, cwd=folder, text=True, timeout=60
    )
    assert "Traceback" not in process.stderr
    assert not re.search("[\x00-\x08\x0b-\x1f]", process.stderr)
    return process


@pytest.mark.parametrize("settings", REFUSED.values(), ids=REFUSED.keys())
def test_they_are_refused_in_a_line(tmp_path, settings):
    process = run(tmp_path, settings)
    assert process.returncode == 2
    assert len(process.stderr.splitlines()) == 1
    assert len(process.stderr) < 1_000


@pytest.mark.parametrize("settings", BORNE.values(), ids=BORNE.keys())
def test_they_are_borne(tmp_path, settings):
    assert run(tmp_path, settings).returncode in {0, 1, 2}


@pytest.mark.parametrize("settings", ["cluster: ../outside\n", "crds: [../outside]\n", "cluster: link\n"])
def test_no_setting_leads_outside(tmp_path, settings):
    outside = tmp_path / "outside"
    outside.write_text("token: [hunter2\n")
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "link").symlink_to(outside)
    process = run(tmp_path / "inside", settings)
    assert process.returncode == 2
    assert "leads outside the folder of the settings; name it with --c" in process.stderr
    assert "hunter2" not in process.stdout + process.stderr
