"""The keeper: a process of its own that holds a pair's models loaded until nobody has used them for a while.

Started by ``core.keeper.starting``; not meant to be run by hand. It answers on loopback whoever knows its token, which
stands in a file that only the user can read. Its servers die with it, however it dies.
"""

import asyncio
import contextlib
import hmac
import json
import logging
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from core.engines.gpu_lock import KEEPER
from core.engines.mlc_install import mlc_command
from core.engines.pair import open_pair
from core.engines.protocol import EngineStatus, Role
from core.errors import EngineError, SecondpassError
from core.keeper.link import status_json
from core.keeper.order import Order
from core.keeper.record import KeeperRunsError, Record, Registration, fingerprint_of
from core.keeper.roster import Roster

log = logging.getLogger(__name__)

_HELLO_SECONDS = 10.0
"""How long a connection gets to say what it wants."""

_LAST_WORDS = 5.0
"""Seconds that a new keeper waits for whoever started it to speak up, to hear of the start or why it failed."""

_SHORTEST_LOOK = 0.2
"""Seconds between two looks whether the pair is idle, at least; at most a second."""


class Keeper:
    """One pair, the connections of those who use it, and the reasons to end."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._roster = Roster(open_pair(order.pair, program=KEEPER, share=False))
        self._token = secrets.token_hex(32)
        self._started = time.time()
        self._begun = time.monotonic()
        self._end = asyncio.Event()
        self._loaded: asyncio.Task[None] | None = None
        self._starters = 0
        self._claimed = False
        self._stopping = False

    async def run(self, registration: Registration) -> None:
        """Keep the pair until it is idle, or somebody stops it."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end.set)
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._loaded = asyncio.create_task(self._roster.load())
        self._loaded.add_done_callback(self._has_loaded)
        registration.write(
            Record(
                pid=os.getpid(),
                port=server.sockets[0].getsockname()[1],
                token=self._token,
                pair=self._order.pair.name,
                fingerprint=fingerprint_of(self._order.pair, mlc_command(os.environ), os.environ),
                started=self._started,
                idle_minutes=self._order.idle_minutes,
                log=self._order.log,
            )
        )
        _say_once("ready")
        log.info("keeping the pair %s", self._order.pair.name)
        watch = asyncio.create_task(self._watch_idle())
        loop.call_later(_LAST_WORDS, self._expect_a_claim)
        try:
            await self._end.wait()
        finally:
            self._stopping = True
            registration.remove()
            server.close()
            for task in (watch, self._loaded):
                task.cancel()
            await asyncio.gather(watch, self._loaded, return_exceptions=True)
            await self._roster.close()
            log.info("the pair %s is unloaded", self._order.pair.name)

    def _has_loaded(self, loading: asyncio.Task[None]) -> None:
        """Without its models it has no purpose; those who wait for the start are told why before it ends."""
        if loading.cancelled() or (failure := loading.exception()) is None:
            return
        log.error("the pair could not be loaded: %s", _first(failure))
        # A pair that does not fit is refused faster than anybody can ask.
        asyncio.get_running_loop().call_later(_LAST_WORDS, self._end.set)

    def _expect_a_claim(self) -> None:
        """Whoever started this may have been killed before it said a word; then nobody wants the pair."""
        if not self._claimed:
            log.info("whoever started this went away")
            self._end.set()

    async def _watch_idle(self) -> None:
        limit = self._order.idle_minutes * 60
        while True:
            await asyncio.sleep(min(max(_SHORTEST_LOOK, limit / 20), 1.0))
            if self._idle_left() == 0:
                log.info("not used for %g minutes", self._order.idle_minutes)
                self._end.set()

    def _idle_left(self) -> float | None:
        """Seconds until it ends by itself; None if it is in use, loads, or never ends."""
        assert self._loaded is not None
        if not self._order.idle_minutes or self._roster.users or not self._loaded.done():
            return None
        return max(0.0, self._order.idle_minutes * 60 - (time.monotonic() - self._roster.last_used))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_HELLO_SECONDS):
                request = json.loads(await reader.readline())
            if not hmac.compare_digest(str(request["token"]).encode(), self._token.encode()):
                return
            await self._answer(request, reader, writer)
        except (OSError, ValueError, KeyError, TypeError, TimeoutError):
            # Whoever does not speak as our programs do is not talked to; one of ours that went away needs no answer.
            log.debug("a connection was dropped", exc_info=True)
        finally:
            writer.close()

    async def _answer(
        self, request: Mapping[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            match request["op"]:
                case "status":
                    _send(writer, done=self._told())
                case "plan":
                    _send(writer, done=await self._roster.plan())
                case "start":
                    await self._start(reader, writer)
                case "use":
                    await self._use(request["role"], reader, writer)
                case "answered":
                    self._roster.engines[request["role"]].answered()
                    _send(writer, done={})
                case "trouble":
                    engine = self._roster.engines[request["role"]]
                    said = await engine.trouble(request["url"], stalled=request["stalled"])
                    _send(writer, done={"sentence": said})
                case "stop":
                    _send(writer, done={})
                    self._end.set()
        except SecondpassError as error:
            _send(writer, error=str(error))
        await writer.drain()

    async def _start(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Tell of the start until it is done. When all who waited for it went away before, it is given up."""
        assert self._loaded is not None
        unwatch = self._telling(writer)
        gone = asyncio.create_task(reader.read())
        self._starters += 1
        self._claimed = True
        try:
            await asyncio.wait({gone, self._loaded}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            unwatch()
            self._starters -= 1
            gone.cancel()
        if not self._loaded.done():
            if not self._starters and not self._roster.users:
                log.info("whoever started this went away")
                self._end.set()
            return
        if self._loaded.cancelled():
            raise EngineError(f"The pair {self._order.pair.name} was unloaded while it was loaded.")
        if (failure := self._loaded.exception()) is not None:
            _send(writer, error=str(_first(failure)))
            await writer.drain()
            self._end.set()
            return
        _send(writer, done=self._told())

    async def _use(self, role: Role, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._claimed = True
        unwatch = self._telling(writer)
        try:
            async with self._roster.used(role) as served:
                unwatch()
                _send(writer, done={"base_url": served.base_url, "key": served.key, "log": str(served.log)})
                await writer.drain()
                await reader.read()
        finally:
            unwatch()

    def _telling(self, writer: asyncio.StreamWriter) -> Callable[[], None]:
        """Send every status from now on, the present ones first; the function returned ends it."""

        def tell(role: Role, status: EngineStatus) -> None:
            _send(writer, status=status_json(role, status))

        for role, engine in self._roster.engines.items():
            tell(role, engine.status)
        return self._roster.watch(tell)

    def _told(self) -> Mapping[str, Any]:
        return {
            "pair": self._order.pair.name,
            "phase": "stopping" if self._stopping else str(self._roster.phase),
            "placement": self._roster.placement,
            "pid": os.getpid(),
            "started": self._started,
            "uptime": time.monotonic() - self._begun,
            "idle_minutes": self._order.idle_minutes,
            "idle_left": self._idle_left(),
            "users": self._roster.users,
            "starters": self._starters,
            "log": self._order.log,
            "models": self._roster.told(),
        }


def _send(writer: asyncio.StreamWriter, **said: Any) -> None:
    if not writer.is_closing():
        writer.write(json.dumps(said).encode() + b"\n")


def _first(failure: BaseException) -> BaseException:
    """The first of the errors of models that were loaded side by side."""
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return failure


def main() -> None:
    """Read the order, leave the program that gave it, and keep the pair."""
    line = sys.stdin.buffer.readline()
    # The process that was started ends at once: the keeper is nobody's child, and leads no session.
    if os.fork():
        os._exit(0)
    os.umask(0o077)
    os.chdir("/")
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        asyncio.run(_keep(Order.decode(line)))
    except KeeperRunsError:
        _say_once("runs")
    except SecondpassError as error:
        log.error("%s", error)
        _say_once(f"error {error}")
    except OSError as error:
        log.exception("the keeper ended")
        _say_once(f"error No pair can be kept loaded here ({error}): run commands without engines start.")


def _say_once(word: str) -> None:
    """Tell whoever started this how it went; standard output says nothing more after that."""
    with contextlib.suppress(OSError):
        os.write(1, word.encode() + b"\n")
    os.dup2(2, 1)


async def _keep(order: Order) -> None:
    registration = Registration()
    await Keeper(order).run(registration)
