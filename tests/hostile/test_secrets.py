"""No value of a Secret is printed, whatever is wrong with the Secret, in any format."""

from __future__ import annotations

import base64
import json
import random
import string
import subprocess
import sys
from pathlib import Path

import pytest

from k8slint.checks.secret_forms import secrets_in
from k8slint.lint import lint
from k8slint.loading import composer, events
from k8slint.project import Request
from k8slint.report import FORMATS

SEEDS = range(8)


def canary(chance):
    """A value that occurs nowhere else, in letters that survive every escaping."""
    return "".join(chance.choices(string.ascii_letters + string.digits, k=24))


def number_canary(chance):
    return "7" + "".join(chance.choices("123456789", k=14))


HEAD = "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\n"

# Where a value may stand; %s is the value.
SHAPES = {
    "string data": HEAD + "stringData:\n  password: %s\n",
    "data in the clear": HEAD + "data:\n  password: %s\n",
    "data": HEAD + "data:\n  password: {base64}\n",
    "data with a line break too many": HEAD + "data:\n  password: {base64_with_line_break}\n",
    "a number": HEAD + "stringData:\n  pin: {number}\n",
    "a float": HEAD + "stringData:\n  pin: {number}.5\n",
    "an octal": HEAD + "data:\n  pin: 0o{number}\n",
    "a list": HEAD + "stringData:\n  password: [%s, %s]\n",
    "a mapping": HEAD + "stringData:\n  password: {x: %s}\n",
    "a scalar": HEAD + "stringData: %s\n",
    "a list for data": HEAD + "data: [%s]\n",
    "a block": HEAD
    + "stringData:\n  key.pem: |\n    -----BEGIN PRIVATE KEY-----\n    %s\n    -----END PRIVATE KEY-----\n",
    "a file": HEAD + 'stringData:\n  .env: "A=%s\\nB=%s"\n',
    "a misspelt field": HEAD + "stringdata:\n  password: %s\n",
    "at the top": HEAD + "password: %s\n",
    "under spec": HEAD + "spec: {password: %s}\n",
    "twice": HEAD + "stringData:\n  password: %s\n  password: %s\n",
    "twice in a line": HEAD + "stringData: {password: %s, password: %s}\n",
    "data twice": HEAD + "stringData: {a: %s}\nstringData: {b: %s}\n",
    "an anchor": HEAD + "stringData:\n  a: &a %s\n  b: *a\n",
    "a star": HEAD + "stringData:\n  password: *%s\n",
    "an ampersand": HEAD + "stringData:\n  password: &%s x\n",
    "an exclamation mark": HEAD + "stringData:\n  password: !%s x\n",
    "a handle": HEAD + "stringData:\n  password: !%s!x y\n",
    "a percent sign": HEAD + "stringData:\n  password: %%%s\n",
    "an at sign": HEAD + "stringData:\n  password: @%s\n",
    "an unclosed quote": HEAD + "stringData:\n  password: '%s\n",
    "an unclosed bracket": HEAD + "stringData: {password: %s\n",
    "a colon": HEAD + "stringData:\n  password: %s: %s\n",
    "a wrong escape": HEAD + 'stringData:\n  password: "%s\\q"\n',
    "a tab": HEAD + "stringData:\n\tpassword: %s\n",
    "a control character": HEAD + "stringData:\n  password: %s\x07\n",
    "a wrong indentation": HEAD + "stringData:\n  a: b\n password: %s\n",
    "a tag that it does not meet": HEAD + "stringData:\n  password: !!int %s\n",
    "binary that is none": HEAD + "data:\n  password: !!binary '%s*'\n",
    "a comment for it": HEAD + "stringData:\n  password: %s # k8slint: ignore[no-such-rule]\n",
    "no kind": "apiVersion: v1\nmetadata: {name: s}\nstringData: {password: %s}\n",
    "a kind in lower case": "apiVersion: v1\nkind: secret\nmetadata: {name: s}\nstringData: {password: %s}\n",
    "another group": "apiVersion: example.com/v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: %s}\n",
    "a kind that is no text": "apiVersion: v1\nkind: [Secret]\nmetadata: {name: s}\ndata: {password: %s}\n",
    "a list of objects": "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, data: {a: %s}}\n",
    "a SecretList": "apiVersion: v1\nkind: SecretList\nitems:\n- {metadata: {name: Not_A_Name}, data: {a: %s}}\n",
    "json": '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"S"},"data":{"a":"%s"},"x":1}',
    "json cut off": '{"apiVersion":"v1","kind":"Secret","data":{"a":"%s"',
    "the applied configuration": (
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  annotations:\n"
        '    kubectl.kubernetes.io/last-applied-configuration: \'{"data": {"a": "%s"}}\'\n'
    ),
    "a docker configuration": HEAD + "type: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: %s\n",
    "a certificate": HEAD + "type: kubernetes.io/tls\ndata:\n  tls.key: %s\n",
    "used by a Pod": (
        HEAD
        + "stringData:\n  user: |\n    %s\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\n"
        "spec:\n  containers:\n  - name: a\n    image: a\n    env:\n"
        "    - {name: A, valueFrom: {secretKeyRef: {name: s, key: usr}}}\n"
    ),
}

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: s, namespace: shop}\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: a\n"
GET = POD + "    livenessProbe:\n      httpGet:\n        port: 80\n        httpHeaders:\n"
# Values of other kinds under names that say they are secret, whatever is wrong with them.
SHAPES |= {
    "the type of a Secret": HEAD + "type: [%s]\n",
    "immutable": HEAD + "immutable: %s\n",
    "a misspelt field of metadata": "apiVersion: v1\nkind: Secret\nmetadata: {name: s, lables: {a: %s}}\n",
    "an annotation of a Secret": "apiVersion: v1\nkind: Secret\nmetadata: {name: s, annotations: {a: [%s]}}\n",
    "a variable that is a mapping": POD + "    env: [{name: DB_PASSWORD, value: {x: %s}}]\n",
    "a variable with a misspelt value": POD + "    env: [{name: API_TOKEN, vlaue: %s}]\n",
    "a variable in a list": POD + "    env: [{name: API_TOKEN, value: [%s]}]\n",
    "a variable that is a number": POD + "    env: [{name: API_TOKEN, value: {number}}]\n",
    "a header": GET + "        - {name: Authorization, vlaue: %s}\n",
    "a header in another case": GET + "        - {name: authorization, value: [Bearer %s]}\n",
    "a ConfigMap": CONFIG + "data:\n  password: %s\n  n: 1\n",
    "a ConfigMap with a mapping": CONFIG + "data:\n  password: {x: %s}\n",
    "a ConfigMap with an open quote": CONFIG + 'data:\n  password: "%s\n  a: b\n',
    "a ConfigMap with an open quote over lines": CONFIG + 'data:\n  password: "x\n    %s\n\n    %s: [\n',
    "a ConfigMap with a bad block": CONFIG + "data:\n  api-key: |\n    %s\n\t- x\n",
    "another object's field": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {clientSecret: %s}\n",
    "an anchor used elsewhere": POD + "    env: [{name: API_TOKEN, value: &a %s}]\n    imagePullPolicy: *a\n",
    "an anchor used as a kind": CONFIG + "data: {token: &a %s}\nimmutable: *a\n",
}


def filled(shape, chance):
    """The text of a shape, and all forms in which its values could be recognised."""
    value, number = canary(chance), number_canary(chance)
    encoded = base64.b64encode(value.encode()).decode()
    broken = base64.b64encode(f"{value}\n".encode()).decode()
    text = shape.replace("{base64}", encoded).replace("{base64_with_line_break}", broken).replace("{number}", number)
    text = text.replace("%%", "\0").replace("%s", value).replace("\0", "%")
    return text, {value, value[:8], value[-8:], encoded[:20], broken[:20], number, number[:8]}


# What is a secret by its form alone, with a canary in it; written in parts, so that no scanner takes it for one.
FORMS = {
    "a GitHub token": "gh" + "p_%s%s",
    "a GitLab token": "glp" + "at-%s",
    "a Slack token": "xo" + "xb-1%s",
    "a Slack webhook": "https://hooks." + "slack.com/services/T0000000/B0000000/%s",
    "a Stripe key": "sk_" + "live_%s",
    "a SendGrid key": "S" + "G.0123456789abcdefghijkl.%s0123456789abcdefghi",
    "an npm token": "np" + "m_%s0123456789ab",
    "a JSON Web Token": "e" + "yJ0123456789.eyJ0123456789.%s",
    "an OpenAI key": "sk-" + "proj-%s%s",
    "a storage key": "DefaultEndpointsProtocol=https;Account" + "Key=%s%s%s01234567890123==",
    "a bearer token": "Bearer %s1",
    "a password in a URL": "amqp://app:%s@mq:5672",
    "a password in an address": "root:%s@tcp(mysql:3306)/app",
    "a password in a connection string": "Server=db;Password=%s;Ssl=true",
    "a private key": "-----BEGIN " + "PRIVATE KEY-----\\n%s%s\\n-----END PRIVATE KEY-----",
    "an AWS key": "AKIA" + "QWERTYUIOPASDFGH %saA34567890123456",
    "user and password": "Basic {basic}",
}
# Where such a text may stand, instead of the dots: each has a defect whose finding shows the line or quotes the value.
PLACES = {
    "a variable": POD + '    env: [{name: GREETING, value: "..."}]\n',
    "a variable that is a list": POD + '    env: [{name: GREETING, value: ["..."]}]\n',
    "a misspelt value": POD + '    env: [{name: GREETING, vlaue: "..."}]\n',
    "an argument": POD + '    args: [run, "--to=...", 1]\n',
    "an argument twice": POD + '    args: ["...", "..."]\n    args: {x: "..."}\n',
    "an image": POD.replace("image: a\n", 'image: "..."\n'),
    "a policy": POD + '    imagePullPolicy: "..."\n',
    "a key": POD + '    "...": 1\n',
    "a name": CONFIG.replace("name: s,", 'name: "...",'),
    "a comment": POD + "    imagePullPolicy: Sometimes # ...\n",
    "an ignore": POD + "    imagePullPolicy: Sometimes # k8slint: ignore[no-such-rule] ...\n",
    "a header": GET + '        - {name: Via, value: "...", x: 1}\n',
    "an annotation": CONFIG.replace("name: s,", 'name: S, annotations: {a: "..."},'),
    "a label": CONFIG.replace("name: s,", 'name: s, labels: {a: "...", b: "-"},'),
    "a block": CONFIG + "data:\n  x: |\n    a: b\n    c: ...\n  y: 1\n",
    "a file": CONFIG + 'data: {x: "to=...", n: 1}\n',
    "text that cannot be read": POD + '    args: ["..."\n    x: y\n',
    "json": '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"S","x":"..."},"data":{"a":["..."]}}',
}
KINDS_OF_PLACES = [(form, place) for form in FORMS for place in PLACES]


def with_form(form, place, chance):
    """A place with a text of the form in it, and the parts of the secret by which it could be recognised."""
    value = canary(chance)
    encoded = base64.b64encode(f"app:{value}".encode()).decode()
    text = FORMS[form].replace("%s", value).replace("{basic}", encoded)
    assert any(secrets_in(text.replace("\\\\n", "\\n"))), text
    return PLACES[place].replace("...", text), {value[:12], value[-12:], encoded[12:24], encoded[-12:-2]}


@pytest.mark.parametrize(("form", "place"), KINDS_OF_PLACES, ids=map(" in ".join, KINDS_OF_PLACES))
def test_no_secret_by_its_form_is_printed(form, place):
    text, forbidden = with_form(form, place, random.Random(form))  # noqa: S311 - as above
    report = lint(Request(["-"], stdin=text.encode(), select=["ALL"]))
    assert report.findings, text
    for format_name, render in FORMATS.items():
        output = render(report)
        leaks = [part for part in forbidden if part in output]
        assert not leaks, f"{format_name} shows {leaks} of\n{text}\n{output}"


@pytest.mark.parametrize("parser", ["libyaml", "pure"])
@pytest.mark.parametrize(("name", "shape"), SHAPES.items(), ids=SHAPES.keys())
def test_no_value_is_printed(monkeypatch, name, shape, parser):
    if parser == "pure":
        monkeypatch.setattr(events, "_c_parser", lambda: None)
        monkeypatch.setattr(composer, "read_lines", lambda *_: None)
    chance = random.Random(name)  # noqa: S311 - reproducible, not secret
    for _ in SEEDS if parser == "libyaml" else (0,):
        text, forbidden = filled(shape, chance)
        report = lint(Request(["-"], stdin=text.encode(), select=["ALL"]))
        for format_name, render in FORMATS.items():
            for color in (False, True):
                output = render(report, color=color)
                leaks = [form for form in forbidden if form in output]
                assert not leaks, f"{format_name} shows {leaks} of\n{text}\n{output}"


def test_no_value_is_printed_by_the_program(tmp_path):
    chance = random.Random(1)  # noqa: S311 - as above
    forbidden: set[str] = set()
    for number, shape in enumerate(SHAPES.values()):
        text, forms = filled(shape, chance)
        forbidden |= forms
        (tmp_path / f"{number}.yaml").write_text(text)
    flags = [flag for name in FORMATS for flag in ("--output-format", f"{name}={tmp_path}/out.{name}")]
    command = [str(Path(sys.executable).with_name("k8slint")), "check", ".", "--select", "ALL", "--verbose", *flags]
    process = subprocess.run(command, check=False, capture_output=True, cwd=tmp_path, text=True)
    assert process.returncode == 1
    written = process.stdout + process.stderr + "".join((tmp_path / f"out.{name}").read_text() for name in FORMATS)
    assert len(json.loads((tmp_path / "out.json").read_text())["findings"]) >= 10
    assert not [form for form in forbidden if form in written]


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("name", ["string data", "a block", "json", "twice", "a list"])
def test_no_value_of_half_a_file_is_printed(cut, name):
    text, forbidden = filled(SHAPES[name], random.Random(name))  # noqa: S311 - as above
    text = text[: int(len(text) * cut)] + "\n ]"
    report = lint(Request(["-"], stdin=text.encode(), select=["ALL"]))
    for render in FORMATS.values():
        output = render(report)
        assert not [form for form in forbidden if form in output]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (POD + "  volumes: [{name: db-password, secert: {}}]\n", "db-password"),
        (POD + "  volumes: [{name: token, secret: {secretNam: web-token}}]\n", "web-token"),
        (POD + "    env: [{name: API_TOKEN, valueFrom: {secretKeyRef: {name: web, kye: open}}}]\n", "open"),
        (POD + "    env: [{name: GREETING, vlaue: hello}]\n", "hello"),
        (POD + "    args: [--token-file, /var/run/token]\n    comand: x\n", "comand"),
        (HEAD.replace("Secret", "Secrt") + "spec: {secretName: web}\n", "Secrt"),
    ],
)
def test_names_are_shown(text, shown):
    assert shown in FORMATS["text"](lint(Request(["-"], stdin=text.encode(), select=["ALL"])))
