"""Changing the user's models.toml: comments and order stay, mistakes are refused, a save can be taken back."""

from pathlib import Path

import pytest

from core.config import load_configuration
from core.config.editing import REMOVE, Settings
from core.config.fields import NotAValue, fields_of, read_value, show_value
from core.errors import ConfigurationError, UsageError
from core.paths import config_dir

OWN = """\
# my models

[models.qwen3-32b]   # the big one
context = 8192       # what fits

# the machine under the desk
[endpoints.lab]
base_url = ["http://127.0.0.1:8000/v1", "http://127.0.0.1:8001/v1"]
"""


@pytest.fixture
def own() -> Path:
    path = config_dir() / "models.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_a_changed_value_keeps_its_comment_and_every_other_line(own: Path) -> None:
    Settings().change([(("models", "qwen3-32b", "context"), 9216)])
    assert own.read_text() == OWN.replace("context = 8192 ", "context = 9216 ")


def test_a_new_key_stands_in_its_table_and_not_under_the_comment_of_the_next(own: Path) -> None:
    Settings().change([(("models", "qwen3-32b", "seed"), 7)])
    assert "context = 8192       # what fits\nseed = 7\n\n# the machine under the desk\n" in own.read_text()


def test_a_key_of_no_table_stands_before_all_tables(own: Path) -> None:
    Settings().change([(("default_pair",), "cpu")])
    assert load_configuration().default_pair == "cpu"
    assert own.read_text().index("default_pair") < own.read_text().index("[models")
    assert "# my models" in own.read_text()


def test_a_new_pair_is_written_whole_where_there_was_no_file() -> None:
    settings = Settings()
    assert settings.text() is None
    settings.change([(("pairs", "my pair", "coder"), "qwen3-8b"), (("pairs", "my pair", "reviewer"), "qwen3-8b")])
    assert settings.path.read_text() == '[pairs."my pair"]\ncoder = "qwen3-8b"\nreviewer = "qwen3-8b"\n'
    assert load_configuration().pair("my pair").coder.name == "qwen3-8b"


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        (("pairs", "paper", "coder"), "qwen4", 'names the model "qwen4", which does not exist'),
        (("models", "qwen3-32b", "context"), 3, "must be 256 or more, not 3"),
        (
            ("interface", "theme"),
            "drak",
            'must be one of dark, light, contrast, terminal, not "drak"; did you mean "dark"?',
        ),
        (("interface", "thme"), "dark", 'is not a known key; did you mean "theme"?'),
        (("endpoints", "lab"), REMOVE, None),
    ],
)
def test_what_would_be_wrong_is_refused_and_nothing_is_written(
    own: Path, key: tuple[str, ...], value: object, said: str | None
) -> None:
    if said is None:
        own.write_text(OWN.replace("context", 'endpoint = "lab"\ncontext'))
        said = 'names the endpoint "lab"'
    before = own.read_text()
    with pytest.raises(ConfigurationError) as caught:
        Settings().change([(("models", "qwen3-32b", "seed"), 1), (key, value)])
    assert said in str(caught.value)
    assert own.read_text() == before


def test_a_save_is_taken_back_to_the_letter_and_only_once(own: Path) -> None:
    settings = Settings()
    settings.change([(("pairs", "paper", "placement"), "swap")])
    settings.undo()
    assert own.read_text() == OWN
    assert load_configuration().pair("paper").config.placement == "auto"
    with pytest.raises(UsageError, match="nothing to take back"):
        settings.undo()


def test_taking_back_the_first_save_removes_the_file_again() -> None:
    settings = Settings()
    settings.change([(("interface", "theme"), "light")])
    settings.undo()
    assert not settings.path.exists()


def test_a_save_is_not_taken_back_over_what_somebody_else_wrote(own: Path) -> None:
    settings = Settings()
    settings.change([(("interface", "mouse"), False)])
    own.write_text(own.read_text() + "# a note\n")
    with pytest.raises(UsageError, match="was changed since"):
        settings.undo()
    assert own.read_text().endswith("# a note\n")


def test_what_was_edited_elsewhere_meanwhile_is_kept(own: Path) -> None:
    settings = Settings()
    own.write_text(OWN + "\n[interface]\nmouse = false\n")
    settings.change([(("interface", "theme"), "light")])
    assert load_configuration().interface.theme == "light"
    assert not load_configuration().interface.mouse


def test_every_value_says_which_layer_it_comes_from(own: Path, tmp_path: Path) -> None:
    named = tmp_path / "named.toml"
    named.write_text("[models.qwen3-32b]\ncontext = 4096\nmax_tokens = 1024\n")
    settings = Settings(named)
    keys = ("source", "context", "seed")
    origins = [settings.setting(("models", "qwen3-32b", key)).origin for key in keys]
    assert origins == ["shipped", "named", "default"]
    assert settings.setting(("endpoints", "lab", "base_url")).origin == "user"
    assert settings.overridden(("models", "qwen3-32b", "context")) == named
    assert settings.is_own(("models", "qwen3-32b", "context"))
    assert not settings.is_own(("models", "qwen3-32b", "source"))


def test_removing_a_key_brings_back_what_is_shipped(own: Path) -> None:
    settings = Settings()
    settings.change([(("models", "qwen3-32b", "context"), REMOVE)])
    assert settings.setting(("models", "qwen3-32b", "context")).value == 10240
    assert "# the machine under the desk" in own.read_text()


def test_every_field_of_the_schema_has_a_description_and_a_kind() -> None:
    for table in ("", "models", "pairs", "endpoints", "interface"):
        fields = fields_of(table)
        assert fields
        assert all(field.description for field in fields), [field.name for field in fields if not field.description]
    kinds = {field.name: field.kind for field in fields_of("models")}
    assert kinds["context"] == "whole"
    assert kinds["thinking"] == "switch"
    assert kinds["endpoint"] == "reference"
    assert kinds["temperature"] == "number"


def test_a_form_reads_back_what_it_shows() -> None:
    fields = {(table, field.name): field for table in ("models", "endpoints") for field in fields_of(table)}
    for key, value in (
        (("models", "context"), 8192),
        (("models", "thinking"), False),
        (("models", "temperature"), 0.5),
        (("endpoints", "base_url"), ["http://a/v1", "http://b/v1"]),
        (("models", "served_name"), "a: b"),
    ):
        assert read_value(fields[key], show_value(value)) == value
    with pytest.raises(NotAValue, match="whole number, not many"):
        read_value(fields["models", "context"], "many")
