"""The real program among pipes, signals and odd surroundings."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.build import POD

PINNED = ("--select", "floating-image-tag,document")
PROGRAM = str(Path(sys.executable).with_name("k8slint"))


def shell(command, **environment):
    """What a shell makes of a command in which $K is the program."""
    process = subprocess.run(
        ["sh", "-c", command],
        check=False,
        capture_output=True,
        env={**os.environ, **environment, "K": PROGRAM},
    )
    return process.returncode, process.stdout.decode(), process.stderr.decode()


class TestStreams:
    def test_a_reader_that_goes_is_borne_quietly(self, project):
        (project / "many.yaml").write_text("---\n".join((project / "bad.yaml").read_text() for _ in range(1_000)))
        code, out, err = shell("$K check many.yaml --output-format concise | head -1")
        assert (code, len(out.splitlines()), err) == (0, 1, "")

    @pytest.mark.usefixtures("project")
    def test_a_closed_standard_output_is_one_line(self):
        assert shell("$K check bad.yaml >&-") == (2, "", "k8slint: standard output is closed\n")

    @pytest.mark.usefixtures("project")
    def test_a_full_disk_is_one_line(self):
        for command in ("check bad.yaml", "rules", "explain syntax-error"):
            code, _, err = shell(f"$K {command} >/dev/full")
            assert (code, err) == (2, "k8slint: standard output: no space left on device\n")

    def test_a_closed_standard_input_is_one_line(self):
        code, out, err = shell("$K check - <&-")
        assert (code, out, err) == (2, "", "k8slint: standard input is closed\n")

    @pytest.mark.usefixtures("project")
    def test_a_closed_standard_error_does_not_spoil_the_output(self):
        code, out, _ = shell("$K check bad.yaml nowhere.yaml --output-format json 2>&-")
        assert code == 2
        json.loads(out)

    @pytest.mark.usefixtures("project")
    def test_the_output_of_a_command_can_be_a_file(self):
        command = f"{PROGRAM} check <(cat bad.yaml) --output-format concise {' '.join(PINNED)}"
        process = subprocess.run([shutil.which("bash"), "-c", command], check=False, capture_output=True, text=True)
        assert (process.returncode, process.stderr) == (1, "")
        assert re.match(r"/dev/fd/\d+:4:38: warning\[floating-image-tag\]", process.stdout)

    def test_binary_input_is_nothing_to_check(self):
        code, _, err = shell("head -c 100000 /dev/urandom | $K check -")
        assert (code, err) == (2, "k8slint: nothing to check: no Kubernetes object in -; 1 skipped (`-v` lists them)\n")

    def test_a_redirected_output_is_not_replaced(self, project):
        code, *_ = shell(
            "$K check bad.yaml --output-format json=/dev/stdout --select document,floating-image-tag > all.json"
        )
        assert code == 1
        json.loads((project / "all.json").read_text())


NOT_ASCII = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: w\u00e9b\u6f22}\nspec: {containers: [{name: a, image: nginx}]}\n"
)


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory):
    """What is printed where nothing is odd."""
    folder = tmp_path_factory.mktemp("ordinary")
    (folder / "bad.yaml").write_text(POD)
    (folder / "good.yaml").write_text(POD.replace("nginx", "nginx:1.27"))
    (folder / "other.yaml").write_text(NOT_ASCII, encoding="utf-8")
    return shell(f"cd {folder} && $K check . {' '.join(PINNED)}")


class TestSurroundings:
    @pytest.mark.parametrize(
        "environment",
        [
            {"LANG": "C", "LC_ALL": "C"},
            {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
            {"PYTHONIOENCODING": "ascii"},
            {"PYTHONIOENCODING": "latin-1"},
            {"HOME": "/nowhere"},
            {"TERM": "dumb", "COLUMNS": "1"},
            {"COLUMNS": "0", "LINES": "0"},
            {"TMPDIR": "/nowhere", "XDG_CACHE_HOME": "/nowhere"},
            {"PYTHONHASHSEED": "1"},
            {"PYTHONHASHSEED": "2", "TZ": "Asia/Kathmandu"},
            {"PYTHONWARNINGS": "error"},
        ],
        ids=str,
    )
    def test_the_report_is_the_same(self, project, ordinary, environment):
        (project / "other.yaml").write_text(NOT_ASCII, encoding="utf-8")
        assert shell(f"$K check . {' '.join(PINNED)}", **environment) == ordinary

    @pytest.mark.usefixtures("project")
    def test_without_a_home(self):
        code, _, err = shell(f"env -u HOME $K check bad.yaml {' '.join(PINNED)}")
        assert (code, err) == (1, "")

    def test_pages_can_be_written_in_any_encoding(self):
        code, _, err = shell(
            "for r in $($K rules -o json | grep '\"id\"' | head -3 | cut -d'\"' -f4); do $K explain $r; done",
            PYTHONIOENCODING="ascii",
        )
        assert (code, err) == (0, "")


class TestInterrupts:
    @pytest.fixture(autouse=True)
    def interruptible(self):
        # A shell starts what it puts in the background deaf to SIGINT, and children inherit that.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        yield
        signal.signal(signal.SIGINT, before)

    @pytest.mark.parametrize("workers", ["1", "2"])
    def test_it_ends_with_130_and_says_nothing(self, project, workers):
        os.mkfifo(project / "pipe")
        # The program waits for an end of input that does not come: it is surely running when it is interrupted.
        process = subprocess.Popen(
            [PROGRAM, "check", "-", "bad.yaml", "--workers", workers],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, "PYTHONVERBOSE": ""},
        )
        wait_until_it_reads(process)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (130, b"", b"")

    @pytest.mark.usefixtures("project")
    def test_workers_that_are_interrupted_say_nothing(self):
        script = (
            "import os, signal, sys\n"
            "from k8slint import lint, project\n"
            "from k8slint.cli import main\n"
            "project._WORTH_FORKING = 1\n"
            "really, parent = lint.judge, os.getpid()\n"
            "def judge(*args):\n"
            "    if os.getpid() != parent:\n"
            "        os.killpg(0, signal.SIGINT)\n"
            "    return really(*args)\n"
            "lint.judge = judge\n"
            "sys.argv = ['k8slint', 'check', '.', '--workers', '2']\n"
            "main.main()\n"
        )
        process = subprocess.run(
            [sys.executable, "-c", script], check=False, capture_output=True, start_new_session=True, timeout=60
        )
        assert (process.returncode, process.stdout, process.stderr) == (130, b"", b"")

    def test_a_report_file_is_whole_or_absent(self, project):
        script = (
            "import os, signal, sys\n"
            "from k8slint.cli import main\n"
            "really = os.replace\n"
            "os.replace = lambda *args: (os.kill(os.getpid(), signal.SIGINT), really(*args))\n"
            "sys.argv = ['k8slint', 'check', 'bad.yaml', '--output-format', 'json=out.json']\n"
            "main.main()\n"
        )
        (project / "out.json").write_text("before")
        process = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, timeout=60)
        assert process.returncode == 130
        assert (project / "out.json").read_text() == "before"
        assert sorted(path.name for path in project.iterdir()) == ["bad.yaml", "good.yaml", "out.json"]


def wait_until_it_reads(process):
    """Returns once the process has its interrupt handler and is blocked in a read of its standard input."""
    process.stdin.write(b"x" * (1 << 16))
    process.stdin.flush()
    # A pipe holds 64 KiB: this second write is done only when the program has begun to read.
    process.stdin.write(b"x" * (1 << 16))
    process.stdin.flush()


class TestStart:
    @pytest.mark.parametrize("argv", [["--help"], ["check", "--help"], ["check", "good.yaml"]])
    @pytest.mark.usefixtures("project")
    def test_nothing_heavy_is_imported_in_vain(self, argv):
        heavy = {
            "jsonschema",
            "rich.markdown",
            "rich.syntax",
            "pygments",
            "xml",
            "tomllib",
            "concurrent.futures.process",
            "multiprocessing",
            "hypothesis",
            "kubernetes_validate",
            "urllib.request",
            "http.client",
            "ssl",
        }
        script = (
            "import sys\n"
            "from k8slint.cli.main import main\n"
            f"sys.argv = ['k8slint', *{argv!r}]\n"
            "try:\n"
            "    main()\n"
            "except SystemExit:\n"
            "    print(*sys.modules, sep='\\n', file=sys.stderr)\n"
        )
        process = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
        assert not heavy & set(process.stderr.split())

    @pytest.mark.parametrize(
        ("argv", "has_typer"), [(["good.yaml", "-q", "--select=document"], False), (["good.yaml", "-qv"], True)]
    )
    @pytest.mark.usefixtures("project")
    def test_only_words_that_need_typer_import_it(self, argv, has_typer):
        script = (
            "import sys\n"
            "from k8slint.cli.main import main\n"
            f"sys.argv = ['k8slint', 'check', *{argv!r}]\n"
            "try:\n"
            "    main()\n"
            "except SystemExit:\n"
            "    print(*sys.modules, sep='\\n')\n"
        )
        process = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
        slow = {"typer", "inspect", "ast", "subprocess", "platform", "difflib", "shutil"}
        imported = set(process.stdout.split())
        assert slow & imported == (slow if has_typer else set())
        assert has_typer or not {"click", "dataclasses"} & imported

    @pytest.mark.usefixtures("project")
    def test_the_network_is_never_touched(self):
        script = (
            "import socket, sys\n"
            "def refuse(*args, **kwargs):\n"
            "    raise AssertionError('a socket was opened')\n"
            "socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse\n"
            "from k8slint.cli.main import main\n"
            "sys.argv = ['k8slint', 'check', '.']\n"
            "main()\n"
        )
        process = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
        assert (process.returncode, process.stderr) == (1, "")


class TestCompletion:
    @pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
    def test_the_script_is_printed(self, name):
        code, out, _ = shell("$K", _K8SLINT_COMPLETE=f"source_{name}")
        assert code == 0
        assert "K8SLINT_COMPLETE" in out

    def test_show_completion_asks_the_shell_around_it(self):
        command = [shutil.which("bash"), "-c", f"{PROGRAM} --show-completion bash; exit $?"]
        process = subprocess.run(command, check=False, capture_output=True, text=True)
        assert (process.returncode, process.stderr) == (0, "")
        assert "_k8slint_completion" in process.stdout

    def test_commands_are_completed(self):
        environment = {"_K8SLINT_COMPLETE": "complete_bash", "COMP_WORDS": "k8slint ex", "COMP_CWORD": "1"}
        code, out, _ = shell("$K", **environment)
        assert (code, out.split()) == (0, ["explain"])

    @pytest.mark.parametrize(
        ("words", "index", "offered"),
        [
            ("explain bare-p", 2, ["bare-pod"]),
            ("explain ignor", 2, ["ignore-without-reason", "ignores"]),
            ("check --select syntax", 3, ["syntax-error"]),
            ("check --ignore bare-pod,syntax", 3, ["bare-pod,syntax-error"]),
            ("check --profile s", 3, ["security", "strict"]),
            ("check --output-format ju", 3, ["junit"]),
            ("check --fail-level w", 3, ["warning"]),
        ],
    )
    def test_words_of_ours_are_completed(self, words, index, offered):
        environment = {"_K8SLINT_COMPLETE": "complete_bash", "COMP_WORDS": f"k8slint {words}", "COMP_CWORD": str(index)}
        code, out, _ = shell("$K", **environment)
        assert (code, out.split()) == (0, offered)


class TestInternalErrors:
    """What is wrong with the program itself is said as such, and is no finding."""

    SCRIPT = (
        "import sys\n"
        "from k8slint import lint\n"
        "from k8slint.cli import main\n"
        "def judge(*_):\n"
        "    raise {error}\n"
        "lint.judge = judge\n"
        "sys.argv = ['k8slint', 'check', 'bad.yaml']\n"
        "main.run()\n"
    )

    @pytest.mark.usefixtures("project")
    @pytest.mark.parametrize("error", ["KeyError('hunter2')", "SystemError('hunter2')", "RecursionError('hunter2')"])
    def test_one_line_says_where_and_no_value(self, error):
        script = self.SCRIPT.format(error=error)
        process = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, timeout=60)
        (line,) = process.stderr.decode().splitlines()
        assert (process.returncode, process.stdout) == (3, b"")
        assert line.startswith(f"k8slint: internal error: {error.partition('(')[0]} in ")
        assert "lint.py:" in line
        assert "hunter2" not in line

    @pytest.mark.usefixtures("project")
    def test_in_development_mode_the_whole_traceback_is_shown(self):
        script = self.SCRIPT.format(error="KeyError('key')")
        process = subprocess.run(
            [sys.executable, "-X", "dev", "-c", script], check=False, capture_output=True, timeout=60
        )
        assert b"Traceback (most recent call last)" in process.stderr

    @pytest.mark.usefixtures("project")
    def test_where_nothing_can_be_said_the_exit_code_still_tells(self):
        script = "import sys\n" + self.SCRIPT.format(error="KeyError('key')").replace(
            "main.run()", "del sys.stderr\nmain.run()"
        )
        process = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, timeout=60)
        assert (process.returncode, process.stdout) == (3, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a shell cannot limit the memory of a process")
@pytest.mark.parametrize("kilobytes", [80_000, 110_000])
def test_too_little_memory_is_one_line(project, kilobytes):
    (project / "many.yaml").write_text("---\n".join(POD for _ in range(40_000)))
    code, out, err = shell(f"ulimit -v {kilobytes}; $K check many.yaml")
    assert out == ""
    if "internal error: SystemError" in err:  # what Python itself may make of it where there is next to none
        assert (code, err.count("\n")) == (3, 1)
    else:
        assert (code, err) == (2, "k8slint: not enough memory; allow more, or check fewer files at a time\n")
