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
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz.targets import TARGETS, draw, run, signature, smaller

FOUND = Path(__file__).with_name("found")


def main(words: Sequence[str]) -> int:
    """0 where nothing was found."""
    seconds, names = int(words[0]) if words else 60, list(words[1:]) or list(TARGETS)
    if find_spec("atheris") is not None:
        return int(sum(led(name, max(1, seconds // len(names))) for name in names) > 0)
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


def led(name: str, seconds: int) -> int:
    """The inputs that libFuzzer makes in these seconds; the number of files that were found."""
    before = len(list(FOUND.rglob("*")))
    with tempfile.TemporaryDirectory() as corpus:
        command = [sys.executable, "-m", "tests.fuzz.led", name, f"-max_total_time={seconds}", "-max_len=4096"]
        subprocess.run([*command, "-timeout=900", "-rss_limit_mb=4096", "-verbosity=0", corpus], check=True)
    return len(list(FOUND.rglob("*"))) - before


def say(text: str) -> None:
    """Write a line; what is fuzzed may have its own standard output."""
    sys.__stdout__.write(f"{text}\n")
    sys.__stdout__.flush()


if __name__ == "__main__":
    os.nice(10)
    sys.exit(main(sys.argv[1:]))
