from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from k8slint.apiserver.decoding.types import struct
from k8slint.apiserver.discovery.definitions import definitions_of, served_minors
from k8slint.apiserver.schemas import BUNDLED, NEWEST, schemas_for
from k8slint.bundled import SCHEMAS
from k8slint.values.version import KubernetesVersion

MINORS = [version.minor for version in BUNDLED]
SCRIPT = Path(__file__).parents[3] / "scripts" / "build_schemas.py"


def file_of(minor: int) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((SCHEMAS / "kubernetes" / f"1.{minor}.json").read_text(encoding="utf-8"))
    return content


def test_the_newest_is_1_37_and_eight_minors_are_bundled() -> None:
    assert str(NEWEST) == "1.37"
    assert [str(version) for version in BUNDLED] == [f"1.{minor}" for minor in range(30, 38)]


@pytest.mark.parametrize("minor", MINORS)
def test_a_file_is_json_schema_whose_references_lead_somewhere(minor: int) -> None:
    content = file_of(minor)
    assert content["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    text = json.dumps(content)
    referred = {part.partition('"')[0] for part in text.split('"$ref": "#/$defs/')[1:]}
    assert referred <= content["$defs"].keys()


@pytest.mark.parametrize("minor", MINORS)
def test_reading_line_by_line_gives_what_the_json_says(minor: int) -> None:
    definitions, content = definitions_of(minor), file_of(minor)["$defs"]
    assert set(definitions.names) == set(content)
    assert all(definitions.schema(name) == schema for name, schema in content.items())
    assert definitions.kinds["apps/v1", "Deployment"] == "io.k8s.api.apps.v1.Deployment"
    assert definitions.kinds["v1", "Pod"] == "io.k8s.api.core.v1.Pod"


@pytest.mark.parametrize("minor", MINORS)
def test_every_type_can_be_linked(minor: int) -> None:
    for name, schema in file_of(minor)["$defs"].items():
        assert struct(minor, name).fields.keys() == schema.get("properties", {}).keys()


@pytest.mark.parametrize("minor", MINORS)
def test_no_prose_is_left_but_properties_of_that_name_are(minor: int) -> None:
    content = file_of(minor)["$defs"]
    assert not any(isinstance(schema.get("description"), str) for schema in content.values())
    crd_schema = content["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"]
    assert "description" in crd_schema["properties"]


@pytest.mark.parametrize("minor", MINORS)
def test_the_spans_of_kinds_agree_with_the_files(minor: int) -> None:
    spans = {
        (version, kind)
        for version, kinds in served_minors().items()
        for kind, (first, last) in kinds.items()
        if first <= minor <= last
    }
    assert spans == set(definitions_of(minor).kinds)


@pytest.mark.parametrize("text", ["1.29", "1.38", "2.37"])
def test_a_minor_that_is_not_bundled_is_refused_with_those_that_are(text: str) -> None:
    with pytest.raises(ValueError, match=rf"no schemas of Kubernetes {text}; there are those of 1\.30, .*1\.37"):
        schemas_for(KubernetesVersion.parse(text), ())


def test_the_files_are_what_the_script_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("kubernetes_validate")
    spec = importlib.util.spec_from_file_location("build_schemas", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "OUT", tmp_path)
    script.main()
    for file in tmp_path.iterdir():
        assert file.read_bytes() == (SCHEMAS / "kubernetes" / file.name).read_bytes(), file.name
