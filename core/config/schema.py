"""What models.toml may say: models, pairs and endpoints, one frozen model for each kind of table."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from core.choices import DEFAULT_CONCURRENCY, POINTS_PER_MINUTE
from core.engines.protocol import Stage
from core.errors import ConfigurationError

Placement = Literal["auto", "resident", "swap", "split"]
ThemeName = Literal["dark", "light", "contrast", "terminal"]
Notifications = Literal["unfocused", "always", "never"]
NotifyBy = Literal["auto", "osc9", "osc777", "bell"]

DEMO_SOURCE = "demo"
DEFAULT_CONTEXT = 16384
DEFAULT_MAX_TOKENS = 4096

_DEVICE = re.compile(r"(auto|cuda|rocm|vulkan|metal|opencl|cpu)(:\d+)?")
_COMMIT = re.compile(r"[0-9a-f]{7,40}")
_ENVIRONMENT_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _argument(text: str) -> str:
    """Text that ends up on the command line of a server must not be able to pass for an option."""
    if not text.strip() or text != text.strip() or not text.isprintable() or text.startswith("-"):
        raise ValueError("must be a printable text without spaces around it that does not begin with a dash")
    return text


def _device(text: str) -> str:
    if not _DEVICE.fullmatch(text):
        raise ValueError('must be auto, cuda, rocm, vulkan, metal, opencl or cpu, with a number if wanted ("cuda:1")')
    return text


def _revision(text: str) -> str:
    if not _COMMIT.fullmatch(text):
        raise ValueError("must be a commit of the model's repository: 7 to 40 digits of 0-9 and a-f")
    return text


def _environment_variable(text: str) -> str:
    if not _ENVIRONMENT_VARIABLE.fullmatch(text):
        raise ValueError("must be the name of an environment variable that holds the key, never the key itself")
    return text


def _one_or_many(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


def _base_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        raise ValueError("must be an address such as http://127.0.0.1:8000/v1") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_valid or not url.isprintable():
        raise ValueError("must be an address such as http://127.0.0.1:8000/v1 (http or https)")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user name or password (an address is shown and logged); use api_key_env")
    if parts.query or parts.fragment or " " in url:
        raise ValueError("must end with its path (no spaces, no ? and no #)")
    return url.rstrip("/")


Argument = Annotated[str, AfterValidator(_argument)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]


class Table(BaseModel):
    """A table of models.toml. Types are strict: a number in quotes is a mistake, not a number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class ArchitectureConfig(Table):
    """A model's shape, with the names of Hugging Face's config.json, for planning memory before it is on disk."""

    model_type: Argument
    """The family, such as qwen2, qwen3 or llama."""
    hidden_size: Count
    intermediate_size: Count
    num_hidden_layers: Count
    num_attention_heads: Count
    num_key_value_heads: Count
    head_dim: Count
    vocab_size: Count
    tie_word_embeddings: bool = False
    """The output layer shares the weights of the token embedding."""


class ModelConfig(Table):
    """One model. Served by MLC-LLM, or with ``endpoint`` by a server that runs already."""

    source: Argument | None = None
    """``HF://user/repository``, a local folder in MLC format, or "demo" for the scripted model."""
    weights_gib: Positive | None = None
    """Size of the weights in GiB, for download notices, and for placement where nothing else says it."""
    architecture: ArchitectureConfig | None = None
    """The model's shape, for planning memory; files on disk say it better."""
    revision: Annotated[str, AfterValidator(_revision)] | None = None
    """The commit of the hub's repository that the weights have to be of, 7 to 40 hexadecimal digits."""
    context: Annotated[int, Field(ge=256)] = DEFAULT_CONTEXT
    """Context window in tokens, prompt and answer together."""
    max_tokens: Annotated[int, Field(ge=1)] = DEFAULT_MAX_TOKENS
    """Most tokens of one answer, reasoning included. Half the context if that is less and nothing is said."""
    thinking: bool | None = None
    """The model reasons before it answers (true), is told not to (false), or does what it does."""
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    """0 always takes the likeliest token; higher is more varied."""
    seed: Annotated[int, Field(ge=0)] | None = None
    """For sampling that can be repeated."""
    no_thinking: Annotated[tuple[Stage, ...], BeforeValidator(_one_or_many)] = ()
    """Stages in which a model that reasons is told not to: plan, draft, review, opinion, fix, retry."""
    structured: bool | None = None
    """Reviews come as JSON that the engine enforces. If absent, for models that are told not to reason in reviews."""
    endpoint: str | None = None
    """The endpoint whose server answers; without one, MLC-LLM is started."""
    served_name: Argument | None = None
    """The name the server knows the model by."""
    model_lib: Argument | None = None
    """A compiled library for MLC-LLM; compiled on first use if absent."""
    device: Annotated[str, AfterValidator(_device)] | None = None
    """Where MLC-LLM computes: cuda, rocm, vulkan, metal, opencl or cpu, with a number if wanted; else it looks."""

    @model_validator(mode="before")
    @classmethod
    def _leave_room_for_the_prompt(cls, data: Any) -> Any:
        context = data.get("context") if isinstance(data, Mapping) else None
        if type(context) is int and context > 1 and "max_tokens" not in data:
            return {**data, "max_tokens": min(DEFAULT_MAX_TOKENS, context // 2)}
        return data

    @property
    def holds_to_json(self) -> bool:
        """Whether reviews are asked for as JSON. A grammar would leave a model that reasons first no room to reason."""
        return not self._reasons_in_reviews if self.structured is None else self.structured

    @property
    def _reasons_in_reviews(self) -> bool:
        return self.thinking is not False and "review" not in self.no_thinking

    @model_validator(mode="after")
    def _check(self) -> "ModelConfig":
        if self.source is None and self.endpoint is None:
            raise ValueError("needs a source (HF://user/repository or a folder) or an endpoint")
        if self.source == DEMO_SOURCE and self.endpoint is not None:
            raise ValueError('cannot have both source = "demo" (scripted) and an endpoint')
        if self.revision is not None and (self.endpoint is not None or self.source == DEMO_SOURCE):
            raise ValueError("cannot have a revision: no weights of it are loaded from this machine")
        if self.structured and self.thinking and self._reasons_in_reviews and self.endpoint is None:
            raise ValueError("cannot be both structured and thinking: MLC-LLM would hold the reasoning to JSON too")
        if self.max_tokens >= self.context:
            raise ValueError(f"leaves no room for a prompt: max_tokens is {self.max_tokens}, context {self.context}")
        return self


class EndpointConfig(Table):
    """A server that runs already and speaks the OpenAI protocol; several addresses are used side by side."""

    base_url: Annotated[
        tuple[Annotated[str, AfterValidator(_base_url)], ...], BeforeValidator(_one_or_many), Field(min_length=1)
    ]
    """Its address, such as http://127.0.0.1:8000/v1, or several that are used side by side."""
    api_key_env: Annotated[str, AfterValidator(_environment_variable)] | None = None
    """Name of the environment variable that holds the key; keys themselves never stand in a file."""
    prefill_timeout_s: Positive | None = None
    """Seconds to wait for the first token."""
    stall_timeout_s: Positive | None = None
    """Seconds to wait for the next token."""
    concurrency: Count | None = None
    """Requests that each address takes side by side; more wait until one is free."""

    @property
    def side_by_side(self) -> int:
        """Requests that all addresses together take."""
        return len(self.base_url) * (self.concurrency or DEFAULT_CONCURRENCY)

    def api_key(self, environ: Mapping[str, str]) -> str | None:
        """The key to send, None if the server needs none.

        Raises:
            ConfigurationError: the variable that should hold the key is not set.
        """
        if self.api_key_env is None:
            return None
        if not (key := environ.get(self.api_key_env)):
            raise ConfigurationError(
                f"The environment variable {self.api_key_env} (api_key_env of the endpoint {self.base_url[0]}) "
                "is not set; set it to the key of that server."
            )
        return key


class PairConfig(Table):
    """Two models that work together."""

    coder: Annotated[str, Field(min_length=1)]
    """The model that drafts and fixes."""
    reviewer: Annotated[str, Field(min_length=1)]
    """The model that reviews."""
    placement: Placement = "auto"
    """Where the two live: both on one card, one at a time, one card each, or what fits."""
    gpu_usd_per_hour: Annotated[float, Field(ge=0)] = 0.0
    """What an hour of the hardware costs in US dollars, for the cost of a run."""
    auto_points_per_minute: Annotated[float, Field(ge=0)] = POINTS_PER_MINUTE
    """Points of pass@1 that a minute of review must promise for the pattern ``auto`` to review a draft."""
    description: str = ""
    """One line about the pair."""


class InterfaceConfig(Table):
    """How the program looks and behaves on the terminal."""

    theme: ThemeName = "dark"
    """Colours of the screen. The theme key remembers its choice here."""
    mouse: bool = True
    """False leaves the mouse to the terminal, for its own selection."""
    plain: bool = False
    """Plain text for screen readers: no frames, no marks without a word, no moving parts."""
    notifications: Notifications = "unfocused"
    """When the terminal is told that a run has ended or asks something."""
    notify_by: NotifyBy = "auto"
    """How it is told: by what the terminal is known to understand, by OSC 9, by OSC 777, or by the bell."""
    reduced_motion: bool = False
    """No animation and no blinking."""


def _flat(value: object) -> object:
    """``workbench.run = "f4"`` is a table in a table to TOML, and ``"workbench.run" = "f4"`` is not: both are meant."""
    if not isinstance(value, Mapping):
        return value
    flat: dict[object, object] = {}
    for name, inner in value.items():
        if isinstance(inner, Mapping):
            flat |= {f"{name}.{last}": keys for last, keys in inner.items()}
        else:
            flat[name] = inner
    return flat


class File(Table):
    """A whole models.toml, all layers merged."""

    default_pair: str
    """The pair that is used where none is named."""
    models: dict[str, ModelConfig] = Field(default_factory=dict)
    endpoints: dict[str, EndpointConfig] = Field(default_factory=dict)
    pairs: dict[str, PairConfig] = Field(default_factory=dict)
    interface: InterfaceConfig = InterfaceConfig()
    keys: Annotated[dict[str, Annotated[str, Field(min_length=1)]], BeforeValidator(_flat)] = Field(
        default_factory=dict
    )
    """Keys given to bindings, by their names."""


TABLES: Mapping[str, type[Table]] = {
    "models": ModelConfig,
    "endpoints": EndpointConfig,
    "pairs": PairConfig,
    "interface": InterfaceConfig,
}
