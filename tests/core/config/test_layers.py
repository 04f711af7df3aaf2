"""Which models.toml counts, and what stands in the end."""

from pathlib import Path

import pytest

from core.config import Configuration, load_configuration
from core.errors import ConfigurationError, SecondpassError

LOCAL = '[pairs.paper]\nreviewer = "qwen3-8b"\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def load(home: Path, work: Path, models: Path | None = None, **environ: str) -> Configuration:
    return load_configuration(models, cwd=work, environ={"SECONDPASS_HOME": str(home), **environ})


def own(home: Path, text: str) -> Path:
    file = home / "config" / "models.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return file


def write(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file


def test_the_shipped_pairs_can_all_be_resolved(home: Path, work: Path) -> None:
    configuration = load(home, work)
    assert set(configuration.pairs) == {"paper", "gpu-24gb", "gpu-12gb", "gpu-8gb", "cpu", "demo"}
    pairs = {name: configuration.pair(name) for name in configuration.pairs}
    assert configuration.pair().name == "paper"
    assert {name for name, pair in pairs.items() if pair.scripted} == {"demo"}
    assert {pair.coder.kind for name, pair in pairs.items() if name != "demo"} == {"mlc"}
    assert pairs["paper"].coder.config.source == "HF://mlc-ai/Qwen2.5-Coder-14B-Instruct-q4f16_1-MLC"
    assert pairs["paper"].reviewer.config.thinking
    assert pairs["paper"].config.gpu_usd_per_hour == 2.0


def test_loading_the_configuration_makes_no_folder(home: Path, work: Path) -> None:
    load(home, work)
    assert not home.exists()


def test_the_users_file_changes_single_keys_of_the_shipped_one(home: Path, work: Path) -> None:
    file = own(home, "[models.qwen3-32b]\ncontext = 32768\n")
    configuration = load(home, work)
    model = configuration.models["qwen3-32b"]
    assert (model.context, model.max_tokens, model.thinking) == (32768, 6144, True)
    assert configuration.sources[-1] == file


def test_a_named_file_wins_over_the_users_file(home: Path, work: Path, tmp_path: Path) -> None:
    own(home, '[models.qwen3-32b]\ncontext = 32768\n\n[pairs.paper]\nplacement = "split"\n')
    named = write(tmp_path / "named.toml", "[models.qwen3-32b]\ncontext = 8192\n")
    configuration = load(home, work, named)
    assert configuration.models["qwen3-32b"].context == 8192
    assert configuration.pairs["paper"].placement == "split"


def test_the_named_file_wins_over_the_variable(home: Path, work: Path, tmp_path: Path) -> None:
    variable = write(tmp_path / "variable.toml", "[models.qwen3-32b]\ncontext = 7168\n")
    named = write(tmp_path / "named.toml", "[models.qwen3-32b]\ncontext = 8192\n")
    by_variable = load(home, work, SECONDPASS_MODELS=str(variable))
    assert by_variable.models["qwen3-32b"].context == 7168
    by_both = load(home, work, named, SECONDPASS_MODELS=str(variable))
    assert by_both.models["qwen3-32b"].context == 8192
    assert variable not in by_both.sources


def test_a_file_in_the_working_directory_is_ignored_with_a_notice(home: Path, work: Path) -> None:
    local = write(work / "models.toml", LOCAL)
    configuration = load(home, work)
    assert configuration.pair().reviewer.name == "qwen3-32b"
    [notice] = configuration.notices
    assert str(local) in notice
    assert "--models ./models.toml" in notice


def test_a_broken_file_in_the_working_directory_is_not_even_parsed(home: Path, work: Path) -> None:
    write(work / "models.toml", "= = =")
    assert len(load(home, work).notices) == 1


@pytest.mark.parametrize("how", ["argument", "variable"])
def test_a_file_in_the_working_directory_is_used_when_named(home: Path, work: Path, how: str) -> None:
    write(work / "models.toml", LOCAL)
    if how == "argument":
        configuration = load(home, work, Path("./models.toml"))
    else:
        configuration = load(home, work, SECONDPASS_MODELS="./models.toml")
    assert configuration.pair().reviewer.name == "qwen3-8b"
    assert configuration.notices == ()


def test_a_named_link_to_the_local_file_brings_no_notice(home: Path, work: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(write(work / "models.toml", LOCAL))
    assert load(home, work, link).notices == ()


def test_standing_in_the_checkout_brings_no_notice(home: Path, repository: Path) -> None:
    assert load(home, repository).notices == ()


def test_a_deleted_working_directory_is_no_obstacle(
    home: Path, work: Path, monkeypatch: pytest.MonkeyPatch, repository: Path
) -> None:
    monkeypatch.chdir(work)
    work.rmdir()
    try:
        configuration = load_configuration(environ={"SECONDPASS_HOME": str(home)})
        with pytest.raises(SecondpassError, match="The working directory is gone"):
            load_configuration(Path("models.toml"), environ={"SECONDPASS_HOME": str(home)})
    finally:
        monkeypatch.chdir(repository)
    assert configuration.pair("demo").scripted


def test_the_home_of_a_user_who_does_not_exist_is_only_a_missing_file(home: Path, work: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"~nobody-of-this-name/models\.toml does not exist"):
        load(home, work, Path("~nobody-of-this-name/models.toml"))


def test_an_endpoint_makes_a_model_one_of_a_running_server(home: Path, work: Path, tmp_path: Path) -> None:
    named = write(
        tmp_path / "lab.toml",
        '[models.qwen3-32b]\nendpoint = "lab"\nserved_name = "Qwen/Qwen3-32B"\n\n'
        '[models.local]\nendpoint = "lab"\n\n'
        '[endpoints.lab]\nbase_url = "http://127.0.0.1:8000/v1/"\napi_key_env = "LAB_KEY"\n\n'
        '[pairs.mine]\ncoder = "local"\nreviewer = "qwen3-32b"\n',
    )
    pair = load(home, work, named).pair("mine")
    assert (pair.coder.kind, pair.coder.served_name) == ("openai", None)
    assert (pair.reviewer.kind, pair.reviewer.served_name) == ("openai", "Qwen/Qwen3-32B")
    assert pair.reviewer.endpoint is not None
    assert pair.reviewer.endpoint.base_url == ("http://127.0.0.1:8000/v1",)
    assert pair.reviewer.endpoint.api_key({"LAB_KEY": "secret"}) == "secret"


@pytest.mark.parametrize(
    ("keys", "served"),
    [
        ('served_name = "a"\nsource = "b"', "a"),
        ('source = "Qwen/Qwen3-32B"', "Qwen/Qwen3-32B"),
        ('source = "HF://mlc-ai/Qwen3-32B-q4f16_1-MLC"', None),
    ],
)
def test_a_server_is_asked_for_the_name_it_knows(
    home: Path, work: Path, tmp_path: Path, keys: str, served: str | None
) -> None:
    named = write(
        tmp_path / "m.toml",
        f'[models.mine]\nendpoint = "lab"\n{keys}\n[endpoints.lab]\nbase_url = "http://a/v1"\n'
        '[pairs.mine]\ncoder = "mine"\nreviewer = "mine"\n',
    )
    assert load(home, work, named).pair("mine").coder.served_name == served


def test_a_missing_key_variable_is_named(home: Path, work: Path, tmp_path: Path) -> None:
    named = write(
        tmp_path / "lab.toml", '[endpoints.lab]\nbase_url = ["http://a/v1", "https://b/v1"]\napi_key_env = "LAB_KEY"\n'
    )
    endpoint = load(home, work, named).endpoints["lab"]
    assert endpoint.base_url == ("http://a/v1", "https://b/v1")
    with pytest.raises(ConfigurationError, match="LAB_KEY"):
        endpoint.api_key({})


def test_relative_folders_mean_relative_to_the_file_that_says_them(home: Path, work: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    named = write(folder / "m.toml", '[models.mine]\nsource = "dist/mine"\nmodel_lib = "../mine.so"\n')
    model = load(home, work, named).models["mine"]
    assert (model.source, model.model_lib) == (str(folder / "dist" / "mine"), str(tmp_path / "mine.so"))


def test_the_default_pair_can_be_chosen_by_a_variable(home: Path, work: Path) -> None:
    configuration = load(home, work, SECONDPASS_PAIR="cpu")
    assert configuration.pair().name == "cpu"
    assert configuration.pair("demo").name == "demo"


def test_a_byte_order_mark_is_accepted(home: Path, work: Path, tmp_path: Path) -> None:
    named = tmp_path / "bom.toml"
    named.write_bytes(b'\xef\xbb\xbfdefault_pair = "demo"\n')
    assert load(home, work, named).pair().scripted


@pytest.mark.parametrize(("context", "most"), [(65536, 4096), (4096, 2048), (300, 150)])
def test_the_answer_leaves_room_for_the_prompt(home: Path, work: Path, tmp_path: Path, context: int, most: int) -> None:
    named = write(tmp_path / "m.toml", f'[models.mine]\nsource = "HF://a/b"\ncontext = {context}\n')
    assert load(home, work, named).models["mine"].max_tokens == most


@pytest.mark.parametrize(
    ("keys", "structured"),
    [
        ("thinking = true", False),
        ("thinking = false", True),
        ("", False),
        ("structured = true", True),
        ("thinking = false\nstructured = false", False),
        ('thinking = true\nno_thinking = ["review"]', True),
        ('thinking = true\nno_thinking = "fix"', False),
    ],
)
def test_reviews_are_structured_where_nothing_is_reasoned_first(keys: str, structured: bool, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(f'[models.mine]\nsource = "HF://a/b"\n{keys}\n', encoding="utf-8")
    assert load_configuration(tmp_path / "m.toml").model("mine").config.holds_to_json is structured
