"""Placeholders: texts that a template, a tool or a person is still to replace by a value."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any, Final

from k8slint.values.regex import regex

# The forms of placeholders, and the tools that use each. Before each form stands a sign that every text of the form
# contains, because a search for a character is much faster than a regular expression.
_FORMS: Final[tuple[tuple[str, str], ...]] = (
    # ${NAME}, ${NAME:=5Gi} of envsubst and Flux; $NAME of envsubst; $(NAME) of kustomize, Azure and Tekton.
    ("$", r"\$[{(A-Za-z_]"),
    # {{ .Values.name }} of Helm, Jinja, Argo and GitHub; {% if %} of Jinja; #{NAME}# of Azure and Octopus; %{name} of
    # Terraform; {name} of Python and people, but not the parameter of a route: /users/{id}.
    ("{", r"\{(?:[{%]|(?<=[#%]\{)|(?<!/\{)[A-Za-z_]\w*\})"),
    # %(name)s of Python; %NAME% of sed and Windows, but not %C3% of an encoded URL.
    ("%", r"%(?:\(\w+\)|(?![0-9A-F]{2}%)[A-Za-z_]\w*%)"),
    # [[ name ]] of templates, but not [[:alpha:]] of a regular expression; ENC[AES256_GCM,data:...] of sops.
    ("[", r"\[(?:\[(?!:)|(?<=ENC\[)[A-Z])"),
    # <name>, <your domain> of people; <path:secret#key> of the Vault plugin of Argo; <%= name %> of ERB.
    ("<", r"<[^<>]+>"),
    # @NAME@ of autoconf and CMake, @@NAME@@ of sed; (@= name @) of ytt, but not ?(@=="x") of a JSONPath.
    ("@", r"@(?:[A-Za-z_]\w*@|@[^@]+@|(?<=\(@)=(?!=))"),
    # __NAME__ of sed and Azure, but not APP__NAME__KEY, which is the name of a variable.
    ("_", r"__(?<![A-Za-z0-9_]__)[A-Za-z0-9_]+__(?![A-Za-z0-9])"),
    # ROLLOUT_NAME-active of sed: a name in capitals, which goes on in small letters.
    ("_", r"_(?<=[A-Z]_)[A-Z]+-[a-z]"),
    # change-me, CHANGE_ME, replaceme, REPLACE_WITH_NAME, YOUR_DOMAIN and PLACEHOLDER of people.
    ("hange", r"hange[-_ ]?(?i:me)(?![A-Za-z])"),
    ("HANGE", r"HANGE[-_ ]?ME(?![A-Za-z])"),
    ("place", r"place[-_ ]?(?i:me|with)(?![A-Za-z])"),
    ("PLACE", r"PLACE(?:HOLDER|[-_ ]?(?:ME|WITH))(?![A-Za-z])"),
    ("YOUR", r"YOUR[-_ ][A-Z]"),
)
_SIGNS: Final = tuple(sign for sign, _ in _FORMS)
_ANY: Final = regex("|".join(form for _, form in _FORMS))
# Values that a tool puts in place later: SOPS, vals, Vault, 1Password, cloud secret managers.
_LOOKED_UP: Final = regex(
    r"ENC\[|ref\+|arn:|(?:vault|op|sm|gcp-sm|awssm|awsssm|azurekeyvault|keyvault|secretref)[:/]|projects/[^/]+/secrets/"
)
# People write this if a kustomization sets the name or namespace; no object can have it as its name.
_NO_NAME: Final = "_"


def has_placeholder(value: Any) -> bool:
    """Whether the value is a text with a placeholder, so that nothing is known about the final value.

    Ask this of names, words, numbers and amounts. Free text may mean the same characters literally: `$(NAME)` among the
    arguments of a container is for the kubelet, `{{ $labels.pod }}` in an alert is for Prometheus.

    >>> [has_placeholder(text) for text in ("${TAG}", "{{ .tag }}", "<CHANGE_ME>", "1.27")]
    [True, True, True, False]
    """
    if not isinstance(value, str):
        return False
    return _waits(value) if len(value) < _SHORT else _is_met(value)


def _is_met(text: str) -> bool:
    for sign in _SIGNS:
        if sign in text:
            return text == _NO_NAME or _ANY.search(text) is not None
    return False


# The same names and words come again and again.
_SHORT: Final = 64
_waits: Final = lru_cache(maxsize=1 << 14)(_is_met)


def is_looked_up(text: str) -> bool:
    """Whether the text says where a tool finds the value.

    >>> is_looked_up("ref+vault://secret/db#/password"), is_looked_up("hunter2")
    (True, False)
    """
    return _LOOKED_UP.match(text) is not None


@cache
def _looks() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The signs and forms for the text of a file, where a lone `_` has a context, and an escape may hide any form."""
    forms = (*_FORMS, (_NO_NAME, r"_(?<!\w_)(?!\w)"), ("\\", r"\\[uUxN]"))
    return tuple((sign, re.compile(form)) for sign, form in forms)


def may_hold_placeholders(text: str) -> bool:
    """Whether any value in the text of a file may have a placeholder: one quick look that saves asking each value.

    >>> may_hold_placeholders("image: web:${TAG}"), may_hold_placeholders("image: web:1.27")
    (True, False)
    """
    return any(sign in text and form.search(text) is not None for sign, form in _looks())
