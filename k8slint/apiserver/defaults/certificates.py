"""Defaults of requests of certificates."""

from __future__ import annotations

from typing import Any

from k8slint.apiserver.defaults.draft import fill_absent, mapping_in


def pod_certificate_request(data: dict[str, Any]) -> None:
    """A PodCertificateRequest.

    Mirrors: pkg/apis/certificates/v1/defaults.go SetDefaults_PodCertificateRequestSpec @ v1.37
    """
    fill_absent(mapping_in(data, "spec"), maxExpirationSeconds=86_400)
