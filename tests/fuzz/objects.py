"""Objects by the bundled schemas, custom resources by definitions made up here, each with some evil values."""

from __future__ import annotations

import base64
from functools import cache

from k8slint.apiserver.discovery.definitions import NEWEST_MINOR, definitions_of
from tests.fuzz.evil import EVIL, FORMS, QUANTITIES, TEXTS, Raw, stream

# What stands in Secrets, and must be seen in no report.
SECRET = "zqzsecretzqz"  # noqa: S105 - it is what must not be shown
NAMES = ["web", "db", "data", "shop", "a", "kube-system", "http", "local"]
LABELS = [{"app": "web"}, {"app": "db"}, {"app": "web", "tier": "front"}, {}]
DEEPEST = 9
# The kinds that most rules look at come most often.
KINDS = [
    *(("v1", kind) for kind in ("Pod", "Pod", "Pod", "Service", "Service", "ConfigMap", "PersistentVolumeClaim")),
    *(
        ("v1", kind)
        for kind in ("PersistentVolume", "ServiceAccount", "Namespace", "ResourceQuota", "LimitRange", "Node")
    ),
    *(("apps/v1", kind) for kind in ("Deployment", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")),
    *(("batch/v1", kind) for kind in ("Job", "CronJob")),
    *(("networking.k8s.io/v1", kind) for kind in ("Ingress", "NetworkPolicy", "IngressClass")),
    *(("rbac.authorization.k8s.io/v1", kind) for kind in ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("policy/v1", "PodDisruptionBudget"),
    ("storage.k8s.io/v1", "StorageClass"),
    ("scheduling.k8s.io/v1", "PriorityClass"),
    ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
]
# Fields that a random walk would hardly ever draw together, and without which rules see nothing.
WANTED = {
    "metadata",
    "spec",
    "template",
    "containers",
    "selector",
    "name",
    "image",
    "ports",
    "volumes",
    "rules",
    "labels",
}
TYPES = {"Quantity": QUANTITIES, "IntOrString": [80, "http", "50%", 0, -1], "Time": FORMS[27:31]}


def objects(chance):
    """A YAML stream of some objects."""
    evil = chance.choice([0, 0.01, 0.05, 0.15])
    return stream([_object(chance, evil) for _ in range(chance.randint(1, 6))])


def _object(chance, evil):
    if chance.happens(0.1):
        return _secret(chance, evil)
    known = definitions_of(NEWEST_MINOR).kinds
    typed = chance.choice(KINDS) if chance.happens(0.85) else chance.choice(_all_kinds())
    made = _of_definition(known[typed], chance, evil, 0)
    if not isinstance(made, dict):
        return made
    return {"apiVersion": typed[0], "kind": typed[1], "metadata": _metadata(chance), **made} if evil < 0.15 else made


@cache
def _all_kinds():
    return sorted(definitions_of(NEWEST_MINOR).kinds)


def _secret(chance, evil):
    coded = base64.b64encode(SECRET.encode()).decode()
    value = chance.choice([SECRET, [SECRET], {"x": SECRET}, Raw(f'!!binary "{coded}"'), Raw(f"&s {SECRET}"), coded])
    field = chance.choice(["data", "stringData", "stringData"])
    held = {chance.choice(["password", "token", ".dockerconfigjson", "a b"]): value}
    extra = {"immutable": _evil(chance)} if chance.happens(evil) else {}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": _metadata(chance), field: held, **extra}


def _metadata(chance):
    made = {"name": chance.choice(NAMES), "labels": dict(chance.choice(LABELS))}
    return {**made, "namespace": chance.choice(NAMES)} if chance.happens(0.3) else made


def _evil(chance):
    return chance.choice(EVIL)


def _of_definition(name, chance, evil, depth):
    return _of_schema(definitions_of(NEWEST_MINOR).schema(name), chance, evil, depth, name)


def _of_schema(schema, chance, evil, depth, name=""):
    """A value of a schema; anything else as often as `evil` says."""
    if chance.happens(evil) and depth:
        return _evil(chance)
    while (reference := _reference(schema)) in definitions_of(NEWEST_MINOR).names:
        name, schema = reference, definitions_of(NEWEST_MINOR).schema(reference)
    last = name.rpartition(".")[2]
    if last in TYPES:
        return chance.choice(TYPES[last])
    if last == "ObjectMeta":
        return _metadata(chance)
    if "properties" in schema:
        return _mapping(schema, chance, evil, depth)
    if "enum" in schema:
        return chance.choice(schema["enum"])
    return _plain(schema, chance, evil, depth)


def _reference(schema):
    entries = [schema, *schema.get("allOf", ())]
    return next((each["$ref"].rpartition("/")[2] for each in entries if "$ref" in each), "")


def _mapping(schema, chance, evil, depth):
    if depth > DEEPEST:
        return {}
    optional = 0.9 / (1 + depth)
    return {
        key: chance.choice(NAMES) if key == "name" else _of_schema(inner, chance, evil, depth + 1)
        for key, inner in schema["properties"].items()
        if key in schema.get("required", ()) or chance.happens(0.8 if key in WANTED and depth < 6 else optional)
        if not (depth == 0 and key in ("apiVersion", "kind", "status"))
    }


def _plain(schema, chance, evil, depth):
    match schema.get("type"):
        case "array":
            return [_of_schema(schema["items"], chance, evil, depth + 1) for _ in range(chance.choice([1, 1, 2, 0]))]
        case "object" if "additionalProperties" in schema and depth < DEEPEST:
            inner = schema["additionalProperties"]
            return {
                key: _of_schema(inner, chance, evil, depth + 1) for key in chance.some(["app", "cpu", "memory", "a/b"])
            }
        case "integer" | "number":
            return chance.choice([0, 1, 2, 80, 443, 30_080, 65_536, -1])
        case "boolean":
            return chance.choice([True, False])
        case "string":
            return chance.choice([*NAMES, *NAMES, *FORMS, *TEXTS])
    return {}


TYPED = [
    {"type": "string"}, {"type": "string", "enum": ["one", "two", "three"]}, {"type": "string", "pattern": "^[a-z]+$"},
    {"type": "string", "pattern": "(a+)+$"}, {"type": "string", "pattern": "(?!x)"}, {"type": "string", "pattern": "["},
    {"type": "string", "format": "date-time"}, {"type": "string", "format": "ipv4"}, {"type": "string", "maxLength": 3},
    {"type": "integer", "minimum": 1, "exclusiveMinimum": True}, {"type": "integer", "format": "int32", "maximum": 9},
    {"type": "number", "multipleOf": 0.1}, {"type": "number", "multipleOf": 0}, {"type": "boolean", "default": True},
    {"x-kubernetes-int-or-string": True, "pattern": "^[0-9]+%?$"}, {"x-kubernetes-preserve-unknown-fields": True},
    {"type": "object", "additionalProperties": {"type": "integer"}}, {"type": "object",
    "x-kubernetes-embedded-resource": True},
    {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set", "maxItems": 2},
    {"type": "object", "x-kubernetes-validations": [{"rule": "self.a > 0", "message": "x"}]},
    {"$ref": "#/definitions/x"},
    {"$ref": "https://example.com/x.json"}, {"type": "string", "nullable": True, "enum": [None, "a"]},
    {"enum": [1, "1", {}]},
]  # fmt: skip


def custom(chance):
    """A definition and some resources of it, both with evil values."""
    evil = chance.choice([0, 0, 0.03, 0.15])
    schema = _structural(chance, 0)
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"},
        "spec": {
            "group": "example.com",
            "names": {"kind": "Thing", "plural": "things", "listKind": "ThingList", "singular": "thing"},
            "scope": chance.choice(["Namespaced", "Cluster"]),
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    }
    things = [
        {
            "apiVersion": "example.com/v1",
            "kind": "Thing",
            **_of_schema(schema, chance, 0.15, 0),
            "metadata": _metadata(chance),
        }
        for _ in range(chance.randint(1, 4))
    ]
    return stream([_spoilt(crd, chance, evil), *things])


def _structural(chance, depth):
    keys = ["spec", "status", "names", "size", "mode", "items", "x"]
    properties = {
        key: _structural(chance, depth + 1) if depth < 3 and chance.happens(0.4) else dict(chance.choice(TYPED))
        for key in chance.some(keys, 5)
    }
    made = {"type": "object", "properties": properties, "required": chance.some(keys, 2)}
    for keyword in ("allOf", "anyOf", "oneOf", "not"):
        if chance.happens(0.1):
            inner = {"properties": {key: {"maximum": 3} for key in chance.some(properties)}}
            made[keyword] = inner if keyword == "not" else [inner, {"required": chance.some(keys)}]
    return made


def _spoilt(value, chance, evil):
    if chance.happens(evil):
        return _evil(chance)
    if isinstance(value, dict):
        return {key: _spoilt(entry, chance, evil) for key, entry in value.items()}
    return [_spoilt(entry, chance, evil) for entry in value] if isinstance(value, list) else value
