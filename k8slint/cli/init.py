"""`k8slint init`: a commented `.k8slint.yaml`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Final

import typer

from k8slint.bundled import SCHEMAS
from k8slint.cli.report_file import write_report
from k8slint.loading.discovery import SCHEMA_FILE
from k8slint.loading.opening import read_small
from k8slint.report import FORMATS
from k8slint.usage import UsageError, reason

_FILE: Final = ".k8slint.yaml"
# A file beside the settings is there for everybody; an address would be of this machine or of the network.
_MODELINE: Final = f"# yaml-language-server: $schema={SCHEMA_FILE}"
_TEXT: Final = """\
# Settings of k8slint; every key may be left out. `k8slint rules` lists the rules.
# What is one value may also be a variable, as K8SLINT_FAIL_LEVEL is. Flags count before variables, these before files.
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

# From which severity on findings make a run fail: error, warning, info or never.
# fail-level: warning

# What a run prints, in colour or not, and with how many processes.
# output-format: text
# color: false
# workers: 2

# Folders that are applied separately: what is in one is not there for another. "." for all files in one.
# bundles: [clusters/*]

# Other rules for some files; later entries win.
# overrides:
#   - paths: ["dev/**"]
#     ignore: [hostpath-on-multi-node]
"""


def init(
    schema: Annotated[
        bool, typer.Option("--schema", help=f"Write {SCHEMA_FILE} too, by which editors check and complete settings.")
    ] = False,
) -> None:
    """Write a commented .k8slint.yaml into the current folder."""
    is_new = not os.path.exists(_FILE)
    if schema:
        write_report(SCHEMA_FILE, _contract())
        typer.echo(f"wrote {SCHEMA_FILE}")
    if is_new or not schema:
        _write_new(_FILE, f"{_MODELINE}\n{_TEXT}" if schema else _TEXT)
    elif _MODELINE.encode() not in read_small(_FILE):
        typer.echo(f"for editors, let {_FILE} begin with: {_MODELINE}")


def _contract() -> str:
    """The schema of the settings, with the output formats of this k8slint."""
    contract = json.loads((SCHEMAS / "config.schema.json").read_text(encoding="utf-8"))
    contract["properties"]["output-format"]["enum"] = list(FORMATS)
    return json.dumps(contract, indent=2) + "\n"


def _write_new(file: str, text: str) -> None:
    try:
        with Path(file).open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise UsageError(f"{file} is there already") from None
    except OSError as error:
        raise UsageError(f"{file}: {reason(error)}") from None
    typer.echo(f"wrote {file}")
