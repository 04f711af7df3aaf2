"""Every mistake in a models.toml is one sentence with file, line, key and what to do."""

from pathlib import Path

import pytest

from core.config import load_configuration
from core.errors import ConfigurationError, ExitCode

MISTAKES = {
    "unknown key": (
        '[pairs.paper]\nreviewr = "x"',
        2,
        'pairs.paper.reviewr is not a known key; did you mean "reviewer"?',
    ),
    "unknown table": ("\n[modles.x]", 2, 'modles is not a known key; did you mean "models"?'),
    "unknown key without a near one": (
        "[pairs.paper]\nzzz = 1",
        2,
        "pairs.paper.zzz is not a known key; known: coder, ",
    ),
    "unknown key in an inline table": ("pairs.paper = { gpu = 1 }", 1, "pairs.paper.gpu is not a known key"),
    "unknown model": (
        '[pairs.paper]\n\nreviewer = "qwen3-8"',
        3,
        'names the model "qwen3-8", which does not exist; did',
    ),
    "unknown endpoint": (
        '[models.qwen3-8b]\nendpoint = "lab"',
        2,
        'names the endpoint "lab", which does not exist; there',
    ),
    "unknown default pair": (
        'default_pair = "papr"',
        1,
        'names the pair "papr", which does not exist; did you mean "paper"?',
    ),
    "unknown placement": ('[pairs.paper]\nplacement = "spilt"', 2, 'swap, split, not "spilt"; did you mean "split"?'),
    "empty pair": ("[pairs.mine]", 1, "pairs.mine.coder is missing"),
    "half a pair": ('[pairs.mine]\ncoder = "qwen3-8b"', 1, "pairs.mine.reviewer is missing"),
    "empty name": ('[pairs.paper]\ncoder = ""', 2, "pairs.paper.coder must not be empty"),
    "number in quotes": ('[models.qwen3-8b]\ncontext = "8192"', 2, 'context must be a whole number, not "8192"'),
    "boolean for a number": ("[models.qwen3-8b]\nseed = true", 2, "seed must be a whole number, not true"),
    "number for a boolean": ("[models.qwen3-8b]\nthinking = 1", 2, "thinking must be true or false, not 1"),
    "text for a table": ('pairs = "paper"', 1, 'pairs must be a table, not "paper"'),
    "text for a model": ('models.qwen3-8b = "x"', 1, 'models.qwen3-8b must be a table, not "x"'),
    "array of tables": ('[[models]]\nsource = "x"', 1, "models must be a table"),
    "no such stage": ('[models.qwen3-8b]\nno_thinking = ["fixx"]', 2, 'did you mean "fix"?'),
    "reasoning held to JSON": ("[models.qwen3-8b]\nstructured = true", 1, "cannot be both structured and thinking"),
    "no request at a time": ('[endpoints.x]\nbase_url = "http://h/v1"\nconcurrency = 0', 3, "must be 1 or more, not 0"),
    "negative price": ("[pairs.paper]\ngpu_usd_per_hour = -1", 2, "gpu_usd_per_hour must be 0 or more, not -1"),
    "negative weights": ("[models.qwen3-8b]\nweights_gib = -0.5", 2, "weights_gib must be more than 0, not -0.5"),
    "infinite price": ("[pairs.paper]\ngpu_usd_per_hour = inf", 2, "gpu_usd_per_hour must be a finite number"),
    "tiny context": ("[models.qwen3-8b]\ncontext = 0", 2, "context must be 256 or more, not 0"),
    "high temperature": ("[models.qwen3-8b]\ntemperature = 3", 2, "temperature must be 2 or less, not 3"),
    "answer as long as the context": ("[models.qwen3-8b]\nmax_tokens = 16384", 1, "leaves no room for a prompt"),
    "neither source nor endpoint": ("[models.mine]\nthinking = true", 1, "models.mine needs a source"),
    "scripted with an endpoint": ('[models.demo-coder]\nendpoint = "x"', 1, "cannot have both"),
    "scripted with a real one": (
        '[pairs.demo]\ncoder = "qwen3-8b"',
        1,
        "puts a scripted model and a real one together",
    ),
    "an option for a source": ('[models.mine]\nsource = "--model-lib=x"', 2, "does not begin with a dash"),
    "a branch for a revision": (
        '[models.qwen3-8b]\nrevision = "main"',
        2,
        "revision must be a commit of the model's repository: 7 to 40 digits",
    ),
    "a revision of somebody else's weights": (
        '[models.m]\nendpoint = "e"\nrevision = "abcdef1"\n[endpoints.e]\nbase_url = "http://a/v1"',
        1,
        "cannot have a revision: no weights of it are loaded from this machine",
    ),
    "unknown key of an architecture": (
        "[models.qwen3-8b.architecture]\nnum_layers = 3",
        2,
        'architecture.num_layers is not a known key; did you mean "num_hidden_layers"?',
    ),
    "half an architecture": (
        '[models.m]\nsource = "HF://a/b"\n[models.m.architecture]\nmodel_type = "qwen3"',
        3,
        "models.m.architecture.hidden_size is missing; add it.",
    ),
    "no layers": (
        "[models.qwen3-8b.architecture]\nnum_hidden_layers = 0",
        2,
        "num_hidden_layers must be 1 or more, not 0",
    ),
    "unknown device": ('[models.mine]\nsource = "HF://a/b"\ndevice = "gpu"', 3, "must be auto, cuda, rocm"),
    "file address": ('[endpoints.e]\nbase_url = "file:///etc/passwd"', 2, "(http or https)"),
    "no address": ('[endpoints.e]\nbase_url = "127.0.0.1:8000"', 2, "must be an address such as http://"),
    "bad port": ('[endpoints.e]\nbase_url = "http://a:99999/v1"', 2, "must be an address such as http://"),
    "second address": (
        '[endpoints.e]\nbase_url = [\n  "http://a/v1",\n  "gopher://b",\n]',
        2,
        "base_url[1] must be an",
    ),
    "no addresses": ("[endpoints.e]\nbase_url = []", 2, "base_url must not be empty"),
    "key with a dot": (
        '[models."a.b"]\nsorce = "x"',
        2,
        'models."a.b".sorce is not a known key; did you mean "source"?',
    ),
    "after a text over several lines": (
        '[pairs.paper]\ndescription = """\nreviewr = 1\n"""\nreviewr = 1',
        5,
        "reviewr is",
    ),
    "broken TOML": ("a = 1\nb = = 2", None, "is not valid TOML: invalid value (at line 2, column 5)"),
    "torn TOML": ('a = """', None, "is not valid TOML: unterminated string"),
    "a key twice": ("[pairs.paper]\n[pairs.paper]", None, "is not valid TOML: cannot declare"),
}


def error_of(file: Path, tmp_path: Path, **environ: str) -> str:
    environ = {"SECONDPASS_HOME": str(tmp_path / "home"), **environ}
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(file, cwd=tmp_path, environ=environ).pair()
    assert caught.value.exit_code is ExitCode.USAGE
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_file_line_and_key(mistake: str, tmp_path: Path) -> None:
    text, line, expected = MISTAKES[mistake]
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    message = error_of(file, tmp_path)
    place = str(file) if line is None else f"{file}, line {line}: "
    assert message.startswith(place)
    assert expected in message


def test_the_mistake_is_looked_for_in_the_file_that_makes_it(tmp_path: Path) -> None:
    own = tmp_path / "home" / "config" / "models.toml"
    own.parent.mkdir(parents=True)
    own.write_text('[pairs.paper]\nreviewer = "gone"\n', encoding="utf-8")
    named = tmp_path / "named.toml"
    named.write_text('[pairs.paper]\ndescription = "fine"\n', encoding="utf-8")
    assert error_of(named, tmp_path).startswith(f"{own}, line 2: pairs.paper.reviewer")


def test_a_secret_in_the_wrong_place_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[endpoints.e]\nbase_url = "http://a"\napi_key_env = "sk-4711"\n', encoding="utf-8")
    message = error_of(file, tmp_path)
    assert "never the key itself" in message
    assert "4711" not in message
    file.write_text('[endpoints.e]\nbase_url = "http://user:4711@a"\n', encoding="utf-8")
    assert "4711" not in error_of(file, tmp_path)


def test_a_long_value_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f'[models.qwen3-8b]\ncontext = "{"x" * 5000}"\n', encoding="utf-8")
    assert len(error_of(file, tmp_path)) < 400


def test_more_than_one_mistake_is_said(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[models.qwen3-8b]\ncontext = 1\nseed = -1\n", encoding="utf-8")
    assert "(1 more after this one.)" in error_of(file, tmp_path)


@pytest.mark.parametrize("how", ["argument", "variable"])
def test_a_named_file_that_does_not_exist_is_an_error(tmp_path: Path, how: str) -> None:
    missing = tmp_path / "missing.toml"
    environ = {"SECONDPASS_HOME": str(tmp_path)} | ({} if how == "argument" else {"SECONDPASS_MODELS": str(missing)})
    with pytest.raises(ConfigurationError, match=r"missing\.toml does not exist"):
        load_configuration(missing if how == "argument" else None, cwd=tmp_path, environ=environ)


def test_a_folder_is_not_a_configuration(tmp_path: Path) -> None:
    assert "is a folder" in error_of(tmp_path, tmp_path)


def test_text_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes('description = "Käse"'.encode("latin-1"))
    assert "is not UTF-8 text (byte 16)" in error_of(file, tmp_path)


@pytest.mark.parametrize("text", ["a = " + "[" * 50_000, "a = " + "{a=" * 50_000, "a." * 20_000 + "a = 1"])
def test_a_file_nested_without_end_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    assert str(file) in error_of(file, tmp_path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "loop.toml"
    file.symlink_to(file)
    assert "cannot be read" in error_of(file, tmp_path)


def test_a_dangling_link_in_the_configuration_folder_is_reported(tmp_path: Path) -> None:
    own = tmp_path / "home" / "config" / "models.toml"
    own.parent.mkdir(parents=True)
    own.symlink_to(tmp_path / "gone.toml")
    with pytest.raises(ConfigurationError, match="does not exist"):
        load_configuration(cwd=tmp_path, environ={"SECONDPASS_HOME": str(tmp_path / "home")})


def test_an_unknown_pair_is_answered_with_the_nearest(tmp_path: Path) -> None:
    configuration = load_configuration(cwd=tmp_path, environ={"SECONDPASS_HOME": str(tmp_path)})
    with pytest.raises(ConfigurationError, match=r'There is no pair "demoo" \(--pair\); did you mean "demo"\?'):
        configuration.pair("demoo")


def test_an_unknown_pair_in_the_variable_is_blamed_on_the_variable(tmp_path: Path) -> None:
    environ = {"SECONDPASS_HOME": str(tmp_path), "SECONDPASS_PAIR": "papr"}
    configuration = load_configuration(cwd=tmp_path, environ=environ)
    assert configuration.pair("demo").scripted
    with pytest.raises(ConfigurationError, match=r'"papr" \(SECONDPASS_PAIR\); did you mean "paper"'):
        configuration.pair()
