"""What a failed start of MLC-LLM means and what to do, taken from what it printed."""

import re
from collections.abc import Callable

from core.engines.mlc_install import install_command, missing_sentence
from core.engines.mlc_output import ServerOutput
from core.engines.replies import quoted

_LAST = 30
"""Lines before the end of a process that may say why it ended."""

Explain = Callable[[re.Match[str]], str]

_KNOWN: tuple[tuple[re.Pattern[str], Explain], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), explain)
    for pattern, explain in (
        (r"No module named '?mlc_llm'?(?![.\w])", lambda m: missing_sentence()),
        (
            r"No module named '(?P<module>[\w.]+)'",
            lambda m: f"MLC-LLM needs the Python package {m['module']}: install it, or run {install_command()}",
        ),
        (
            r"available single GPU memory is (?P<have>[\d.]+) MB.*?weight size \((?P<weights>[\d.]+) MB\)"
            r".*?buffer size\s+\((?P<buffers>[\d.]+) MB\)",
            lambda m: (
                f"the model needs {(float(m['weights']) + float(m['buffers'])) / 1024:.1f} GiB besides its KV cache "
                f"but may use {float(m['have']) / 1024:.1f} GiB of GPU memory: choose a smaller model, or free the GPU"
            ),
        ),
        (
            r"Insufficient GPU memory|out of memory|OutOfMemory|cudaErrorMemoryAllocation",
            lambda m: "the GPU has too little free memory: free it, or choose a smaller model or context",
        ),
        (
            r"driver version is insufficient|libcuda\.so\.1|no CUDA-capable device|CUDA_ERROR_NO_DEVICE|"
            r"unsupported toolchain|UNSUPPORTED_PTX_VERSION|CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
            lambda m: (
                "the NVIDIA driver is missing or too old for this MLC-LLM: update the driver, then run "
                + install_command()
            ),
        ),
        (
            r"no kernel image is available|CUDA_ERROR_NO_BINARY_FOR_GPU",
            lambda m: (
                "this MLC-LLM, or the model's compiled library, was not built for this GPU: delete the library from "
                "MLC_LLM_HOME/model_lib to have it compiled again, then run " + install_command()
            ),
        ),
        (
            r"version .(?P<library>GLIBC(XX)?_[\d.]+). not found",
            lambda m: f"this system is too old for this MLC-LLM ({m['library']} is missing): use a newer distribution",
        ),
        (
            r"address already in use",
            lambda m: "its network port was taken by another program meanwhile: try again",
        ),
        (
            r"No such file or directory: '?git'?(?!-)",
            lambda m: "git is needed to download weights and is not installed: install git and git-lfs",
        ),
        (
            r"'git', '-C'.*'lfs'|git: 'lfs' is not a git command",
            lambda m: (
                "git-lfs is needed to download weights and failed: install git-lfs, run 'git lfs install', "
                "and check the network"
            ),
        ),
        (
            r"Git clone failed.*?'(?P<url>https?://[^']+)'",
            lambda m: (
                f"the weights could not be downloaded from {quoted(m['url'])}: check the source's name in "
                "models.toml, the network, and free disk space"
            ),
        ),
        (
            r"MD5 checksum mismatch.*?: (?P<file>\S+?)\.? ",
            lambda m: "a downloaded file is damaged: start again to download it anew",
        ),
        (r"No space left on device", lambda m: "the disk is full: free space in MLC_LLM_HOME"),
        (
            r"requests\.exceptions|ConnectionError|Max retries exceeded",
            lambda m: "the download of the weights broke off: check the network, then start again",
        ),
        (
            r"MLC_DOWNLOAD_CACHE_POLICY\s*=\s*(OFF|READONLY)",
            lambda m: "the weights are not here and MLC_DOWNLOAD_CACHE_POLICY forbids a download: unset it",
        ),
        (
            r"MLC_JIT_POLICY\s*=\s*(OFF|READONLY)",
            lambda m: "the model must be compiled and MLC_JIT_POLICY forbids it: unset it, or set model_lib",
        ),
        (
            r"Cannot find compilation output|compilation failed",
            lambda m: (
                "the model could not be compiled for this device: see the log; a different device or a ready "
                "model_lib may help"
            ),
        ),
        (
            r"Cannot find model (?P<model>.+?), directory does not exist",
            lambda m: f"there is no folder {quoted(m['model'])}: correct the source in models.toml",
        ),
        (
            r"Cannot find (?P<file>\S*mlc-chat-config\.json)",
            lambda m: (
                f"{quoted(m['file'])} is missing, so this is not a model converted for MLC-LLM: correct the "
                "source in models.toml"
            ),
        ),
        (
            r"model_lib. you passed in is not a file: (?P<file>\S+)",
            lambda m: f"there is no compiled library {quoted(m['file'])}: correct or remove model_lib in models.toml",
        ),
        (
            r"tokenizer",
            lambda m: "the model's tokenizer files are missing or damaged: delete its folder and download it again",
        ),
        (
            r"(tensor|ndarray)-cache\.json|params_shard|Cannot (open|find|read) .*\.bin|weight.*(missing|not found)",
            lambda m: (
                "weights are missing or damaged: delete the model's folder, and fetch it again (secondpass models pull)"
            ),
        ),
        (
            r"undefined symbol|invalid ELF|cannot open shared object|wrong ELF|mach-o|"
            r"Cannot find (function|parameter|system lib)|function is not found in the model|"
            r"Module has no function",
            lambda m: (
                "the compiled library does not fit this model or this MLC-LLM: remove model_lib in models.toml, "
                "or delete the library from MLC_LLM_HOME/model_lib to have it compiled again"
            ),
        ),
        (
            r"Invalid device name: (?P<device>\S+)|Device is not found on your local environment: (?P<absent>\S+)",
            lambda m: (
                f"this machine has no device {quoted(m['device'] or m['absent'])!r}: correct device in "
                "models.toml, or install the MLC-LLM package for it"
            ),
        ),
        (
            r"No available device detected|isinstance\(device, Device\)",
            lambda m: "MLC-LLM finds no device at all: run " + install_command(),
        ),
        (
            r"unrecognized arguments: (?P<arguments>[^\n]{1,80})",
            lambda m: f"this MLC-LLM is too old (it does not know {quoted(m['arguments'])}): run {install_command()}",
        ),
        (
            r"JSONDecodeError|validation error",
            lambda m: "the model's configuration file is damaged: delete its folder and download it again",
        ),
    )
)


_WHILE_RUNNING: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"out of memory|OutOfMemory|cudaErrorMemoryAllocation", re.IGNORECASE),
        "the GPU ran out of memory: free it of other programs, or choose a smaller context",
    ),
    (
        re.compile(r"ILLEGAL_ADDRESS|LAUNCH_FAILED|illegal memory access|launch failure|device.lost|unspecified", re.I),
        "the GPU reported a fault: if this comes again, look into the system's log (dmesg)",
    ),
)


def explain_death(output: ServerOutput) -> str | None:
    """Cause and remedy of the end of a server that had been ready; None if unknown. Only the last lines count."""
    last = "\n".join(output.lines[-_LAST:])
    return next((sentence for pattern, sentence in _WHILE_RUNNING if pattern.search(last)), None)


def explain_failure(output: ServerOutput) -> str | None:
    """Cause and remedy, "what is wrong: what to do", from the wrapper's report or what was printed; None if unknown."""
    report = "" if output.report is None else f"{output.report[0]}: {output.report[1]}"
    for text in (report, output.complaints):
        for pattern, explain in _KNOWN:
            if text and (found := pattern.search(text)):
                return explain(found)
    return None
