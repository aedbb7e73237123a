"""One target, led by what its inputs reach: `python -m tests.fuzz.led TARGET [FLAG ...]`, with libFuzzer's flags.

A process of its own, because libFuzzer never gives one back. It needs atheris, the extra `fuzz`.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Sequence
from importlib import import_module

import atheris


def main(name: str, flags: Sequence[str]) -> None:
    """Fuzz until libFuzzer ends the process."""
    # Only our own code is worth being led by, and all of it must be imported while the hook is there.
    with atheris.instrument_imports(include=["k8slint"], enable_loader_override=False):
        import k8slint

        for module in pkgutil.walk_packages(k8slint.__path__, "k8slint."):
            if module.name != "k8slint.__main__":
                import_module(module.name)
    from tests.fuzz.drive import keep, say
    from tests.fuzz.targets import draw, failure, signature

    known = set()

    def one(data: bytes) -> None:
        drawn = draw(name, data)
        error = failure(name, drawn)
        if error is not None and (of := signature(error)) not in known:
            known.add(of)
            say(f"{name}: {of}\n  {keep(name, drawn, of)}")

    atheris.Setup([sys.argv[0], *flags], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
