"""Fuzz until the time is over: with atheris, which sees what an input reaches, where it is installed; else at random.

    python -m tests.fuzz.drive [SECONDS] [TARGET ...]

What fails is made smaller and written to `found/`, where the ordinary tests try it again for ever.
"""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.targets import TARGETS, draw, failure, run, signature, smaller

FOUND = Path(__file__).with_name("found")
_AS_ATHERIS = "--atheris"


def main(words: Sequence[str]) -> int:
    """0 where nothing was found."""
    seconds, names = int(words[0]) if words else 60, list(words[1:]) or list(TARGETS)
    if has_atheris():
        return int(any([with_atheris(name, seconds // len(names)) for name in names]))
    seen: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    known: set[str] = set()
    end, number, start = time.monotonic() + seconds, 0, random.SystemRandom().randrange(2**48)
    while time.monotonic() < end:
        name, number = names[number % len(names)], number + 1
        data = draw(name, hashlib.sha256(f"{start}/{number}".encode()).digest())
        error = None
        try:
            taken[name] += run(name, data)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as raised:  # noqa: BLE001 - whatever it is, that is what is looked for
            error = raised
        seen[name] += 1
        if error is not None and (of := f"{name}: {signature(error)}") not in known:
            known.add(of)
            say(f"{of}\n  {keep(name, data, signature(error))}")
    for name in names:
        say(f"{name}: {seen[name]} inputs, {100 * taken[name] // max(1, seen[name])} % not refused")
    say(f"{len(known)} failures")
    return int(bool(known))


def keep(name: str, data: bytes, of: str) -> Path:
    """The file that a failing input was written to, after it was made smaller."""
    data = smaller(name, data, of)
    file = FOUND / name / f"{hashlib.sha256(data).hexdigest()[:12]}{TARGETS[name].suffix}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def has_atheris() -> bool:
    """Whether inputs can be led by what they reach."""
    try:
        import atheris  # noqa: F401, PLC0415 - it has no wheel for every Python
    except ImportError:
        return False
    return True


def with_atheris(name: str, seconds: int) -> int:
    """A process for a target: libFuzzer never gives one back."""
    with tempfile.TemporaryDirectory() as corpus:
        command = [sys.executable, "-m", "tests.fuzz.drive", _AS_ATHERIS, name]
        flags = [f"-max_total_time={seconds}", "-max_len=4096", "-timeout=900", "-rss_limit_mb=4096", corpus]
        return subprocess.run([*command, *flags], check=False).returncode  # noqa: S603 - ourselves


def atheris_process(name: str, flags: Sequence[str]) -> None:
    """Fuzz one target until libFuzzer ends the process."""
    import atheris  # noqa: PLC0415 - it has no wheel for every Python

    def one(data: bytes) -> None:
        drawn = draw(name, data)
        error = failure(name, drawn)
        if error is not None:
            of = signature(error)
            say(f"{name}: {of}\n  {keep(name, drawn, of)}")
            raise error

    atheris.instrument_all()
    atheris.Setup([sys.argv[0], *flags], one)
    atheris.Fuzz()


def say(text: str) -> None:
    """Write a line; what is fuzzed may have its own standard output."""
    sys.__stdout__.write(f"{text}\n")
    sys.__stdout__.flush()


if __name__ == "__main__":
    os.nice(10)
    if sys.argv[1:2] == [_AS_ATHERIS]:
        atheris_process(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(main(sys.argv[1:]))
