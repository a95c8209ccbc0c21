"""Unit, compose file and manifest: valid by their own tools, with settings that exist, and as little rights as the page says."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from architecture import ROOT

from detectapi.settings import SETTINGS
from detectapi.settings.checking import contradictions

DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
OURS = {name: one for name, one in COMPOSE["services"].items() if one["image"].startswith("detectapi:")}
MANIFEST = yaml.safe_load((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8"))["items"]
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
OF_POSTGRES = {"PGPASSWORD"}
"""Variables that are read by the library of PostgreSQL, not by us."""


def workloads():
    """The specification of the pods of each Deployment."""
    return {
        item["metadata"]["name"]: item["spec"]["template"]["spec"] for item in MANIFEST if item["kind"] == "Deployment"
    }


def containers():
    """Every container of the manifest by a name, those that run first too."""
    return {
        f"{name}/{container['name']}": container
        for name, pod in workloads().items()
        for container in [*pod["initContainers"], *pod["containers"]]
    }


def environment_of_unit():
    lines = (DEPLOY / "systemd" / "settings.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def environment_of_manifest():
    fixed = next(item["data"] for item in MANIFEST if item["kind"] == "ConfigMap")
    secret = {entry["name"]: "postgresql://secret" for one in containers().values() for entry in one["env"]}
    return {**fixed, **secret}


def environments():
    """What each way to run it sets."""
    composed = {f"compose: {name}": one["environment"] for name, one in OURS.items()}
    return {"systemd": environment_of_unit(), "kubernetes": environment_of_manifest(), **composed}


@pytest.mark.parametrize("way", environments())
def test_every_variable_is_a_setting_and_they_fit_together(way):
    variables = environments()[way]

    assert variables.keys() - OF_POSTGRES <= SETTINGS.keys()
    assert contradictions(variables) == []


def test_secrets_are_only_referred_to():
    secret = {name for name, one in SETTINGS.items() if one.secret}
    assert not [name for name in secret if "@" in environment_of_unit().get(name, "")]  # no user and no password
    for service in OURS.values():
        password = {name: service["environment"][name] for name in ("DETECTAPI_KEY_PEPPER", "PGPASSWORD")}
        assert all(text.startswith("${") for text in password.values())
        assert service["environment"]["DETECTAPI_DATABASE"].count(":") == 1  # a user without a password
    assert not secret & next(item["data"] for item in MANIFEST if item["kind"] == "ConfigMap").keys()
    for container in containers().values():
        assert {entry["name"] for entry in container["env"]} <= secret
        assert all("secretKeyRef" in entry["valueFrom"] for entry in container["env"])


# -- systemd ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def units(tmp_path):
    """The units with the programs of this environment in place of those of /opt/detectapi."""
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/detectapi/bin", str(BIN))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    return sorted(tmp_path.glob("*.service"))


systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed (Debian: systemd)"
)


@systemd
@pytest.mark.slow
def test_the_units_are_valid(units):
    checked = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)

    assert (checked.returncode, checked.stderr) == (0, "")


MOST_EXPOSED = 1.5
"""Of 10, as systemd counts it; up to 2 it calls a unit safe."""


@systemd
@pytest.mark.slow
def test_the_units_may_do_little(units):
    for unit in units:
        command = [
            "systemd-analyze",
            "security",
            "--offline=true",
            "--no-pager",
            f"--threshold={10 * MOST_EXPOSED:.0f}",
            unit,
        ]
        checked = subprocess.run(command, capture_output=True, text=True)

        assert checked.returncode == 0, checked.stdout


def test_service_and_worker_have_the_same_rights():
    first, second = (unit.read_text(encoding="utf-8").partition("# It calls nobody")[2] for unit in UNITS)

    assert first == second != ""


def commands_of(unit):
    return re.findall(r"^Exec(?:StartPre|Start)=(.+)$", unit.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_unit_starts_what_the_image_starts():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    image = json.loads(re.findall(r"^CMD (.+)$", dockerfile, re.MULTILINE)[-1])

    assert commands_of(DEPLOY / "systemd" / "detectapi.service")[-1] == " ".join(
        ["/opt/detectapi/bin/" + image[0], *image[1:]]
    )


# -- compose ------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_compose_file_has_the_form_of_its_specification():
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        DEPLOY / "compose.yaml",
    ]
    checked = subprocess.run(command, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout


def compose():
    """The program of compose: that of docker, or one that stands alone; None if there is none."""
    for program in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(program[0]) and not subprocess.run([*program, "version"], capture_output=True).returncode:
            return program
    return None


@pytest.mark.slow
def test_compose_accepts_the_file(tmp_path):
    program = compose()
    if program is None:
        pytest.skip(
            "docker compose is not installed; the schema of its specification is held against the file all the same"
        )
    secrets = tmp_path / "secrets.env"
    secrets.write_text("POSTGRES_PASSWORD=a\nDETECTAPI_KEY_PEPPER=b\n", encoding="utf-8")
    command = [*program, "--file", DEPLOY / "compose.yaml", "--env-file", secrets, "config", "--quiet"]
    checked = subprocess.run(command, capture_output=True, text=True)

    assert (checked.returncode, checked.stderr) == (0, "")


def test_containers_of_the_compose_file_may_do_little():
    for name, service in OURS.items():
        assert service["user"] == "10001:10001", name
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        assert "privileged" not in service, name


def test_images_of_others_are_named_by_digest():
    for name, service in COMPOSE["services"].items():
        assert name in OURS or re.search(r"@sha256:[0-9a-f]{64}$", service["image"]), name


# -- kubernetes ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_manifest_has_the_form_of_its_schemas():
    kubernetes_validate = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    for item in MANIFEST:
        kubernetes_validate.validate(item, kubernetes_validate.latest_version(), strict=True)


@pytest.mark.slow
def test_kubeconform_accepts_the_manifest():
    if shutil.which("kubeconform") is None:
        pytest.skip("kubeconform is not installed; the same schemas are held against the manifest all the same")
    checked = subprocess.run(["kubeconform", "-strict", DEPLOY / "kubernetes.yaml"], capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout


def test_pods_may_do_little():
    for name, pod in workloads().items():
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
    for name, container in containers().items():
        rights = container["securityContext"]
        assert rights == {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
        }, name  # fmt: skip
        assert container["resources"]["limits"].keys() == {"memory"}, name


def test_the_pod_of_the_service_is_asked_by_the_probes_of_the_service():
    service = workloads()["detectapi"]["containers"][0]
    asked = {kind: service[kind]["httpGet"]["path"] for kind in ("startupProbe", "livenessProbe", "readinessProbe")}

    assert asked == {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}
    assert service["ports"] == [{"name": "http", "containerPort": 8000}]


def test_selectors_find_the_pods():
    specifications = {item["metadata"]["name"]: item["spec"] for item in MANIFEST if item["kind"] == "Deployment"}
    labels = {name: one["template"]["metadata"]["labels"] for name, one in specifications.items()}
    selector = next(item["spec"]["selector"] for item in MANIFEST if item["kind"] == "Service")

    assert {name: one["selector"]["matchLabels"] for name, one in specifications.items()} == labels
    assert selector == labels["detectapi"] != labels["detectapi-worker"]


# -- all of them --------------------------------------------------------------------------------------------------------


def test_the_image_is_of_this_version_and_runs_as_the_user_of_the_dockerfile():
    images = {service["image"] for service in OURS.values()} | {one["image"] for one in containers().values()}
    user = re.search(r"^USER (\d+)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)[1]

    assert images == {f"detectapi:{VERSION}"}
    assert {pod["securityContext"]["runAsUser"] for pod in workloads().values()} == {int(user)}


def test_every_command_is_one_of_the_command_line():
    from detectapi.cli.main import cli

    lists = [service["command"] for service in OURS.values() if "command" in service]
    lists += [one["command"] for one in containers().values() if "command" in one]
    lists += [line.split() for unit in UNITS for line in commands_of(unit) if line.split()[0].endswith("/detectapi")]
    assert len(lists) >= 6
    for program, *words in lists:
        assert Path(program).name == "detectapi"
        command = cli
        for word in words:
            command = command.commands[word]
