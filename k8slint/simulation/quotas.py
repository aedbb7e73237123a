"""The quotas, with their use by the described cluster."""

from __future__ import annotations

from collections.abc import Iterable

from k8slint.apiserver.admission.plugins import Policies, class_of_claim
from k8slint.apiserver.admission.resource_quota import (
    Ledger,
    Quota,
    Usage,
    ledger_of,
    usage_of_claim,
    usage_of_object,
    usage_of_pod,
)
from k8slint.simulation.described_pods import is_finished
from k8slint.simulation.inventory import Inventory, Item
from k8slint.simulation.notes import Notes
from k8slint.values.reading import ShapeError, mapping_at


def ledger_of_quotas(inventory: Inventory, leaving: Iterable[Item], policies: Policies, notes: Notes) -> Ledger:
    """The quotas with their use by the described cluster, without the pods that make way.

    The use of a quota is that in its status; if it has none, the described objects are counted.
    """
    quotas: dict[str, list[Quota]] = {}
    for item, quota in notes.read(inventory.of_kind("ResourceQuota"), lambda item: _quota(item, inventory)):
        quotas.setdefault(item.namespace, []).append(quota)
    ledger = ledger_of(quotas)
    if not quotas:
        return ledger
    uncounted = {
        namespace: tuple(quota for quota in found if quota.used is None) for namespace, found in ledger.quotas.items()
    }
    counted = {
        namespace: tuple(quota for quota in found if quota.used is not None)
        for namespace, found in ledger.quotas.items()
    }
    gone = {item.key for item in leaving}
    to_count = Ledger(uncounted, ledger.used)
    for item in inventory.described.values():
        if uncounted.get(item.namespace) and item.key not in gone:
            _count(item, to_count, policies, notes)
    struck = Ledger(counted, ledger.used)
    for item in inventory.described.values():
        if item.key in gone and counted.get(item.namespace):
            struck.add(item.namespace, _usage(item, policies), times=-1)
    return ledger


def _quota(item: Item, inventory: Inventory) -> Quota:
    quota = Quota.of(item.data)
    before = inventory.described.get(item.key)
    if quota.used is None and before is not None:
        return Quota(quota.name, quota.hard, quota.scopes, Quota.of(before.data).used)
    return quota


def _count(item: Item, ledger: Ledger, policies: Policies, notes: Notes) -> None:
    notes.assumptions.take(
        "what quotas without a status have given away is counted from what is listed", item.namespace
    )
    ledger.add(item.namespace, _usage(item, policies))


def _usage(item: Item, policies: Policies) -> Usage:
    spec = mapping_at(item.data, "spec", "")
    try:
        if item.group_kind == "Pod":
            return usage_of_pod(spec, policies.version, is_finished=is_finished(item))
        if item.group_kind == "PersistentVolumeClaim":
            return usage_of_claim(spec, class_of_claim(item.data) or "")
        return usage_of_object(item.group_kind, item.data)
    except ShapeError as error:
        raise error.of(item.label) from None
