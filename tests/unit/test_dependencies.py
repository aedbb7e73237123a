"""What is installed with k8slint is told with its licence, and what tests are run with is pinned."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCK = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
PINNED = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", LOCK, re.MULTILINE))


def behind(texts):
    """The names of these requirements and of all that they require in turn, whatever the system."""
    names, pending = set(), list(texts)
    while pending:
        requirement = Requirement(pending.pop())
        name = canonicalize_name(requirement.name)
        if "extra" in str(requirement.marker) or name in names:
            continue
        names.add(name)
        try:
            pending += requires(name) or ()
        except PackageNotFoundError:
            assert requirement.marker is not None, f"{name} is not installed"
    return names


def test_every_runtime_dependency_is_told_with_its_licence():
    table = (ROOT / "SECURITY.md").read_text(encoding="utf-8").rpartition("| package | licence |")[2]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]
    told = {canonicalize_name(name.strip()) for packages, licence, _ in rows if licence for name in packages.split(",")}
    assert told == behind([*PROJECT["dependencies"], *EXTRAS["re2"], *EXTRAS["cel"]])


def test_every_development_dependency_is_pinned_to_a_version_that_is_wanted():
    for text in (*PROJECT["dependencies"], *EXTRAS["re2"], *EXTRAS["cel"], *EXTRAS["dev"]):
        wanted = Requirement(text)
        if wanted.name != PROJECT["name"]:
            assert wanted.specifier.contains(PINNED[canonicalize_name(wanted.name)]), text


def test_pins_have_hashes_and_name_no_host():
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    assert len(entries) == len(PINNED)
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in LOCK
