"""What the server says of the breaches of one control: `hostPath volumes (volume "data")`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from k8slint.apiserver.admission.pod_security.breaches import Breach

Words = Callable[[Sequence[Breach]], str]


def form(text: str) -> Words:
    """The words of a text with places to fill.

    `{who}` are the pod and containers, or `{volumes}` the volumes, that have the breaches; `{uses}` agrees with them.
    `{values}` are quoted and `{numbers}` are not, each once; `{s}` agrees with those. `{listed}` are all as they come.
    """

    def says(breaches: Sequence[Breach]) -> str:
        owners = tuple(dict.fromkeys(breach.owner for breach in breaches if breach.owner is not None))
        values = sorted({breach.value for breach in breaches})
        return text.format(
            who=" and ".join(_setters(breaches)),
            volumes=_named("volume", owners),
            uses="uses" if len(owners) == 1 else "use",
            values=_all_quoted(values),
            listed=", ".join(breach.value for breach in breaches),
            numbers=", ".join(values),
            s="" if len(values) == 1 else "s",
        )

    return says


def _setters(breaches: Sequence[Breach]) -> Iterator[str]:
    owners = dict.fromkeys(breach.owner for breach in breaches if breach.path[0] != "metadata")
    if None in owners:
        yield "pod"
    names = tuple(name for name in owners if name is not None)
    if names:
        yield _named("container", names)
    annotations = sum(breach.path[0] == "metadata" for breach in breaches)
    if annotations:
        yield "annotation" if annotations == 1 else "annotations"


def _named(noun: str, names: Sequence[str]) -> str:
    """The names behind their noun.

    >>> _named("container", ("a", "b"))
    'containers "a", "b"'
    """
    return f"{noun if len(names) == 1 else f'{noun}s'} {_all_quoted(names)}"


def _all_quoted(texts: Iterable[str]) -> str:
    return ", ".join(f'"{text}"' for text in texts)


def by_lack(reason: str, written: str, lacking: str) -> Words:
    """The reason, and in brackets a form for what lacks and one for what is written."""
    forms = (True, form(lacking)), (False, form(written))

    def says(breaches: Sequence[Breach]) -> str:
        parts = ((tell, [breach for breach in breaches if breach.is_lack is is_lack]) for is_lack, tell in forms)
        return f"{reason} ({'; '.join(tell(some) for tell, some in parts if some)})"

    return says


def of_app_armor(breaches: Sequence[Breach]) -> str:
    """The words of AppArmor profiles, whose reason agrees with their number."""
    # The values of annotations stand behind all others.
    values = sorted({each.value for each in breaches if each.path[0] != "metadata"})
    values += sorted(each.value for each in breaches if each.path[0] == "metadata")
    profiles = "profile" if len(values) == 1 else "profiles"
    who = " and ".join(_setters(breaches))
    return f"forbidden AppArmor {profiles} ({who} must not set AppArmor profile type to {_all_quoted(values)})"


def of_se_linux(breaches: Sequence[Breach]) -> str:
    """The words of SELinux options, of which only types are quoted."""
    kinds = sorted({breach.value for breach in breaches if breach.path[-1] == "type"})
    said = [_named("type", kinds)] if kinds else []
    said += [f"{name} may not be set" for name in ("user", "role") if any(each.path[-1] == name for each in breaches)]
    who = " and ".join(_setters(breaches))
    return f"seLinuxOptions ({who} set forbidden securityContext.seLinuxOptions: {'; '.join(said)})"
