"""The container files fit the compose specification, the real command line and the real settings."""

import dataclasses
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_pydantic.models import ComposeSpecification

from teleconsult.cli import parser
from teleconsult.settings import Settings
from tests.architecture.tree import ROOT

COMPOSE = ROOT / "compose"
OWN = {"upgrade", "web", "dicom", "worker", "relay", "media"}


@pytest.fixture(scope="module")
def composed() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((COMPOSE / "compose.yaml").read_text())
    return loaded


def test_compose_yaml_fits_the_compose_specification(composed: dict[str, Any]) -> None:
    ComposeSpecification.model_validate({name: part for name, part in composed.items() if not name.startswith("x-")})


def test_every_command_is_one_that_the_command_line_knows(composed: dict[str, Any]) -> None:
    commands = [composed["services"][name]["command"] for name in sorted(OWN)]
    commands += [yaml.safe_load(words) for words in re.findall(r"^CMD (\[.*\])$", _dockerfile(), re.M)]
    assert len(commands) == len(OWN) + 5
    for command in commands:
        assert parser().parse_args(command).command == command[0]


def test_every_setting_is_one_that_the_platform_knows(composed: dict[str, Any]) -> None:
    known = {f"TELECONSULT_{field.name.upper()}" for field in dataclasses.fields(Settings)}
    for name in sorted(OWN):
        environment = composed["services"][name]["environment"]
        assert set(environment) <= known
        plain = {key: str(value) for key, value in environment.items() if "$" not in str(value)}
        Settings.from_env(plain)
    assert set(re.findall(r"TELECONSULT_[A-Z_]+", _dockerfile())) <= known


def test_every_target_and_copied_file_of_the_image_is_there(composed: dict[str, Any]) -> None:
    targets = set(re.findall(r"^FROM \S+ AS (\S+)$", _dockerfile(), re.M))
    wanted = {service["build"]["target"] for service in composed["services"].values() if "build" in service}
    assert wanted <= targets
    for path in _copied():
        assert (ROOT / path).exists(), path


def test_every_variable_to_fill_in_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (COMPOSE / "compose.yaml").read_text()))
    given = set(re.findall(r"^([A-Z_]+)=", (COMPOSE / "example.env").read_text(), re.M))
    assert given <= asked
    assert asked - given <= {"QUARANTINE_BYTES", "STORAGE_QUOTA_BYTES"}


def test_the_relay_checks_the_credentials_that_web_makes_and_reaches_nothing_inside() -> None:
    lines = {line.strip() for line in (COMPOSE / "turnserver.conf").read_text().splitlines()}
    assert {"use-auth-secret", "no-multicast-peers", "no-cli", "tls-listening-port=443"} <= lines
    denied = {
        line.removeprefix("denied-peer-ip=").split("-")[0] for line in lines if line.startswith("denied-peer-ip=")
    }
    assert {"10.0.0.0", "127.0.0.0", "169.254.0.0", "172.16.0.0", "192.168.0.0", "::1"} <= denied
    assert not [line for line in lines if line.startswith(("user=", "static-auth-secret", "no-auth"))]


def test_signalling_goes_through_the_proxy_and_control_does_not() -> None:
    nginx = (COMPOSE / "nginx.conf").read_text()
    assert re.search(r"location /media/ \{\s+proxy_pass http://media:8090/;", nginx)
    assert re.search(r"location /media/control/ \{\s+return 404;", nginx)


def test_services_wait_only_for_services_that_exist(composed: dict[str, Any]) -> None:
    services = composed["services"]
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)


@pytest.mark.parametrize("script", ["backup.sh", "restore.sh"])
def test_the_scripts_parse_and_name_only_services_and_commands_that_exist(
    script: str, composed: dict[str, Any]
) -> None:
    text = (COMPOSE / script).read_text()
    subprocess.run(["bash", "-n", str(COMPOSE / script)], check=True)
    lines = text.replace("\\\n", " ").splitlines()
    calls = [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("compose ")]
    assert calls
    for words in calls:
        assert [word for word in words if word in composed["services"]] or words == ["up", "--detach"]
    assert all(parser().parse_args(words[words.index("relay") + 1 :]) for words in calls if words[-1] == "verify")


def _dockerfile() -> str:
    return (COMPOSE / "Dockerfile").read_text()


def _copied() -> Iterator[Path]:
    """What the image takes from the repository (not from another stage)."""
    for line in re.findall(r"^COPY (?!--from)(.+)$", _dockerfile(), re.M):
        yield from (Path(word) for word in line.split()[:-1])
