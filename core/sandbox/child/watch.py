"""Forking a runner, waiting for what it says, and ending it whatever it does."""

import contextlib
import fcntl
import json
import os
import resource
import select
import signal
import stat
import sys
import time
from collections.abc import Callable
from typing import Any, Literal, NoReturn

from .runner import Report

Message = dict[str, Any]
_MAX_LINE = 4 << 20
_TICK = 0.1
_MAX_ENTRIES = 2_000
_HIGH = 64
_MOST_OPEN = 4_096
"""Descriptors beyond this number are not looked for; none of ours is that high."""


class Stopped(Exception):
    """Whoever asked for the run is gone, or wants no more of it."""


# Plain classes: importing dataclasses would take a third of the time that a run takes.


class Ended:
    """A runner came to its end before it said what was waited for; ``reason`` is "" while it is not known."""

    __slots__ = ("outcome", "reason")

    def __init__(self, outcome: Literal["timeout", "crash"], reason: str) -> None:
        self.outcome, self.reason = outcome, reason


class Runner:
    """A live runner: where to read from, what it may do, and what it has said and printed so far."""

    def __init__(self, pid: int, messages: int, output: int, word: bytes, job: dict[str, Any]) -> None:
        self.pid = pid
        self.messages = messages
        self.output: int | None = output
        self.word = word
        self.private: str = job["private"]
        self.max_output = int(job["limits"]["output_kib"] * 1024)
        self.max_folder = int(job["limits"]["file_mib"] * (1 << 20))
        self.printed = 0
        self.unread = b""
        self.next_look = time.monotonic()
        self.status: int | None = None
        """Its wait status, once it has been collected."""


_live: list[Runner] = []


def start(
    body: Callable[[dict[str, Any], Report], NoReturn], job: dict[str, Any], *, extra: int | None = None
) -> Runner:
    """Fork a process that calls ``body(job, report)``; of our descriptors it has ``extra``, as its number 4, and that
    of ``job["prepared"]``.

    Raises OSError when there are no more processes to be had.
    """
    prepared = job.get("prepared")
    messages_out, messages_in = os.pipe()
    output_out, output_in = os.pipe()
    word = os.urandom(16).hex()
    pid = os.fork()
    if pid == 0:
        try:
            os.setpgid(0, 0)
            null = os.open(os.devnull, os.O_RDONLY)
            kept = [null, output_in, output_in, messages_in, *([] if extra is None else [extra])]
            if prepared is not None and prepared.rules is not None:
                kept.append(prepared.rules)
                prepared.rules = len(kept) - 1
            _only_these(kept)
            body(job, Report(3, word))
        except BaseException as error:
            os.write(
                3, (word + json.dumps({"type": "broken", "reason": f"{type(error).__name__}: {error}"}) + "\n").encode()
            )
        finally:
            os._exit(70)
    os.close(messages_in)
    os.close(output_in)
    runner = Runner(pid, messages_out, output_out, word.encode(), job)
    _live.append(runner)
    return runner


def _only_these(descriptors: list[int]) -> None:
    """Give the process these descriptors, numbered from 0, and no other."""
    # First out of the way, as one may stand where another is to go.
    high = [fcntl.fcntl(each, fcntl.F_DUPFD, _HIGH) for each in descriptors]
    for number, each in enumerate(high):
        os.dup2(each, number)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    os.closerange(len(high), most if 0 < most < _MOST_OPEN else _MOST_OPEN)


def live() -> tuple[Runner, ...]:
    """The runners that have not been ended."""
    return tuple(_live)


def end(runner: Runner) -> int:
    """Kill the runner with all it has started, wait for it, and give its wait status."""
    for kill in (os.killpg, os.kill) if runner.status is None else (os.killpg,):
        try:
            kill(runner.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue  # it ended before, or has no group of its own yet
    status = os.waitpid(runner.pid, 0)[1] if runner.status is None else runner.status
    _live.remove(runner)
    os.close(runner.messages)
    if runner.output is not None:
        os.close(runner.output)
    _end_orphans()
    return status


def end_all() -> None:
    """End every runner that still lives."""
    for runner in list(_live):
        end(runner)


def _end_orphans() -> None:
    """Kill what a runner left behind, where Linux hands it to this process (see supervise)."""
    kept = {runner.pid for runner in _live}
    for _ in range(100):
        try:
            with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as children:
                left = [pid for word in children.read().split() if (pid := int(word)) not in kept]
            for pid in left:
                os.kill(pid, signal.SIGKILL)
        except OSError:
            return
        if not left:
            return
        for pid in left:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        time.sleep(0.01)


def _read(runner: Runner, wait: float) -> Ended | None:
    sources = [0, runner.messages] + ([runner.output] if runner.output is not None else [])
    ready, _, _ = select.select(sources, [], [], wait)
    if 0 in ready and not os.read(0, 65_536):
        raise Stopped
    if runner.output is not None and runner.output in ready:
        octets = os.read(runner.output, 1 << 16)
        runner.printed += len(octets)
        if not octets:
            os.close(runner.output)
            runner.output = None
        elif runner.printed > runner.max_output:
            return Ended("crash", f"it printed more than {runner.max_output // 1024} KiB")
    if runner.messages in ready:
        octets = os.read(runner.messages, 1 << 16)
        if not octets:
            return Ended("crash", "")
        runner.unread += octets
        if len(runner.unread) > _MAX_LINE:
            return Ended("crash", "its report is too large")
    return None


def wait_for(runner: Runner, kind: str, deadline: float) -> Message | Ended:
    """The next message, which must be of ``kind``, or how the runner ended; the runner is gone then.

    ``deadline`` is in seconds of ``time.monotonic``. Raises Stopped (the runner is gone then, too).
    """
    ended: Ended | None = None
    while ended is None:
        line, newline, rest = runner.unread.partition(b"\n")
        if newline:
            runner.unread = rest
            message = _parse(runner, line, kind)
            if not isinstance(message, Ended):
                return message
            ended = message
            break
        now = time.monotonic()
        if now >= deadline:
            ended = Ended("timeout", "it did not end in time")
            break
        if now >= runner.next_look:
            runner.next_look = now + _TICK
            if _folder_is_full(runner):
                ended = Ended("crash", f"it wrote more than {runner.max_folder >> 20} MiB or {_MAX_ENTRIES} files")
                break
        try:
            ended = _read(runner, min(_TICK, deadline - now))
        except Stopped:
            end(runner)
            raise
    if ended.reason:
        end(runner)
        return ended
    _let_end(runner)
    return _explain(end(runner))


def _let_end(runner: Runner) -> None:
    """Give a runner that closed its line, most often because it died, the time to do so by itself."""
    deadline = time.monotonic() + 1.0
    while time.monotonic() < deadline:
        pid, status = os.waitpid(runner.pid, os.WNOHANG)
        if pid:
            runner.status = status
            return
        time.sleep(0.002)


def _explain(status: int) -> Ended:
    if os.WIFEXITED(status):
        return Ended("crash", f"it left the interpreter with exit status {os.WEXITSTATUS(status)}")
    number = os.WTERMSIG(status)
    if number == signal.SIGXCPU:
        return Ended("timeout", "it used up its processor time")
    if number == signal.SIGKILL:
        return Ended("crash", "it was killed, most likely for using too much memory")
    return Ended("crash", f"it died of {signal.Signals(number).name}")


def _parse(runner: Runner, line: bytes, kind: str) -> Message | Ended:
    forged = Ended("crash", "it disturbed the report on itself")
    if not line.startswith(runner.word):
        return forged
    try:
        message = json.loads(line[len(runner.word) :])
    except (ValueError, RecursionError):
        return forged
    if not isinstance(message, dict):
        return forged
    if message.get("type") == "output":
        return Ended("crash", f"it printed more than {runner.max_output // 1024} KiB")
    if message.get("type") == "broken":
        return Ended("crash", f"the sandbox failed: {message.get('reason')}")
    return message if message.get("type") == kind else forged


def _folder_is_full(runner: Runner) -> bool:
    """Whether the private folder holds more than it may; looked at ten times a second, so about."""
    size = entries = 0
    folders = [runner.private]
    while folders:
        try:
            with os.scandir(folders.pop()) as found:
                for entry in found:
                    status = entry.stat(follow_symlinks=False)
                    size += status.st_blocks * 512
                    entries += 1
                    if stat.S_ISDIR(status.st_mode):
                        folders.append(entry.path)
                    if size > runner.max_folder + (1 << 20) or entries > _MAX_ENTRIES:
                        return True
        except FileNotFoundError:
            continue  # removed meanwhile
        except OSError:
            return True  # made unreadable, so that nobody looks
    return False


def become_parent_of_orphans() -> None:
    """On Linux: what a runner leaves behind becomes our child, so that it can be found and killed."""
    if sys.platform == "linux":
        from .linux import prctl

        prctl(36, 1)  # PR_SET_CHILD_SUBREAPER
