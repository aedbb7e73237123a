"""Strategic merges as kustomize does them, which is neither how the API server nor how kubectl does them.

Mirrors: sigs.k8s.io/kustomize/kyaml yaml/merge2/merge2.go, yaml/merge2/smpdirective.go, yaml/walk @ v0.21.1
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from k8slint.rendering.merge_keys import MergeKeys, Shape
from k8slint.rendering.origin import Data, Origin
from k8slint.rendering.problems import About, Refused
from k8slint.rendering.resource import scalar_text

_DIRECTIVE: Final = "$patch"
# Lists that have to be compared item with item take quadratic time; people's are shorter.
_MOST_COMPARED: Final = 2_000


class Cell(NamedTuple):
    """A value with its origin; `keeps_null` is set for a null that stays."""

    data: Data
    origin: Origin
    keeps_null: bool = False


def merged(target: Cell, patch: Cell, keys: MergeKeys) -> Data:
    """The data of the target with the patch merged in, both in place; None if the patch deletes it.

    The origin of the target becomes that of the result.

    Raises:
        Refused: if the two do not fit together.
    """
    shape = keys.of_kind(scalar_text(target.data.get("apiVersion")), scalar_text(target.data.get("kind")))
    result = _Merge(keys).walk(target, patch, shape)
    if result is None:
        return None
    if result.data is not target.data:
        target.origin.document, target.origin.path = result.origin.document, result.origin.path
        target.origin.parts = result.origin.parts
    return result.data


def _is_null(cell: Cell | None) -> bool:
    return cell is None or cell.data is None


def _is_empty(cell: Cell | None) -> bool:
    return cell is None or cell.data is None or cell.data == {}


class _Merge:
    """A merge with one set of keys. Each method gets the target and the patch, or None where one has no value."""

    def __init__(self, keys: MergeKeys) -> None:
        self._keys = keys

    def walk(self, target: Cell | None, patch: Cell | None, shape: Shape | None) -> Cell | None:
        """The merged value, or None if there is none afterwards."""
        if patch is None and target is not None and self._is_settled(target.data, shape):
            return target
        known = target if target is not None and target.data is not None else patch
        if known is None or known.data is None:
            return self._nulls(target, patch)
        if isinstance(known.data, dict):
            self._refuse_other(dict, "mapping", target, patch)
            return self._maps(target, patch, shape)
        if isinstance(known.data, list):
            self._refuse_other(list, "list", target, patch)
            if shape is None or shape.keys is None:
                return patch if patch is not None else target
            return self._lists(target, patch, shape)
        if target is not None and isinstance(target.data, (dict, list)):
            self._refuse_other(str, "scalar", target, patch)
        if patch is not None and isinstance(patch.data, (dict, list)):
            self._refuse_other(str, "scalar", target, patch)
        return patch if patch is not None else target

    def _is_settled(self, data: Data, shape: Shape | None) -> bool:
        """Whether a merge without a patch leaves the data as they are: no null, and in no list a key twice."""
        if isinstance(data, dict):
            return all(
                self._is_settled(value, self._keys.field(shape, key))
                if isinstance(value, (dict, list))
                else value is not None
                for key, value in data.items()
            )
        if not isinstance(data, list):
            return data is not None
        if shape is None or shape.keys is None:
            return True
        if len(shape.keys) != 1:
            return len(data) <= 1 and all(
                isinstance(item, dict)
                and any(scalar_text(item.get(key)) for key in shape.keys)
                and self._is_settled(item, self._keys.item(shape))
                for item in data
            )
        key = shape.keys[0]
        texts = {scalar_text(item.get(key)) for item in data if isinstance(item, dict)}
        if len(texts) != len(data) or "" in texts:
            return False
        inner = self._keys.item(shape)
        return all(self._is_settled(item, inner) for item in data)

    @staticmethod
    def _refuse_other(form: type, name: str, target: Cell | None, patch: Cell | None) -> None:
        for cell in (target, patch):
            if cell is None or cell.data is None or isinstance(cell.data, form):
                continue
            if form is str and not isinstance(cell.data, (dict, list)):
                continue
            of = "the patch has" if cell is patch else "the patch meets"
            other = "mapping" if isinstance(cell.data, dict) else "list" if isinstance(cell.data, list) else "scalar"
            raise Refused(f"{of} a {other} where a {name} is", (patch or cell).origin)

    @staticmethod
    def _nulls(target: Cell | None, patch: Cell | None) -> Cell | None:
        """A null stays if the patch has nothing for it and it is written out."""
        if patch is None and target is not None and target.origin.written:
            return target._replace(keeps_null=True)
        return None

    def _maps(self, target: Cell | None, patch: Cell | None, shape: Shape | None) -> Cell | None:
        if target is None or target.data is None:
            if patch is None or patch.data is None:
                return None
            if _directive(patch, is_strict=False) == "delete":
                return None
            target = patch
        elif patch is not None and patch.data is None:
            return None
        elif patch is not None:
            directive = _directive(patch)
            if directive == "delete":
                return None
            if directive == "replace":
                target = patch
        data, origin = target.data, target.origin
        others = patch.data if patch is not None else {}
        for key in [*data, *(key for key in others if key not in data)]:
            there = Cell(data[key], origin.child(key)) if key in data else None
            here = None
            if patch is not None and key in others:
                here = there if others is data else Cell(others[key], patch.origin.child(key))
            _set(target, key, self.walk(there, here, self._keys.field(shape, key)))
        return target

    def _lists(self, target: Cell | None, patch: Cell | None, shape: Shape) -> Cell | None:
        if target is None or target.data is None:
            target = patch
        elif patch is not None and patch.data is None:
            return None
        elif patch is not None:
            directive = _list_directive(patch)
            if directive == "delete":
                return None
            if directive == "replace":
                target = patch
        if target is None or target.data is None:
            return None
        items = _cells(target)
        others = items if patch is target else _cells(patch) if patch is not None else None
        result = _ListMerge(self, shape, items, others).result()
        target.data[:] = [cell.data for cell in result]
        target.origin.parts = [cell.origin for cell in result]
        return target

    def item(self, target: Cell | None, patch: Cell | None, shape: Shape) -> Cell | None:
        """The merged item of a list."""
        return self.walk(target, patch, self._keys.item(shape))


def _cells(cell: Cell) -> list[Cell]:
    if cell.data is None:
        return []
    return list(map(Cell, cell.data, cell.origin.items(len(cell.data))))


def _set(target: Cell, key: str, value: Cell | None) -> None:
    """Set or delete a field; a value that takes the place of a text in quotes gets its quotes."""
    data, origin = target.data, target.origin
    if value is None or (value.data is None and not value.keeps_null):
        data.pop(key, None)
        origin.forget(key)
        return
    new = value.data
    old = data.get(key)
    if type(old) is type(new) and not isinstance(new, (dict, list)) and old == new and key in data:
        return  # who wrote it first has written it
    if (
        isinstance(old, str)
        and new is not None
        and not isinstance(new, (str, dict, list))
        and origin.child(key).is_quoted
    ):
        new = value.origin.written or scalar_text(new)
    data[key] = new
    origin.set(key, value.origin)


def _directive(patch: Cell, *, is_strict: bool = True) -> str:
    """The directive of a mapping, which is taken out of it."""
    if not isinstance(patch.data, dict) or _DIRECTIVE not in patch.data:
        return "merge"
    word = scalar_text(patch.data[_DIRECTIVE])
    if word not in ("delete", "replace", "merge"):
        if not is_strict:
            return "merge"
        raise Refused(
            f'unknown patch strategy "{word}": it may be delete, replace or merge', patch.origin.below(_DIRECTIVE)
        )
    del patch.data[_DIRECTIVE]
    patch.origin.forget(_DIRECTIVE)
    return word


def _list_directive(patch: Cell) -> str:
    """The directive of a list, an item that has nothing else, which is taken out of it."""
    items = _cells(patch)
    found = next((cell for cell in items if isinstance(cell.data, dict) and _DIRECTIVE in cell.data), None)
    if found is None or len(found.data) > 1:
        return "merge"
    word = scalar_text(found.data[_DIRECTIVE])
    if word not in ("delete", "replace", "merge"):
        raise Refused(f'unknown patch strategy "{word}": it may be delete, replace or merge', found.origin)
    _set_item(items, [_DIRECTIVE], [word], None)
    patch.data[:] = [cell.data for cell in items]
    patch.origin.parts = [cell.origin for cell in items]
    return word


class _ListMerge:
    """The merge of two lists item by item; `others` is None if the patch has no such list.

    Mirrors: sigs.k8s.io/kustomize/kyaml yaml/walk/associative_sequence.go @ v0.21.1
    """

    def __init__(self, merge: _Merge, shape: Shape, items: list[Cell], others: list[Cell] | None) -> None:
        self._merge = merge
        self._shape = shape
        self._items = items
        self._others = others
        self._keys = list(shape.keys or ())

    def result(self) -> list[Cell]:
        """The merged items: those of the patch in its order, then the rest of the target's."""
        if len(self._keys) == 1:
            known = _by_key(self._items, self._keys[0])
            new = known if self._others is self._items else _by_key(self._others or [], self._keys[0])
            if known is not None and new is not None:
                return self._by_unique_key(known, new)
        if len(self._items) + len(self._others or ()) > _MOST_COMPARED:
            raise Refused(
                f"a list of more than {_MOST_COMPARED:,} items, too many to be merged",
                self._items[0].origin,
                About.LIMIT,
            )
        return self._by_comparing()

    def _by_unique_key(self, known: dict[str, Cell], new: dict[str, Cell]) -> list[Cell]:
        """The result if each item has a key of its own."""
        result = []
        for key in [*new, *(key for key in known if key not in new)]:
            there = known.get(key)
            value = self._merge.item(there, new.get(key) if self._others is not None else None, self._shape)
            if value is not None and not _is_empty(value):
                # What the target has stays in its place, even if the patch says to replace it.
                kept = there if there is not None else value
                if self._keys[0] not in kept.data:
                    kept.data[self._keys[0]] = key
                result.append(kept)
        return result

    def _by_comparing(self) -> list[Cell]:
        keys = self._keys or [""]
        wanted = self._values(keys)
        if len(keys) > 1:
            _complete(wanted)
        added: list[Cell] = []
        valid: list[str] = []
        for values in wanted:
            valid, texts = _valid(wanted, values, keys)
            value = self._merge.item(self._found(self._items, valid, texts), self._found_new(valid, texts), self._shape)
            if value is None or _is_empty(value):
                _set_item(self._items, valid, texts, None)
                continue
            for key, text in zip(valid, texts, strict=False):
                if key and text and isinstance(value.data, dict) and key not in value.data:
                    value.data[key] = text
            _set_item(added, valid, texts, value)
        if not wanted:
            return self._items
        return _appended(added, self._items, valid)

    def _found_new(self, keys: list[str], texts: list[str]) -> Cell | None:
        return None if self._others is None else self._found(self._others, keys, texts)

    @staticmethod
    def _found(items: list[Cell], keys: list[str], texts: list[str]) -> Cell | None:
        """The first item that has the texts at the keys."""
        keys, texts = _valid([texts], texts, keys)
        if keys == [""]:
            return next((cell for cell in items if scalar_text(cell.data) == (texts or [""])[0]), None)
        return next(
            (
                cell
                for cell in items
                if isinstance(cell.data, dict)
                and all(
                    key in cell.data and scalar_text(cell.data[key]) == text
                    for key, text in zip(keys, texts, strict=False)
                )
            ),
            None,
        )

    def _values(self, keys: list[str]) -> list[list[str]]:
        """The keys of the items, those of the patch first, each once."""
        seen: dict[tuple[str, ...], None] = {}
        for cell in [*(self._others or ()), *self._items]:
            data = cell.data
            if keys == [""]:
                seen[scalar_text(data),] = None
            else:
                seen[tuple(scalar_text(data.get(key)) if isinstance(data, dict) else "" for key in keys)] = None
        return [list(values) for values in seen]


def _by_key(items: list[Cell], key: str) -> dict[str, Cell] | None:
    """The items by the text of their key, or None if one has none or two have the same."""
    found: dict[str, Cell] = {}
    for cell in items:
        text = scalar_text(cell.data.get(key)) if isinstance(cell.data, dict) else ""
        if not text or text in found:
            return None
        found[text] = cell
    return found


def _complete(wanted: list[list[str]]) -> None:
    """Take two keys for one if they are the same but for what one leaves out."""
    for here in range(len(wanted)):
        for there in range(len(wanted)):
            both = _matched(wanted[here], wanted[there])
            if both is not None:
                wanted[here] = wanted[there] = both


def _matched(here: list[str], there: list[str]) -> list[str] | None:
    has_common = False
    result = []
    for one, other in zip(here, there, strict=True):
        if one == other:
            has_common = True
        elif one and other:
            return None
        result.append(one or other)
    return result if has_common else None


def _valid(wanted: list[list[str]], values: list[str], keys: list[str]) -> tuple[list[str], list[str]]:
    """The keys that any of the items has, and the texts of one of them at these."""
    used = {key for texts in wanted for key, text in zip(keys, texts, strict=False) if text}
    if not used:
        return keys, values
    return [key for key in keys if key in used], [
        text for key, text in zip(keys, values, strict=False) if text or key in used
    ]


def _set_item(items: list[Cell], keys: list[str], texts: list[str], element: Cell | None) -> None:
    """Replace the items that have the texts at the keys by the element, add it if there are none; None removes them.

    Mirrors: sigs.k8s.io/kustomize/kyaml yaml/fns.go ElementSetter.Filter @ v0.21.1
    """
    kept = []
    is_there = False
    for cell in items:
        if _is_empty(cell):
            continue
        if not isinstance(cell.data, dict) and keys and keys[0] and texts and texts[0]:
            kept.append(cell)
        elif not _has(cell, keys, texts):
            if texts:
                kept.append(cell)
        else:
            is_there = True
            if element is not None:
                kept.append(element)
    items[:] = kept
    if element is not None and element.data is not None and not is_there:
        items.append(element)


def _has(cell: Cell, keys: list[str], texts: list[str]) -> bool:
    found: Any = None
    for number, key in enumerate(keys):
        if number < len(texts):
            found = _has_one(cell, key, texts[number])
        if not found:
            return False
    return True


def _has_one(cell: Cell, key: str, text: str) -> bool:
    if not key:
        return scalar_text(cell.data) == text
    if not isinstance(cell.data, dict) or key not in cell.data:
        return False
    return not text or scalar_text(cell.data[key]) == text


def _appended(items: list[Cell], others: list[Cell], keys: list[str]) -> list[Cell]:
    """The items and after them the others, which take the place of items with the same keys."""
    for cell in others:
        if keys[0] == "":
            _set_item(items, [""], [scalar_text(cell.data)], cell)
            continue
        texts = []
        for key in keys:
            if isinstance(cell.data, dict) and key in cell.data:
                texts.append(scalar_text(cell.data[key]))
            else:
                items.append(cell)
        if len(keys) > 1:
            _set_item(items, keys, texts, None)
        _set_item(items, keys, texts, cell)
    return items
