"""What a kustomization has gathered: objects, the fields that transformers change, and variables."""

from __future__ import annotations

from k8slint.rendering.field_specs import ConflictError
from k8slint.rendering.origin import Origin
from k8slint.rendering.problems import Refused
from k8slint.rendering.resources import Resources
from k8slint.rendering.transformer_config import TransformerConfig
from k8slint.rendering.variables import Variable


class Accumulation:
    """The state of a build, which each kustomization adds to; `roots` are the folders that were taken in."""

    __slots__ = ("config", "resources", "roots", "variables")

    def __init__(self) -> None:
        self.resources = Resources()
        self.config = TransformerConfig()
        self.variables: dict[str, Variable] = {}
        self.roots: list[str] = []

    def copy(self) -> Accumulation:
        """The same, for a build that changes it."""
        other = Accumulation()
        other.resources = Resources([each.copy() for each in self.resources])
        other.config, other.variables, other.roots = self.config, dict(self.variables), list(self.roots)
        return other

    def take(self, other: Accumulation, origin: Origin) -> None:
        """Add all that another has gathered.

        Raises:
            Refused: if an object or variable of it is already there.

        Mirrors: sigs.k8s.io/kustomize/api internal/accumulator/resaccumulator.go ResAccumulator.MergeAccumulator
            @ v0.21.1
        """
        self.resources.extend(other.resources)
        self.configure(other.config, origin)
        self.add_variables(list(other.variables.values()))
        self.roots += other.roots

    def configure(self, config: TransformerConfig, origin: Origin) -> None:
        """Add fields for transformers to change.

        Raises:
            Refused: if they contradict those that are there.
        """
        try:
            self.config = self.config.merged(config)
        except ConflictError as error:
            raise Refused(str(error), origin) from None

    def add_variables(self, variables: list[Variable]) -> None:
        """Add variables.

        Raises:
            Refused: if there is one of the name.
        """
        for variable in variables:
            if variable.name in self.variables:
                raise Refused(f'var "{variable.name}" already encountered', variable.origin)
            self.variables[variable.name] = variable
