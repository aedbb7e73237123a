"""`k8slint cluster`: makes the description of a cluster that `schedule`, `why` and `check` read."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from k8slint.cli.streams import read_stdin, write_stdout
from k8slint.usage import UsageError, reason

if TYPE_CHECKING:
    from collections.abc import Iterator

cluster = typer.Typer(name="cluster", help="Describe the cluster that pods are scheduled on.", no_args_is_help=True)

_MOST: Final = 1024 * 1024 * 1024  # kubectl prints hundreds of megabytes for a large cluster
_COMMAND: Final = (
    "kubectl get nodes,pods,pv,pvc,sc,ns,quota,limits,priorityclasses,runtimeclasses,csinodes,pdb -A -o json"
    " | k8slint cluster snapshot - > cluster.yaml"
)
_EXAMPLE: Final = """\
# A cluster for `k8slint schedule PATH --cluster THIS-FILE`: Kubernetes objects, as kubectl get prints them.
# Only what is written here is known; `k8slint cluster snapshot` makes such a file of a cluster that runs.

# Two nodes for everything, in two zones. Pods are placed by what allocatable leaves, not by capacity.
apiVersion: v1
kind: Node
metadata:
  name: node-1
  labels:
    topology.kubernetes.io/zone: a
    disk: ssd
status:
  allocatable: {cpu: "4", memory: 16Gi, ephemeral-storage: 100Gi, pods: "110"}
---
apiVersion: v1
kind: Node
metadata:
  name: node-2
  labels:
    topology.kubernetes.io/zone: b
status:
  allocatable: {cpu: "4", memory: 16Gi, ephemeral-storage: 100Gi, pods: "110"}
---
# A node that only pods with a toleration for dedicated=db may use.
apiVersion: v1
kind: Node
metadata:
  name: node-3
  labels:
    topology.kubernetes.io/zone: c
    disk: ssd
spec:
  taints:
    - {key: dedicated, value: db, effect: NoSchedule}
status:
  allocatable: {cpu: "8", memory: 32Gi, ephemeral-storage: 500Gi, pods: "110"}
---
# What claims get that name no class: a volume made where their pod goes.
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: standard
  annotations:
    storageclass.kubernetes.io/is-default-class: "true"
provisioner: csi.example.com
volumeBindingMode: WaitForFirstConsumer
---
# A disk of one node: the pod whose claim (storageClassName: local) gets it can run nowhere else.
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: local
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: v1
kind: PersistentVolume
metadata:
  name: node-3-disk
spec:
  capacity: {storage: 200Gi}
  accessModes: [ReadWriteOnce]
  storageClassName: local
  local: {path: /mnt/disks/1}
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions:
            - {key: kubernetes.io/hostname, operator: In, values: [node-3]}
status:
  phase: Available
---
# A pod that runs already holds its node before any other is placed.
apiVersion: v1
kind: Pod
metadata:
  name: monitor
  namespace: kube-system
spec:
  nodeName: node-1
  containers:
    - name: monitor
      image: registry.example.com/monitor:1.0
      resources:
        requests: {cpu: 500m, memory: 1Gi}
status:
  phase: Running
"""


class SnapshotFormat(StrEnum):
    """The format that a snapshot is written in."""

    YAML = "yaml"
    JSON = "json"


@cluster.command()
def example() -> None:
    """Print a commented cluster file to start from."""
    typer.echo(_EXAMPLE, nl=False)


@cluster.command()
def snapshot(
    source: Annotated[
        str, typer.Argument(metavar="FILE", help="What kubectl get -o json printed; - is standard input.")
    ] = "-",
    output: Annotated[SnapshotFormat, typer.Option("--output", "-o", help="YAML or JSON.")] = SnapshotFormat.YAML,
    anonymize: Annotated[
        bool,
        typer.Option(
            "--anonymize",
            help="Replace all names, so that it can be shared. Kept as they are: keys of labels and taints, names of "
            "resources and volume drivers, instance types, amounts and times.",
        ),
    ] = False,
) -> None:
    """Cut what kubectl prints of a cluster down to what scheduling goes by."""
    from k8slint.simulation.export.lean import anonymized, lean

    if source == "-" and sys.stdin is not None and sys.stdin.isatty():
        raise UsageError(f"nothing to read; run: {_COMMAND}")
    items = _items(source)
    kept = anonymized(items) if anonymize else lean(items)
    if not any(item.get("kind") == "Node" for item in kept):
        raise UsageError(f"{_shown(source)}: no Node among {len(items)} objects; run: {_COMMAND}")
    listed = {"apiVersion": "v1", "kind": "List", "items": kept}
    if output is SnapshotFormat.JSON:
        write_stdout(json.dumps(listed, indent=1) + "\n")
    else:
        from k8slint.cli.plain_yaml import written

        write_stdout(written(listed))


def _shown(source: str) -> str:
    return "standard input" if source == "-" else source


def _items(source: str) -> list[dict[str, Any]]:
    """The objects of the source; lists are taken apart."""
    data = _bytes(source)
    try:
        documents = [json.loads(data)]
    except (ValueError, RecursionError):
        documents = list(_documents(source, data))
    items: list[dict[str, Any]] = []
    for document in documents:
        listed = document.get("items") if isinstance(document, dict) else None
        entries = listed if isinstance(listed, list) else [document]
        items += [entry for entry in entries if isinstance(entry, dict)]
    return items


def _bytes(source: str) -> bytes:
    if source == "-":
        return read_stdin(limited=False)
    from k8slint.loading.opening import read_file

    try:
        data = read_file(source, _MOST)
    except (OSError, ValueError) as error:
        raise UsageError(f"{source}: {reason(error)}") from None
    if len(data) > _MOST:
        raise UsageError(f"{source}: larger than 1 GiB; pipe it into `k8slint cluster snapshot -`")
    return data


def _documents(source: str, data: bytes) -> Iterator[Any]:
    from k8slint.loading.document import refuse_problems
    from k8slint.loading.load import load

    loaded = load(_shown(source), data)
    if not loaded.documents:
        raise UsageError(f"{_shown(source)}: empty; run: {_COMMAND}")
    for document in loaded.documents:
        refuse_problems(document.problems, document.source)
        yield document.data
