"""What a file or its name says cannot steer the terminal, nor what reads the log."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from k8slint.report import FORMATS

PROGRAM = str(Path(sys.executable).with_name("k8slint"))
PAYLOADS = [
    "\n::error::forged",
    "\r\n::error file=x::forged",
    "%0A::error::forged",
    "a,line=1::forged",
    "\x1b[2J\x1b[31mred",
    "\x1b]0;title\x07",
    "\x9b31m",
    "\u202ereversed\u202c",
    "zero\u200bwidth",
    "]]>&lt;failure/><![CDATA[",
    '"},{"forged": "',
    "##[error]forged",
    "##vso[task.complete]forged",
    "\u2028::error::forged",
]
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u200b\u2066-\u2069]")


def documents(payload):
    """Objects that put the payload where it might be printed."""
    said = json.dumps(payload)
    ignore = json.dumps(f"k8slint/ignore.{payload}")
    container = f"{{name: {said}, image: {said}}}"
    yield f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {said}}}\nspec: {{containers: [{container}]}}\n"
    yield f"apiVersion: v1\nkind: {said}\nmetadata: {{name: a}}\n"
    yield f"apiVersion: {said}\nkind: Pod\nmetadata: {{name: a}}\n"
    yield f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a, namespace: {said}}}\ndata: {{{said}: a, {said}: b}}\n"
    yield f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\n{said}: a\n"
    yield f"apiVersion: v1\nmetadata: {{name: {said}}}\n"
    yield f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a, annotations: {{{ignore}: a}}}}\n"
    yield f"a: [{said}\n"


@pytest.fixture(params=PAYLOADS, ids=ascii)
def folder(tmp_path, request):
    """Files that say the payload in every place, one of which has it as its name, too."""
    payload = request.param
    for number, text in enumerate(documents(payload)):
        (tmp_path / f"{number}.yaml").write_text(text, encoding="utf-8")
    comment = payload.replace("\n", " ").replace("\r", " ")
    (tmp_path / "raw.yaml").write_text(
        f"apiVersion: v1\nkind: Pod\nspec: {{containers: [{{image: nginx}}]}} # k8slint: ignore[{comment}] {comment}\n",
        encoding="utf-8",
    )
    name = payload.replace("/", "_") + ".yaml"
    (tmp_path / name).write_text("apiVersion: v1\nkind: Pod\nspec: {containers: [{image: nginx}]}\n")
    return tmp_path


def test_every_format_says_it_without_harm(folder):
    formats = list(FORMATS)
    flags = [flag for name in formats for flag in ("--output-format", f"{name}={folder}/out.{name}")]
    command = [PROGRAM, "check", ".", "nowhere\x1b[31m\n::error::.yaml", "--select", "ALL", "--verbose", *flags]
    process = subprocess.run(command, check=False, capture_output=True, cwd=folder, encoding="utf-8")
    assert process.returncode == 2
    assert not CONTROLS.search(process.stderr)
    assert not [line for line in process.stderr.splitlines() if line.lstrip().startswith("::")]

    written = {name: (folder / f"out.{name}").read_bytes().decode("utf-8") for name in formats}
    for name, text in written.items():
        assert not CONTROLS.search(text), name
        assert not re.search(r"##(vso)?\[", text.replace("##vso[task.logissue type=", "")), name

    findings = json.loads(written["json"])["findings"]
    assert len(findings) >= 4
    commands = [line for line in written["github"].splitlines() if line.lstrip().startswith("::")]
    assert all(
        re.match(r"::((error|warning|notice) (file=|title=k8slint::)|group::|endgroup::$)", line) for line in commands
    )
    places = [line for line in written["github"].splitlines() if re.search(r"line=\d+,endLine|:\d+:\d+: \w+\[", line)]
    assert len(places) == len(findings)
    issues = [line for line in written["azure"].splitlines() if line.startswith("##vso[task.logissue type=")]
    assert len(issues) == 1 + sum(finding["severity"] != "info" for finding in findings)
    assert len(written["json-lines"].splitlines()) == len(findings)
    for name in ("text", "concise"):
        assert not [line for line in written[name].splitlines() if line.lstrip().startswith("::error")]
    assert len(written["concise"].splitlines()) <= len(findings) + 20
    assert len(json.loads(written["sarif"])["runs"][0]["results"]) == len(findings)
    assert len(json.loads(written["gitlab"])) == len(findings) + 1
    assert len(json.loads(written["rdjson"])["diagnostics"]) == len(findings) + 1
    errors = ET.fromstring(written["checkstyle"]).findall("file/error")  # noqa: S314 - our own output
    assert len(errors) == len(findings) + 1
    failures = ET.fromstring(written["junit"]).findall(".//failure")  # noqa: S314 - our own output
    assert len(failures) <= len(findings)
