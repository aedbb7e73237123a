"""`k8slint version`."""

from __future__ import annotations

import typer


def version() -> None:
    """Print the version, and the Kubernetes minors whose schemas are bundled."""
    from k8slint import __version__
    from k8slint.apiserver.schemas import BUNDLED

    typer.echo(f"k8slint {__version__} (Kubernetes {BUNDLED[0]} to {BUNDLED[-1]})")
