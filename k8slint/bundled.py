"""The paths of the files shipped beside the code, `rules/` and `schemas/`, in a wheel or in a checkout."""

from __future__ import annotations

import os
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE / "_bundled" if (_HERE / "_bundled").is_dir() else _HERE.parent

RULES = _ROOT / "rules"
# Facts that several rules rest on; the folder lies among the rules, but holds none.
TABLES = RULES / "tables"
SCHEMAS = _ROOT / "schemas"
KINDS = SCHEMAS / "kubernetes"
# The minors of Kubernetes 1 with bundled definitions, oldest first; each has a file of its own, as `1.36.json`.
MINORS = tuple(sorted(int(name[2:-5]) for name in os.listdir(KINDS) if name.startswith("1.")))
