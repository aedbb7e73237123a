"""The order of a build: what a kustomization takes in, generates and changes, one after the other.

Mirrors: sigs.k8s.io/kustomize/api internal/target/kusttarget.go KustTarget.accumulateTarget,
    KustTarget.makeCustomizedResMap, krusty/kustomizer.go Kustomizer.Run @ v0.21.1
"""

from __future__ import annotations

import os
from typing import Any, Final, NamedTuple

from k8slint.loading.document import Place
from k8slint.rendering.accumulation import Accumulation
from k8slint.rendering.build_metadata import add_metadata, note_change, of_field, of_file
from k8slint.rendering.changes import Context, changes_of, generators_of, settings
from k8slint.rendering.files import Files, Remote, is_below
from k8slint.rendering.kustomization import Kustomization, read_kustomization
from k8slint.rendering.merge_keys import BUILT_IN as BUILT_IN_KEYS
from k8slint.rendering.merge_keys import MergeKeys, merge_keys_of
from k8slint.rendering.name_references import follow_names
from k8slint.rendering.order import FIRST, LAST, in_order
from k8slint.rendering.origin import Origin, embedded
from k8slint.rendering.plugins import external_changes, external_generators
from k8slint.rendering.problems import About, Refused, RenderProblem
from k8slint.rendering.reading import embedded_documents, resources_of
from k8slint.rendering.remote import is_remote
from k8slint.rendering.resource import Resource
from k8slint.rendering.transformers.names import add_hashes
from k8slint.rendering.variables import note_variables, resolve_variables, variable_of

_LOCAL: Final = "config.kubernetes.io/local-config"
_DEEPEST: Final = 100
_MOST_STEPS: Final = 5_000
_MOST_GENERATED: Final = 256 * 1024 * 1024


class Unread(NamedTuple):
    """What a kustomization takes in and is not read here: an address, or a Helm chart."""

    what: str
    place: Place


class Build:
    """One build: the problems and gaps that are found on the way, and the merge keys in force."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.problems: list[RenderProblem] = []
        self.unread: list[Unread] = []
        self.keys: MergeKeys = BUILT_IN_KEYS
        self._has_schema = False
        self._warned: set[str] = set()
        # The path from the first kustomization to the one at hand, as they name each other.
        self._trail = ""
        self._steps = 0
        self._generated = 0

    def run(self, root: str) -> list[Resource]:
        """The objects of the kustomization of a folder, as they would be applied.

        Raises:
            Refused: if it does not build.
        """
        kustomization = self._read(root, None)
        self._set_schema(kustomization)
        gathered = self._gathered(kustomization, (), None)
        add_hashes(gathered.resources)
        follow_names(gathered.resources, gathered.config.name_reference)
        resolve_variables(gathered.resources, gathered.variables, gathered.config.var_reference)
        _drop_local(gathered)
        resources = _ordered(kustomization, list(gathered.resources))
        _make_annotations_texts(resources)
        add_metadata(kustomization, resources)
        return resources

    def _read(self, root: str, origin: Origin | None) -> Kustomization:
        kustomization = self.files.kustomizations.get(root)
        if kustomization is None:
            kustomization = self.files.kustomizations[root] = read_kustomization(self.files, root, origin)
        if root not in self._warned:
            self._warned.add(root)
            self.problems += kustomization.problems
        return kustomization

    def _gathered(self, kustomization: Kustomization, chain: tuple[str, ...], origin: Origin | None) -> Accumulation:
        """What a kustomization that is no component gathers, to be changed by who takes it in."""
        metadata = kustomization.get("buildMetadata") or ()
        key = (kustomization.root, self._trail if metadata else "", *metadata)
        found = self.files.built.get(key)
        if found is not None and self.keys is BUILT_IN_KEYS:
            for root in found.roots:
                _refuse_cycle(root, chain, origin)
            return found.copy()
        gaps = len(self.unread)
        gathered = self._accumulate(kustomization, Accumulation(), chain)
        if chain and self.keys is BUILT_IN_KEYS and len(self.unread) == gaps:
            # What is asked for by itself is seldom a part of others.
            self.files.built[key] = gathered
            return gathered.copy()
        return gathered

    def _accumulate(self, kustomization: Kustomization, into: Accumulation, chain: tuple[str, ...]) -> Accumulation:
        """Do what the kustomization says to what was gathered before, in kustomize's order."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise Refused(f"more than {_MOST_STEPS:,} kustomizations are taken in", kustomization.origin(), About.LIMIT)
        here = (*chain, kustomization.root)
        into.roots.append(kustomization.root)
        for field in ("resources", "bases"):
            for path, origin in kustomization.entries(field):
                self._take_resource(kustomization, path or "", origin, into, here)
        into.configure(settings(self._context(kustomization)), kustomization.origin())
        self._generate(kustomization, into, here)
        for path, origin in kustomization.entries("components"):
            self._take_component(kustomization, path or "", origin, into, here)
        self._transform(kustomization, into, here)
        self._validate(kustomization, into, here)
        variables = [variable_of(entry or {}, origin) for entry, origin in kustomization.entries("vars")]
        note_variables(into.resources, variables)
        into.add_variables(variables)
        return into

    def _context(self, kustomization: Kustomization) -> Context:
        return Context(self.files, kustomization, self.keys, self._note, self.problems.append)

    def _generate(self, kustomization: Kustomization, into: Accumulation, chain: tuple[str, ...]) -> None:
        context = self._context(kustomization)
        generated = []
        for kind, resource in generators_of(context):
            if kustomization.get("buildMetadata"):
                resource.source = of_field(self._trail, kustomization.name, kind)
            self._generated += sum(map(len, resource.data.get("data", {}).values()))
            if self._generated > _MOST_GENERATED:
                raise Refused(f"more than {_MOST_GENERATED:,} characters are generated", resource.origin, About.LIMIT)
            generated.append(resource)
        generated += external_generators(context, self._objects(kustomization, "generators", chain))
        for resource in generated:
            into.resources.absorb(resource)

    def _transform(self, kustomization: Kustomization, into: Accumulation, chain: tuple[str, ...]) -> None:
        context = self._context(kustomization)
        changes = [
            (of_field(self._trail, kustomization.name, kind), change)
            for kind, change in changes_of(context, into.config)
        ]
        changes += external_changes(context, self._objects(kustomization, "transformers", chain))
        for source, change in changes:
            change(into.resources)
            if kustomization.get("buildMetadata"):
                note_change(into.resources, source)
            into.resources.drop_empty()

    def _take_resource(
        self, kustomization: Kustomization, path: str, origin: Origin, into: Accumulation, chain: tuple[str, ...]
    ) -> None:
        """Take in a file, or a folder with a kustomization."""
        folder = self._folder(kustomization.root, path)
        if folder is not None and path and not os.path.isabs(path):
            _refuse_cycle(folder, chain, origin)
            other = self._child(folder, origin, kustomization, chain)
            if other.is_component:
                raise Refused(f'"{path}" is a Component: it belongs among the components', origin)
            trail, self._trail = self._trail, os.path.join(self._trail, path)
            into.take(self._gathered(other, chain, origin), origin)
            self._trail = trail
            return
        try:
            found = self.files.objects(kustomization.root, path, origin)
        except Remote:
            self._note(path, origin)
            return
        except Refused:
            if not is_remote(path):
                raise
            self._note(path, origin)
            return
        if kustomization.get("buildMetadata"):
            for each in found:
                each.source = of_file(self._trail, path)
        into.resources.extend(found)

    def _take_component(
        self, kustomization: Kustomization, path: str, origin: Origin, into: Accumulation, chain: tuple[str, ...]
    ) -> None:
        """Let a component change what was gathered."""
        folder = self._folder(kustomization.root, path)
        if folder is None or not path or os.path.isabs(path):
            if is_remote(path):
                self._note(path, origin)
                return
            raise no_folder(self.files, kustomization.root, path, origin)
        _refuse_cycle(folder, chain, origin)
        other = self._child(folder, origin, kustomization, chain)
        if not other.is_component:
            raise Refused(f'"{path}" is a Kustomization, not a Component: it belongs among the resources', origin)
        trail, self._trail = self._trail, os.path.join(self._trail, path)
        self._accumulate(other, into, chain)
        self._trail = trail

    def _child(self, folder: str, origin: Origin, parent: Kustomization, chain: tuple[str, ...]) -> Kustomization:
        if len(chain) > _DEEPEST:
            raise Refused(f"kustomizations more than {_DEEPEST} deep", origin, About.LIMIT)
        child = self._read(folder, origin)
        self._set_schema(child)
        return child.inheriting(parent)

    def _folder(self, root: str, path: str) -> str | None:
        """The absolute path of the folder that a path leads to, or None if it leads to none."""
        if "\0" in path or is_remote(path):
            return None
        real = os.path.realpath(os.path.join(root, path))
        return real if os.path.isdir(real) else None

    def _objects(self, kustomization: Kustomization, field: str, chain: tuple[str, ...]) -> list[Resource]:
        """The settings of plugins that a field names or holds."""
        gathered = Accumulation()
        for text, origin in kustomization.entries(field):
            inline = _inline(text or "", origin)
            if inline is not None:
                for each in inline if kustomization.get("buildMetadata") else ():
                    each.source = of_file(self._trail, kustomization.name)
                gathered.resources.extend(inline)
            else:
                self._take_resource(kustomization, text or "", origin, gathered, chain)
        return list(gathered.resources)

    def _validate(self, kustomization: Kustomization, into: Accumulation, chain: tuple[str, ...]) -> None:
        validators = self._objects(kustomization, "validators", chain)
        for _, change in external_changes(self._context(kustomization), validators):
            before = [each.data for each in into.copy().resources]
            change(into.resources)
            if [each.data for each in into.resources] != before:
                raise Refused("validator shouldn't modify the resource map", kustomization.origin("validators"))

    def _note(self, what: str, origin: Origin) -> None:
        self.unread.append(Unread(what, origin.place))

    def _set_schema(self, kustomization: Kustomization) -> None:
        """Take the merge keys of `openapi`, the first of the build.

        Mirrors: sigs.k8s.io/kustomize/kyaml openapi/openapi.go SetSchema @ v0.21.1
        """
        openapi = kustomization.get("openapi") or {}
        if self._has_schema or not openapi:
            return
        origin = kustomization.origin("openapi")
        path, version = openapi.get("path"), openapi.get("version")
        if path and version is not None:
            raise Refused("builtin version and custom schema provided, cannot use both", origin)
        if version:
            if version != "v1.21.2":
                raise Refused(f'the specified OpenAPI version "{version}" is not built in: only v1.21.2 is', origin)
            self._has_schema = True
        if not path:
            return
        try:
            loaded = self.files.documents(kustomization.root, path, origin)
        except Remote:
            self._note(path, origin)
            return
        document = next(iter(loaded.documents), None)
        if document is None or document.failed:
            raise Refused(f'invalid schema file "{path}"', origin)
        self.keys = merge_keys_of(document.data)
        self._has_schema = True


def no_folder(files: Files, root: str, path: str, origin: Origin) -> Refused:
    """What is said of a component whose path leads to no folder."""
    is_file = os.path.isfile(os.path.join(root, path.replace("\0", "")))
    about = About.BUILD if is_file or os.path.isabs(path) else About.PATH
    return Refused(f'there is no folder "{path}"{files.inside(root)}', origin, about)


def _inline(text: str, origin: Origin) -> list[Resource] | None:
    """The objects that a text itself is, or None if it is a path."""
    try:
        return resources_of(embedded_documents(embedded(origin, text)))
    except Refused:
        return None


def _refuse_cycle(folder: str, chain: tuple[str, ...], origin: Origin | None) -> None:
    """Raise for a folder that is or holds one of those that led here.

    Mirrors: sigs.k8s.io/kustomize/api internal/loader/fileloader.go FileLoader.errIfArgEqualOrHigher @ v0.21.1
    """
    for root in chain:
        if is_below(folder, root) and origin is not None:
            raise Refused(
                f"cycle detected: {os.path.basename(folder) or folder} holds a kustomization that takes it in", origin
            )


def _drop_local(gathered: Accumulation) -> None:
    """Leave out what is only for tools.

    Mirrors: sigs.k8s.io/kustomize/api resource/factory.go Factory.DropLocalNodes @ v0.21.1
    """
    kept = [each for each in gathered.resources if each.texts("annotations").get(_LOCAL, "false") == "false"]
    if len(kept) != len(gathered.resources):
        gathered.resources.items = kept
        gathered.resources.changed()


def _ordered(kustomization: Kustomization, resources: list[Resource]) -> list[Resource]:
    """The objects in the order that the kustomization asks for.

    Mirrors: sigs.k8s.io/kustomize/api krusty/kustomizer.go Kustomizer.applySortOrder @ v0.21.1
    """
    options = kustomization.get("sortOptions")
    if options is None:
        return in_order(resources)
    order, lists = options.get("order") or "", options.get("legacySortOptions")
    origin = kustomization.origin("sortOptions")
    if order not in ("legacy", "fifo"):
        raise Refused("the field 'sortOptions.order' must be one of [fifo, legacy]", origin)
    if order == "fifo":
        if lists is not None:
            raise Refused(
                "the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not 'legacy'",
                origin,
            )
        return resources
    if lists is None:
        return in_order(resources, FIRST, LAST)
    return in_order(resources, lists.get("orderFirst") or (), lists.get("orderLast") or ())


def _make_annotations_texts(resources: list[Resource]) -> None:
    """Make annotations texts, as kustomize leaves them when it removes its own."""
    for resource in resources:
        found: Any = resource.data.get("metadata")
        if isinstance(found, dict) and "annotations" in found:
            texts = resource.texts("annotations")
            if texts:
                found["annotations"] = texts
            else:
                del found["annotations"]
