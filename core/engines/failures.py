"""The ways in which a request to a server fails, as far as they are handled differently."""

from core.errors import EngineError


class UnreachableError(EngineError):
    """No connection could be made; another address may work."""


class DroppedError(EngineError):
    """The connection broke after it stood; before the first token the request may be sent again."""


class ClosedError(DroppedError):
    """We closed the engine of ``model`` ourselves."""

    def __init__(self, model: str) -> None:
        super().__init__(f"The engine of {model} was closed while it was used: start it again.")


class UnavailableError(EngineError):
    """The server asks to wait (429, 503). ``after`` is how long, in seconds, where it said so."""

    def __init__(self, sentence: str, *, after: float | None, loading: bool) -> None:
        super().__init__(sentence)
        self.after = after
        self.loading = loading


class UnknownFieldError(EngineError):
    """The server refuses an optional field of the request; it may be left out."""

    def __init__(self, sentence: str, *, field: str) -> None:
        super().__init__(sentence)
        self.field = field


class PrefillTimeoutError(EngineError):
    """No first token in time."""


class StalledError(EngineError):
    """No further token in time."""
