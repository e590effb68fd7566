"""Reading avroforge.toml: defaults, values, and every fault with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from avroforge.errors import ConfigurationError
from avroforge.formats.container import ContainerLimits
from avroforge.wire.limits import DecodeLimits
from avroforge_codegen.settings import Settings, find_settings, load_settings, parse_settings


def faults(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        parse_settings(text, path="avroforge.toml", file=Path("/p/avroforge.toml"))
    return str(caught.value).splitlines()


def settings_of(text: str) -> Settings:
    return parse_settings(text, path="avroforge.toml", file=Path("/p/avroforge.toml"))


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    settings = load_settings(None, start=tmp_path)
    assert settings == Settings(root=tmp_path)
    assert settings.generate.schemas == ("schemas",)
    assert settings.registry.compatibility == "BACKWARD"


def test_the_nearest_file_above_counts(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "avroforge.toml").write_text('[generate]\npackage = "outer"\n')
    (tmp_path / "a/avroforge.toml").write_text('[generate]\npackage = "inner"\n')
    assert find_settings(tmp_path / "a/b") == tmp_path / "a/avroforge.toml"
    settings = load_settings(None, start=tmp_path / "a/b")
    assert settings.generate.package == "inner"
    assert settings.root == tmp_path / "a"


def test_every_key_is_read() -> None:
    text = """
        subjects = {"t-value" = "ns.A"}
        [generate]
        schemas = ["a", "b"]
        out = "o"
        package = "p"
        arrays = "numpy"
        file_cycles = true
        command = "make codegen"
        [registry]
        file = "r.json"
        compatibility = "FULL_TRANSITIVE"
        [lint]
        strict = true
        except = ["DOC_TYPE"]
        [limits]
        depth = 200
        file_free_items = 5
        stored_bytes = 6
    """
    settings = parse_settings(text, path="avroforge.toml", file=Path("/p/avroforge.toml"))
    assert settings.root == Path("/p")
    assert settings.generate.schemas == ("a", "b")
    assert settings.generate.file_cycles is True
    assert settings.subjects == {"t-value": "ns.A"}
    assert settings.lint.exclude == ("DOC_TYPE",)
    assert settings.registry.compatibility == "FULL_TRANSITIVE"
    assert settings.limits.message == DecodeLimits(depth=200)
    assert settings.limits.container == ContainerLimits(
        stored_bytes=6, free_items=5, message=DecodeLimits(depth=200)
    )


FAULTS = {
    "[generat]": "1:1: SETTING_UNKNOWN unknown section [generat]; did you mean 'generate'?",
    '[generate]\nout = "o"\n\npakage = "x"': (
        "4:1: SETTING_UNKNOWN unknown key 'pakage' in [generate]; did you mean 'package'?"
    ),
    "[registry]\nurl = 3": (
        "2:1: SETTING_UNKNOWN unknown key 'url' in [registry]; known are 'compatibility', "
        "'environments', 'file', 'modes', 'references'"
    ),
    "[registry.environments]\nprod = {timeout = 3}": (
        "2:1: SETTING_VALUE expected an address or a table with url "
        "for 'prod' in [registry.environments], got a table without url"
    ),
    '[registry.environments.dev]\nurl="http://a"\n[registry.environments.prod]\nssl.key.password = "pw"': (
        "3:1: SETTING_VALUE expected an address or a table with url "
        "for 'prod' in [registry.environments], got a table without url"
    ),
    '[registry]\nenvironments = "https://me:pw@a"': (
        "2:1: SETTING_VALUE expected a table of environment = address, or = table with url "
        "for 'environments' in [registry], got str"
    ),
    '[registry]\nmodes = {a-value = "FULL", b-value = "FUL"}': (
        "2:1: SETTING_VALUE expected one of 'NONE', 'BACKWARD', 'BACKWARD_TRANSITIVE', 'FORWARD', "
        "'FORWARD_TRANSITIVE', 'FULL', 'FULL_TRANSITIVE' for 'b-value' in [registry.modes], got 'FUL'"
    ),
    '[topics]\norders = {valeu = "ns.A"}': (
        "2:1: SETTING_VALUE expected the full name of a record, or a table with value, key, naming "
        "for 'orders' in [topics], got {'valeu': 'ns.A'}"
    ),
    '[topics]\norders = {value = "ns.A", naming = "topic"}': (
        "2:1: SETTING_VALUE expected naming to be one of 'topic-name', 'record-name', 'topic-record-name' "
        "for 'orders' in [topics], got {'value': 'ns.A', 'naming': 'topic'}"
    ),
    '[generate]\nschemas = "s"': (
        "2:1: SETTING_VALUE expected a list of texts, such as ['s'] for 'schemas' in [generate], got 's'"
    ),
    '[generate]\n"arrays" = "nunpy"': (
        "2:1: SETTING_VALUE expected one of 'list', 'numpy', 'view', 'columns' for 'arrays' in [generate], "
        "got 'nunpy'"
    ),
    "[lint.severity]\nDOC_TYPE = 1": (
        "2:1: SETTING_VALUE expected one of 'error', 'warning' for 'DOC_TYPE' in [lint.severity], got 1"
    ),
    "[lint]\nlevels = {}": "2:1: SETTING_UNKNOWN unknown key 'levels' in [lint]; known are 'except', "
    "'ignore', 'select', 'severity', 'strict'",
    "version = 2": (
        "1:1: SETTING_VALUE expected 1, the version that this avroforge knows for 'version', got 2"
    ),
    "[fmt]\nindent = 0": (
        "2:1: SETTING_VALUE expected a whole number from 1 to 8 for 'indent' in [fmt], got 0"
    ),
    "[generate]\nfile_cycles = 1": (
        "2:1: SETTING_VALUE expected true or false for 'file_cycles' in [generate], got 1"
    ),
    "[generate]\nrename = {x = 'a.b'}": (
        "2:1: SETTING_VALUE expected a Python name for 'x' in [generate.rename], got 'a.b'"
    ),
    "[limits]\ndepth = -1": (
        "2:1: SETTING_VALUE expected a whole number of 0 or more for 'depth' in [limits], got -1"
    ),
    "[limits]\ndeep = 1": ("2:1: SETTING_UNKNOWN unknown key 'deep' in [limits]; did you mean 'depth'?"),
    "generate = 1": "1:1: SETTING_VALUE expected a section [generate], got 1",
    "[generate]\nout = ": "2:7: SETTING_SYNTAX no valid TOML: invalid value",
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_names_its_line_and_the_way_out(text: str) -> None:
    (line,) = faults(text)
    assert line == f"avroforge.toml:{FAULTS[text]}"


def test_all_faults_come_at_once() -> None:
    assert len(faults("[generate]\nx = 1\nout = 2\n[y]\n")) == 3


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.toml: SETTING_READ cannot be read: no such file"):
        load_settings(tmp_path / "nowhere.toml")
    (tmp_path / "latin.toml").write_bytes(b"# \xe9")
    with pytest.raises(ConfigurationError, match="SETTING_READ cannot be read: not UTF-8"):
        load_settings(tmp_path / "latin.toml")


def test_topics_give_subjects_by_their_naming_and_named_subjects_win() -> None:
    text = """
[topics]
orders = "ns.Order"
audit = {key = "ns.Key", value = "ns.Order", naming = "record-name"}
log = {value = "ns.Order", naming = "topic-record-name"}

[subjects]
"orders-value" = "ns.Other"
"""
    assert settings_of(text).subjects == {
        "orders-value": "ns.Other",
        "ns.Key": "ns.Key",
        "ns.Order": "ns.Order",
        "log-ns.Order": "ns.Order",
    }


def test_environments_are_addresses_or_settings_in_confluents_spelling() -> None:
    text = """
[registry.environments]
dev = "http://localhost:8081"

[registry.environments.prod]
url = "https://registry.example"
basic.auth.user.info = "env:REGISTRY_LOGIN"
"ssl.ca.location" = "ca.pem"
"""
    assert settings_of(text).registry.environments == {
        "dev": {"url": "http://localhost:8081"},
        "prod": {
            "url": "https://registry.example",
            "basic.auth.user.info": "env:REGISTRY_LOGIN",
            "ssl.ca.location": "ca.pem",
        },
    }
