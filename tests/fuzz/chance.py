"""Choices that bytes make: what a fuzzer changes in them changes the choices one by one."""

from __future__ import annotations

import random


class Chance(random.Random):
    """Draws from the bytes; when they are used up, from a generator that they seed."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0
        super().__init__(data)

    def getrandbits(self, k: int, /) -> int:
        """That many bits; what `choice`, `randrange` and `sample` are made of."""
        size = (k + 7) // 8
        taken = self._data[self._at : self._at + size]
        if len(taken) < size:
            return super().getrandbits(k)
        self._at += size
        return int.from_bytes(taken, "big") >> (8 * size - k)

    def random(self) -> float:
        """A number from 0 up to 1."""
        return self.getrandbits(16) / 65_536

    def happens(self, probability: float) -> bool:
        """True that often."""
        return self.random() < probability

    def some(self, entries, most=3):
        """Up to so many of the entries, in order, each once."""
        entries = list(entries)
        picked = set(self.sample(range(len(entries)), self.randint(0, min(most, len(entries)))))
        return [entry for index, entry in enumerate(entries) if index in picked]
