"""Claims as the API server stores them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from k8slint.apiserver.admission.plugins import Policies, class_of_claim, with_default_class
from k8slint.scheduling.objects.volumes import Claim
from k8slint.simulation.inventory import Inventory, placed
from k8slint.values.reading import ShapeError, mapping_at


@dataclass(frozen=True, slots=True)
class StoredClaim:
    """A stored claim; `is_open` if it leaves its class open, `copies_itself` if it is the source of its own data."""

    claim: Claim
    is_open: bool
    copies_itself: bool

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> StoredClaim:
        """The claim of data after admission.

        Raises:
            ShapeError: if a field cannot be read.
        """
        claim, spec = Claim.of(data), mapping_at(data, "spec", "")
        sources = [mapping_at(spec, key, "spec") for key in ("dataSource", "dataSourceRef")]
        copies_itself = any(
            source.get("kind") == "PersistentVolumeClaim"
            and source.get("name") == claim.name
            and source.get("namespace", claim.namespace) == claim.namespace
            for source in sources
        )
        return cls(claim, class_of_claim(data) is None, copies_itself)


def claims_of(inventory: Inventory, policies: Policies) -> dict[tuple[str, str], StoredClaim]:
    """The claims of the description; one without a volume gets the default class, even one that was made later.

    Raises:
        ShapeError: naming the claim that cannot be read.
    """
    found: dict[tuple[str, str], StoredClaim] = {}
    for item in inventory.of_kind("PersistentVolumeClaim"):
        if not item.is_described:
            continue
        try:
            is_unbound = not mapping_at(item.data, "spec", "").get("volumeName")
            data = with_default_class(item.data, policies.default_class) if is_unbound else item.data
            found[item.namespace, item.name] = StoredClaim.of(placed(data, item.namespace, item.name))
        except ShapeError as error:
            raise error.of(item.label) from None
    return found
