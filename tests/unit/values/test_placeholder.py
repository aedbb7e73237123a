"""Which texts wait to be filled in, and by whom."""

from __future__ import annotations

import json

import pytest

from k8slint.values.placeholder import has_placeholder, may_hold_placeholders

FILLED_IN = {
    "${NAME}": "envsubst, Flux",
    "web-${NAME}": "envsubst, Flux",
    "${SIZE:=5Gi}": "Flux, with a default",
    "$NAME": "envsubst",
    "a-$B-c": "envsubst, within a name",
    "$(NAME)": "kustomize vars, Azure Pipelines, Tekton",
    "$(params.revision)": "Tekton",
    "{{ .Values.name }}": "Helm",
    "{{name}}": "Mustache, Jinja",
    "{{workflow.parameters.name}}": "Argo Workflows",
    "{% if x %}a{% endif %}": "Jinja",
    "[[ name ]]": "consul-template and others with delimiters of their own",
    "(@= data.values.name @)": "ytt",
    "<name>": "people",
    "https://<your domain>/": "people, within a longer text",
    "<path:secret/data/db#password>": "Argo's Vault plugin",
    "<%= name %>": "ERB",
    "#{NAME}#": "Azure, Octopus",
    "%{name}": "Terraform",
    "%NAME%": "sed, Windows",
    "%(name)s": "Python",
    "@NAME@": "autoconf, CMake",
    "registry/@NAME@:1": "autoconf, within a longer text",
    "@@NAME@@": "sed",
    "__NAME__": "sed, Azure",
    "__NAME__.example.org": "sed, within a longer text",
    "web-__NAME__": "sed, within a longer text",
    "ROLLOUT_NAME-active": "sed, in front of what is settled",
    "{name}": "Python, people",
    "web-{name}": "Python, people, within a name",
    "ENC[AES256_GCM,data:eA==,type:str]": "sops",
    "CHANGE_ME": "people",
    "ChangeMe": "people",
    "change-me": "people",
    "changeme": "people",
    "REPLACE_ME": "people",
    "REPLACE_WITH_YOUR_NAME": "people",
    "EXAMPLE.DEV.REPLACEME": "people",
    "YOUR_DOMAIN": "people",
    "PLACEHOLDER_ADDRESS": "people",
    "_": "a kustomization, which sets the namespace or the name",
}

AS_WRITTEN = {
    "": "nothing",
    "web-1": "a name",
    "a_b": "an underscore within",
    "DB_NAME": "a variable",
    "MY-app": "a name with a mistake",
    "APP__SERVER__PORT": "a variable of a program that nests its settings",
    "replacement": "a word of English",
    "exchange-metrics": "words of English",
    "placeholder": "what pods that keep room are called",
    "registry.example.org/web@sha256:abc": "an image with a digest",
    "user@example.org": "an address",
    "/users/{id}": "a parameter of a route",
    "/api(/|$)(.*)": "a path of ingress-nginx",
    "/v[0-9]{1,2}/[[:alpha:]]+": "a path of ingress-nginx",
    "/$2": "a target of ingress-nginx",
    "^web$": "a regular expression",
    '.status.conditions[?(@.type=="Ready")].status': "a JSONPath",
    "?(@=='x')": "a JSONPath",
    "/caf%C3%A9%20x": "an encoded URL",
    "50%": "a share",
    "a < b": "a comparison",
    "*/5 * * * *": "a schedule",
}


@pytest.mark.parametrize(("text", "by"), FILLED_IN.items())
def test_a_text_that_somebody_fills_in(text: str, by: str) -> None:
    assert has_placeholder(text), by
    for file in (f"name: {text}\n", f"name: '{text}'\n", json.dumps({"name": text}), f"[{text}]"):
        assert may_hold_placeholders(file), file


@pytest.mark.parametrize(("text", "what"), AS_WRITTEN.items())
def test_a_text_that_is_meant_as_it_is_written(text: str, what: str) -> None:
    assert not has_placeholder(text), what


@pytest.mark.parametrize("value", [None, 1, True, ["${X}"], {"${X}": 1}])
def test_only_texts_are_looked_at(value: object) -> None:
    assert not has_placeholder(value)


def test_a_file_may_hold_one_that_it_escapes() -> None:
    assert may_hold_placeholders('{"name": "\\u003cname\\u003e"}')
    assert not may_hold_placeholders("kind: Service\nmetadata: {name: a_b, uid: 1}\n")
