"""What the examples of the rules cannot show: files, effects, fixes, related places, Secrets, and data of any shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from k8slint.checks.references import (
    autoscalers,
    classes_of_pods,
    duplicates,
    ingress_backends,
    keys_of_pods,
    objects_of_pods,
    role_bindings,
    selected_pods,
    service_accounts,
    target_ports,
)
from k8slint.cluster.cluster import Cluster
from k8slint.engine.rule import load_rules
from k8slint.objects.problem import Problem
from k8slint.values.version import KubernetesVersion
from tests.build import objects_of, places, problems_of, read, spoilt

RULES = {
    rule.id.replace("-", "_"): rule
    for rule in load_rules().values()
    if rule.category == "references" and rule.target != "fields"
}
SECRET_VALUE = "c2VjcmV0LXZhbHVl"  # noqa: S105 - a value that must not be seen


def problems(check: Callable[..., Iterator[Problem]], files: str | Mapping[str, str]) -> list[Problem]:
    cluster = Cluster(read(files, "test.yaml"))
    return list(found_by(check.__name__, cluster))


def found_by(name: str, cluster: Cluster) -> Iterator[Problem]:
    return (problem for obj in cluster.objects for problem in problems_of(RULES[name], obj, cluster))


def only(found: list[Problem]) -> Problem:
    (problem,) = found
    return problem


def related_file(problem: Problem) -> str:
    return problem.related[0].obj.document.source.name


CONFIG = "{apiVersion: v1, kind: ConfigMap, metadata: {name: config}, data: {LOG_LEVEL: info, a.conf: x}}"
SECRET = f"{{apiVersion: v1, kind: Secret, metadata: {{name: secret}}, data: {{password: {SECRET_VALUE}}}}}"


def pod(spec: str, name: str = "web", labels: str = "{app: web}") -> str:
    spec = spec.removesuffix("}") + ", initContainers: [{name: image, image: x}]}"
    return f"{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, labels: {labels}}}, spec: {spec}}}"


def variable(kind: str, name: str, key: str) -> str:
    source = f"valueFrom: {{{kind}KeyRef: {{name: {name}, key: {key}}}}}"
    return pod(f"{{containers: [{{name: a, env: [{{name: A, {source}}}]}}]}}")


def service(name: str, selector: str, ports: str = "[{port: 80}]") -> str:
    return (
        f"{{apiVersion: v1, kind: Service, metadata: {{name: {name}}}, spec: {{selector: {selector}, ports: {ports}}}}}"
    )


@pytest.mark.parametrize(
    ("spec", "effect"),
    [
        (
            "{containers: [{envFrom: [{configMapRef: {name: gone}}]}]}",
            'The container waits in CreateContainerConfigError: configmap "gone" not found.',
        ),
        (
            "{volumes: [{name: files, configMap: {name: gone}}]}",
            (
                "The Pod stays in ContainerCreating; its events say FailedMount: "
                'MountVolume.SetUp failed for volume "files": configmap "gone" not found.'
            ),
        ),
    ],
)
def test_the_effect_of_a_missing_object_is_that_of_its_use(spec: str, effect: str) -> None:
    problem = only(problems(objects_of_pods.missing_configmap, pod(spec)))
    assert problem.effect == effect
    assert problem.rests_on.name == "gone"


def test_a_missing_claim_keeps_the_pod_pending() -> None:
    spec = "{volumes: [{name: a, persistentVolumeClaim: {claimName: gone}}]}"
    problem = only(problems(objects_of_pods.missing_persistent_volume_claim, pod(spec)))
    assert problem.effect == 'The Pod stays Pending: persistentvolumeclaim "gone" not found.'


def test_a_name_is_said_once_for_a_pod() -> None:
    refs = "envFrom: [{configMapRef: {name: gone}}, {configMapRef: {name: gone}}]"
    spec = f"{{containers: [{{name: a, {refs}}}, {{name: b, {refs}}}]}}"
    problem = only(problems(objects_of_pods.missing_configmap, pod(spec)))
    assert problem.path == ("spec", "containers", 0, "envFrom", 0, "configMapRef", "name")


def test_the_name_that_was_meant_is_shown_in_its_file() -> None:
    files = {"config.yaml": CONFIG, "pod.yaml": pod("{containers: [{envFrom: [{configMapRef: {name: confg}}]}]}")}
    problem = only(problems(objects_of_pods.missing_configmap, files))
    assert problem.message == 'ConfigMap "confg" is not among the files; did you mean "config"?'
    assert related_file(problem) == "config.yaml"


@pytest.mark.parametrize(
    ("spec", "effect"),
    [
        (
            "{containers: [{env: [{name: A, valueFrom: {configMapKeyRef: {name: config, key: gone}}}]}]}",
            "The container waits in CreateContainerConfigError: couldn't find key gone in ConfigMap.",
        ),
        (
            "{volumes: [{name: a, configMap: {name: config, items: [{key: gone, path: x}]}}]}",
            "The Pod stays in ContainerCreating; its events say FailedMount: references non-existent config key: gone.",
        ),
        (
            (
                "{volumes: [{name: a, configMap: {name: config}}], "
                "containers: [{volumeMounts: [{name: a, mountPath: /x, subPath: gone}]}]}"
            ),
            (
                "The kubelet mounts an empty directory in place of the file and says nothing; "
                "where the image has a file there, the container does not start: not a directory."
            ),
        ),
    ],
)
def test_the_effect_of_a_missing_key_is_that_of_its_use(spec: str, effect: str) -> None:
    problem = only(problems(keys_of_pods.missing_configmap_key, {"a.yaml": CONFIG, "b.yaml": pod(spec)}))
    assert problem.effect == effect
    assert problem.message == 'ConfigMap "config" has no key "gone"; it has "LOG_LEVEL", "a.conf"'
    assert (related_file(problem), problem.related[0].path) == ("a.yaml", ("data",))
    assert problem.rests_on == ("", "gone")


def test_many_keys_are_not_all_listed() -> None:
    keys = ", ".join(f"key-{letter}: x" for letter in "abcdefgh")
    config = f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: config}}, data: {{{keys}}}}}"
    files = {"a.yaml": config, "b.yaml": variable("configMap", "config", "gone")}
    problem = only(problems(keys_of_pods.missing_configmap_key, files))
    assert problem.message.endswith('it has "key-a", "key-b", "key-c", "key-d", "key-e", …')


def test_a_key_in_binary_data_has_a_fix_of_its_own() -> None:
    config = "{apiVersion: v1, kind: ConfigMap, metadata: {name: config}, binaryData: {logo: AA==}}"
    files = {"a.yaml": config, "b.yaml": variable("configMap", "config", "logo")}
    assert only(problems(keys_of_pods.missing_configmap_key, files)).fix.startswith("Move the key to data")


def test_no_value_of_a_secret_is_said() -> None:
    files = {
        "a.yaml": SECRET,
        "b.yaml": variable("secret", "secret", "passwd"),
        "c.yaml": variable("secret", "secrets", "password"),
    }
    found = problems(keys_of_pods.missing_secret_key, files) + problems(objects_of_pods.missing_secret, files)
    assert len(found) == 2
    assert not any(SECRET_VALUE in repr((problem.message, problem.effect, problem.fix)) for problem in found)
    assert not any(SECRET_VALUE in other.message for problem in found for other in problem.related)


def test_a_program_that_is_told_the_name_may_add_keys() -> None:
    told = pod("{containers: [{args: [--secret-name=secret]}]}", name="controller")
    files = {"a.yaml": SECRET, "b.yaml": variable("secret", "secret", "gone")}
    assert problems(keys_of_pods.missing_secret_key, files)
    assert not problems(keys_of_pods.missing_secret_key, {**files, "c.yaml": told})


def test_an_inline_patch_may_add_the_key() -> None:
    kustomization = "{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization, patches: [{patch: 'gone: x'}]}"
    files = {"a.yaml": CONFIG, "b.yaml": variable("configMap", "config", "gone"), "c.yaml": kustomization}
    assert not problems(keys_of_pods.missing_configmap_key, files)


def test_a_role_of_another_kind_is_named_with_the_fix() -> None:
    rbac = "rbac.authorization.k8s.io"
    files = {
        "role.yaml": f"{{apiVersion: {rbac}/v1, kind: Role, metadata: {{name: reader, namespace: shop}}}}",
        "binding.yaml": f"{{apiVersion: {rbac}/v1, kind: RoleBinding, metadata: {{name: a, namespace: shop}}, "
        f"roleRef: {{kind: ClusterRole, name: reader}}}}",
    }
    problem = only(problems(role_bindings.missing_role, files))
    assert problem.path == ("roleRef", "kind")
    assert problem.fix == "Write kind: Role."
    assert problem.effect.endswith(f'RBAC: clusterrole.{rbac} "reader" not found.')
    assert related_file(problem) == "role.yaml"


@pytest.mark.parametrize(
    ("kind", "resource"),
    [("Deployment", "deployments/scale.apps"), ("ReplicationController", "replicationcontrollers/scale")],
)
def test_the_autoscalers_condition_is_quoted(kind: str, resource: str) -> None:
    target = f"{{scaleTargetRef: {{kind: {kind}, name: gone}}}}"
    autoscaler = f"{{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {{name: a}}, spec: {target}}}"
    problem = only(problems(autoscalers.hpa_target_missing, autoscaler))
    assert problem.effect.endswith(f'reason FailedGetScale, {resource} "gone" not found.')


def test_the_effect_of_a_missing_backend_quotes_kubectl() -> None:
    backend = "{defaultBackend: {service: {name: gone, port: {number: 80}}}}"
    ingress = f"{{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {{name: a}}, spec: {backend}}}"
    assert (
        '<error: services "gone" not found>' in only(problems(ingress_backends.ingress_backend_missing, ingress)).effect
    )


def test_a_selector_is_certain_within_a_file_and_an_absence_between_files() -> None:
    web, front = pod("{containers: [{name: a}]}"), service("web", "{app: webb}")
    together = only(problems(selected_pods.service_selects_nothing, f"{web}\n---\n{front}"))
    apart = only(problems(selected_pods.service_selects_nothing, {"pod.yaml": web, "service.yaml": front}))
    assert together.rests_on == ("", "webb")
    assert apart.rests_on == ("webb", "webb")
    assert related_file(apart) == "pod.yaml"
    assert apart.related[0].path == ("metadata", "labels", "app")


def test_a_target_port_points_at_the_port_that_was_meant() -> None:
    web = pod("{containers: [{name: a, ports: [{name: http, containerPort: 80}]}]}")
    files = {"pod.yaml": web, "service.yaml": service("web", "{app: web}", "[{port: 80, targetPort: htpp}]")}
    problem = only(problems(target_ports.service_target_port_missing, files))
    assert (related_file(problem), problem.rests_on.mended_by) == ("pod.yaml", "htpp")
    assert problem.related[0].path == ("spec", "containers", 0, "ports", 0, "name")


def test_objects_of_several_files_are_no_duplicates() -> None:
    other = CONFIG.replace("info", "debug")
    assert only(problems(duplicates.duplicate_object, f"{CONFIG}\n---\n{other}"))
    assert not problems(duplicates.duplicate_object, {"a/a.yaml": CONFIG, "a/b.yaml": other})


def test_objects_of_one_kustomization_are_duplicates_even_if_alike() -> None:
    kustomization = "{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization, resources: [a.yaml, %s]}"
    files = {"app/a.yaml": CONFIG, "app/b.yaml": CONFIG, "app/kustomization.yaml": kustomization % "b.yaml"}
    problem = only(problems(duplicates.duplicate_object, files))
    assert problem.message == 'ConfigMap "config" is also in app/a.yaml, of the same kustomization'
    assert problem.effect.startswith("kustomize build fails")
    assert not problems(duplicates.duplicate_object, {**files, "app/kustomization.yaml": kustomization % "c.yaml"})


def test_each_repetition_is_said() -> None:
    text = "\n---\n".join(CONFIG.replace("info", level) for level in ("info", "debug", "warn"))
    assert len(problems(duplicates.duplicate_object, text)) == 2


@pytest.mark.parametrize(
    ("manifest", "effect"),
    [
        (
            "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}, spec: %s}",
            "The API server refuses the Pod, forbidden: ",
        ),
        (
            "{apiVersion: batch/v1, kind: Job, metadata: {name: a, namespace: shop}, spec: {template: {spec: %s}}}",
            "No Pod is made; the events say FailedCreate, forbidden: ",
        ),
    ],
)
def test_without_its_account_a_pod_is_refused_in_the_servers_words(manifest: str, effect: str) -> None:
    spec = "{serviceAccountName: web, containers: [{name: a, image: x}]}"
    problem = only(problems(service_accounts.missing_service_account, manifest % spec))
    said = 'error looking up service account shop/web: serviceaccount "web" not found.'
    assert problem.effect == effect + said
    assert problem.rests_on.name == "web"


def test_the_namespace_of_an_account_that_no_file_says_is_not_said() -> None:
    problem = only(problems(service_accounts.missing_service_account, pod("{serviceAccountName: gone}")))
    assert problem.effect.endswith('error looking up service account gone: serviceaccount "gone" not found.')


@pytest.mark.parametrize(
    ("check", "field", "refusal"),
    [
        (classes_of_pods.missing_priority_class, "priorityClassName", "no PriorityClass with name high was found."),
        (classes_of_pods.missing_runtime_class, "runtimeClassName", 'pod rejected: RuntimeClass "high" not found.'),
    ],
)
def test_a_class_is_missed_only_among_others(check: Callable[..., Iterator[Problem]], field: str, refusal: str) -> None:
    wanting = pod(f"{{{field}: high}}")
    assert not problems(check, wanting)
    others = [
        "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: bulk}, value: 1}",
        "{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: bulk}, handler: x}",
    ]
    problem = only(problems(check, "\n---\n".join([wanting, *others])))
    assert problem.path == ("spec", field)
    assert problem.effect == f"The API server refuses the Pod, forbidden: {refusal}"


def test_a_part_of_a_patch_names_classes_that_may_be_none_of_this_run() -> None:
    patch = (
        "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {serviceAccountName: gone, containers: [{name: a}]}}"
    )
    assert not problems(service_accounts.missing_service_account, patch)


BINDING = """
apiVersion: rbac.authorization.k8s.io/v1
kind: %s
metadata: {name: a, namespace: '%s'}
roleRef: {kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: web, namespace: '%s'}]
"""


@pytest.mark.parametrize(
    ("kind", "own", "namespace", "expected"),
    [
        ("RoleBinding", "shop", "shop", True),
        ("RoleBinding", "shop", "", True),
        ("RoleBinding", "blog", "shop", True),
        ("RoleBinding", "shop", "blog", False),
        ("ClusterRoleBinding", "", "shop", True),
        ("ClusterRoleBinding", "", "blog", False),
        ("ClusterRoleBinding", "", "", False),
    ],
)
def test_subjects_are_missed_in_namespaces_that_the_files_fill(
    kind: str, own: str, namespace: str, expected: bool
) -> None:
    other = "\n---\n{apiVersion: v1, kind: ServiceAccount, metadata: {name: worker, namespace: shop}}"
    found = problems(service_accounts.missing_service_account, BINDING % (kind, own, namespace) + other)
    assert [problem.path for problem in found] == [("subjects", 0, "name")] * expected


def test_a_subject_of_another_namespace_is_shown() -> None:
    account = "\n---\n{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: blog}}"
    problem = only(
        problems(service_accounts.missing_service_account, BINDING % ("ClusterRoleBinding", "", "shop") + account)
    )
    assert problem.message.endswith('the one in namespace "blog" cannot be used from "shop"')
    assert problem.related[0].path == ("metadata", "namespace")


def secret(name: str, namespace: str) -> str:
    return f"\n---\n{{apiVersion: v1, kind: Secret, metadata: {{name: {name}, namespace: {namespace}}}}}"


INGRESS = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec: {tls: [{hosts: [a]}, {secretName: web-tls}, {secretName: '${TLS}'}]}
"""


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ("", False),
        (secret("other", "shop"), False),
        (secret("web-tsl", "shop"), True),
        (secret("web-tls", "blog"), True),
        (secret("web-tls", "blog") + secret("web-tls", "shop"), False),
    ],
)
def test_a_certificate_is_missed_only_where_its_like_is_there(others: str, expected: bool) -> None:
    found = problems(objects_of_pods.missing_secret, INGRESS + others)
    assert [problem.path for problem in found] == [("spec", "tls", 1, "secretName")] * expected


def test_the_effect_of_a_missing_certificate_is_that_of_its_kind() -> None:
    gateway = (
        "{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: web, namespace: shop}, "
        "spec: {listeners: [{tls: {certificateRefs: [{name: web-tls}, {name: web-tls, namespace: blog}]}}]}}"
    )
    of_ingress = only(problems(objects_of_pods.missing_secret, INGRESS + secret("web-tls", "blog")))
    of_gateway = only(problems(objects_of_pods.missing_secret, gateway + secret("web-tls", "blog")))
    assert "a certificate of its own" in of_ingress.effect
    assert "InvalidCertificateRef" in of_gateway.effect


def test_a_secret_of_a_registry_in_another_namespace_does_not_help() -> None:
    wanting = (
        "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}, "
        "spec: {imagePullSecrets: [{name: registry}], containers: [{name: a, image: x}]}}"
    )
    assert not problems(objects_of_pods.missing_secret, wanting)
    problem = only(problems(objects_of_pods.missing_secret, wanting + secret("registry", "blog")))
    assert problem.message.endswith('the one in namespace "blog" cannot be used from "shop"')
    assert "ImagePullBackOff" in problem.effect


def test_a_service_of_another_namespace_than_its_pods_has_a_fix_of_its_own() -> None:
    pods = pod("{containers: []}").replace("name: web,", "name: web, namespace: blog,")
    wanting = service("web", "{app: web}").replace("{name: web}", "{name: web, namespace: shop}")
    problem = only(problems(selected_pods.service_selects_nothing, {"a.yaml": wanting, "b.yaml": pods}))
    assert problem.message == (
        'selector app=web matches Pods of Pod "web" in namespace "blog" only; a Service selects in its own namespace'
    )
    assert problem.fix.startswith("Put the Service into the namespace of its Pods")
    assert problem.rests_on.name == "web"


def test_pods_of_other_folders_without_a_namespace_say_nothing_of_a_service() -> None:
    two = pod("{containers: []}", "one", "{app: one}") + "\n---\n" + pod("{containers: []}", "two", "{app: two}")
    wanting = service("search", "{app: search}")
    problem = only(problems(selected_pods.service_selects_nothing, {"a/s.yaml": wanting, "a/p.yaml": two}))
    assert problem.message == "selector app=search matches no Pod; the Pods beside it have app=one, app=two"
    assert not problems(selected_pods.service_selects_nothing, {"a/s.yaml": wanting, "b/p.yaml": two})


def test_a_service_may_mean_pods_that_a_custom_resource_makes() -> None:
    two = pod("{containers: []}", "one", "{app: one}") + "\n---\n" + pod("{containers: []}", "two", "{app: two}")
    files = {"a/s.yaml": service("search", "{app: search}"), "a/p.yaml": two}
    thing = "{apiVersion: example.com/v1, kind: Thing, metadata: {name: other}}"
    monitor = "{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: other}}"
    assert not problems(selected_pods.service_selects_nothing, files | {"b/t.yaml": thing})
    assert problems(selected_pods.service_selects_nothing, files | {"b/t.yaml": monitor})


def scaled(api_version: str) -> str:
    ref = f"{{apiVersion: '{api_version}', kind: Deployment, name: web}}"
    return f"{{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, spec: {{scaleTargetRef: {ref}}}}}"


@pytest.mark.parametrize(
    ("minor", "api_version", "said"),
    [
        (33, "", "a reference without apiVersion has no Deployment: it is in apps/v1"),
        (33, "v1", 'apiVersion "v1" has no Deployment: it is in apps/v1'),
        (34, "v1", ""),  # refused by the API server
        (34, "extensions/v1beta1", 'apiVersion "extensions/v1beta1" has no Deployment: it is in apps/v1'),
        (33, "apps/v1beta1", ""),
    ],
)
def test_a_target_of_the_core_group_is_left_to_the_api_server_where_it_refuses_it(
    minor: int, api_version: str, said: str
) -> None:
    cluster = Cluster(read(scaled(api_version)), version=KubernetesVersion(1, minor))
    found = [problem.message for problem in found_by("hpa_target_not_scalable", cluster)]
    assert found == ([said] if said else [])


def test_the_effect_of_a_webhook_without_service_quotes_its_name_as_it_is() -> None:
    service = "{apiVersion: v1, kind: Service, metadata: {name: guard, namespace: guard}, spec: {ports: [{port: 443}]}}"
    hooks = "[{name: '{0}.example.com', clientConfig: {service: {name: gaurd, namespace: guard}}}]"
    kind = "admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration"
    webhook = f"{{apiVersion: {kind}, metadata: {{name: a}}, webhooks: {hooks}}}"
    problem = only(list(found_by("webhook_service_missing", Cluster(read(f"{service}\n---\n{webhook}")))))
    assert problem.effect == (
        'The requests that it covers are refused: failed calling webhook "{0}.example.com": service "gaurd" not found.'
    )


def test_a_description_that_lists_namespaces_or_classes_has_listed_all() -> None:
    config = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: billing}}"
    ingress = "{apiVersion: networking.k8s.io/v1, kind: Ingress, spec: {ingressClassName: internal}}"
    described = (
        "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n---\n"
        "{apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: alb}}"
    )
    for name, file in (("missing_namespace", config), ("missing_ingress_class", ingress)):
        assert not list(found_by(name, Cluster(read(file), description=())))
        only(list(found_by(name, Cluster(read(file), description=read(described, "cluster.yaml")))))


# Junk where a manifest has something, and a manifest that has something at every place the checks look at.
JUNK = (None, "x", 7, True, [], {}, [None, "x", {}, []], {"x": None, "name": [], "key": {}})
SELECTORS = """
apiVersion: v1
kind: Service
metadata: {name: lion, namespace: zoo, labels: {app: lion}}
spec: {selector: {app: lion}, ports: [{name: roar, port: 1}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: lion, namespace: zoo}
spec:
  serviceName: lion
  replicas: 2
  selector: {matchLabels: {app: lion}, matchExpressions: [{key: app, operator: In, values: [lion]}]}
  template:
    metadata: {labels: {app: lion}}
    spec:
      affinity:
        podAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - {topologyKey: z, labelSelector: {matchLabels: {app: loin}}}
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - weight: 1
              podAffinityTerm: {labelSelector: {matchExpressions: [{key: app, operator: In, values: [loin]}]}}
      topologySpreadConstraints: [{maxSkew: 1, topologyKey: z, labelSelector: {matchLabels: {app: loin}}}]
      containers: [{name: lion, image: lion}]
---
apiVersion: v1
kind: ReplicationController
metadata: {name: cub, namespace: zoo}
spec:
  selector: {app: lion}
  template: {metadata: {labels: {app: lion}}, spec: {containers: [{name: lion, image: lion}]}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: pride, namespace: zoo}
spec: {selector: {matchLabels: {app: lion}}}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: all, namespace: zoo}, spec: {selector: {}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: gone, namespace: zoo}
spec: {selector: {matchLabels: {app: loin}}}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: gone, namespace: zoo}
spec: {selector: {matchLabels: {app: loin}}, namespaceSelector: {matchNames: [zoo]}, endpoints: [{port: roar}]}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: port, namespace: zoo}
spec: {selector: {matchLabels: {app: lion}}, endpoints: [{port: raor}]}
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: gone, namespace: zoo}
spec: {selector: {matchLabels: {app: loin}}, podMetricsEndpoints: [{port: roar}]}
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: port, namespace: zoo}
spec: {selector: {matchLabels: {app: lion}}, podMetricsEndpoints: [{port: raor}]}
"""
WHOLE = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop, labels: {app: db}, annotations: {a: b}}
spec:
  serviceName: gone
  ordinals: {start: 1}
  volumeClaimTemplates: [{metadata: {name: data}}]
  template:
    metadata: {labels: {app: orders, tier: data}}
    spec:
      imagePullSecrets: [{name: regcreds}]
      serviceAccountName: gone
      priorityClassName: hihg
      runtimeClassName: sandbox
      containers:
        - name: db
          image: postgres
          command: [create, --secret-name=x]
          args: [--tls, x]
          ports: [{name: sql, containerPort: 5432, protocol: TCP}]
          env: [{name: SECRET_NAME, value: x}, {name: B, valueFrom: {secretKeyRef: {name: secret, key: gone}}}]
          envFrom: [{configMapRef: {name: gone}}, {secretRef: {name: gone, optional: false}}]
          volumeMounts: [{name: gone, mountPath: /x}, {name: config, mountPath: /y, subPath: gone}]
          volumeDevices: [{name: gone, devicePath: /z}]
      volumes:
        - {name: config, configMap: {name: config}}
        - {name: claim, persistentVolumeClaim: {claimName: gone}}
        - {name: chosen, secret: {secretName: secret, items: [{key: gone, path: a}]}}
        - {name: all, projected: {sources: [{configMap: {name: config, items: [{key: gone}]}}]}}
        - {name: own, ephemeral: {volumeClaimTemplate: {}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: config}, data: {a: b}, binaryData: {c: AA==}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: config}, data: {a: "kubectl create"}}
---
{apiVersion: v1, kind: Secret, metadata: {name: secret}, type: Opaque, data: {a: AA==}, stringData: {b: c}}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop, annotations: {service.beta.openshift.io/serving-cert-secret-name: x}}
spec: {type: ClusterIP, selector: {app: ordres}, ports: [{name: sql, port: 1, targetPort: sql, protocol: TCP}]}
---
{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {selector: {app: orders}, ports: [{targetPort: sq}]}}
---
{apiVersion: v1, kind: Endpoints, metadata: {name: other}}
---
{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a, labels: {kubernetes.io/service-name: b}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: a, annotations: {cert-manager.io/issuer: a}}
spec:
  ingressClassName: ngnix
  tls: [{secretName: a}]
  defaultBackend: {service: {name: db, port: {number: 7}}}
  rules: [{http: {paths: [{backend: {service: {name: gone, port: {name: http}}}}]}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{resources: [secrets], resourceNames: [x], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: a, namespace: shop}
roleRef: {kind: Role, name: gone}
subjects: [{kind: ServiceAccount, name: gone, namespace: shop}]
---
{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 7}
---
{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: sandboxed}, handler: runsc}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec: {listeners: [{name: https, tls: {certificateRefs: [{kind: Secret, name: secrte}]}}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: a}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: gone}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: b}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: DaemonSet, name: agent}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: a, namespace: blog}
spec:
  parentRefs: [{name: edge, namespace: shop, sectionName: htps}, {name: egde, namespace: shop}, {name: edge}]
  rules:
    - backendRefs: [{name: db, namespace: shop, port: 7}, {name: gone, namespace: shop}]
      filters: [{type: RequestMirror, requestMirror: {backendRef: {kind: Service, name: db, port: 1}}}]
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: a, namespace: shop}
spec: {from: [{kind: GRPCRoute, namespace: blog}], to: [{kind: Service, name: db}]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: a}
webhooks: [{name: a.example.com, clientConfig: {service: {name: db, namespace: shop, port: 443}}}]
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.example.com}
spec: {service: {name: gone, namespace: shop}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  names: {kind: Thing}
  scope: Namespaced
  conversion: {strategy: Webhook, webhook: {clientConfig: {service: {name: db, namespace: shop, port: 2}}}}
  versions: [{name: v1}, {name: v2}]
---
{apiVersion: v1, kind: Namespace, metadata: {name: blgo}}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: owned
  namespace: blog
  ownerReferences:
    - {apiVersion: apps/v1, kind: StatefulSet, name: db, uid: 6f7e1a0c-5b4d-4a46-9d8e-0a7b1c2d3e4f}
    - {apiVersion: example.com/v1, kind: Thing, name: gone, uid: 6f7e1a0c-5b4d-4a46-9d8e-0a7b1c2d3e4f}
imagePullSecrets: [{name: gone}]
---
{apiVersion: example.com/v1, kind: Thing, metadata: {name: thing}, spec: {a: [b, {c: d}], env: [{name: e}]}}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: app, namespace: argocd}
spec: {destination: {namespace: elsewhere}, sources: [{path: a/b, helm: {releaseName: r}, chart: c}]}
---
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [test.yaml]
patches: [{patch: x}]
patchesStrategicMerge: [x]
configMapGenerator: [{name: made, namespace: n, literals: [a=b], files: [c], envs: []}]
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: made}
spec: {target: {name: made-too, template: {data: {a: b}, templateFrom: []}}, data: [{secretKey: a}], dataFrom: []}
"""


@pytest.mark.parametrize(
    ("text", "index"), [(text, index) for text in (WHOLE, SELECTORS) for index in range(len(read(text)))]
)
def test_no_shape_of_data_makes_a_check_fail(text: str, index: int) -> None:
    written = read(text, "test.yaml")
    unchanged = [obj for place, obj in enumerate(written) if place != index]
    for path in places(written[index].data):
        if path[0] in ("apiVersion", "kind"):
            continue
        for junk in JUNK:
            data = spoilt(written[index].data, path, junk)
            cluster = Cluster((*objects_of(data, file="test.yaml"), *unchanged))
            for name in RULES:
                assert all(problem.message for problem in found_by(name, cluster))


def test_the_whole_manifest_is_seen_by_every_check() -> None:
    clusters = [Cluster(read(text, "test.yaml")) for text in (WHOLE, SELECTORS)]
    silent = {name for name in RULES if not any(list(found_by(name, cluster)) for cluster in clusters)}
    assert silent == set()
