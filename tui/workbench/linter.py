"""Lints a text without holding up the screen: short ones at once, long ones in a child process."""

import asyncio
import pickle
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process

from core.reaping import reap
from tui.workbench.lint_child import HEAD, packed
from tui.workbench.spec_lint import Linted, lint_spec

SHORT = 1_000
"""Characters that are linted in the event loop: a few milliseconds, less than a frame of the screen."""
ANSWER_SECONDS = 20.0
"""How long the child may take for a text before it is ended."""


class LintUnavailableError(Exception):
    """The child process died or did not answer; the next text gets a new one."""


class Linter:
    """Lints one text after the other. One call of ``lint`` at a time."""

    def __init__(self, *, short: int = SHORT) -> None:
        self._short = short
        self._child: Process | None = None

    @property
    def pid(self) -> int | None:
        """The id of the child process, None while there is none."""
        return self._child.pid if self._child is not None else None

    async def lint(self, text: str, filename: str | None) -> Linted:
        """Lint ``text``.

        Raises:
            LintUnavailableError: the child process could not be started, died, or took too long.
        """
        if len(text) <= self._short:
            return lint_spec(text, filename)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._ask(text, filename)
        except (OSError, EOFError, TimeoutError, pickle.UnpicklingError) as error:
            await self.close()
            raise LintUnavailableError(f"{type(error).__name__}: {error}") from error
        except asyncio.CancelledError:
            # Its answer would be taken for the one to the next text.
            await self.close()
            raise

    async def _ask(self, text: str, filename: str | None) -> Linted:
        if self._child is None or self._child.returncode is not None:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", "tui.workbench.lint_child", stdin=PIPE, stdout=PIPE, stderr=DEVNULL
            )  # fmt: skip
        child = self._child
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(packed((text, filename)))
        await child.stdin.drain()
        size = int.from_bytes(await child.stdout.readexactly(HEAD), "big")
        linted: Linted = pickle.loads(await child.stdout.readexactly(size))
        return linted

    async def close(self) -> None:
        """End the child process, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            await reap(child)
