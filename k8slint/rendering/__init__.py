"""kustomize, read and rendered without running anything: what a kustomization applies, and where it is written.

    rendered = render("overlays/dev")
    for each in rendered.objects:
        each.data                        plain data: dict, list, str, int, float, bool and None
        each.place()                     file, line and column of the object
        each.place(("spec", "replicas")) those of a value: in the base, a patch, the kustomization, a generator's file
    rendered.problems                    why it does not build, or deprecated fields, each at its place
    rendered.unread                      addresses and Helm charts that it takes in, which are not read
    rendered.read                        the absolute paths of the files that were looked at

    faults("overlays/dev", rendered, files)  of what does not build, all that kustomize would refuse one after the other

`Files` keeps what was read and built: give the same to all renders of a run, so that a base is read and built once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, NamedTuple

from k8slint.loading.document import Path, Place
from k8slint.rendering.build import Build, Unread
from k8slint.rendering.files import Files, Opener, open_file
from k8slint.rendering.origin import Origin, apart
from k8slint.rendering.problems import About, Refused, RenderProblem
from k8slint.rendering.survey import survey

__all__ = [
    "About",
    "Files",
    "Opener",
    "Origin",
    "RenderProblem",
    "Rendered",
    "RenderedObject",
    "Unread",
    "faults",
    "open_file",
    "render",
]


class RenderedObject(NamedTuple):
    """An object as it would be applied; `origin` is where each value is written. Both are not to be changed."""

    data: dict[str, Any]
    origin: Origin

    def place(self, path: Path = ()) -> Place:
        """File, line and column where the value at the path is written, or what wrote it."""
        return self.origin.at(path).place

    def places(self) -> Iterator[tuple[Path, Place]]:
        """The places of the values that are written elsewhere than the object is, by their paths."""
        for path, origin in apart(self.data, self.origin):
            yield path, origin.place


class Rendered(NamedTuple):
    """What came of a kustomization. Without objects, and with an error among the problems, it does not build.

    If anything is in `unread`, the objects are those of the rest, and an error may only come of what is missing.
    """

    objects: tuple[RenderedObject, ...]
    problems: tuple[RenderProblem, ...]
    unread: tuple[Unread, ...]
    read: tuple[str, ...]

    @property
    def builds(self) -> bool:
        """Whether kustomize would build it."""
        return not self.unread and not any(problem.is_error for problem in self.problems)


def render(root: str, files: Files | None = None) -> Rendered:
    """What the kustomization in a folder applies, as kustomize 5.8.1 builds it without flags."""
    files = files if files is not None else Files(shows_absolute=os.path.isabs(root))
    build = Build(files)
    objects: tuple[RenderedObject, ...] = ()
    problems: list[RenderProblem] = []
    try:
        objects = tuple(RenderedObject(each.data, each.origin) for each in build.run(os.path.realpath(root)))
    except Refused as error:
        problems.append(error.problem)
    return Rendered(objects, (*problems, *build.problems), tuple(dict.fromkeys(build.unread)), files.read)


def faults(root: str, rendered: Rendered, files: Files) -> list[RenderProblem]:
    """All problems of a kustomization: beyond those of its build, what kustomize would refuse after the first.

    If something is not there, or not read, a patch may be for what that holds. Of its target is told only what is near
    to something that is there; and of what was not read to its end, only what is wrong by itself.
    """
    of_build = [each for each in rendered.problems if not (rendered.unread and each.about is not About.DEPRECATED)]
    if not any(problem.is_error for problem in rendered.problems):
        return of_build
    surveyed = survey(os.path.realpath(root), files)
    places = {problem.place[:2] for problem in surveyed.problems}
    found = [*surveyed.problems, *(each for each in of_build if not each.is_error or each.place[:2] not in places)]
    if surveyed.problems and not rendered.unread:
        again = render(root, files.with_kustomizations(surveyed.mended))
        found += [each for each in again.problems if each.about is About.TARGET and each.near]
    return list(dict.fromkeys(found))
