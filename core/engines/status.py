"""Where an engine stands, and who wants to hear of it."""

from collections.abc import Callable

from core.engines.protocol import EngineStatus


class StatusBoard:
    """Holds an engine's status and tells its listeners of every change, in the order they came."""

    def __init__(self, status: EngineStatus) -> None:
        self._status = status
        self._listeners: list[Callable[[EngineStatus], None]] = []

    @property
    def status(self) -> EngineStatus:
        """The status set last."""
        return self._status

    def set(self, status: EngineStatus) -> None:
        """Set the status; listeners hear of it only if it differs."""
        if status == self._status:
            return
        self._status = status
        for listener in tuple(self._listeners):
            listener(status)

    def watch(self, listener: Callable[[EngineStatus], None]) -> Callable[[], None]:
        """Call ``listener`` at every change; the function returned ends it and may be called twice."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end
