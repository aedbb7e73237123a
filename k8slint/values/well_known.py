"""Labels, annotations, taints and other names that have a meaning to Kubernetes and that several modules need.

Mirrors: k8s.io/api core/v1/well_known_labels.go, well_known_taints.go, annotation_key_constants.go @ v1.36
"""

from __future__ import annotations

from typing import Final

# Labels of nodes.
HOSTNAME: Final = "kubernetes.io/hostname"
OS: Final = "kubernetes.io/os"
ARCH: Final = "kubernetes.io/arch"
ZONE: Final = "topology.kubernetes.io/zone"
REGION: Final = "topology.kubernetes.io/region"
OLD_ZONE: Final = "failure-domain.beta.kubernetes.io/zone"
OLD_REGION: Final = "failure-domain.beta.kubernetes.io/region"
NODE_ROLE_PREFIX: Final = "node-role.kubernetes.io/"

# Taints of nodes. Those that tell the state of a node begin with NODE_PREFIX.
NODE_PREFIX: Final = "node.kubernetes.io/"
NOT_READY: Final = "node.kubernetes.io/not-ready"
UNREACHABLE: Final = "node.kubernetes.io/unreachable"
UNSCHEDULABLE: Final = "node.kubernetes.io/unschedulable"
MEMORY_PRESSURE: Final = "node.kubernetes.io/memory-pressure"
DISK_PRESSURE: Final = "node.kubernetes.io/disk-pressure"
PID_PRESSURE: Final = "node.kubernetes.io/pid-pressure"
NETWORK_UNAVAILABLE: Final = "node.kubernetes.io/network-unavailable"

# Labels of namespaces and pods.
NAMESPACE_NAME: Final = "kubernetes.io/metadata.name"
STATEFUL_SET_POD_NAME: Final = "statefulset.kubernetes.io/pod-name"
POD_INDEX: Final = "apps.kubernetes.io/pod-index"
COMPLETION_INDEX: Final = "batch.kubernetes.io/job-completion-index"
JOB_NAME: Final = "batch.kubernetes.io/job-name"
CONTROLLER_UID: Final = "batch.kubernetes.io/controller-uid"
REVISION_HASH: Final = "controller-revision-hash"

# Storage.
OLD_CLASS: Final = "volume.beta.kubernetes.io/storage-class"
IS_DEFAULT_CLASS: Final = "storageclass.kubernetes.io/is-default-class"
OLD_IS_DEFAULT_CLASS: Final = "storageclass.beta.kubernetes.io/is-default-class"
NO_PROVISIONER: Final = "kubernetes.io/no-provisioner"
SELECTED_NODE: Final = "volume.kubernetes.io/selected-node"
BIND_COMPLETED: Final = "pv.kubernetes.io/bind-completed"
MIGRATED_PLUGINS: Final = "storage.alpha.kubernetes.io/migrated-plugins"

# Annotations of tools.
LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
HELM_HOOK: Final = "helm.sh/hook"
