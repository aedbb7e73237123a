"""A checkout may hold links, pipes and worse: none hangs a run, and nothing outside of it is read."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = str(Path(sys.executable).with_name("k8slint"))
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: 'nginx:1'}]}\n"
CANARY = "hunter2"


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A repository with one sound manifest, which the test runs in."""
    root = tmp_path / "checkout"
    (root / ".git").mkdir(parents=True)
    (root / ".git" / "config").write_text(f"[http]\n  extraheader: [AUTHORIZATION {CANARY}\n")
    (root / "a.yaml").write_text(POD)
    monkeypatch.chdir(root)
    return root


def run(*arguments, given="", **environment):
    process = subprocess.run(
        [PROGRAM, *arguments],
        check=False,
        capture_output=True,
        env={**os.environ, **environment},
        input=given,
        text=True,
        timeout=60,
    )
    assert "Traceback" not in process.stderr
    assert "internal error" not in process.stderr
    assert CANARY not in process.stdout + process.stderr
    return process


def pipe(name):
    os.mkfifo(name)


def end(name):
    with socket.socket(socket.AF_UNIX) as it:
        it.bind(name)


def zeros(name):
    os.symlink("/dev/zero", name)


def environment(name):
    os.symlink("/proc/self/environ", name)


def password(name):
    os.symlink(os.path.relpath(".git/config", os.path.dirname(name) or "."), name)


ODD = [pipe, end, zeros, environment, password]


@pytest.mark.parametrize("make", ODD)
def test_in_a_walk_it_is_counted(checkout, make):
    make("odd.yaml")
    process = run("check", ".", "-v", "--select", "document", A_TOKEN=f"[{CANARY}")
    assert process.returncode == 0
    assert "Checked 1 object in 1 file" in process.stdout
    assert "Skipped 1: a " in process.stdout
    assert "skipped odd.yaml:1: a " in process.stderr


@pytest.mark.parametrize("make", ODD)
def test_named_it_is_a_sentence(checkout, make):
    make("odd.yaml")
    process = run("check", "a.yaml", "odd.yaml", "--select", "document", A_TOKEN=f"[{CANARY}")
    assert process.returncode == 2
    assert "Checked 1 object in 1 file" in process.stdout
    (line,) = process.stderr.splitlines()
    assert line.startswith("k8slint: odd.yaml: ")


@pytest.mark.parametrize("make", [*ODD, os.mkdir])
def test_as_a_list_of_patterns_it_is_a_note(checkout, make):
    make(".gitignore")
    process = run("check", ".", "--select", "document")
    assert process.returncode == 0
    (line,) = process.stderr.splitlines()
    assert line.startswith("k8slint: .gitignore: ")


@pytest.mark.parametrize("make", ODD)
@pytest.mark.parametrize("name", [".k8slint.yaml", "odd"])
def test_as_settings_it_is_refused(checkout, make, name):
    make(name)
    process = run("check", "a.yaml", "--config", name) if name == "odd" else run("check", "a.yaml")
    assert (process.returncode, process.stdout) == (2, "")
    assert len(process.stderr.splitlines()) == 1


@pytest.mark.parametrize("make", [pipe, end, zeros])
@pytest.mark.parametrize(
    "command",
    [
        ("check", "a.yaml", "--cluster", "odd"),
        ("schedule", "a.yaml", "--nodes", "1", "--scheduler-config", "odd"),
        ("cluster", "snapshot", "odd"),
        ("test", "rules"),
    ],
    ids=" ".join,
)
def test_named_by_a_flag_it_is_refused(checkout, make, command):
    os.makedirs("rules/workload")
    make("rules/workload/odd.yaml" if command[0] == "test" else "odd")
    process = run(*command)
    assert (process.returncode, process.stdout) == (2, "")
    assert process.stderr.endswith("not a regular file\n")


@pytest.mark.parametrize("make", [pipe, end, zeros])
def test_as_definitions_it_is_a_sentence(checkout, make):
    make("odd")
    (checkout / ".k8slint.yaml").write_text("crds: [odd]\n")
    process = run("check", "a.yaml")
    assert process.returncode == 2
    assert "odd" in process.stderr


@pytest.mark.skipif(not os.path.exists("/dev/fd"), reason="there is no /dev/fd here")
def test_what_the_shell_puts_in_the_place_of_a_file_is_read(checkout):
    reader, writer = os.pipe()
    os.write(writer, b"apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {allocatable: {pods: '9'}}\n")
    os.close(writer)
    process = subprocess.run(
        [PROGRAM, "schedule", "a.yaml", "--cluster", f"/dev/fd/{reader}"],
        check=False,
        capture_output=True,
        pass_fds=[reader],
        text=True,
        timeout=60,
    )
    os.close(reader)
    assert (process.returncode, process.stderr) == (0, "")


@pytest.mark.parametrize(
    "arguments", [("check",), ("check", "."), ("check", "a.yaml"), ("schedule", "."), ("why", "a")]
)
def test_a_working_directory_that_is_gone_is_said(checkout, tmp_path, monkeypatch, arguments):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    process = run(*arguments)
    assert (process.returncode, process.stdout) == (2, "")
    assert process.stderr == "k8slint: the working directory is gone\n"
