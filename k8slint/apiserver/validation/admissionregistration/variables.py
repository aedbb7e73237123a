"""The variables of expressions that admission asks.

Mirrors: apiserver pkg/admission/plugin/cel/compile.go BuildRequestType, BuildNamespaceType, createEnvForOpts @ v1.37
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from k8slint.cel.scope import Scope

_KIND: Final = dict.fromkeys(("group", "version", "kind"))
_RESOURCE: Final = dict.fromkeys(("group", "version", "resource"))
_REQUEST: Final = {
    "kind": _KIND,
    "resource": _RESOURCE,
    "subResource": None,
    "requestKind": _KIND,
    "requestResource": _RESOURCE,
    "requestSubResource": None,
    "name": None,
    "namespace": None,
    "operation": None,
    "userInfo": dict.fromkeys(("username", "uid", "groups", "extra")),
    "dryRun": None,
    "options": None,
}
_NAMESPACE: Final = {
    "metadata": dict.fromkeys(
        (
            *("name", "generateName", "namespace", "labels", "annotations", "UID", "creationTimestamp"),
            *("deletionGracePeriodSeconds", "deletionTimestamp", "generation", "resourceVersion", "finalizers"),
        )
    ),
    "spec": dict.fromkeys(("finalizers",)),
    "status": dict.fromkeys(("conditions", "phase")),
}
_ALWAYS: Final = {"object": None, "oldObject": None, "namespaceObject": _NAMESPACE, "request": _REQUEST}
_AUTHORIZER: Final = {"authorizer": {"requestResource": None}}


def variables(*, has_params: bool, has_authorizer: bool = True) -> Scope:
    """The variables of an expression."""
    return {**_ALWAYS, **({"params": None} if has_params else {}), **(_AUTHORIZER if has_authorizer else {})}
