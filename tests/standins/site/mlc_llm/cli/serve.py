"""``mlc_llm serve``: the phases of a start on standard error, then an HTTP server; no weights, no GPU.

The folder given as the model holds ``standin.json``: {"scenario": fields of openai_server.Scenario, "load": how the
start goes (see ``_load``), "pause": seconds per phase, "starts": a file that gets a line for every start, "first_only":
the faults of the scenario are those of the first start}. What the real server was seen to do is kept: a failed load
is an error in a background thread after which the process waits for ever; SIGINT exits 0; the death of the
parent is not noticed.
"""

import argparse
import asyncio
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

# By its own name: some package of the environment may be called "tests" too.
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

if TYPE_CHECKING:
    from tests.standins.openai_server import Scenario, Server
else:
    from openai_server import Scenario, Server

logger = logging.getLogger("mlc_llm")


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser("MLC LLM Serve CLI")
    parser.add_argument("model")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--model-lib")
    parser.add_argument("--mode", choices=["local", "interactive", "server"], default="local")
    parser.add_argument("--prefix-cache-mode", choices=["disable", "radix"], default="radix")
    parser.add_argument("--overrides", default="")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    if os.environ.get("STANDIN_MLC_TOO_OLD") is None:
        parser.add_argument("--api-key")
    parsed = parser.parse_args(argv)
    order = json.loads((Path(parsed.model) / "standin.json").read_text())
    if record := order.get("record"):
        seen = {**vars(parsed), "pid": os.getpid(), "argv": sys.argv, "cwd": os.getcwd()}
        Path(record).write_text(json.dumps({key: value for key, value in seen.items() if key != "api_key"}))
    if starts := order.get("starts"):
        earlier = Path(starts).read_text() if Path(starts).exists() else ""
        Path(starts).write_text(f"{earlier}{os.getpid()}\n")
        if earlier and order.get("first_only"):
            order["scenario"]["faults"] = []
    _load(order, parsed)
    ours = {"key": parsed.api_key, "models": [parsed.model], "formats": ["json_object"]}
    scenario = Scenario(**{**ours, **order.get("scenario", {})})
    try:
        asyncio.run(_serve(scenario, parsed.host, parsed.port))
    except KeyboardInterrupt:
        logger.info("Shutting down")


async def _serve(scenario: Scenario, host: str, port: int) -> None:
    try:
        listening = await asyncio.start_server(Server(scenario).handle, host, port)
    except OSError as error:
        print(f"ERROR:    [Errno 98] error while attempting to bind on address: {error.strerror}", file=sys.stderr)
        raise SystemExit(1) from error
    print(f"INFO:     Uvicorn running on http://{host}:{port} (Press CTRL+C to quit)", file=sys.stderr)
    async with listening:
        await listening.serve_forever()


def _load(order: dict[str, Any], parsed: argparse.Namespace) -> None:
    how, pause = order.get("load"), order.get("pause", 0.0)
    if parsed.device == "auto":
        logger.info("Using device: \x1b[1mcuda:0\x1b[0m")
    if how == "no device":
        raise ValueError(f"Device is not found on your local environment: {parsed.device}")
    if how == "download":
        _download(order, pause)
    if how == "bad json":
        json.loads('{"context_window_size": ')
    if how == "old driver":
        raise RuntimeError("CUDAError: CUDA driver version is insufficient for CUDA runtime version")
    if how == "old glibc":
        raise OSError("/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by libtvm_runtime.so)")
    if how == "no git":
        raise FileNotFoundError(2, "No such file or directory", "git")
    if how == "git fails":
        command = ["git", "clone", "https://huggingface.co/mlc-ai/Nope", ".tmp"]
        raise ValueError(f"Git clone failed with return code 128: None. The command was: {command}")
    if how == "no lfs":
        raise subprocess.CalledProcessError(1, ["git", "-C", "/tmp/x", "lfs", "ls-files", "-n"])
    if how == "compile":
        logger.info("Compiling using commands below:")
        if order.get("compiler"):
            # The compiler is a child of its own, which must not outlive the start that needed it.
            compiler = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            Path(order["compiler"]).write_text(str(compiler.pid))
        time.sleep(pause)
        logger.info("Using compiled model lib: \x1b[1m/cache/model_lib/0.so\x1b[0m")
    if how == "compile fails":
        logger.info("Compiling using commands below:")
        raise RuntimeError("Cannot find compilation output, compilation failed")
    logger.info("Using cached model lib: /cache/model_lib/0.so")
    logger.info("The selected engine mode is %s. We choose small max batch size.", parsed.mode)
    failures = {
        "gpu memory": "Insufficient GPU memory error: The available single GPU memory is 5120.000 MB, which is less "
        "than the sum of model weight size (8192.000 MB) and temporary buffer size (1024.000 MB).\n"
        '1. You can set a larger "gpu_memory_utilization" value.',
        "bad cache": "Check failed: (ok) is false: syntax error at line 1 near: in /models/x/tensor-cache.json",
        "other gpu": "CUDAError: cuModuleLoadData failed: no kernel image is available for execution on the device",
        "new cuda": "CUDAError: the provided PTX was compiled with an unsupported toolchain.",
        "missing weights": "Check failed: (fs) is false: Cannot open /models/x/params_shard_0.bin",
        "wrong library": "Check failed: Cannot find function embed in the library",
        "tokenizer": "Cannot find any tokenizer under: /models/x",
    }
    if how in failures:
        _fail_in_background(failures[how])
    if how == "c++ thread fails":
        # From a thread of C++ that Python knows nothing of.
        os.write(2, b"[12:00:00] config.cc:736: InternalError: Check failed: Insufficient GPU memory error: see log\n")
        threading.Event().wait()
    if how == "hangs":
        threading.Event().wait()
    if how == "aborts":
        os.write(2, b"terminate called after throwing an instance of 'std::runtime_error'\n")
        os.abort()
    os.write(2, b'[12:00:00] config.cc:682: Under mode "local", max batch size will be set to 4\n')
    time.sleep(pause)
    os.write(
        2,
        b"[12:00:01] config.cc:890: Estimated total single GPU memory usage: 9728.500 MB (Parameters: 8192.000 MB. "
        b"KVCache: 1024.500 MB. Temporary buffer: 512.000 MB). The actual usage might be slightly larger.\n",
    )
    time.sleep(pause)


def _fail_in_background(message: str) -> None:
    def run_background_loop() -> None:
        raise RuntimeError(message)

    thread = threading.Thread(target=run_background_loop)
    thread.start()
    threading.Event().wait()


def _download(order: dict[str, Any], pause: float) -> None:
    logger.info("Downloading model from HuggingFace: HF://mlc-ai/Tiny")
    with tempfile.TemporaryDirectory(dir=os.environ.get("MLC_TEMP_DIR")) as folder:
        logger.info("[Git] Cloning https://huggingface.co/mlc-ai/Tiny to %s", folder)
        shards = order["shards"]
        records = [{"dataPath": f"params_shard_{n}.bin", "nbytes": size} for n, size in enumerate(shards)]
        (Path(folder) / "tensor-cache.json").write_text(json.dumps({"records": records}))
        for record in records:
            (Path(folder) / record["dataPath"]).write_bytes(bytes(record["nbytes"]))
            logger.info("Downloaded https://huggingface.co/mlc-ai/Tiny/%s", record["dataPath"])
            sys.stderr.write(f"\r 50%|#####     | {record['dataPath']}")
            sys.stderr.flush()
            time.sleep(pause)
        logger.info("Moving %s to /cache/model_weights", folder)
