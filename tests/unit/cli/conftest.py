from __future__ import annotations

import gc
import io
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.build import POD

PROGRAM = str(Path(sys.executable).with_name("k8slint"))
SETTLED = POD.replace("nginx", "nginx:1.27")


@dataclass(frozen=True)
class Ended:
    """How a run of the program ended."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _no_ci(monkeypatch):
    """The tests mean the same in a job of GitHub Actions, and leave its summary alone."""
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder, which the test runs in, with a Pod that has a finding and one that has none."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.yaml").write_text(POD)
    (tmp_path / "good.yaml").write_text(SETTLED)
    return tmp_path


@pytest.fixture
def k8slint(monkeypatch, capsysbinary):
    """A function that runs the program in this process."""
    from k8slint.cli.main import main

    def run(*argv, stdin=b""):
        monkeypatch.setattr(sys, "argv", ["k8slint", *argv])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        on_interrupt = signal.getsignal(signal.SIGINT)
        capsysbinary.readouterr()
        try:
            with pytest.raises(SystemExit) as ended:
                main()
        finally:
            gc.enable()
            signal.signal(signal.SIGINT, on_interrupt)
        out, err = capsysbinary.readouterr()
        return Ended(ended.value.code, out.decode(), err.decode())

    return run


@pytest.fixture
def program():
    """A function that runs the real program, as a shell does."""

    def run(*argv, env=None, **streams):
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
        process = subprocess.run([PROGRAM, *argv], check=False, env={**os.environ, **(env or {})}, **streams)
        return Ended(process.returncode, (process.stdout or b"").decode(), (process.stderr or b"").decode())

    return run
