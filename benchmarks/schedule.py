"""The pods per second that the scheduler places, at 100, 1,000 and 5,000 nodes, as a Markdown table.

`growth` is how much longer a pod takes than at 100 nodes; the cluster grows 10 and 50 times.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from k8slint.scheduling import Assigned, Listers, Node, Pod, Snapshot, schedule

SIZES = (100, 1000, 5000)
PODS = 5000
SHAPES = 20
SERVICES = [
    {"kind": "Service", "metadata": {"name": f"s{kind}"}, "spec": {"selector": {"app": f"a{kind}"}}}
    for kind in range(SHAPES)
]


def nodes(count: int) -> list[Node]:
    """Nodes in three zones, a tenth of them tainted."""
    return [
        Node.of(
            {
                "metadata": {
                    "name": f"n{number}",
                    "labels": {
                        "kubernetes.io/hostname": f"n{number}",
                        "topology.kubernetes.io/zone": f"z{number % 3}",
                        "disk": "ssd" if number % 2 else "hdd",
                    },
                },
                "spec": {"taints": [{"key": "gpu", "effect": "NoSchedule"}] if number % 10 == 0 else []},
                "status": {"allocatable": {"cpu": "64", "memory": "256Gi", "pods": "110"}},
            }
        )
        for number in range(count)
    ]


def pods(shapes: int, more: Callable[[int], dict[str, Any]]) -> Iterator[Pod]:
    """Pods of so many shapes in turn, as that many Deployments would make them; `more` adds to the spec of a shape."""
    templates = [
        Pod.of(
            {
                "metadata": {"name": f"a{kind}", "labels": {"app": f"a{kind}"}},
                "spec": {
                    "containers": [
                        {"name": "c", "resources": {"requests": {"cpu": f"{100 + 10 * kind}m", "memory": "256Mi"}}}
                    ],
                    **more(kind),
                },
            }
        )
        for kind in range(shapes)
    ]
    return (templates[number % shapes].named(f"p{number}") for number in range(PODS))


def picky(kind: int) -> dict[str, Any]:
    """Demands of some of the shapes on nodes."""
    spec: dict[str, Any] = {}
    if kind % 3 == 0:
        spec["nodeSelector"] = {"disk": "ssd"}
    if kind % 5 == 0:
        spec["tolerations"] = [{"key": "gpu", "operator": "Exists"}]
    return spec


def apart(kind: int) -> dict[str, Any]:
    """A preference to be away from pods of the same shape."""
    term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": f"a{kind}"}}}
    weighted = [{"weight": 100, "podAffinityTerm": term}]
    return {"affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": weighted}}}


def too_large(kind: int) -> dict[str, Any]:
    """A request that no node can meet, at two priorities."""
    return {"containers": [{"name": "c", "resources": {"requests": {"cpu": "65"}}}], "priority": kind % 2}


SCENARIOS: tuple[tuple[str, int, Callable[[int], dict[str, Any]], list[dict[str, Any]]], ...] = (
    ("one shape, cpu and memory", 1, lambda _: {}, []),
    (f"{SHAPES} shapes, taints, node selectors", SHAPES, picky, []),
    (f"{SHAPES} shapes behind Services, spread by default", SHAPES, lambda _: {}, SERVICES),
    (f"{SHAPES} shapes, preferring apart", SHAPES, apart, []),
    (f"{SHAPES} shapes that fit nowhere", SHAPES, too_large, []),
)


def main() -> None:
    """Print the table."""
    print(f"{PODS} pods, pods a second (growth of the time a pod takes)\n")
    print("| pods | " + " | ".join(f"{size:,} nodes" for size in SIZES) + " |")
    print("|---|" + "---:|" * len(SIZES))
    for name, shapes, more, objects in SCENARIOS:
        cells, first = [], 0.0
        for size in SIZES:
            waiting, cluster, facts = list(pods(shapes, more)), nodes(size), Listers.of(objects)
            start = time.perf_counter()
            result = schedule(waiting, Snapshot.of(cluster, facts))
            taken = time.perf_counter() - start
            first = first or taken
            placed = sum(isinstance(outcome, Assigned) for outcome in result.outcomes)
            note = "" if placed == PODS else f", {placed} placed"
            cells.append(f"{PODS / taken:,.0f} (x{taken / first:.1f}{note})")
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
