"""How MLC-LLM's server is called: arguments, folders, and how far a download is."""

import json
import os
import shutil
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import EngineError

MARGIN = 160
"""Tokens of KV cache that each running request must find free at every step (10 pages of 16)."""

REMOTE = ("HF://", "https://huggingface.co/")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """What one server is to serve.

    Attributes:
        source: ``HF://user/repo`` or a folder.
        context: Window of one request, in tokens.
        concurrency: Requests that may run side by side.
        total: Tokens of the KV cache over all requests; None is what one full request and the margins need.
        device: Such as ``cuda:0``; None lets MLC-LLM look, which can take 25 seconds.
        model_lib: A compiled library; None has one compiled.
        prefill_chunk: Tokens of a prompt that are read at a time; None leaves it to MLC-LLM.
        revision: The commit that the weights have to be of; None takes them as they are.
    """

    source: str
    context: int
    concurrency: int = 1
    total: int | None = None
    device: str | None = None
    model_lib: str | None = None
    prefill_chunk: int | None = None
    revision: str | None = None

    @property
    def total_tokens(self) -> int:
        least = self.context + MARGIN * self.concurrency
        return max(least, self.total or 0)


def serve_arguments(options: ServeOptions, *, port: int) -> list[str]:
    """Arguments of ``mlc_llm serve``, without the key."""
    overrides = {
        "context_window_size": options.context,
        "max_num_sequence": options.concurrency,
        "max_total_seq_length": options.total_tokens,
    }
    if options.prefill_chunk is not None:
        overrides["prefill_chunk_size"] = options.prefill_chunk
    arguments = [
        local_path(options.source),
        *("--device", options.device or "auto"),
        # "server" would take all the memory that is left; with all three sizes given the mode decides little else.
        *("--mode", "interactive" if options.concurrency == 1 else "local"),
        *("--host", "127.0.0.1"),
        *("--port", str(port)),
        *("--prefix-cache-mode", "radix"),
        *("--overrides", ";".join(f"{name}={value}" for name, value in overrides.items())),
    ]
    if options.model_lib is not None:
        arguments += ["--model-lib", local_path(options.model_lib)]
    return arguments


def check_files(options: ServeOptions) -> None:
    """Raises EngineError if a local folder or library is not there; saves the user seconds of loading."""
    if not options.source.startswith(REMOTE):
        folder = Path(local_path(options.source))
        if not (folder / "mlc-chat-config.json").is_file():
            what = "is not a model converted for MLC-LLM" if folder.is_dir() else "does not exist"
            raise EngineError(f"The folder {folder} {what}: correct the model's source in models.toml.")
    if options.model_lib is not None and not Path(local_path(options.model_lib)).is_file():
        raise EngineError(
            f"The compiled library {local_path(options.model_lib)} does not exist: correct or remove model_lib "
            "in models.toml."
        )


def local_path(text: str) -> str:
    """A path made absolute, because the server runs in a folder of its own; other sources as they are."""
    return text if text.startswith(REMOTE) else os.path.abspath(os.path.expanduser(text))


def free_port() -> int:
    """A TCP port of loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def mlc_home(environ: Mapping[str, str]) -> Path:
    """MLC-LLM's folder of weights and libraries, found as MLC-LLM finds it."""
    if environ.get("MLC_LLM_HOME"):
        return Path(environ["MLC_LLM_HOME"])
    cache = environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache is not None else Path.home() / ".cache") / "mlc_llm"


def tokenizer_file(source: str, environ: Mapping[str, str]) -> Path | None:
    """The tokenizer.json of the model ``source`` (a model's files in MLC-LLM's cache, or a folder), if it is there.

    A relative path is none: for a server of somebody else's, ``source`` can be just a name.
    """
    remote = next((prefix for prefix in REMOTE if source.startswith(prefix)), None)
    folder = Path(os.path.expanduser(source))
    if remote is not None:
        folder = mlc_home(environ) / "model_weights" / "hf" / source.removeprefix(remote)
    elif not folder.is_absolute():
        return None
    path = folder / "tokenizer.json"
    return path if path.is_file() else None


def working_folder(environ: Mapping[str, str]) -> Path:
    """A new private folder for one server, with the folders ``work`` and ``downloads`` in it.

    It lies beside the finished weights, so that they are moved by a rename and not copied from another file
    system, and so that a download's growth can be watched; where MLC-LLM's home cannot be written it is an
    ordinary temporary folder. What dead processes of this machine left is removed.
    """
    parent = mlc_home(environ) / "secondpass"
    host = socket.gethostname()
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for left in parent.glob(f"{host}-*"):
            pid = left.name.removeprefix(f"{host}-").partition("-")[0]
            if pid.isdigit() and not _alive(int(pid)):
                shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=f"{host}-{os.getpid()}-", dir=parent))
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="secondpass-mlc-"))
    for name in ("work", "downloads"):
        (folder / name).mkdir()
    return folder


def downloaded(folder: Path) -> tuple[int, int | None]:
    """(bytes that are there, bytes of all weights or None while the list of them is not there yet)."""
    present, total = 0, None
    for path in folder.rglob("*"):
        try:
            if path.name in {"tensor-cache.json", "ndarray-cache.json"}:
                records = json.loads(path.read_bytes())["records"]
                total = sum(int(record["nbytes"]) for record in records)
            present += path.stat().st_size if path.is_file() else 0
        except (OSError, ValueError, KeyError, TypeError):
            # The files are being written and moved while they are looked at; the next look will do.
            continue
    return present, total


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
