"""The containers of a Pod, as the API server validates them on creation."""

from __future__ import annotations

from k8slint.apiserver.validation.field import Field


def containers(spec: Field, *, is_template: bool, claim_templates: Field | None = None) -> None:
    """All containers of a pod spec: regular ones, init containers and ephemeral ones."""
