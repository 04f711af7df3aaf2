"""The clipboard: a tool that takes the text is believed only if the text can be read back from it."""

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from core.reaping import reap

_SECONDS = 2.0
"""A tool that takes longer hangs: its display or its server is gone."""

OSC_52_LIMIT = 74_994
"""Bytes of base64 that xterm and those that follow it take; longer ones are dropped without a word."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A clipboard with the commands that write it (from standard input) and read it (to standard output)."""

    name: str
    place: str
    write: tuple[str, ...]
    read: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Copied:
    """``tool`` holds the text, as reading it back has shown. None: no tool does; ``tried`` says what came of each."""

    tool: Tool | None
    tried: tuple[str, ...] = ()


_CLIPBOARD = "the clipboard"
_WAYLAND = Tool("wl-copy", _CLIPBOARD, ("wl-copy",), ("wl-paste", "--no-newline"))
_XCLIP = Tool(
    "xclip", _CLIPBOARD, ("xclip", "-selection", "clipboard", "-in"), ("xclip", "-selection", "clipboard", "-out")
)
_XSEL = Tool("xsel", _CLIPBOARD, ("xsel", "--clipboard", "--input"), ("xsel", "--clipboard", "--output"))
_MAC = Tool("pbcopy", _CLIPBOARD, ("pbcopy",), ("pbpaste",))
_TERMUX = Tool("termux-clipboard-set", _CLIPBOARD, ("termux-clipboard-set",), ("termux-clipboard-get",))
_TMUX = Tool("tmux", "tmux's buffer", ("tmux", "load-buffer", "-w", "-"), ("tmux", "save-buffer", "-"))


def tools(environ: Mapping[str, str], platform: str = sys.platform) -> tuple[Tool, ...]:
    """The tools that can work here, the best first: those of the desktop, then tmux's own buffer."""
    found = []
    if platform == "darwin":
        found.append(_MAC)
    if environ.get("WAYLAND_DISPLAY"):
        found.append(_WAYLAND)
    if environ.get("DISPLAY"):
        found += [_XCLIP, _XSEL]
    if environ.get("TERMUX_VERSION"):
        found.append(_TERMUX)
    if environ.get("TMUX"):
        found.append(_TMUX)
    path = environ.get("PATH")
    return tuple(
        each for each in found if shutil.which(each.write[0], path=path) and shutil.which(each.read[0], path=path)
    )


async def copy(text: str, environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> Copied:
    """Give ``text`` to the first tool that can be shown to hold it afterwards."""
    environ = os.environ if environ is None else environ
    data = text.encode("utf-8", "replace")
    tried: list[str] = []
    for tool in tools(environ, platform):
        written, _ = await _run(tool.write, data, environ)
        if not written:
            tried.append(f"{tool.name} failed")
            continue
        done, got = await _run(tool.read, None, environ)
        if done and got.rstrip(b"\r\n") == data.rstrip(b"\r\n"):
            return Copied(tool, tuple(tried))
        tried.append(f"{tool.name} took it, but something else was read back")
    return Copied(None, tuple(tried))


async def _run(command: tuple[str, ...], data: bytes | None, environ: Mapping[str, str]) -> tuple[bool, bytes]:
    """Whether ``command`` succeeded, and its output. A writer may leave a child behind that serves the text."""
    nothing = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=nothing if data is None else asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE if data is None else nothing,
            stderr=nothing,
            env=dict(environ),
            start_new_session=True,
        )
    except OSError:
        return False, b""
    try:
        output, _ = await asyncio.wait_for(process.communicate(data), _SECONDS)
    except TimeoutError:
        return False, b""
    finally:
        if process.returncode is None:
            await reap(process)
    return process.returncode == 0, output or b""


def told(text: str, copied: Copied) -> str:
    """What became of ``text``, in one or two sentences that claim nothing that is not known."""
    lines = len(text.splitlines())
    size = f"{lines} lines" if lines > 1 else f"{len(text)} character{'s' if len(text) != 1 else ''}"
    if copied.tool is not None:
        return f"Copied {size} to {copied.tool.place} ({copied.tool.name}, read back)."
    why = f"{'; '.join(copied.tried)}. " if copied.tried else ""
    sentence = f"{why}Sent {size} to the terminal (OSC 52); whether it took them cannot be checked."
    if len(text.encode("utf-8", "replace")) * 4 / 3 > OSC_52_LIMIT:
        sentence += " That is more than many terminals take: save it to a file instead (Ctrl+S)."
    return sentence
