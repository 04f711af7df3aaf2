"""How long an engine is waited for, each wait on its own clock."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds. A long prefill is not a stall, so the first token and the gap between tokens differ."""

    connect: float = 5.0
    """Until a connection stands, and until a small question such as ``/v1/models`` is answered."""
    prefill: float = 300.0
    """From sending a request to its first token."""
    stall: float = 60.0
    """Between two tokens."""
    loading: float = 600.0
    """While a server answers 503 because it still loads its model."""
    overloaded: float = 60.0
    """While a server answers 429, or 503 without saying that it loads."""
    busy: float = 300.0
    """For a server to answer again after a request was stopped during its prefill."""
    dead: float = 15.0
    """Before an address that could not be reached is tried again, where a role has several."""
