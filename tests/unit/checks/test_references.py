"""What the examples of the rules cannot show: files, effects, fixes, related places, Secrets, and data of any shape."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from k8slint.checks import references
from k8slint.cluster.cluster import Cluster
from k8slint.engine.rule import load_rules
from k8slint.loading.composer import compose
from k8slint.loading.document import Document, Source
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.objects.read import read_source

RULES = {rule.id.replace("-", "_"): rule for rule in load_rules().values() if rule.category == "references"}
SECRET_VALUE = "c2VjcmV0LXZhbHVl"  # noqa: S105 - a value that must not be seen


def read(files: Mapping[str, str]) -> tuple[Object, ...]:
    sources = [Source(name, text) for name, text in files.items()]
    readings = [read_source(source, compose(source)) for source in sources]
    assert not any(document.failed for reading in readings for document in reading.documents)
    return tuple(obj for reading in readings for obj in reading.objects)


def problems(check: Callable[..., Iterator[Problem]], files: str | Mapping[str, str]) -> list[Problem]:
    objects = read({"test.yaml": files} if isinstance(files, str) else files)
    return list(found_by(check.__name__, objects, Cluster(objects)))


def found_by(name: str, objects: tuple[Object, ...], cluster: Cluster) -> Iterator[Problem]:
    rule = RULES[name]
    for obj in objects:
        if rule.target == "object" and (not rule.kinds or obj.group_kind in rule.kinds):
            yield from rule.check(obj, cluster)
        elif rule.target == "pod" and obj.pod is not None:
            yield from rule.check(obj.pod, cluster)


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
    problem = only(problems(references.missing_configmap, pod(spec)))
    assert problem.effect == effect
    assert problem.absent == "gone"


def test_a_missing_claim_keeps_the_pod_pending() -> None:
    spec = "{volumes: [{name: a, persistentVolumeClaim: {claimName: gone}}]}"
    problem = only(problems(references.missing_persistent_volume_claim, pod(spec)))
    assert problem.effect == 'The Pod stays Pending: persistentvolumeclaim "gone" not found.'


def test_a_name_is_said_once_for_a_pod() -> None:
    refs = "envFrom: [{configMapRef: {name: gone}}, {configMapRef: {name: gone}}]"
    spec = f"{{containers: [{{name: a, {refs}}}, {{name: b, {refs}}}]}}"
    problem = only(problems(references.missing_configmap, pod(spec)))
    assert problem.path == ("spec", "containers", 0, "envFrom", 0, "configMapRef", "name")


def test_the_name_that_was_meant_is_shown_in_its_file() -> None:
    files = {"config.yaml": CONFIG, "pod.yaml": pod("{containers: [{envFrom: [{configMapRef: {name: confg}}]}]}")}
    problem = only(problems(references.missing_configmap, files))
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
    problem = only(problems(references.missing_configmap_key, {"a.yaml": CONFIG, "b.yaml": pod(spec)}))
    assert problem.effect == effect
    assert problem.message == 'ConfigMap "config" has no key "gone"; it has "LOG_LEVEL", "a.conf"'
    assert (related_file(problem), problem.related[0].path) == ("a.yaml", ("data",))
    assert (problem.absent, problem.unless) == ("", "gone")


def test_many_keys_are_not_all_listed() -> None:
    keys = ", ".join(f"key-{letter}: x" for letter in "abcdefgh")
    config = f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: config}}, data: {{{keys}}}}}"
    files = {"a.yaml": config, "b.yaml": variable("configMap", "config", "gone")}
    problem = only(problems(references.missing_configmap_key, files))
    assert problem.message.endswith('it has "key-a", "key-b", "key-c", "key-d", "key-e", …')


def test_a_key_in_binary_data_has_a_fix_of_its_own() -> None:
    config = "{apiVersion: v1, kind: ConfigMap, metadata: {name: config}, binaryData: {logo: AA==}}"
    files = {"a.yaml": config, "b.yaml": variable("configMap", "config", "logo")}
    assert only(problems(references.missing_configmap_key, files)).fix.startswith("Move the key to data")


def test_no_value_of_a_secret_is_said() -> None:
    files = {
        "a.yaml": SECRET,
        "b.yaml": variable("secret", "secret", "passwd"),
        "c.yaml": variable("secret", "secrets", "password"),
    }
    found = problems(references.missing_secret_key, files) + problems(references.missing_secret, files)
    assert len(found) == 2
    assert not any(SECRET_VALUE in repr((problem.message, problem.effect, problem.fix)) for problem in found)
    assert not any(SECRET_VALUE in other.message for problem in found for other in problem.related)


def test_a_program_that_is_told_the_name_may_add_keys() -> None:
    told = pod("{containers: [{args: [--secret-name=secret]}]}", name="controller")
    files = {"a.yaml": SECRET, "b.yaml": variable("secret", "secret", "gone")}
    assert problems(references.missing_secret_key, files)
    assert not problems(references.missing_secret_key, {**files, "c.yaml": told})


def test_an_inline_patch_may_add_the_key() -> None:
    kustomization = "{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization, patches: [{patch: 'gone: x'}]}"
    files = {"a.yaml": CONFIG, "b.yaml": variable("configMap", "config", "gone"), "c.yaml": kustomization}
    assert not problems(references.missing_configmap_key, files)


def test_an_undefined_volume_of_a_stateful_set_says_what_older_clusters_do() -> None:
    template = "{spec: {containers: [{name: a, image: x, volumeMounts: [{name: gone, mountPath: /x}]}]}}"
    stateful = f"{{apiVersion: apps/v1, kind: StatefulSet, metadata: {{name: db}}, spec: {{template: {template}}}}}"
    assert "1.34" in only(problems(references.undefined_volume, stateful)).effect
    deployment = stateful.replace("StatefulSet", "Deployment")
    assert not only(problems(references.undefined_volume, deployment)).effect


def test_a_role_of_another_kind_is_named_with_the_fix() -> None:
    rbac = "rbac.authorization.k8s.io"
    files = {
        "role.yaml": f"{{apiVersion: {rbac}/v1, kind: Role, metadata: {{name: reader, namespace: shop}}}}",
        "binding.yaml": f"{{apiVersion: {rbac}/v1, kind: RoleBinding, metadata: {{name: a, namespace: shop}}, "
        f"roleRef: {{kind: ClusterRole, name: reader}}}}",
    }
    problem = only(problems(references.missing_role, files))
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
    problem = only(problems(references.hpa_target_missing, autoscaler))
    assert problem.effect.endswith(f'reason FailedGetScale, {resource} "gone" not found.')


def test_the_effect_of_a_missing_backend_quotes_kubectl() -> None:
    backend = "{defaultBackend: {service: {name: gone, port: {number: 80}}}}"
    ingress = f"{{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {{name: a}}, spec: {backend}}}"
    assert '<error: services "gone" not found>' in only(problems(references.ingress_backend_missing, ingress)).effect


def test_a_selector_is_certain_within_a_file_and_an_absence_between_files() -> None:
    web, front = pod("{containers: [{name: a}]}"), service("web", "{app: webb}")
    together = only(problems(references.service_selects_nothing, f"{web}\n---\n{front}"))
    apart = only(problems(references.service_selects_nothing, {"pod.yaml": web, "service.yaml": front}))
    assert (together.absent, together.unless) == ("", "webb")
    assert (apart.absent, apart.unless) == ("webb", "webb")
    assert related_file(apart) == "pod.yaml"
    assert apart.related[0].path == ("metadata", "labels", "app")


def test_a_target_port_points_at_the_port_that_was_meant() -> None:
    web = pod("{containers: [{name: a, ports: [{name: http, containerPort: 80}]}]}")
    files = {"pod.yaml": web, "service.yaml": service("web", "{app: web}", "[{port: 80, targetPort: htpp}]")}
    problem = only(problems(references.service_target_port_missing, files))
    assert (related_file(problem), problem.unless) == ("pod.yaml", "htpp")
    assert problem.related[0].path == ("spec", "containers", 0, "ports", 0, "name")


def test_objects_of_several_files_are_no_duplicates() -> None:
    other = CONFIG.replace("info", "debug")
    assert only(problems(references.duplicate_object, f"{CONFIG}\n---\n{other}"))
    assert not problems(references.duplicate_object, {"a/a.yaml": CONFIG, "a/b.yaml": other})


def test_objects_of_one_kustomization_are_duplicates_even_if_alike() -> None:
    kustomization = "{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization, resources: [a.yaml, %s]}"
    files = {"app/a.yaml": CONFIG, "app/b.yaml": CONFIG, "app/kustomization.yaml": kustomization % "b.yaml"}
    problem = only(problems(references.duplicate_object, files))
    assert problem.message == 'ConfigMap "config" is also in app/a.yaml, of the same kustomization'
    assert problem.effect.startswith("kustomize build fails")
    assert not problems(references.duplicate_object, {**files, "app/kustomization.yaml": kustomization % "c.yaml"})


def test_each_repetition_is_said() -> None:
    text = "\n---\n".join(CONFIG.replace("info", level) for level in ("info", "debug", "warn"))
    assert len(problems(references.duplicate_object, text)) == 2


# Junk where a manifest has something, and a manifest that has something at every place the checks look at.
JUNK = (None, "x", 7, True, [], {}, [None, "x", {}, []], {"x": None, "name": [], "key": {}})
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
  tls: [{secretName: a}]
  defaultBackend: {service: {name: db, port: {number: 7}}}
  rules: [{http: {paths: [{backend: {service: {name: gone, port: {name: http}}}}]}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{resources: [secrets], resourceNames: [x], verbs: [create]}]
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: a}, roleRef: {kind: Role, name: gone}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: a}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: gone}}
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


def places(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every part below the top of a document."""
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, inner in entries:
        yield (*path, step)
        yield from places(inner, (*path, step))


def with_junk(data: Any, path: tuple[str | int, ...], junk: Any) -> Any:
    changed = copy.deepcopy(data)
    parent = changed
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = junk
    return changed


def documents() -> list[Document]:
    return list(compose(Source("test.yaml", WHOLE)))


@pytest.mark.parametrize("index", range(len(documents())))
def test_no_shape_of_data_makes_a_check_fail(index: int) -> None:
    written = documents()
    others = [document for place, document in enumerate(written) if place != index]
    source = written[index].source
    known = [read_source(source, [document]).objects for document in others]
    unchanged = tuple(obj for objects in known for obj in objects)
    for path in places(written[index].data):
        if path[0] in ("apiVersion", "kind"):
            continue
        for junk in JUNK:
            data = with_junk(written[index].data, path, junk)
            changed = read_source(source, [Document(source, 0, 0, data, None)]).objects
            objects = (*changed, *unchanged)
            cluster = Cluster(objects)
            for name in RULES:
                assert all(problem.message for problem in found_by(name, objects, cluster))


def test_the_whole_manifest_is_seen_by_every_check() -> None:
    objects = read({"test.yaml": WHOLE})
    cluster = Cluster(objects)
    silent = {name for name in RULES if not list(found_by(name, objects, cluster))}
    assert silent == set()
