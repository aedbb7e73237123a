"""What is fuzzed: for each target how an input is made, and how the program takes it. Any exception is a failure."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import sys
import tempfile
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Callable
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jsonschema import Draft202012Validator

from k8slint.bundled import RULES, SCHEMAS
from k8slint.cli.calling import call
from k8slint.cli.commands import app_for
from k8slint.cli.schedule import premises, rehearse
from k8slint.config import Config
from k8slint.lint import Request, lint
from k8slint.report import FORMATS
from k8slint.report.schedule import FORMATS as SCHEDULES
from k8slint.report.schedule.why import render as why
from k8slint.usage import UsageError
from tests.build import POD
from tests.fuzz.chance import Chance
from tests.fuzz.clusters import MANIFESTS, NAME, SCHEDULER, cluster, snapshot
from tests.fuzz.objects import SECRET, custom, objects
from tests.fuzz.texts import gitignore, ignores, manifest, pyproject, rule, settings

# In seconds: of the processor, and of the clock for what waits and does not work.
HANG, WAIT = 30, 600
# All but the line break; bidirectional marks and line separators too.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Hang(BaseException):
    """The program did not come back. No `except Exception` may take it for its own."""


class Target(NamedTuple):
    """`make` draws an input, `take` runs the program on it and tells whether the input got past being refused."""

    make: Callable[[Chance], bytes]
    take: Callable[[bytes], bool]
    suffix: str = ".yaml"


def run(name: str, data: bytes) -> bool:
    """Whether the program took the input of a target, or refused it in a line.

    Raises:
        BaseException: whatever shows that the program does not bear it.
    """
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder, alarmed(), warnings.catch_warnings():
        warnings.simplefilter("error")
        os.chdir(folder)
        os.mkdir(".git")
        try:
            return TARGETS[name].take(data)
        except UsageError:
            return False
        finally:
            os.chdir(here)


@contextmanager
def alarmed():
    """Raise `Hang` in what takes too long."""

    def ring(*_):
        raise Hang

    before = [signal.signal(number, ring) for number in (signal.SIGPROF, signal.SIGALRM)]
    signal.setitimer(signal.ITIMER_PROF, HANG)
    signal.setitimer(signal.ITIMER_REAL, WAIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in zip((signal.SIGPROF, signal.SIGALRM), before, strict=True):
            signal.signal(number, handler)


def lint_stream(data: bytes) -> bool:
    """Every rule, every format."""
    report = lint(Request(["-"], stdin=data, select=["ALL"]))
    for name, render in FORMATS.items():
        assert_well_formed(name, render(report))
    # A colour is a control character, which is why there is none above.
    FORMATS["text"](report, color=True, width=40)
    return True


def assert_well_formed(name: str, text: str) -> None:
    """The text is what its format says it is, and holds nothing that it must not show."""
    assert not CONTROLS.search(text), f"a control character in {name}: {CONTROLS.search(text)}"
    assert SECRET not in text, f"the value of a Secret in {name}"
    if name in ("json", "sarif", "gitlab", "rdjson"):
        json.loads(text, parse_constant=_no_constant)
    elif name == "json-lines":
        for line in text.splitlines():
            json.loads(line, parse_constant=_no_constant)
    elif name in ("checkstyle", "junit"):
        ET.fromstring(text)  # noqa: S314 - our own output
    if name == "json":
        _schema("report").validate(json.loads(text))


def _no_constant(word):
    raise AssertionError(f"{word} is not JSON")


@cache
def _schema(name):
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")))


def whole_program(words: list[str], stdin: bytes = b"") -> tuple[int, str]:
    """The exit code and the output of the program for these words.

    Raises:
        UsageError: where the program would end with its one line.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(stdin))
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = call(app_for, words)
    finally:
        sys.stdin = before
    texts = [stream.buffer.getvalue().decode("utf-8") for stream in (out, err)]
    for text in texts:
        assert not CONTROLS.search(text.replace("\t", " ")), f"a control character: {CONTROLS.search(text)}"
    assert code in {0, 1, 2}, code
    return code, texts[0]


def _check_with(name: str) -> Callable[[bytes], bool]:
    """A small project whose file of that name is the input."""

    def take(data: bytes) -> bool:
        os.mkdir("sub")
        for file in ("a.yaml", "sub/a.yaml"):
            Path(file).write_text(POD)
        Path(name).write_bytes(data)
        whole_program(["check", ".", "--verbose", "--no-color"])
        return True

    return take


def own_rules(data: bytes) -> bool:
    """A rule file as a project's own."""
    said = re.search(rb"^id: ([a-z-]{1,60})\s*$", data, re.MULTILINE)
    name = said[1].decode() if said else "x"
    known = next(RULES.rglob(f"{name}.yaml"), RULES / "pod" / f"{name}.yaml")
    folder = Path("rules", known.parent.name)
    folder.mkdir(parents=True)
    (folder / f"{name}.yaml").write_bytes(data)
    whole_program(["test", "rules"])
    return True


def schedule(data: bytes) -> bool:
    """A dry run, shown in every way, and `why` for each workload; `check` with the same cluster."""
    described, _, rest = data.partition(MANIFESTS)
    manifests, _, configuration = rest.partition(SCHEDULER)
    Path("cluster.yaml").write_bytes(described)
    Path("scheduler.yaml").write_bytes(configuration)
    with redirect_stderr(io.StringIO()) as said:
        Path("manifests.yaml").write_bytes(manifests)
        options = {"nodes": "", "kubernetes_version": "", "namespace": ""}
        config = "scheduler.yaml" if configuration else ""
        start = premises(["manifests.yaml"], Config(), cluster="cluster.yaml", scheduler_config=config, **options)
        subject = rehearse(start, scores=True)
    assert not CONTROLS.search(said.getvalue())
    plain = {"color": False, "width": 80, "blocks": True}
    for name, render in SCHEDULES.items():
        text = render(subject, **plain)
        assert not CONTROLS.search(text), f"a control character in {name}: {CONTROLS.search(text)}"
        if name == "json":
            _schema("schedule").validate(json.loads(text, parse_constant=_no_constant))
    for owner in dict.fromkeys(
        [*(pod.owner for pod in subject.run.pods), *(each.obj for each in subject.run.workloads)]
    ):
        assert not CONTROLS.search(why(subject, owner, **plain))
    report = lint(Request(["manifests.yaml"], cluster="cluster.yaml", select=["ALL"]))
    assert_well_formed("json", FORMATS["json"](report))
    return True


def snapshots(data: bytes) -> bool:
    """A cluster cut down, as it is and without its names; what comes out is read again."""
    code, plain = whole_program(["cluster", "snapshot", "-"], data)
    assert code == 0
    again, same = whole_program(["cluster", "snapshot", "-"], plain.encode())
    assert (again, same) == (0, plain), "what was cut down is cut down again"
    for flags in ([], ["-o", "json"]):
        code, anonymous = whole_program(["cluster", "snapshot", "-", "--anonymize", *flags], data)
        assert NAME not in anonymous, "a name is left"
    json.loads(anonymous, parse_constant=_no_constant)
    return True


TARGETS = {
    "manifest": Target(manifest, lint_stream),
    "objects": Target(objects, lint_stream),
    "custom": Target(custom, lint_stream),
    "ignores": Target(ignores, lint_stream),
    "settings": Target(settings, _check_with(".k8slint.yaml")),
    "pyproject": Target(pyproject, _check_with("pyproject.toml"), ".toml"),
    "gitignore": Target(gitignore, _check_with(".gitignore"), ".txt"),
    "rules": Target(rule, own_rules),
    "cluster": Target(cluster, schedule),
    "snapshot": Target(snapshot, snapshots),
}


def draw(name: str, data: bytes) -> bytes:
    """The input of a target that these bytes stand for; a grammar may make text that UTF-8 cannot hold."""
    return TARGETS[name].make(Chance(data))


def signature(error: BaseException) -> str:
    """What two failures with one cause have in common: the error, and where in the program it was raised."""
    where, trace = "", error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if f"{os.sep}k8slint{os.sep}" in code.co_filename:
            where = f" in {code.co_qualname}"
        trace = trace.tb_next
    said = re.sub(r"\d+", "0", str(error).partition("\n")[0][:60]) if isinstance(error, AssertionError) else ""
    return f"{type(error).__name__}{where} {said}".strip()


def failure(name: str, data: bytes) -> BaseException | None:
    """What the program makes of the input that it must not; none where all is well."""
    try:
        run(name, data)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - whatever it is, that is what is looked for
        return error
    return None


def smaller(name: str, data: bytes, of: str, tries: int = 300) -> bytes:
    """An input with fewer lines that fails in the same way."""
    lines, size = data.splitlines(keepends=True), max(1, len(data.splitlines()) // 2)
    while size and tries > 0:
        at = 0
        while at < len(lines) and tries > 0:
            less, tries = lines[:at] + lines[at + size :], tries - 1
            error = None
            with suppress(UnicodeError):
                error = failure(name, b"".join(less))
            if error is not None and signature(error) == of:
                lines = less
            else:
                at += size
        size //= 2
    return b"".join(lines)
