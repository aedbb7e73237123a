"""What a dry run starts from, so that a drill can ask again with something changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from k8slint.apiserver.admission.refusal import Refusal
from k8slint.cluster.cluster import Cluster
from k8slint.objects.object import Object
from k8slint.scheduling import Profile
from k8slint.simulation.dry_run import dry_run
from k8slint.simulation.results import DryRun, PodResult, Verdict
from k8slint.values.record import replaced
from k8slint.values.version import KubernetesVersion

# Nodes cannot help a pod that admission refuses, that has a gate, or whose scheduler is not known.
_WITHOUT_NODE = frozenset({Verdict.UNSCHEDULABLE, Verdict.WAITING})


def _as_it_is(run: DryRun) -> DryRun:
    return run


@dataclass(frozen=True, slots=True)
class Premises:
    """The manifests with the described cluster, the Kubernetes minor, and the scheduler's profiles.

    `refused` is what the API server does not take as it is written. `told` makes of a run what may be shown of it.
    """

    cluster: Cluster
    version: KubernetesVersion
    profiles: Sequence[Profile]
    refused: tuple[Refusal, ...] = ()
    told: Callable[[DryRun], DryRun] = _as_it_is

    def run(self, *, explain: bool = False) -> DryRun:
        """The dry run.

        Raises:
            ShapeError: if an object of the cluster description cannot be read.
        """
        return self.told(dry_run(self.cluster, self.version, self.profiles, refused=self.refused, explain=explain))

    def having(self, *, objects: Iterable[Object], description: Iterable[Object] | None) -> Premises:
        """The same with other manifests and another description."""
        described = None if description is None else tuple(description)
        return replace(self, cluster=replaced(self.cluster, objects=tuple(objects), description=described))


def homeless(run: DryRun) -> tuple[PodResult, ...]:
    """The pods that exist, or would once others run, and find no node."""
    return tuple(pod for pod in run.pods if pod.verdict in _WITHOUT_NODE)


def assuming(run: DryRun, assumptions: Iterable[str]) -> DryRun:
    """The run with more assumptions, said first."""
    return replace(run, assumptions=tuple(dict.fromkeys((*assumptions, *run.assumptions))))
