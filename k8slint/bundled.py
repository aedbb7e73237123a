"""Where the files shipped beside the code are: `rules/` and `schemas/`, in a wheel or in a checkout."""

from __future__ import annotations

import os
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE / "_bundled" if (_HERE / "_bundled").is_dir() else _HERE.parent

RULES = _ROOT / "rules"
# Facts that several rules rest on: no rules, though they lie among them.
TABLES = RULES / "tables"
SCHEMAS = _ROOT / "schemas"
KINDS = SCHEMAS / "kubernetes"
# The minors of Kubernetes 1 whose definitions are there, oldest first: each has a file of its own, as `1.36.json`.
MINORS = tuple(sorted(int(name[2:-5]) for name in os.listdir(KINDS) if name.startswith("1.")))
