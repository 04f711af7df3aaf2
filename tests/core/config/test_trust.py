"""A models.toml in the working directory is used once it is trusted, and only as it was then."""

import json
import os
from pathlib import Path

import pytest

from core.config import Configuration, load_configuration
from core.config.editing import Settings
from core.config.trust import abilities, remember

LOCAL = '[pairs.paper]\nreviewer = "qwen3-8b"\n'


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"SECONDPASS_HOME": str(tmp_path / "home")}


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "models.toml").write_text(LOCAL)
    return folder


def load(work: Path, environ: dict[str, str], models: Path | None = None) -> Configuration:
    return load_configuration(models, cwd=work, environ=environ)


def answer(work: Path, environ: dict[str, str], *, trusted: bool) -> None:
    local = load(work, environ).local
    assert local is not None
    remember(local, trusted=trusted, environ=environ)


def test_once_trusted_it_is_merged_over_the_users_file_without_a_notice(work: Path, environ: dict[str, str]) -> None:
    assert load(work, environ).local is not None
    answer(work, environ, trusted=True)
    own = Path(environ["SECONDPASS_HOME"]) / "config" / "models.toml"
    own.write_text('[pairs.paper]\nreviewer = "qwen3-4b"\ngpu_usd_per_hour = 9.0\n')
    configuration = load(work, environ)
    assert configuration.notices == ()
    assert configuration.pair().reviewer.name == "qwen3-8b"
    assert configuration.pair().config.gpu_usd_per_hour == 9.0
    assert configuration.sources[-1] == work / "models.toml"


def test_a_named_file_wins_over_the_trusted_one(work: Path, environ: dict[str, str], tmp_path: Path) -> None:
    answer(work, environ, trusted=True)
    named = tmp_path / "named.toml"
    named.write_text('[pairs.paper]\nreviewer = "qwen3-4b"\n')
    assert load(work, environ, named).pair().reviewer.name == "qwen3-4b"


def test_a_change_of_the_file_takes_the_trust_away(work: Path, environ: dict[str, str]) -> None:
    answer(work, environ, trusted=True)
    (work / "models.toml").write_text(LOCAL + "# changed\n")
    configuration = load(work, environ)
    assert configuration.pair().reviewer.name == "qwen3-32b"
    assert configuration.local is not None
    assert (configuration.local.answer, configuration.local.changed) == (None, True)
    assert "changed since it was trusted" in configuration.notices[0]


def test_the_same_file_in_another_folder_is_not_trusted(work: Path, environ: dict[str, str], tmp_path: Path) -> None:
    answer(work, environ, trusted=True)
    other = tmp_path / "other"
    other.mkdir()
    (other / "models.toml").write_text(LOCAL)
    assert load(other, environ).pair().reviewer.name == "qwen3-32b"


def test_a_refusal_is_remembered_and_the_notice_stays(work: Path, environ: dict[str, str]) -> None:
    answer(work, environ, trusted=False)
    configuration = load(work, environ)
    assert configuration.local is not None
    assert configuration.local.answer == "refused"
    assert len(configuration.notices) == 1


def test_naming_it_is_trust_for_that_once(work: Path, environ: dict[str, str]) -> None:
    named = load(work, environ, Path("models.toml"))
    assert (named.local, named.notices) == (None, ())
    assert named.pair().reviewer.name == "qwen3-8b"
    assert load(work, environ).pair().reviewer.name == "qwen3-32b"


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"files": 3}', '{"files": {"x": 1}}', "\x00"])
def test_a_damaged_memory_trusts_nothing_and_is_written_anew(damage: str, work: Path, environ: dict[str, str]) -> None:
    answer(work, environ, trusted=True)
    store = Path(environ["SECONDPASS_HOME"]) / "config" / "trust.json"
    store.write_text(damage)
    assert load(work, environ).pair().reviewer.name == "qwen3-32b"
    answer(work, environ, trusted=True)
    assert load(work, environ).pair().reviewer.name == "qwen3-8b"
    assert list(json.loads(store.read_text())["files"]) == [os.path.realpath(work / "models.toml")]


def test_bytes_that_are_no_text_are_ignored_and_not_asked_about(work: Path, environ: dict[str, str]) -> None:
    (work / "models.toml").write_bytes(b"\xff\xfe\x00")
    configuration = load(work, environ)
    assert configuration.local is not None
    assert configuration.local.answer == "refused"
    assert len(configuration.notices) == 1


def test_the_settings_say_that_a_value_comes_from_the_folder(
    work: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(work, environ, trusted=True)
    monkeypatch.chdir(work)
    settings = Settings(environ=environ)
    assert settings.setting(("pairs", "paper", "reviewer")).origin == "folder"
    assert settings.overridden(("pairs", "paper", "reviewer")) == work / "models.toml"
    assert settings.setting(("pairs", "paper", "coder")).origin == "shipped"


def test_what_it_could_do_is_said_in_words() -> None:
    text = (
        'default_pair = "x"\n[endpoints.evil]\nbase_url = ["http://a/v1", "http://b/v1"]\napi_key_env = "AWS_SECRET"\n'
        '[models.m]\nmodel_lib = "./lib.so"\nsource = "HF://x/y"\n[pairs.p]\ncoder = "m"\n'
    )
    told = "\n".join(abilities(text))
    for words in (
        "http://a/v1",
        "http://b/v1",
        "AWS_SECRET",
        "./lib.so",
        "HF://x/y",
        "default pair would be x",
        ": p.",
    ):
        assert words in told
    assert "not valid TOML" in abilities("= = =")[0]
    assert abilities("endpoints = 3\nmodels = []\n") == ()
