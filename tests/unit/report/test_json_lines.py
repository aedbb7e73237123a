from __future__ import annotations

import json

from k8slint.report import json as whole_json
from k8slint.report.json_lines import render
from tests.build import finding, related, report


def test_a_line_is_a_finding_of_the_json_report() -> None:
    one = report(finding(related=(related(),)), finding(object=None))

    assert [json.loads(line) for line in render(one).splitlines()] == json.loads(whole_json.render(one))["findings"]


def test_without_findings_there_is_nothing() -> None:
    assert render(report()) == ""
