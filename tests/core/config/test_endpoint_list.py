"""Addresses from a file in place of those of models.toml."""

from pathlib import Path

import pytest

from core.config import load_configuration
from core.config.endpoint_list import served_from
from core.errors import UsageError


def listed(folder: Path, text: str) -> Path:
    path = folder / "endpoints.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_addresses_serve_the_role_that_is_named_or_both(tmp_path: Path) -> None:
    path = listed(
        tmp_path, "# the lab\nhttp://a:1/v1\ncoder http://b:1/v1/ # fast\n\nreviewer http://c:1/v1\nhttp://a:1/v1\n"
    )
    pair = served_from(load_configuration().pair("paper"), path)
    assert pair.coder.endpoint is not None
    assert pair.reviewer.endpoint is not None
    assert pair.coder.endpoint.base_url == ("http://a:1/v1", "http://b:1/v1")
    assert pair.reviewer.endpoint.base_url == ("http://a:1/v1", "http://c:1/v1")
    assert (pair.coder.kind, pair.reviewer.kind) == ("openai", "openai")


def test_a_role_without_an_address_stays_where_it_is_and_keys_are_kept(tmp_path: Path) -> None:
    models = tmp_path / "models.toml"
    models.write_text(
        '[endpoints.lab]\nbase_url = "http://old/v1"\napi_key_env = "LAB_KEY"\n[models.qwen3-32b]\nendpoint = "lab"\n',
        encoding="utf-8",
    )
    pair = served_from(load_configuration(models).pair("paper"), listed(tmp_path, "reviewer http://new/v1"))
    assert pair.coder.kind == "mlc"
    assert pair.reviewer.endpoint is not None
    assert (pair.reviewer.endpoint.base_url, pair.reviewer.endpoint.api_key_env) == (("http://new/v1",), "LAB_KEY")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("http://a/v1\nwriter http://b/v1", "line 2: a line is an address"),
        ("coder", "line 1: what serves the model must be an address such as http"),
        ("http://me:secret@a/v1", "line 1: what serves the model must not hold a user name or password"),
        ("# nothing\n", "lists no endpoint"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        served_from(load_configuration().pair("paper"), listed(tmp_path, text))


def test_a_file_that_is_not_there_and_the_scripted_pair_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        served_from(load_configuration().pair("paper"), tmp_path / "none")
    with pytest.raises(UsageError, match="is scripted"):
        served_from(load_configuration().pair("demo"), listed(tmp_path, "http://a/v1"))
