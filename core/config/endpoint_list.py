"""A list of addresses that serve a pair's models for one benchmark, in place of those of models.toml."""

from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from core.config.loading import ResolvedModel, ResolvedPair
from core.config.schema import EndpointConfig
from core.engines.protocol import Role
from core.errors import UsageError

_ROLES: tuple[Role, Role] = ("coder", "reviewer")


def served_from(pair: ResolvedPair, path: Path) -> ResolvedPair:
    """``pair`` with the models that the file ``path`` has addresses for served there.

    A line is ``coder ADDRESS``, ``reviewer ADDRESS``, or an address alone, which serves both; ``#`` begins a comment.
    Keys and time limits are those of the model's endpoint in models.toml, if it has one.

    Raises:
        UsageError: The file cannot be read, or a line of it; or the pair is the scripted one.
    """
    if pair.scripted:
        raise UsageError(
            f"The pair {pair.name} is scripted and uses no server; leave out --endpoints or name another pair."
        )
    addresses = _addresses(path)
    coder, reviewer = _moved(pair.coder, addresses["coder"]), _moved(pair.reviewer, addresses["reviewer"])
    # Models on servers of their own need not take turns.
    config = pair.config.model_copy(update={"placement": "auto"}) if all(addresses.values()) else pair.config
    return replace(pair, coder=coder, reviewer=reviewer, config=config)


def _addresses(path: Path) -> dict[Role, tuple[str, ...]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not text"
        raise UsageError(f"The list of endpoints {path} cannot be read: {reason}.") from error
    found: dict[Role, list[str]] = {role: [] for role in _ROLES}
    for number, line in enumerate(lines, start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        roles = [role for role in _ROLES if len(words) == 1 or words[0] == role]
        if len(words) > 2 or not roles:
            raise UsageError(
                f"{path}, line {number}: a line is an address, with coder or reviewer before it if it serves only one."
            )
        try:
            url = EndpointConfig(base_url=(words[-1],)).base_url[0]
        except ValidationError as error:
            said = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise UsageError(f"{path}, line {number}: what serves the model {said}.") from error
        for role in roles:
            found[role].append(url)
    if not any(found.values()):
        raise UsageError(f"{path} lists no endpoint; write one address a line, such as http://10.0.0.5:8000/v1.")
    return {role: tuple(dict.fromkeys(urls)) for role, urls in found.items()}


def _moved(model: ResolvedModel, addresses: tuple[str, ...]) -> ResolvedModel:
    if not addresses:
        return model
    endpoint = model.endpoint or EndpointConfig(base_url=addresses)
    return replace(model, kind="openai", endpoint=endpoint.model_copy(update={"base_url": addresses}))
