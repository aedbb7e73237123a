"""What would the cluster do with these manifests? Answers before you apply, without a cluster.

For programs there are `check`, what it returns, and the error that it raises; everything else may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from k8slint.finding import Failure, Finding, Location, Report, Severity
    from k8slint.usage import UsageError

__version__ = "0.1.0"
__all__ = ["Failure", "Finding", "Location", "Report", "Severity", "UsageError", "__version__", "check"]


def check(
    *paths: str | os.PathLike[str],
    config: str | os.PathLike[str] = "",
    context: Iterable[str | os.PathLike[str]] = (),
    stdin: bytes = b"",
    stdin_name: str = "<stdin>",
    kubernetes_version: str = "",
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    profile: str = "",
    cluster: str | os.PathLike[str] = "",
    nodes: str = "",
    workers: int = 1,
) -> Report:
    """The report of `k8slint check`; each keyword is the option of that name.

    Without a path the working directory is checked; the path `-` stands for the bytes of `stdin`. Settings come from
    the same files as the command's, not from variables of the environment; those of output, workers and the level at
    which a run fails have no effect. With more than one worker the process forks, which a program with threads should
    not do; 0 means as many as pay.

    Raises:
        UsageError: for what cannot be done as asked.
    """
    from os import fspath  # noqa: PLC0415 - the name of the package alone should cost nothing

    from k8slint.config import config_for  # noqa: PLC0415 - as above
    from k8slint.lint import lint  # noqa: PLC0415 - as above
    from k8slint.project import Request  # noqa: PLC0415 - as above

    given = [fspath(path) for path in paths] or ["."]
    return lint(
        Request(
            paths=given,
            config=config_for(fspath(config), given),
            context=[fspath(path) for path in context],
            stdin=stdin,
            stdin_name=stdin_name,
            kubernetes_version=kubernetes_version,
            select=tuple(select),
            ignore=tuple(ignore),
            profile=profile,
            cluster=fspath(cluster),
            nodes=nodes,
            workers=workers,
        )
    )


def __getattr__(name: str) -> Any:
    # A type is imported when it is asked for, because every start of the program imports this package first.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from k8slint import finding, usage  # noqa: PLC0415 - only who asks for a type pays for it

    return getattr(usage if name == "UsageError" else finding, name)
