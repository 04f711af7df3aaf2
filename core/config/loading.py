"""Finding the layers of the configuration, and what comes out of them: pairs that can be started."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from pydantic import ValidationError

from core.config.layers import Merged, merge_texts, read_text
from core.config.problems import first_problem, problem, suggestion
from core.config.schema import DEMO_SOURCE, EndpointConfig, File, InterfaceConfig, ModelConfig, PairConfig
from core.config.trust import LocalFile, local_file
from core.errors import ConfigurationError
from core.paths import absolute, config_dir
from core.shipped import shipped

FILE_NAME = "models.toml"


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """A model with everything needed to start it. ``name`` is its key in models.toml."""

    name: str
    kind: Literal["mlc", "openai", "demo"]
    config: ModelConfig
    endpoint: EndpointConfig | None

    @property
    def served_name(self) -> str | None:
        """The name that the server knows the model by; None if nothing says it, so that the server has to be asked."""
        source = self.config.source
        of_another_engine = source is None or source.startswith("HF://")
        return self.config.served_name or (None if of_another_engine else source)


@dataclass(frozen=True, slots=True)
class ResolvedPair:
    """A pair with its two models. ``scripted`` is true for the demo pair: its answers come from no model."""

    name: str
    coder: ResolvedModel
    reviewer: ResolvedModel
    config: PairConfig
    scripted: bool


@dataclass(frozen=True, slots=True)
class KeySetting:
    """The keys given to a binding, with commas between them; ``place`` is where that is said."""

    keys: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The merged configuration.

    ``notices`` are sentences the user should see on stderr; ``sources`` the files that were read, the strongest last.
    """

    default_pair: str
    default_pair_from: str
    """Where the default pair was chosen, for messages."""
    models: Mapping[str, ModelConfig]
    pairs: Mapping[str, PairConfig]
    endpoints: Mapping[str, EndpointConfig]
    interface: InterfaceConfig
    keys: Mapping[str, KeySetting]
    """By the names of the bindings, which only the screen knows: it says which of them do not exist."""
    notices: tuple[str, ...]
    sources: tuple[Path, ...]
    local: LocalFile | None = None
    """The models.toml of the working directory, where it is a layer of its own and not one of the others."""

    def pair(self, name: str | None = None) -> ResolvedPair:
        """The pair called ``name``, or the default pair.

        Raises:
            ConfigurationError: there is no such pair.
        """
        wanted = self.default_pair if name is None else name
        if (config := self.pairs.get(wanted)) is None:
            asked = self.default_pair_from if name is None else "--pair"
            raise ConfigurationError(f'There is no pair "{wanted}" ({asked}){suggestion(wanted, self.pairs)}')
        coder, reviewer = self.model(config.coder), self.model(config.reviewer)
        return ResolvedPair(wanted, coder, reviewer, config, scripted="demo" in (coder.kind, reviewer.kind))

    def model(self, name: str) -> ResolvedModel:
        """The model called ``name``.

        Raises:
            ConfigurationError: there is no such model.
        """
        if (config := self.models.get(name)) is None:
            raise ConfigurationError(f'There is no model "{name}"{suggestion(name, self.models)}')
        endpoint = None if config.endpoint is None else self.endpoints[config.endpoint]
        if config.source == DEMO_SOURCE:
            return ResolvedModel(name, "demo", config, endpoint)
        return ResolvedModel(name, "openai" if endpoint else "mlc", config, endpoint)


def load_configuration(
    models: Path | None = None, *, cwd: Path | None = None, environ: Mapping[str, str] | None = None
) -> Configuration:
    """Merge the shipped models.toml, the user's own, a trusted one in the working directory, and the named one.

    Named is the file given by ``models`` or SECONDPASS_MODELS. A models.toml in the working directory is not used
    unless it is that file or its content was trusted (see ``core.config.trust``): a configuration can send code to
    another machine and load native libraries, so a cloned repository must not be able to bring one along.

    Args:
        models: the file named on the command line; it wins over SECONDPASS_MODELS.
        cwd: the working directory, by default the process's.
        environ: the environment, by default the process's.

    Raises:
        ConfigurationError: a file cannot be read or says something that cannot be; the text names file, line and key.
    """
    environ = os.environ if environ is None else environ
    local, files = _layers(models, cwd=cwd, environ=environ)
    # What was trusted is what is used: the local file is not read a second time.
    merged = merge_texts([(file, local.text if local and file == local.path else read_text(file)) for file in files])
    content = validated(merged)
    default_pair, chosen_in = content.default_pair, f"default_pair in {merged.place_of(('default_pair',))}"
    if from_environment := environ.get("SECONDPASS_PAIR"):
        default_pair, chosen_in = from_environment, "SECONDPASS_PAIR"
    return Configuration(
        default_pair=default_pair,
        default_pair_from=chosen_in,
        models=MappingProxyType({name: _anchored(name, model, merged) for name, model in content.models.items()}),
        pairs=MappingProxyType(content.pairs),
        endpoints=MappingProxyType(content.endpoints),
        interface=content.interface,
        keys=MappingProxyType({name: KeySetting(keys, _place(merged, name)) for name, keys in content.keys.items()}),
        notices=(_notice(local),) if local is not None and local.answer != "trusted" else (),
        sources=files,
        local=local,
    )


def _place(merged: Merged, name: str) -> str:
    quoted = ("keys", name)
    return str(merged.place_of(quoted if quoted in merged.places else ("keys", *name.split("."))))


def layer_files(
    models: Path | None = None, *, cwd: Path | None = None, environ: Mapping[str, str] | None = None
) -> tuple[Path, ...]:
    """The files that are merged, the strongest last; arguments as for ``load_configuration``."""
    environ = os.environ if environ is None else environ
    return _layers(models, cwd=cwd, environ=environ)[1]


def _layers(
    models: Path | None, *, cwd: Path | None, environ: Mapping[str, str]
) -> tuple[LocalFile | None, tuple[Path, ...]]:
    """The models.toml of the working directory unless it is one of the others, and all files, the strongest last."""
    files = _shipped_and_own(environ)
    named = models if models is not None else _path_in(environ, "SECONDPASS_MODELS")
    last = () if named is None else (absolute(os.path.expanduser(named), cwd),)
    local = _local_file(cwd, environ)
    if local is None or _same_as_any(local.path, (*files, *last)):
        return None, (*files, *last)
    return local, (*files, local.path, *last) if local.answer == "trusted" else (*files, *last)


def _same_as_any(path: Path, files: tuple[Path, ...]) -> bool:
    return any(os.path.exists(file) and os.path.samefile(path, file) for file in files)


def _shipped_and_own(environ: Mapping[str, str]) -> tuple[Path, ...]:
    own = config_dir(create=False, environ=environ) / FILE_NAME
    # A dangling link is kept, so that it is reported instead of silently not applied.
    return (shipped(FILE_NAME), own) if os.path.lexists(own) else (shipped(FILE_NAME),)


def _path_in(environ: Mapping[str, str], variable: str) -> Path | None:
    return Path(value) if (value := environ.get(variable)) else None


def _local_file(cwd: Path | None, environ: Mapping[str, str]) -> LocalFile | None:
    try:
        path = (cwd or Path.cwd()) / FILE_NAME
    except FileNotFoundError:  # the working directory was deleted under us
        return None
    return local_file(path, environ)


def _notice(local: LocalFile) -> str:
    changed = " It was changed since it was trusted." if local.changed else ""
    return (
        f"Ignored {local.path}: a configuration in the working directory can send code to other machines and load "
        "native libraries, so it is used only when it is trusted (the Workbench asks) or named "
        f"(--models ./{FILE_NAME}).{changed}"
    )


def validated(merged: Merged) -> File:
    """The content of all layers together.

    Raises:
        ConfigurationError: it says something that cannot be; the text names file, line and key.
    """
    try:
        content = File.model_validate(merged.table)
    except ValidationError as error:
        raise first_problem(error, merged) from None
    for name, model in content.models.items():
        _refer(merged, ("models", name, "endpoint"), model.endpoint, content.endpoints, "endpoint")
    for name, pair in content.pairs.items():
        _refer(merged, ("pairs", name, "coder"), pair.coder, content.models, "model")
        _refer(merged, ("pairs", name, "reviewer"), pair.reviewer, content.models, "model")
        if len({content.models[model].source == DEMO_SOURCE for model in (pair.coder, pair.reviewer)}) > 1:
            sentence = "puts a scripted model and a real one together; use two of a kind."
            raise problem(merged, ("pairs", name), sentence)
    _refer(merged, ("default_pair",), content.default_pair, content.pairs, "pair")
    return content


def _refer(merged: Merged, key: tuple[str, ...], name: str | None, known: Mapping[str, object], kind: str) -> None:
    if name is not None and name not in known:
        raise problem(merged, key, f'names the {kind} "{name}", which does not exist{suggestion(name, known)}')


def _anchored(name: str, model: ModelConfig, merged: Merged) -> ModelConfig:
    """Relative paths mean: relative to the file that says them. Engines run in a working folder of their own."""
    if model.source == DEMO_SOURCE or model.endpoint is not None:
        return model
    changed = {}
    for key in ("source", "model_lib"):
        path = getattr(model, key)
        if path is not None and "://" not in path:
            folder = merged.place_of(("models", name, key)).file.parent
            changed[key] = str(absolute(os.path.expanduser(path), folder))
    return model.model_copy(update=changed)
