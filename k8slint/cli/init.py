"""`k8slint init`: a commented `.k8slint.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import typer

from k8slint.usage import UsageError, reason

_FILE: Final = ".k8slint.yaml"
_TEXT: Final = """\
# Settings of k8slint; every key may be left out. `k8slint rules` lists the rules.
version: 1

# The minor of your cluster, in quotes; if absent, the newest that k8slint knows.
# kubernetes-version: "1.33"

# Opinions on top of the defaults.
# profile: strict

# Run only these rules or categories, or all but these.
# select: [storage, missing-configmap]
# ignore: [floating-image-tag]

# Another severity for a rule: error, warning or info.
# severity:
#   floating-image-tag: info

# Files not to read, as in .gitignore.
# exclude: [vendor/]

# What exists in the cluster but not in these files: Kind/namespace/name, each part a glob.
# externals:
#   - Secret/*/registry-credentials
#   - StorageClass/gp3

# Files or folders with CustomResourceDefinitions.
# crds: [crds/]

# The nodes and volumes of the cluster, as `kubectl get nodes,pv,sc -o yaml` prints them.
# cluster: cluster.yaml

# Folders that are applied separately: what is in one is not there for another. "." for all files in one.
# bundles: [clusters/*]

# Other rules for some files; later entries win.
# overrides:
#   - paths: ["dev/**"]
#     ignore: [hostpath-on-multi-node]
"""


def init() -> None:
    """Write a commented .k8slint.yaml into the current folder."""
    try:
        with Path(_FILE).open("x", encoding="utf-8") as file:
            file.write(_TEXT)
    except FileExistsError:
        raise UsageError(f"{_FILE} is there already") from None
    except OSError as error:
        raise UsageError(f"{_FILE}: {reason(error)}") from None
    typer.echo(f"wrote {_FILE}")
