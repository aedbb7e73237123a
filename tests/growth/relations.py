"""Manifests in which all could be compared with all: names and labels that nearly meet, and meet often."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from tests.build import definition

Make = Callable[[int], str]


def _text(objects: Iterable[dict[str, Any]]) -> str:
    return "\n---\n".join(map(json.dumps, objects))


def _object(kind: str, number: int | str, api_version: str = "v1", **more: Any) -> dict[str, Any]:
    metadata = {"name": f"{kind.lower()}-{number}", "namespace": "shop", **more.pop("metadata", {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **more}


def _pod(number: int, labels: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    container = {"name": "a", "image": "example.com/a:1", **spec.pop("container", {})}
    template = {"metadata": {"labels": labels or {"app": f"app-{number}"}}, "spec": {"containers": [container], **spec}}
    selector = {"matchLabels": labels or {"app": f"app-{number}"}}
    return _object("Deployment", number, "apps/v1", spec={"selector": selector, "template": template})


def _service(number: int, selector: dict[str, str], target: str | int = 80) -> dict[str, Any]:
    return _object("Service", number, spec={"selector": selector, "ports": [{"port": 80, "targetPort": target}]})


def services_that_nearly_select(size: int) -> str:
    return _text([*(_pod(n) for n in range(size)), *(_service(n, {"app": f"ap-{n}"}) for n in range(size))])


def services_over_the_same_pods(size: int) -> str:
    pods = (_pod(n, {"app": "web"}, container={"ports": [{"containerPort": 80, "name": "http"}]}) for n in range(size))
    return _text([*pods, *(_service(n, {"app": "web"}, "htp") for n in range(size))])


def services_beside_the_same_pods(size: int) -> str:
    pods = (_pod(n, {"app": "web", "tier": "front"}) for n in range(size))
    return _text([*pods, *(_service(n, {"app": "web", "tier": f"t-{n}"}) for n in range(size))])


def policies_of_the_same_pods(size: int) -> str:
    def policy(number: int) -> dict[str, Any]:
        peers = [{"podSelector": {}}, {"podSelector": {"matchLabels": {"app": f"app-{number}"}}}]
        spec = {
            "podSelector": {"matchLabels": {"app": "web"}} if number % 2 else {},
            "ingress": [{"from": peers, "ports": [{"port": 443}]}],
            "egress": [{"to": peers[:1], "ports": [{"port": 443}]}],
        }
        return _object("NetworkPolicy", number, "networking.k8s.io/v1", spec=spec)

    webhooks = [
        {"name": f"w{n}.example.com", "clientConfig": {"service": {"name": f"service-{n}", "namespace": "shop"}}}
        for n in range(size)
    ]
    configuration = "admissionregistration.k8s.io/v1"
    return _text(
        [
            *(_pod(n, {"app": "web"}) for n in range(size)),
            *(_service(n, {"app": "web"}, 8443) for n in range(size)),
            *map(policy, range(size)),
            _object("ValidatingWebhookConfiguration", 0, configuration, webhooks=webhooks),
        ]
    )


def keys_that_are_nearly_there(size: int) -> str:
    env = [
        {"name": f"E{n}", "valueFrom": {"configMapKeyRef": {"name": "configmap-0", "key": f"kye-{n}"}}}
        for n in range(size)
    ]
    config = _object("ConfigMap", 0, data={f"key-{n}": "" for n in range(size)})
    return _text([config, _pod(0, container={"env": env})])


def config_maps_that_are_nearly_there(size: int) -> str:
    sources = ({"envFrom": [{"configMapRef": {"name": f"confgmap-{n}"}}]} for n in range(size))
    pods = (_pod(n, container=source) for n, source in enumerate(sources))
    return _text([*(_object("ConfigMap", n, data={"a": "b"}) for n in range(size)), *pods])


def one_missing_secret_of_many(size: int) -> str:
    return _text(_pod(n, container={"envFrom": [{"secretRef": {"name": "gone"}}]}) for n in range(size))


def mounts_without_volumes(size: int) -> str:
    mounts = [{"name": f"volme-{n}", "mountPath": f"/m/{n}"} for n in range(size)]
    volumes = [{"name": f"volume-{n}", "emptyDir": {}} for n in range(size)]
    return _text([_pod(0, container={"volumeMounts": mounts}, volumes=volumes)])


def containers_of_a_pod(size: int) -> str:
    containers = [
        {"name": f"c{n}", "image": "a", "ports": [{"containerPort": n, "name": f"p{n}"}]} for n in range(size)
    ]
    pod = _pod(0)
    pod["spec"]["template"]["spec"]["containers"] = containers
    return _text([pod, _service(0, {"app": "app-0"}, "none")])


def unknown_fields(size: int) -> str:
    return _text([_pod(0, container={f"imgae{n}": "x" for n in range(size)})])


def claims_and_volumes(size: int) -> str:
    modes, amount = {"accessModes": ["ReadWriteOnce"]}, "1Gi"
    volumes = (
        _object(
            "PersistentVolume",
            n,
            spec={
                **modes,
                "capacity": {"storage": amount},
                "storageClassName": f"c-{n % 7}",
                "hostPath": {"path": "/"},
            },
        )
        for n in range(size)
    )
    claims = (
        _object(
            "PersistentVolumeClaim",
            n,
            spec={**modes, "resources": {"requests": {"storage": "2Gi"}}, "storageClassName": f"c-{n % 5}"},
        )
        for n in range(size)
    )
    return _text([*volumes, *claims])


def autoscalers_of_nobody(size: int) -> str:
    def scaler(number: int) -> dict[str, Any]:
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"deploymnt-{number}"}
        spec = {"scaleTargetRef": target, "maxReplicas": 3}
        return _object("HorizontalPodAutoscaler", number, "autoscaling/v2", spec=spec)

    return _text([*map(_pod, range(size)), *map(scaler, range(size))])


def bindings_of_roles(size: int) -> str:
    def binding(number: int) -> dict[str, Any]:
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": f"rol-{number}"}
        subjects = [{"kind": "ServiceAccount", "name": f"account-{number}", "namespace": "shop"}]
        return _object("RoleBinding", number, "rbac.authorization.k8s.io/v1", roleRef=role, subjects=subjects)

    roles = (_object("Role", n, "rbac.authorization.k8s.io/v1", rules=[]) for n in range(size))
    return _text([*roles, *map(binding, range(size))])


def _ingress(number: int, paths: Iterable[tuple[str, str, Any]]) -> dict[str, Any]:
    routes = [
        {"path": path, "pathType": "Prefix", "backend": {"service": {"name": service, "port": port}}}
        for path, service, port in paths
    ]
    rules = [{"host": f"h{number % 3}.example.com", "http": {"paths": routes}}]
    return _object("Ingress", number, "networking.k8s.io/v1", spec={"rules": rules})


def ingresses_of_services(size: int) -> str:
    services = (_service(n, {"app": "web"}) for n in range(size))
    ingresses = (_ingress(n, [("/", f"servce-{n}", {"number": 81})]) for n in range(size))
    return _text([*services, *ingresses])


def paths_of_an_ingress(size: int) -> str:
    paths = ((f"/{n % 20}", f"service-{n}", {"name": f"p{n}"}) for n in range(size))
    return _text([_ingress(0, paths), *(_service(n, {"app": "web"}) for n in range(size))])


def stateful_sets_and_services(size: int) -> str:
    def stateful(number: int) -> dict[str, Any]:
        pod = _pod(number)
        spec = {**pod["spec"], "serviceName": f"servic-{number}"}
        return {**_object("StatefulSet", number, "apps/v1"), "spec": spec}

    return _text([*map(stateful, range(size)), *(_service(n, {"app": f"app-{n}"}) for n in range(size))])


def policies_and_budgets(size: int) -> str:
    selector = {"matchLabels": {"app": "web"}}
    policies = (
        _object("NetworkPolicy", n, "networking.k8s.io/v1", spec={"podSelector": selector}) for n in range(size)
    )
    budgets = (
        _object("PodDisruptionBudget", n, "policy/v1", spec={"selector": selector, "minAvailable": 1})
        for n in range(size)
    )
    return _text([*(_pod(n, {"app": "web"}) for n in range(size)), *policies, *budgets])


def selectors_that_nearly_match(size: int) -> str:
    """Budgets, policies, terms and monitors that each miss their pods by a letter."""

    def selector(number: int) -> dict[str, Any]:
        return {"matchLabels": {"app": f"ap-{number}"}}

    def pod(number: int) -> dict[str, Any]:
        term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": selector(number)}
        required = {"requiredDuringSchedulingIgnoredDuringExecution": [term]}
        return _pod(number, affinity={"podAntiAffinity": required}, topologySpreadConstraints=[term])

    def askers(number: int) -> Iterable[dict[str, Any]]:
        policy = {"podSelector": selector(number), "ingress": [{"from": [{"podSelector": selector(number)}]}]}
        monitor = {"selector": selector(number), "endpoints": [{"port": "http"}]}
        yield _object("PodDisruptionBudget", number, "policy/v1", spec={"selector": selector(number)})
        yield _object("NetworkPolicy", number, "networking.k8s.io/v1", spec=policy)
        yield _object("ServiceMonitor", number, "monitoring.coreos.com/v1", spec=monitor)
        yield _object("PodMonitor", number, "monitoring.coreos.com/v1", spec=monitor)
        yield {**_service(number, {"app": f"app-{number}"}), "metadata": _labelled("service", number)}

    return _text([*map(pod, range(size)), *(asker for number in range(size) for asker in askers(number))])


def _labelled(kind: str, number: int) -> dict[str, Any]:
    return {"name": f"{kind}-{number}", "namespace": "shop", "labels": {"app": f"app-{number}"}}


def selectors_that_all_match(size: int) -> str:
    """Workloads, budgets and monitors over the same labels."""
    labels = {"app": "web"}
    selector = {"matchLabels": labels}
    monitor = {"selector": selector, "endpoints": [{"port": "none"}], "podMetricsEndpoints": [{"port": "none"}]}

    def askers(number: int) -> Iterable[dict[str, Any]]:
        yield _object("PodDisruptionBudget", number, "policy/v1", spec={"selector": selector})
        yield _object("ServiceMonitor", number, "monitoring.coreos.com/v1", spec=monitor)
        yield _object("PodMonitor", number, "monitoring.coreos.com/v1", spec=monitor)
        service = _service(number, labels)
        yield {**service, "metadata": {**service["metadata"], "labels": labels}}
        stateful = {**_pod(number, labels)["spec"], "serviceName": f"service-{number}"}
        yield _object("StatefulSet", number, "apps/v1", spec=stateful)

    return _text([*(_pod(n, labels) for n in range(size)), *(each for n in range(size) for each in askers(n))])


def the_same_object(size: int) -> str:
    return _text(_object("ConfigMap", 0, data={"n": str(n)}) for n in range(size))


def the_same_key(size: int) -> str:
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n" + "  a: b\n" * size


def the_same_node_port(size: int) -> str:
    port = {"port": 80, "nodePort": 30080}
    return _text(_object("Service", n, spec={"type": "NodePort", "ports": [port]}) for n in range(size))


def node_ports(size: int) -> str:
    ports = [{"name": f"p{n}", "port": n + 1, "nodePort": 30000 + n % 20} for n in range(size)]
    return _text([_object("Service", 0, spec={"type": "NodePort", "ports": ports})])


def _definition(number: int, properties: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": properties}}}
    return definition(schema, f"Thing{number}")


def definitions_and_resources(size: int) -> str:
    definitions = (_definition(n, {"size": {"type": "integer", "maximum": 1}}) for n in range(size))
    resources = (_object(f"Thing{n}", n, "example.com/v1", spec={"size": 2, "sise": 1}) for n in range(size))
    return _text([*definitions, *resources])


def definitions_of_one_kind(size: int) -> str:
    definitions = (_definition(0, {"size": {"type": "integer", "maximum": n}}) for n in range(size))
    return _text([*definitions, *(_object("Thing0", n, "example.com/v1", spec={"size": 999}) for n in range(size))])


def values_of_an_enum(size: int) -> str:
    values = {"type": "array", "items": {"type": "string", "enum": [f"value-{n}" for n in range(size)]}}
    resource = _object("Thing0", 0, "example.com/v1", spec={"values": [f"valu-{n}" for n in range(size)]})
    return _text([_definition(0, {"values": values}), resource])


def fields_that_a_definition_lacks(size: int) -> str:
    properties = {f"field{n}": {"type": "string"} for n in range(size)}
    resource = _object("Thing0", 0, "example.com/v1", spec={f"feild{n}": "a" for n in range(size)})
    return _text([_definition(0, properties), resource])


def resources_that_make_things(size: int) -> str:
    resources = (_object("Cluster", n, "db.example.com/v1", spec={"secret": f"made-{n}"}) for n in range(size))
    pods = (_pod(n, container={"envFrom": [{"secretRef": {"name": f"cluster-{n}-app"}}]}) for n in range(size))
    return _text([*resources, *pods])


def config_map_keys(size: int) -> str:
    return _text([_object("ConfigMap", 0, data={f"password-{n}": f"hunter{n}" for n in range(size)})])


def secret_keys(size: int) -> str:
    return _text([_object("Secret", 0, data={f"key-{n}": "bm90IHNlY3JldA==" for n in range(size)})])


def items_of_a_list(size: int) -> str:
    listed = [_object("ConfigMap", n, data={"a": 1}) for n in range(size)]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": listed})


def findings_on_one_line(size: int) -> str:
    listed = [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"p{n}"}, "spec": {"a": n}} for n in range(size)]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": listed}, separators=(",", ":"))


_POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n"


def nested_ignores(size: int) -> str:
    lines = []
    for depth in range(size):
        indent = " " * depth
        lines += [f"{indent}# k8slint: ignore[bare-pod] a reason", f"{indent}k{depth}:"]
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: b\nx:\n" + "\n".join(
        f" {line}" for line in lines
    )


def stacked_ignores(size: int) -> str:
    return "# k8slint: ignore[bare-pod] a reason\n" * size + _POD + "    - {name: a, image: a}\n" * size


def ignores_beside(size: int) -> str:
    return _POD + "".join(
        f"    - {{name: c{n}, image: a}} # k8slint: ignore[floating-image-tag] x\n" for n in range(size)
    )


def ignores_of_unknown_rules(size: int) -> str:
    return _POD + "".join(
        f"    - {{name: c{n}, image: a}} # k8slint: ignore[floating-tag-{n}] x\n" for n in range(size)
    )


def aliases(size: int) -> str:
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: &a {b: c}}\nx:\n" + "  - *a\n" * size


def merges(size: int) -> str:
    lines = "".join(f"  k{n}: &a{n}\n    <<: *a{n - 1}\n    f{n}: 1\n" for n in range(1, min(size, 90)))
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx:\n  k0: &a0 {b: c}\n" + lines + "  y: 1\n" * size


def broken_documents(size: int) -> str:
    return "---\n".join(f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p{n}\n" for n in range(size))


def comments_in_a_template(size: int) -> str:
    return "apiVersion: v1\nkind: Pod\na: [\n" + "\n" * size + "# {{\n"


def kustomizations(size: int) -> str:
    listed = "".join(f"  - file-{n}.yaml\n" for n in range(size))
    return f"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n{listed}"


def cron_jobs(size: int) -> str:
    schedule = " ".join([",".join(str(n % 60) for n in range(size)), "* * * *"])
    template = {"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "a"}]}}}}
    return _text([_object("CronJob", 0, "batch/v1", spec={"schedule": schedule, "jobTemplate": template})])


def priorities_and_accounts(size: int) -> str:
    pods = (
        _pod(n, priorityClassName=f"hihg-{n}", serviceAccountName=f"acount-{n}", runtimeClassName=f"r-{n}")
        for n in range(size)
    )
    classes = (_object("PriorityClass", n, "scheduling.k8s.io/v1", value=n) for n in range(size))
    return _text([*pods, *classes, *(_object("ServiceAccount", n) for n in range(size))])


def one_name_in_many_namespaces(size: int) -> str:
    def placed(number: int) -> list[dict[str, Any]]:
        there = {"namespace": f"shop-{number}"}
        config = _object("ConfigMap", 0, metadata=there, data={"a": "b"})
        return [
            config,
            {**_pod(0, container={"envFrom": [{"configMapRef": {"name": "configmap-1"}}]}), "metadata": there},
        ]

    return _text(each for number in range(size) for each in placed(number))


def services_of_one_name(size: int) -> str:
    port = {"port": 80, "nodePort": 30080}
    spaces = ({"name": "a", "namespace": f"shop-{n}" if n < size // 2 else ""} for n in range(size))
    return _text(_object("Service", 0, metadata=each, spec={"type": "NodePort", "ports": [port]}) for each in spaces)


def documents_without_metadata(size: int) -> str:
    return "---\n".join(["kind: Pod\napiVersion: v1\nspec: {a: b}\n"] * size)


def resources_of_an_enum(size: int) -> str:
    crd = _definition(0, {"a": {"type": "string", "enum": [f"value-{n}" for n in range(size)]}})
    return _text([crd, *(_object("Thing0", n, "example.com/v1", spec={"a": f"valu-{n}"}) for n in range(size))])


def items_with_defaults(size: int) -> str:
    properties = {f"f{n}": {"type": "integer", "default": n} for n in range(size)}
    items = {"type": "object", "properties": {**properties, "last": {"type": "integer"}}}
    crd = _definition(0, {"list": {"type": "array", "items": items}})
    return _text([crd, _object("Thing0", 0, "example.com/v1", spec={"list": [{"last": "a"}] * size})])


def values_of_an_expression(size: int) -> str:
    expression = {"key": "app", "operator": "In", "values": [f"v-{n}" for n in range(size)]}
    budget = _object("PodDisruptionBudget", 0, "policy/v1", spec={"selector": {"matchExpressions": [expression]}})
    return _text([budget, *map(_pod, range(size))])


def containers_of_little(size: int) -> str:
    pod = _pod(0)
    pod["spec"]["template"]["spec"]["containers"] = [{"image": "a"}] * size
    return _text([pod])


def fields_of_nothing(size: int) -> str:
    return _text([_pod(0, container={"volumeMounts": [{}] * size, "env": [{}] * size, "ports": [{}] * size})])


def missing_beside_what_is_broken(size: int) -> str:
    pods = (_pod(n, container={"envFrom": [{"secretRef": {"name": f"gone-{n}"}}]}) for n in range(size))
    return "a: {\n---\n" + _text(pods)


def missing_beside_patches(size: int) -> str:
    patches = [{"patch": f"- op: add\n  path: /a\n  value: b{n}\n"} for n in range(size)]
    settings = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "patches": patches}
    env = [
        {"name": f"E{n}", "valueFrom": {"configMapKeyRef": {"name": "configmap-0", "key": f"kye-{n}"}}}
        for n in range(size)
    ]
    return _text([settings, _object("ConfigMap", 0, data={"key": ""}), _pod(0, container={"env": env})])


def accounts_without_a_namespace(size: int) -> str:
    def binding(number: int) -> dict[str, Any]:
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
        subjects = [{"kind": "ServiceAccount", "name": f"acount-{number}", "namespace": "other"}]
        return _object("RoleBinding", number, "rbac.authorization.k8s.io/v1", roleRef=role, subjects=subjects)

    accounts = (_object("ServiceAccount", n, metadata={"namespace": ""}) for n in range(size))
    return _text([*accounts, *map(binding, range(size))])


def services_by_many_labels(size: int) -> str:
    labels = {f"l{n}": "a" for n in range(12)}
    pods = (_pod(n, labels, container={"ports": [{"containerPort": 80, "name": f"p{n}"}]}) for n in range(size))

    def some(number: int) -> dict[str, str]:
        return {f"l{bit}": "a" for bit in range(12) if number >> bit & 1}

    return _text([*pods, *(_service(n, some(n % 4095 + 1), "none") for n in range(size))])


def a_template_of_a_chart(size: int) -> str:
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n" + "  {{- if a }}\n" * size


def _rbac(kind: str, number: int, **more: Any) -> dict[str, Any]:
    return _object(kind, number, "rbac.authorization.k8s.io/v1", **more)


def roles_of_one_subject(size: int) -> str:
    """Each Role lacks what it says, and the subject of all has as many ClusterRoles, which may have it."""
    subjects = [{"kind": "ServiceAccount", "name": "web", "namespace": "shop"}]
    rule = {"apiGroups": [""], "resources": ["nodes", "deployments"], "verbs": ["get"]}
    found = []
    for n in range(size):
        for kind in ("Role", "ClusterRole"):
            ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": f"{kind.lower()}-{n}"}
            found += [_rbac(kind, n, rules=[rule | ({"resources": ["pods"]} if kind == "ClusterRole" else {})])]
            found += [_rbac(f"{kind}Binding", n, subjects=subjects, roleRef=ref)]
    return _text(found)


def rules_of_one_role(size: int) -> str:
    """Each rule means what another may grant, by names or without."""
    rules = (
        {
            "apiGroups": ["", f"g{n}.example"],
            "resources": [f"r-{n}", "pod"],
            "resourceNames": ["a"][: n % 2],
            "verbs": [verb],
        }
        for n in range(size)
        for verb in ("create", "lsit")
    )
    return _text([_rbac("ClusterRole", 0, rules=list(rules))])


ALL: tuple[Make, ...] = (
    services_that_nearly_select,
    services_over_the_same_pods,
    services_beside_the_same_pods,
    policies_of_the_same_pods,
    keys_that_are_nearly_there,
    config_maps_that_are_nearly_there,
    one_missing_secret_of_many,
    mounts_without_volumes,
    containers_of_a_pod,
    unknown_fields,
    claims_and_volumes,
    autoscalers_of_nobody,
    bindings_of_roles,
    ingresses_of_services,
    paths_of_an_ingress,
    stateful_sets_and_services,
    policies_and_budgets,
    selectors_that_nearly_match,
    selectors_that_all_match,
    the_same_object,
    the_same_key,
    the_same_node_port,
    node_ports,
    definitions_and_resources,
    definitions_of_one_kind,
    values_of_an_enum,
    fields_that_a_definition_lacks,
    resources_that_make_things,
    config_map_keys,
    secret_keys,
    items_of_a_list,
    findings_on_one_line,
    nested_ignores,
    stacked_ignores,
    ignores_beside,
    ignores_of_unknown_rules,
    aliases,
    merges,
    broken_documents,
    comments_in_a_template,
    kustomizations,
    cron_jobs,
    priorities_and_accounts,
    one_name_in_many_namespaces,
    services_of_one_name,
    documents_without_metadata,
    resources_of_an_enum,
    items_with_defaults,
    values_of_an_expression,
    containers_of_little,
    fields_of_nothing,
    missing_beside_what_is_broken,
    missing_beside_patches,
    accounts_without_a_namespace,
    a_template_of_a_chart,
    roles_of_one_subject,
    rules_of_one_role,
)
# Every Service selects every pod, each by other labels: a pair costs little, but there are as many as that.
PRODUCTS: tuple[Make, ...] = (services_by_many_labels,)
