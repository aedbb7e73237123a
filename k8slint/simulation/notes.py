"""The assumptions of a dry run, and what the API server refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from k8slint.apiserver.admission.refusal import Refusal, refusal_of
from k8slint.simulation.assumptions import Assumptions, Weight
from k8slint.simulation.inventory import Inventory, Item
from k8slint.values.reading import ShapeError

T = TypeVar("T")


@dataclass(slots=True)
class Notes:
    """The assumptions and refusals so far."""

    assumptions: Assumptions = field(default_factory=Assumptions)
    refusals: list[Refusal] = field(default_factory=list)

    def read(self, items: Iterable[Item], reader: Callable[[Item], T]) -> Iterator[tuple[Item, T]]:
        """The items with what the reader makes of each; a manifest that cannot be read becomes a refusal instead.

        Raises:
            ShapeError: if an object of the cluster description cannot be read, naming it.
        """
        for item in items:
            try:
                found = reader(item)
            except ShapeError as error:
                if item.is_described:
                    raise error.of(item.label) from None
                self.refusals.append(refusal_of(item.obj, error))
            else:
                yield item, found


def assume_the_usual(inventory: Inventory, notes: Notes) -> None:
    """Note what is taken for granted about the objects of the inventory."""
    take = notes.assumptions.take
    if inventory.repeated:
        first, *others = inventory.repeated
        take(
            f"of several manifests of one object the last counts: {first}{f' and {len(others)} more' if others else ''}"
        )
    for item in inventory.lasting:
        take("nodes, volumes, claims and bare pods that exist already are taken to stay as they are", item.label)
    if any(item.namespace and not item.obj.namespace for item in inventory.manifests):
        take('objects that name no namespace are taken to be in "default"', weight=Weight.LOW)
    webhooks = inventory.of_kind("MutatingWebhookConfiguration.admissionregistration.k8s.io")
    if webhooks:
        take("mutating webhooks, which can change any pod, are not simulated", weight=Weight.HIGH)
