"""For programs that read line by line: the findings of the JSON report, one per line, and nothing else."""

from __future__ import annotations

import json

from k8slint.finding import Report
from k8slint.report.json import as_data


def render(report: Report) -> str:
    """Each finding as `$defs/finding` of `schemas/report.schema.json` describes it."""
    return "".join(f"{json.dumps(as_data(finding))}\n" for finding in report.findings)
