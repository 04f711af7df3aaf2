"""Finding the layers of the configuration, and what comes out of them: pairs that can be started."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from pydantic import ValidationError

from core.config.layers import Merged, merge_files
from core.config.problems import first_problem, problem, suggestion
from core.config.schema import DEMO_SOURCE, EndpointConfig, File, InterfaceConfig, ModelConfig, PairConfig
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
    """Merge the shipped models.toml, the user's own, and the file named by ``models`` or SECONDPASS_MODELS.

    A models.toml in the working directory is not read unless it is that named file: a configuration can send
    code to another machine and load native libraries, so a cloned repository must not be able to bring one along.

    Args:
        models: the file named on the command line; it wins over SECONDPASS_MODELS.
        cwd: the working directory, by default the process's.
        environ: the environment, by default the process's.

    Raises:
        ConfigurationError: a file cannot be read or says something that cannot be; the text names file, line and key.
    """
    environ = os.environ if environ is None else environ
    files = layer_files(models, cwd=cwd, environ=environ)
    merged = merge_files(files)
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
        notices=_notice_of_local_file(cwd, files),
        sources=files,
    )


def _place(merged: Merged, name: str) -> str:
    quoted = ("keys", name)
    return str(merged.place_of(quoted if quoted in merged.places else ("keys", *name.split("."))))


def layer_files(
    models: Path | None = None, *, cwd: Path | None = None, environ: Mapping[str, str] | None = None
) -> tuple[Path, ...]:
    """The files that are merged, the strongest last; arguments as for ``load_configuration``."""
    environ = os.environ if environ is None else environ
    base = _shipped_and_own(environ)
    named = models if models is not None else _path_in(environ, "SECONDPASS_MODELS")
    return base if named is None else (*base, absolute(os.path.expanduser(named), cwd))


def _shipped_and_own(environ: Mapping[str, str]) -> tuple[Path, ...]:
    own = config_dir(create=False, environ=environ) / FILE_NAME
    # A dangling link is kept, so that it is reported instead of silently not applied.
    return (shipped(FILE_NAME), own) if os.path.lexists(own) else (shipped(FILE_NAME),)


def _path_in(environ: Mapping[str, str], variable: str) -> Path | None:
    return Path(value) if (value := environ.get(variable)) else None


def _notice_of_local_file(cwd: Path | None, used: tuple[Path, ...]) -> tuple[str, ...]:
    try:
        local = (cwd or Path.cwd()) / FILE_NAME
    except FileNotFoundError:  # the working directory was deleted under us
        return ()
    if not os.path.isfile(local) or any(os.path.samefile(local, file) for file in used):
        return ()
    return (
        f"Ignored {local}: a configuration in the working directory can send code to other machines and load native "
        f"libraries, so it is used only when named (--models ./{FILE_NAME}).",
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
