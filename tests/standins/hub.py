"""Repositories of models in a folder, which stand in for the hub: git is told to look there instead."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.standins.running import FOLDER

CHAT = json.dumps({"model_type": "qwen2", "quantization": "q4f16_1", "model_config": {}})


@dataclass(frozen=True)
class Hub:
    """The folder of all repositories, and the environment in which git takes it for the hub."""

    folder: Path
    environ: Mapping[str, str]

    def commit(self, name: str, files: Mapping[str, bytes], *, links: Mapping[str, str] | None = None) -> str:
        """Add a commit with exactly ``files`` (the .bin ones large files) to the repository ``name``; its id."""
        bare, work = self.folder / name, self.folder / ".work" / name
        if not bare.is_dir():
            self._git(self.folder, "init", "--quiet", "--bare", "--initial-branch=main", str(bare))
            self._git(self.folder, "clone", "--quiet", str(bare), str(work))
        for old in (each for each in work.iterdir() if each.name != ".git"):
            old.unlink()
        for file, content in files.items():
            if file.endswith(".bin"):
                oid = hashlib.sha256(content).hexdigest()
                place = bare / "lfs/objects" / oid[:2] / oid[2:4] / oid
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
                pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n"
                (work / file).write_text(pointer)
            else:
                (work / file).write_bytes(content)
        for link, target in (links or {}).items():
            (work / link).symlink_to(target)
        attributes = "*.bin filter=lfs diff=lfs merge=lfs -text\n"
        (work / ".gitattributes").write_text(attributes)
        self._git(work, "add", "--all")
        self._git(work, "commit", "--quiet", "--allow-empty", "--message", "model")
        self._git(work, "push", "--quiet", "origin", "HEAD:main")
        return self._git(work, "rev-parse", "HEAD")

    def model(self, name: str, *shards: bytes) -> str:
        """A commit with a model in MLC format whose shards are ``shards``."""
        records = [{"dataPath": f"params_shard_{n}.bin", "nbytes": len(each)} for n, each in enumerate(shards)]
        listing = {"metadata": {"ParamBytes": sum(map(len, shards))}, "records": records}
        files = {f"params_shard_{n}.bin": each for n, each in enumerate(shards)}
        small = {"mlc-chat-config.json": CHAT.encode(), "tensor-cache.json": json.dumps(listing).encode()}
        return self.commit(name, {**files, **small})

    def _git(self, folder: Path, *arguments: str) -> str:
        plain = ("-c", "filter.lfs.clean=", "-c", "filter.lfs.process=", "-c", "filter.lfs.required=false")
        done = subprocess.run(
            ("git", *plain, *arguments), cwd=folder, env=self.environ, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()


def make_hub(folder: Path, *, lfs: str) -> Hub:
    """A hub in ``folder``; ``lfs`` is "real" for the git-lfs that is installed, "stand-in", or "none"."""
    hub, tools = folder / "hub", folder / "tools"
    (hub / ".work").mkdir(parents=True)
    tools.mkdir()
    if lfs == "stand-in":
        script = tools / "git-lfs"
        script.write_text(f"#!{sys.executable}\n{(FOLDER / 'git_lfs.py').read_text()}")
        script.chmod(0o755)
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    if lfs == "none":
        # Only git: the other programs of its folder may hold a git-lfs.
        (tools / "git").symlink_to(shutil.which("git") or "git")
        path = str(tools)
    settings = {
        "PATH": path,
        "HOME": str(folder),
        "MLC_LLM_HOME": str(folder / "mlc-home"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "hub",
        "GIT_AUTHOR_EMAIL": "hub@example.org",
        "GIT_COMMITTER_NAME": "hub",
        "GIT_COMMITTER_EMAIL": "hub@example.org",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{hub}/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://huggingface.co/",
    }
    return Hub(hub, {**{k: v for k, v in os.environ.items() if not k.startswith("GIT_")}, **settings})
