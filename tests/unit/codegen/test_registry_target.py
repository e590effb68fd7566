"""Which registry a command line means, and what it may not mean by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bcrypt
import pytest
from tests.unit.formats.sample import TEXT

from avroforge.registry import MemoryRegistry
from avroforge.registry.server import ServerOptions, serve_in_background
from avroforge.registry.server.users import Users
from avroforge_codegen.cli import run

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """
[subjects]
"orders-value" = "shop.Order"
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "order.avsc").write_text(TEXT, encoding="utf-8")
    (tmp_path / "avroforge.toml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("htps://registry:8081", "expected a file or an address of http:// or https://"),
        ("ftp://registry/schemas", "expected a file or an address of http:// or https://"),
        ("http:/registry", "url: expected an address such as https://registry:8081, got no host"),
        ("HTTP://127.0.0.1:1", "registry http://127.0.0.1:1: no connection"),
        ("registry:8081", "ENVIRONMENT_UNKNOWN"),
    ],
)
def test_a_mistyped_address_is_no_file(
    here: Path, capsys: pytest.CaptureFixture[str], address: str, message: str
) -> None:
    before = sorted(here.rglob("*"))
    assert run(["registry", "push", "--registry", address]) == 1
    assert message in capsys.readouterr().err
    assert sorted(here.rglob("*")) == before


def test_a_wrong_setting_of_one_environment_is_named_and_hides_no_other(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environments = """
[registry.environments.first]
url = "http://127.0.0.1:1"
timout = 3

[registry.environments]
second = "http://127.0.0.1:1"
"""
    (here / "avroforge.toml").write_text(SETTINGS + environments, encoding="utf-8")
    assert run(["registry", "plan", "--registry", "first"]) == 1
    assert capsys.readouterr().err == "first: timout: no such setting; did you mean 'timeout'?\n"
    assert run(["registry", "status"]) == 1
    out, err = capsys.readouterr()
    assert "orders-value: not registered" in out
    assert err.startswith("first: timout: no such setting; did you mean 'timeout'?\nsecond: not reached: ")


@pytest.mark.parametrize("command", [["registry", "status"], ["registry", "plan"], ["registry", "pull"]])
@pytest.mark.usefixtures("here")
def test_a_password_in_an_address_is_not_shown(
    capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert run([*command, "--registry", "http://me:s3cret@127.0.0.1:1"]) == 1
    out, err = capsys.readouterr()
    assert "http://127.0.0.1:1: no connection" in err
    assert "s3cret" not in out + err


@pytest.mark.usefixtures("here")
def test_credentials_beside_an_address_come_from_the_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    users = Users({"me": bcrypt.hashpw(b"s3cret", bcrypt.gensalt(4))})
    with serve_in_background(MemoryRegistry(), ServerOptions(port=0, users=users)) as url:
        assert run(["registry", "push", "--registry", url]) == 1
        assert "401" in capsys.readouterr().err
        monkeypatch.setenv("SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO", "me:s3cret")
        assert run(["registry", "push", "--registry", url]) == 0
        assert "+ orders-value: registered as version 1" in capsys.readouterr().out
