"""The creation of objects that are no pods: claims, and what quotas count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from k8slint.apiserver.admission.plugins import class_of_claim, refusal_text
from k8slint.apiserver.admission.refusal import Refusal, Refused, refusal_of
from k8slint.apiserver.admission.resource_quota import Ledger, usage_of_claim, usage_of_object
from k8slint.simulation.inventory import Inventory, Item
from k8slint.simulation.notes import Notes
from k8slint.values.reading import ShapeError, mapping_at

_CLAIM: Final = "persistentvolumeclaims"


def create_objects(
    inventory: Inventory, create_claim: Callable[[Mapping[str, Any], str, str], None], ledger: Ledger, notes: Notes
) -> frozenset[Item]:
    """Create the manifests' claims, and charge the objects that quotas count; return those that are refused.

    `create_claim` is called with the data, the namespace and the name of each claim.
    """
    refused: set[Item] = set()
    for item in inventory.manifests:
        is_claim = item.group_kind == "PersistentVolumeClaim"
        if item.group_kind == "Pod" or not (is_claim or item.namespace in ledger.quotas):
            continue
        try:
            if is_claim:
                create_claim(item.data, item.namespace, item.name)
            elif item.key not in inventory.described:
                ledger.charge(item.namespace, usage_of_object(item.group_kind, item.data))
        except Refused as forbidden:
            resource = _CLAIM if is_claim else usage_of_object(item.group_kind, {}).resource
            message = refusal_text(resource, item.obj.kind, item.name, forbidden)
            notes.refusals.append(Refusal(item.obj, forbidden.field, message, forbidden.cause))
            refused.add(item)
        except ShapeError as error:
            notes.refusals.append(refusal_of(item.obj, error))
            refused.add(item)
    return frozenset(refused)


def charge_claim(admitted: Mapping[str, Any], namespace: str, ledger: Ledger) -> None:
    """Record what a claim uses, as admission has left it.

    Raises:
        Refused: if a quota has no room for it.
    """
    ledger.charge(namespace, usage_of_claim(mapping_at(admitted, "spec", ""), class_of_claim(admitted) or ""))


def claim_refused(claim: str, pod: str, owner: str, refused: Refused) -> str:
    """What the event of a StatefulSet says if a claim is refused that must exist before its pod."""
    said = refusal_text(_CLAIM, "PersistentVolumeClaim", claim, refused)
    return f"create Claim {claim} for Pod {pod} in StatefulSet {owner} failed error: {said}"
