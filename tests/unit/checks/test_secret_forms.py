"""What is a secret by its form, in whatever text it stands, and what only looks like one."""

from __future__ import annotations

import random
import re
import string

import pytest

from k8slint.checks.config.assignments import assigned_in_command, assigned_in_file
from k8slint.checks.secret_forms import may_be_secret, secrets_in
from k8slint.cluster.tables import rows

ROWS = [(row["what"], begins, row["goes-on"]) for row in rows("secret-forms") for begins in row["begins"]]
_PART = re.compile(r"(\[[^\]]+\]|\\.|.)(?:\{(\d+)(?:,\d*)?\})?")
CHARACTERS = string.ascii_letters + string.digits + "_-+/=."


def like(begins: str, goes_on: str, seed: int) -> str:
    """A made-up text of the form of a row; the tokens of no provider are in the tests."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    parts = [
        "".join(chance.choices([each for each in CHARACTERS if re.fullmatch(character, each)], k=int(times or 1)))
        for character, times in _PART.findall(goes_on)
    ]
    return begins + "".join(parts)


@pytest.mark.parametrize(("what", "begins", "goes_on"), ROWS, ids=[begins for _, begins, _ in ROWS])
def test_each_row_of_the_table_is_found_in_any_text(what, begins, goes_on):
    for seed in range(5):
        token = like(begins, goes_on, seed)
        for text in (token, f"--token={token}", f'{{"x": "{token}"}}', f"a\nb: {token}\nc", f"run {token}, then"):
            assert may_be_secret(text)
            assert what in {secret.what for secret in secrets_in(text)}, text
            found = {text[secret.start : secret.end] for secret in secrets_in(text)}
            assert any(token.startswith(each) or each.endswith(token) for each in found), text


@pytest.mark.parametrize(("what", "begins", "goes_on"), ROWS, ids=[begins for _, begins, _ in ROWS])
def test_placeholders_of_a_form_are_none(what, begins, goes_on):
    beginning = begins + "x" * 60
    assert not [secret for secret in secrets_in(beginning) if secret.what == what]
    assert not list(secrets_in(f"{begins}${{TOKEN}}"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgres://app:hunter2@db:5432/app", "hunter2"),
        ("postgres://app@db:5432/app", ""),
        ("postgres://app:${DB_PASSWORD}@db/app", ""),
        ("postgres://app:$(DB_PASSWORD)@db/app", ""),
        ("postgres://%s:%s@%s/app", ""),
        ("https://example.org:8443/@scope/package", ""),
        ("https://example.org/a:b@c", ""),
        ("postgres://user:password@db/app", "password"),
        ("write postgres://user:password@db/app", ""),
        ("root:hunter2@tcp(mysql:3306)/app", "hunter2"),
        ("root@tcp(mysql:3306)/app", ""),
        ("jdbc:mysql://db/app?user=app&password=hunter2", "hunter2"),
        ("Server=db;Password=;Ssl=true", ""),
        ("Authorization: Bearer 0815abcdef4711xyz", "0815abcdef4711xyz"),
        ("Bearer authentication-is-required-here", ""),
        ("Basic YXBwOmh1bnRlcjI=", "YXBwOmh1bnRlcjI="),
        ("Basic authentication", ""),
        ("AKIAQWERTYUIOPASDFGH", ""),
        ("AKIAQWERTYUIOPASDFGH notAKeyButOfTheSameForm/0123456789abcdef", "notAKeyButOfTheSameForm/0123456789abcdef"),
        ("AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""),
        ("task-0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789abcd", ""),
        ("image: example.org/app@sha256:" + "0123456789abcdef" * 4, ""),
    ],
)
def test_what_is_a_secret_by_its_form(text, expected):
    found = [text[secret.start : secret.end] for secret in secrets_in(text)]
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("app.env", "A=1\nDB_PASSWORD=hunter2\n", ["DB_PASSWORD"]),
        ("app.env", 'export DB_PASSWORD="two words"\n', ["DB_PASSWORD"]),
        ("app.env", "DB_PASSWORD=${X}\nA_PASSWORD=$X\nB_PASSWORD=$(X)\nC_PASSWORD=\nD_PASSWORD=/run/x\n", []),
        ("app.env", "#DB_PASSWORD=hunter2\n; DB_PASSWORD=hunter2\n// password=hunter2\n", []),
        ("my.cnf", "[client]\npassword = hunter2\n", ["password"]),
        ("config", "a:\n  - password: hunter2 # ours\n", ["password"]),
        ("config", "password: the one of the vault\npassword: string\npassword: |\npassword: true\npassword: 12\n", []),
        ("config", "token: my-web-app\napi_key: v1\nclient_secret: web\n", []),
        ("config", "token: 8f1a2b3c4d5e\n", ["token"]),
        ("config", "password: yourPassword\npassword: password\n", []),
        ("a.json", '{\n "a": {"password": "hunter2"}, "token": "x"}', ["password"]),
        ("a.py", "password = 'hunter2'\n", []),
        ("README.md", "password: hunter2\n", []),
        ("run", "#!/bin/sh\nPASSWORD=hunter2\n", []),
        ("init.sql", "CREATE USER a IDENTIFIED BY 'hunter2'; ALTER ROLE b PASSWORD '${B}'", ["password"]),
    ],
)
def test_names_that_get_a_secret_in_a_file(name, text, expected):
    assert [each.name for each in assigned_in_file(name, text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mysqladmin ping --password=hunter2", ["--password"]),
        ("mysqladmin ping --password hunter2", ["--password"]),
        ("PGPASSWORD='hunter2' psql", ["PGPASSWORD"]),
        ("java -Ddb.password=hunter2 -jar a.jar", ["--Ddb.password"]),
        ("mysqladmin ping --password=$PASSWORD --password-file=/x --password --user root", []),
        ("PASSWORD=$(cat /x) TOKEN=${Y} run --token=abc --no-password x1", []),
        ("test $PASSWORD = hunter2", []),
    ],
)
def test_names_that_get_a_secret_in_a_command(text, expected):
    assert list(assigned_in_command(text)) == expected
