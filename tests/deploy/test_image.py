"""The image: built and asked where an engine is present; where not, its steps are run by hand in a clean folder."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import urllib.request
import venv

import pytest
from architecture import ROOT
from processes import free_port, patience

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
OF_THE_SYSTEM = ("apt-get ", "useradd ", "rm ", "install ")
"""Steps that change the system of the image, which a folder does not have."""
pytestmark = pytest.mark.slow


def instructions(word):
    return [line.removeprefix(word).strip() for line in DOCKERFILE.splitlines() if line.startswith(word + " ")]


def engine():
    """The name of a container engine that answers; None if there is none."""
    for name in ("docker", "podman"):
        if shutil.which(name) and not subprocess.run([name, "info"], capture_output=True).returncode:
            return name
    return None


@contextlib.contextmanager
def answering(port, process):
    """Wait until a service answers at a port; its process is ended at the end."""
    try:
        for _ in patience(60):
            assert process.poll() is None, process.stdout.read()
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
                break
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(40)
        process.stdout.close()


def assert_answers(address):
    question = {
        "substance": "ketamine", "doses": [{"amount_mg": 35, "route": "intravenous", "duration_min": 40}],
        "options": {"draws": 100},
    }  # fmt: skip
    body, head = json.dumps(question).encode(), {"Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{address}/v1/estimates", body, head), timeout=30) as answer:
        assert json.load(answer)["window"]["median_h"] > 0
    with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
        assert json.load(answer)["status"] == "ok"


def test_an_engine_builds_the_image_and_runs_it_without_rights():
    name = engine()
    if name is None:
        pytest.skip("no container engine answers here; the steps of the image are run by hand instead")
    subprocess.run([name, "build", "--tag", "detectapi:test", ROOT], check=True)
    port = free_port()
    rights = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]  # noqa: S108
    command = [name, "run", "--rm", *rights, "--publish", f"127.0.0.1:{port}:8000", "detectapi:test"]
    with answering(port, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)) as address:
        assert_answers(address)


def steps(stage):
    """The commands of a stage, one by one: 0 builds the wheel, 1 is what runs."""
    text = DOCKERFILE.split("\nFROM ")[stage + 1]
    runs = [line.removeprefix("RUN ") for line in text.splitlines() if line.startswith("RUN ")]
    return [step.strip() for run in runs for step in run.split("&&")]


class Hand:
    """Somebody who does by hand in one folder what an engine does for an image."""

    def __init__(self, folder):
        self.folder = folder
        self.source = folder / "source"
        for arguments in instructions("COPY"):
            *sources, target = arguments.split()
            if sources[0].startswith("--from="):
                continue
            for source in sources:
                self._copy(ROOT / source, self.source / target if target != "./" else self.source)
        for name in ("build", "run"):
            venv.create(folder / name, with_pip=True)

    @staticmethod
    def _copy(source, target):
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)

    def do(self, stage, step):
        """Run a step with the places of this folder in place of those of the image."""
        assert step.startswith("pip "), step
        command = re.sub(r"(?<= )/(?:tmp/)?(requirements|wheels)\b", rf"{self.folder}/\1", step)
        path = f"{self.folder / ('build', 'run')[stage] / 'bin'}:/usr/bin:/bin"
        inside = {**os.environ, "PATH": path, "PIP_NO_COMPILE": "1"}  # half the time
        done = subprocess.run(["bash", "-c", command], cwd=self.source, env=inside, capture_output=True, text=True)
        assert done.returncode == 0, f"{step}\n{done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """What the image holds: the wheel and its locked packages in a clean environment, far from the source."""
    if engine():
        pytest.skip("an engine builds the image")
    hand = Hand(tmp_path_factory.mktemp("image"))
    (hand.folder / "requirements").mkdir()
    shutil.copy(ROOT / "requirements" / "run.txt", hand.folder / "requirements")
    for stage in (0, 1):
        for step in steps(stage):
            if not step.startswith(OF_THE_SYSTEM):
                hand.do(stage, step)
    return hand.folder / "run" / "bin"


@pytest.fixture
def environment(installed):
    """The variables of the image."""
    values = dict(pair.split("=", 1) for line in instructions("ENV") for pair in line.split())
    return {**values, "PATH": f"{installed}:{os.environ['PATH']}", "PORT": str(free_port())}


def test_the_steps_by_hand_give_a_service_that_answers_to_its_health_check(installed, environment, tmp_path):
    command = json.loads(instructions("CMD")[-1])
    check = json.loads(re.search(r" CMD (\[.*\])$", instructions("HEALTHCHECK")[0])[1])
    inside = {"env": environment, "cwd": tmp_path}
    process = subprocess.Popen(command, **inside, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    with answering(environment["PORT"], process) as address:
        assert_answers(address)
        healthy = subprocess.run(check, **inside).returncode
    ill = subprocess.run(check, **inside).returncode

    assert (healthy, ill) == (0, 1)
    assert list(tmp_path.iterdir()) == []  # it wrote nothing beside itself


def test_the_service_tells_systemd_when_it_is_ready(installed, environment, tmp_path):
    """The unit is of the type `notify`: systemd waits for this message."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(60)
        command = json.loads(instructions("CMD")[-1])
        variables = {**environment, "NOTIFY_SOCKET": str(tmp_path / "notify")}
        process = subprocess.Popen(
            command, env=variables, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        try:
            assert listener.recv(1000).startswith(b"READY=1")
        finally:
            process.terminate()
            process.wait(40)
            process.stdout.close()


def test_the_clean_environment_holds_the_locked_packages_and_no_other(installed):
    listed = subprocess.run([installed / "pip", "list", "--format=json"], capture_output=True, check=True)
    packages = {
        one["name"].lower().replace("_", "-").replace(".", "-"): one["version"] for one in json.loads(listed.stdout)
    }
    lines = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8").splitlines()
    locked = dict(re.match(r"([a-z0-9-]+)==(\S+)", line).groups() for line in lines if re.match(r"[a-z0-9-]+==", line))

    assert packages.pop("detectapi")
    assert packages.keys() - locked.keys() <= {"pip", "setuptools"}
    assert {name: version for name, version in packages.items() if name in locked}.items() <= locked.items()
