"""Clusters that the dry run accepts, with workloads for them; few inputs have an evil value in the cluster itself."""

from __future__ import annotations

from tests.fuzz.evil import mutated, stream

ZONE, HOSTNAME = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
APPS = ["web", "db", "7"]
SPACES = ["default", "shop", "kube-system"]
CLASSES = ["local", "fast", "slow"]
REQUIRED, PREFERRED = (
    "requiredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
)
# Between these lines stand the parts of one input.
MANIFESTS, SCHEDULER = b"--- # manifests\n", b"--- # scheduler\n"
# In an anonymized snapshot no word of this is left: it is part of names, never of keys.
NAME = "zqznamezqz"


def cluster(chance):
    """A cluster, manifests, and now and then a configuration of the scheduler, one after the other."""
    parts = [stream(_described(chance)), stream(_manifests(chance))]
    if chance.happens(0.3):
        parts.append(stream([_configuration(chance)]))
    return parts[0] + MANIFESTS + SCHEDULER.join(parts[1:])


def snapshot(chance):
    """What kubectl prints of a cluster, every name of it one that must not be left."""
    listed = {"apiVersion": "v1", "kind": "List", "items": _marked(_described(chance), ())}
    return stream([mutated(listed, chance, chance.choice([0, 0, 1, 3]))])


def _marked(value, at):
    if isinstance(value, dict):
        return {key: _marked(entry, (*at, key)) for key, entry in value.items()}
    if isinstance(value, list):
        return [_marked(entry, at) for entry in value]
    if not isinstance(value, str) or not at or at[-1] == HOSTNAME or at[-2:] == ("drivers", "name"):
        return value
    return f"{value}-{NAME}" if at[-1] in NAMED or at[-2:-1] in (("labels",), ("matchLabels",)) else value


NAMED = {
    "name", "namespace", "nodeName", "nominatedNodeName", "uid", "claimName", "volumeName", "storageClassName", "value",
    "priorityClassName", "schedulerName", "runtimeClassName", "image", "podGroupName", "resourceClaimName", "pdName",
    "volumeHandle",
}  # fmt: skip


def _described(chance):
    nodes = [_node(chance, number) for number in range(chance.randint(1, 5))]
    names = [node["metadata"]["name"] for node in nodes]
    objects = [
        *nodes,
        *_classes(chance),
        *_volumes(chance, names),
        *(_running(chance, n, names) for n in range(chance.randint(0, 5))),
    ]
    objects += chance.some([*_policies(chance), *_owners(chance), *_csi(chance, names)], 6)
    # Most of what is wrong with a cluster is told of in a line, and no pod is looked at.
    return mutated(objects, chance, chance.choice([1, 2])) if chance.happens(0.2) else objects


def _meta(name, chance=None, **more):
    return {"name": name, **({"namespace": chance.choice(SPACES)} if chance else {}), **more}


def _node(chance, number):
    name = f"node-{number}"
    labels = {
        ZONE: chance.choice(["a", "b", "c"]),
        "disk": chance.choice(["ssd", "hdd"]),
        "size": chance.choice(["4", "16"]),
    }
    if chance.happens(0.7):
        labels[HOSTNAME] = name
    taint = {
        "key": chance.choice(["dedicated", "gpu"]),
        "effect": chance.choice(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
    }
    amounts = {
        "cpu": chance.choice(["500m", "1", "4", "4000m", 8]),
        "memory": chance.choice(["1Gi", "8Gi", "16000000Ki", "1e9"]),
        "pods": chance.choice(["1", "3", "110", 110]),
        **dict.fromkeys(
            chance.some(["ephemeral-storage", "hugepages-2Mi", "nvidia.com/gpu"]), chance.choice(["0", "2", "100Gi"])
        ),
    }
    condition = {
        "type": chance.choice(["Ready", "MemoryPressure"]),
        "status": chance.choice(["True", "True", "False", "Unknown"]),
    }
    status = {chance.choice(["allocatable", "allocatable", "capacity"]): amounts}
    if chance.happens(0.3):
        status["conditions"] = [condition]
    if chance.happens(0.2):
        status["images"] = [{"names": ["web:1", "registry.example.com/web@sha256:" + "a" * 64], "sizeBytes": 10**9}]
    if chance.happens(0.1):
        status["declaredFeatures"] = ["UserNamespacesHostNetworkSupport"]
    spec = {"taints": [taint | ({"value": "db"} if chance.happens(0.5) else {})]} if chance.happens(0.3) else {}
    if chance.happens(0.1):
        spec["unschedulable"] = True
    return {"apiVersion": "v1", "kind": "Node", "metadata": _meta(name, labels=labels), "spec": spec, "status": status}


def _classes(chance):
    for name in chance.some(CLASSES):
        yield {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": _meta(
                name,
                annotations={"storageclass.kubernetes.io/is-default-class": chance.choice(["true", "false"])},
            ),
            "provisioner": chance.choice(["kubernetes.io/no-provisioner", "csi.example.com", "ebs.csi.aws.com"]),
            "volumeBindingMode": chance.choice(["Immediate", "WaitForFirstConsumer"]),
            **({"allowedTopologies": [_topology(chance)]} if chance.happens(0.2) else {}),
        }


def _topology(chance):
    return {"matchLabelExpressions": [{"key": ZONE, "values": chance.some(["a", "b"])}]}


def _volumes(chance, nodes):
    for number in range(chance.randint(0, 3)):
        terms = [{"matchExpressions": [{"key": HOSTNAME, "operator": "In", "values": [chance.choice(nodes)]}]}]
        disk = chance.choice(
            [
                {"csi": {"driver": "ebs.csi.aws.com", "volumeHandle": f"vol-{number}"}},
                {"gcePersistentDisk": {"pdName": f"disk-{number}"}},
                {"hostPath": {"path": "/data"}},
            ]
        )
        spec = {
            "capacity": {"storage": chance.choice(["1Gi", "10Gi"])},
            "accessModes": [chance.choice(["ReadWriteOnce", "ReadWriteMany", "ReadWriteOncePod"])],
            "storageClassName": chance.choice(["", *CLASSES]),
            **disk,
        }
        if chance.happens(0.5):
            spec["nodeAffinity"] = {"required": {"nodeSelectorTerms": terms}}
        if chance.happens(0.3):
            spec["claimRef"] = {"namespace": "default", "name": "data"}
        phase = {"phase": chance.choice(["Available", "Bound", "Released"])}
        yield {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": _meta(f"pv-{number}"),
            "spec": spec,
            "status": phase,
        }
    for name in chance.some(["data", "logs"]):
        yield _claim(chance, name, {"namespace": "default"})


def _claim(chance, name, more):
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": chance.choice(["1Gi", "5Gi"])}}}
    if chance.happens(0.7):
        spec["storageClassName"] = chance.choice(["", *CLASSES])
    if chance.happens(0.3):
        spec["volumeName"] = "pv-0"
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name, **more}, "spec": spec}


def _csi(chance, nodes):
    drivers = [{"name": "ebs.csi.aws.com", "nodeID": "x", "allocatable": {"count": chance.choice([0, 1, 25])}}]
    yield {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "CSINode",
        "metadata": _meta(chance.choice(nodes)),
        "spec": {"drivers": drivers},
    }
    yield {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "VolumeAttachment",
        "metadata": _meta("attached"),
        "spec": {
            "attacher": "ebs.csi.aws.com",
            "nodeName": chance.choice(nodes),
            "source": {"persistentVolumeName": "pv-0"},
        },
    }


def _running(chance, number, nodes):
    """A pod of the cluster: most of them hold a node, some wait for one."""
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": _meta(f"pod-{number}", chance, uid=f"u-{number}"),
        **_template(chance),
    }
    pod["metadata"]["labels"] = {"app": chance.choice(APPS)}
    if chance.happens(0.8):
        pod["spec"]["nodeName"] = chance.choice(nodes)
    pod["status"] = {"phase": chance.choice(["Running", "Running", "Pending", "Succeeded"])}
    if chance.happens(0.3):
        owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-1", "controller": True, "uid": "r"}
        pod["metadata"]["ownerReferences"] = [owner]
    return pod


def _owners(chance):
    selector = {"matchLabels": {"app": chance.choice(APPS)}}
    spec = {"replicas": 2, "selector": selector, "template": _template(chance)}
    yield {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": _meta("web-1", chance, uid="r"), "spec": spec}
    yield {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _meta("web", chance),
        "spec": {"selector": {"app": "web"}},
    }
    budget = {"selector": selector, chance.choice(["minAvailable", "maxUnavailable"]): chance.choice([0, 1, "50%"])}
    status = {"disruptionsAllowed": chance.choice([0, 1])}
    yield {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": _meta("web", chance),
        "spec": budget,
        "status": status,
    }


def _policies(chance):
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": _meta(chance.choice(SPACES), labels={"team": "blue"})}
    hard = {"pods": chance.choice(["1", "10"]), "requests.cpu": chance.choice(["1", "20"])}
    quota = {"hard": hard, **({"scopes": ["NotTerminating"]} if chance.happens(0.3) else {})}
    yield {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": _meta("quota", chance), "spec": quota}
    limit = {"type": "Container", "default": {"cpu": "500m"}, "max": {"cpu": chance.choice(["1", "8"])}}
    yield {"apiVersion": "v1", "kind": "LimitRange", "metadata": _meta("limits", chance), "spec": {"limits": [limit]}}
    yield {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": _meta("high"), "value": 1000}
    runtime = {"overhead": {"podFixed": {"cpu": "100m"}}, "scheduling": {"nodeSelector": {"disk": "ssd"}}}
    yield {
        "apiVersion": "node.k8s.io/v1",
        "kind": "RuntimeClass",
        "metadata": _meta("sandbox"),
        "handler": "x",
        **runtime,
    }


def _manifests(chance):
    objects = [_workload(chance) for _ in range(chance.randint(1, 5))]
    objects += [_claim(chance, "data", {})] if chance.happens(0.5) else []
    objects += chance.some([*_policies(chance), *_owners(chance)], 2)
    # What is wrong with one of them is a refusal of that one: the others are still placed.
    return mutated(objects, chance, chance.choice([0, 0, 1, 2, 5]))


def _workload(chance):
    kind = chance.choice(
        ["Deployment", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod", "ReplicaSet"]
    )
    template, name = _template(chance), chance.choice(APPS[:2])
    if kind == "Pod":
        return {"apiVersion": "v1", "kind": kind, "metadata": _meta(name), **template}
    if kind in ("Job", "CronJob"):
        template["spec"]["restartPolicy"] = "Never"
        spec = {"template": template, "parallelism": chance.choice([1, 3]), "completions": 3}
        spec = {"schedule": "*/5 * * * *", "jobTemplate": {"spec": spec}} if kind == "CronJob" else spec
        return {"apiVersion": "batch/v1", "kind": kind, "metadata": _meta(name), "spec": spec}
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template}
    template["metadata"] = {"labels": {"app": "web"}}
    if kind != "DaemonSet":
        spec["replicas"] = chance.choice([0, 1, 2, 7])
    if kind == "StatefulSet":
        spec |= {"serviceName": "web", "podManagementPolicy": chance.choice(["OrderedReady", "Parallel"])}
        spec["volumeClaimTemplates"] = [_claim(chance, "data", {})] if chance.happens(0.5) else []
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": _meta(name), "spec": spec}


def _template(chance):
    resources = {
        "requests": dict.fromkeys(
            chance.some(["cpu", "memory", "nvidia.com/gpu"]), chance.choice(["1", "100m", "2Gi", "0"])
        )
    }
    container = {
        "name": "main",
        "image": chance.choice(["web", "web:1", "registry.example.com/web:1"]),
        "resources": resources,
    }
    if chance.happens(0.2):
        container["ports"] = [
            {"containerPort": 80, "hostPort": chance.choice([80, 81]), "hostIP": chance.choice(["", "10.0.0.1"])}
        ]
    spec = {"containers": [container]}
    if chance.happens(0.2):
        spec["initContainers"] = [{**container, "name": "init", "restartPolicy": "Always"}]
    for demand in [*chance.some(DEMANDS, 4), *chance.some(RARE * chance.happens(0.15), 1)]:
        spec |= demand(chance)
    return {"metadata": {"labels": {"app": chance.choice(APPS)}}, "spec": spec}


def _expression(chance):
    return chance.choice(
        [
            {"key": "disk", "operator": "In", "values": ["ssd"]},
            {"key": ZONE, "operator": "NotIn", "values": ["a"]},
            {"key": "size", "operator": "Gt", "values": ["10"]},
            {"key": "gone", "operator": "DoesNotExist"},
            {"key": HOSTNAME, "operator": "Exists"},
        ]
    )


def _node_affinity(chance):
    term = {"matchExpressions": [_expression(chance)]}
    field = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["node-0"]}]}
    hard = {REQUIRED: {"nodeSelectorTerms": [chance.choice([term, field, {}, {**term, **field}])]}}
    soft = {PREFERRED: [{"weight": chance.choice([1, 100]), "preference": term}]}
    return {"affinity": {"nodeAffinity": {**hard, **soft} if chance.happens(0.5) else hard}}


def _pod_affinity(chance):
    term = {
        "topologyKey": chance.choice([ZONE, HOSTNAME]),
        "labelSelector": {"matchLabels": {"app": chance.choice(APPS)}},
    }
    if chance.happens(0.3):
        term |= chance.choice([{"namespaces": SPACES}, {"namespaceSelector": {}}, {"matchLabelKeys": ["app"]}])
    soft = {PREFERRED: [{"weight": 50, "podAffinityTerm": term}]}
    return {"affinity": {chance.choice(["podAffinity", "podAntiAffinity"]): chance.choice([{REQUIRED: [term]}, soft])}}


def _spread(chance):
    constraint = {
        "maxSkew": chance.choice([1, 2]),
        "topologyKey": chance.choice([ZONE, HOSTNAME, "disk"]),
        "whenUnsatisfiable": chance.choice(["DoNotSchedule", "ScheduleAnyway"]),
        "labelSelector": {"matchLabels": {"app": "web"}},
    }
    if chance.happens(0.3) and constraint["whenUnsatisfiable"] == "DoNotSchedule":
        constraint["minDomains"] = chance.choice([1, 3])
    if chance.happens(0.3):
        constraint["nodeTaintsPolicy"] = "Honor"
    return {"topologySpreadConstraints": [constraint]}


def _tolerations(chance):
    toleration = {"key": chance.choice(["dedicated", "gpu"]), "operator": "Exists"}
    return {
        "tolerations": [
            chance.choice([toleration, {"operator": "Exists"}, {**toleration, "operator": "Equal", "value": "db"}])
        ]
    }


def _volume(chance):
    source = chance.choice(
        [
            {"persistentVolumeClaim": {"claimName": chance.choice(["data", "nowhere"])}},
            {"ephemeral": {"volumeClaimTemplate": {"spec": _claim(chance, "x", {})["spec"]}}},
            {"gcePersistentDisk": {"pdName": "disk-0"}},
            {"emptyDir": {}},
        ]
    )
    return {"volumes": [{"name": "data", **source}]}


DEMANDS = [
    _node_affinity,
    _pod_affinity,
    _spread,
    _tolerations,
    _volume,
    lambda chance: {"nodeSelector": {"disk": chance.choice(["ssd", "nvme"])}},
    lambda _: {"priorityClassName": "system-node-critical"},
    lambda chance: {"hostNetwork": True, "hostUsers": chance.choice([True, False])},
    lambda _: {"overhead": {"cpu": "10m"}},
    lambda chance: {"resources": {"requests": {"cpu": chance.choice(["2", "100"])}}},
]
# With these a pod is refused, or no scheduler of ours looks at it.
RARE = [
    lambda _: {"priorityClassName": "high"},
    lambda _: {"runtimeClassName": "sandbox"},
    lambda _: {"schedulingGates": [{"name": "example.com/wait"}]},
    lambda _: {"resourceClaims": [{"name": "gpu", "resourceClaimName": "gpu"}]},
    lambda _: {"schedulingGroup": {"podGroupName": "group"}},
    lambda _: {"schedulerName": "other"},
    lambda chance: {"nodeName": chance.choice(["node-0", "nowhere"])},
]


def _configuration(chance):
    plugins = ["NodeResourcesFit", "InterPodAffinity", "PodTopologySpread", "ImageLocality", "TaintToleration"]
    point = chance.choice(["score", "multiPoint"])
    profile = {
        "schedulerName": chance.choice(["default-scheduler", "other"]),
        "plugins": {point: {"disabled": [{"name": name} for name in chance.some([*plugins, "*"])]}},
        "pluginConfig": [{"name": "NodeResourcesFit", "args": {"scoringStrategy": _strategy(chance)}}],
    }
    made = {"apiVersion": "kubescheduler.config.k8s.io/v1", "kind": "KubeSchedulerConfiguration", "profiles": [profile]}
    return mutated(made, chance, chance.choice([0, 0, 0, 1]))


def _strategy(chance):
    shape = [{"utilization": 0, "score": 0}, {"utilization": 100, "score": 10}]
    kind = chance.choice(["LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"])
    resources = [{"name": "cpu", "weight": 1}, {"name": "nvidia.com/gpu", "weight": 5}]
    return {"type": kind, "resources": resources, "requestedToCapacityRatio": {"shape": shape}}
