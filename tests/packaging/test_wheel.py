"""The wheel works by itself, whatever lies in the folder it is used from.

``core``, ``tui`` and ``analyzers`` are names that other projects use too, and a models.toml can send code elsewhere.
So the wheel is installed into an empty environment and used from a folder that holds decoys of all of them.
"""

import os
import socket
import subprocess
import sys
import tarfile
import threading
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

# Building and installing downloads packages the first time. All of it happens once: a file's tests share a worker.
pytestmark = pytest.mark.timeout(600)

CORE_INSTALL_MB = 60
EXAMPLE = "slugify.md"


def run(
    *command: str | Path, cwd: Path, home: Path | None = None, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run ``command`` without anything of this environment that could lead it to our modules or settings."""
    foreign = (
        ("PYTHON", "SECONDPASS", "VIRTUAL_ENV") if home is None else ("PYTHON", "SECONDPASS", "VIRTUAL_ENV", "XDG_")
    )
    environ = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    if home is not None:
        environ["HOME"] = str(home)
    done = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=300, check=False)
    assert not check or done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done


@dataclass(frozen=True)
class Distributions:
    sdist: Path
    wheel: Path


@pytest.fixture(scope="module")
def distributions(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-d", out, cwd=repository)
    return Distributions(*out.glob("*.tar.gz"), *out.glob("*.whl"))


@dataclass(frozen=True)
class Installed:
    environment: Path

    @property
    def program(self) -> Path:
        return self.environment / "bin" / "secondpass"

    @property
    def packages(self) -> Path:
        [folder] = (self.environment / "lib").glob("python3*/site-packages")
        return folder


@pytest.fixture(scope="module")
def installed(distributions: Distributions, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    environment = tmp_path_factory.mktemp("empty") / "environment"
    venv.create(environment, symlinks=True)
    pip: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        environment / "bin" / "python",
        "install",
        "--quiet",
    ]
    lock = repository / "requirements" / "core.txt"
    run(*pip, "--require-hashes", "-r", lock, cwd=environment)
    run(*pip, "--no-deps", distributions.wheel, cwd=environment)
    return Installed(environment)


@dataclass(frozen=True)
class Trap:
    """A folder full of decoys, and what went off in it."""

    folder: Path
    home: Path
    marker: Path
    connections: list[str]


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[Trap]:
    folder, home, marker = tmp_path / "project", tmp_path / "home", tmp_path / "marker"
    home.mkdir()
    for package in ("analyzers", "core", "tui"):
        (folder / package).mkdir(parents=True)
        code = f"open({str(marker)!r}, 'a').write('{package} ')\nraise ImportError('decoy {package}')\n"
        (folder / package / "__init__.py").write_text(code, encoding="utf-8")
    for module in ("click", "json", "httpx", "sitecustomize", "usercustomize"):
        code = f"open({str(marker)!r}, 'a').write('{module} ')\nraise ImportError('decoy {module}')\n"
        (folder / f"{module}.py").write_text(code, encoding="utf-8")
    connections: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        listener = threading.Thread(target=refuse_all, args=(server, connections))
        listener.start()
        (folder / "models.toml").write_text(
            "[models.elsewhere]\n"
            'endpoint = "elsewhere"\n'
            "[endpoints.elsewhere]\n"
            f'base_url = "http://127.0.0.1:{port}/v1"\n'
            "[pairs.demo]\n"
            'coder = "elsewhere"\n'
            'reviewer = "elsewhere"\n',
            encoding="utf-8",
        )
        try:
            yield Trap(folder, home, marker, connections)
        finally:
            server.shutdown(socket.SHUT_RDWR)
            listener.join(10)


def refuse_all(server: socket.socket, connections: list[str]) -> None:
    answer = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    while True:
        try:
            connection, _ = server.accept()
        except OSError:  # the server was shut down
            return
        with connection:
            connections.append(connection.recv(65536).decode("latin-1"))
            connection.sendall(answer)


@pytest.mark.parametrize("decoy", ["analyzers", "core", "tui", "click"])
def test_the_decoys_go_off_where_python_looks_into_the_working_directory(
    installed: Installed, trap: Trap, decoy: str
) -> None:
    python = installed.environment / "bin" / "python"
    assert run(python, "-c", f"import {decoy}", cwd=trap.folder, home=trap.home, check=False).returncode != 0
    assert decoy in trap.marker.read_text(encoding="utf-8")


def test_decoys_in_the_working_directory_are_never_imported(installed: Installed, trap: Trap) -> None:
    done = run(installed.program, "--version", cwd=trap.folder, home=trap.home)
    assert done.stdout.startswith("secondpass")
    assert not trap.marker.exists()


def test_the_demo_runs_beside_decoys_and_an_ignored_configuration(installed: Installed, trap: Trap) -> None:
    example = installed.packages / "core" / "shipped_files" / "examples" / EXAMPLE
    done = run(installed.program, "run", "--pair", "demo", example, cwd=trap.folder, home=trap.home)
    compile(done.stdout, "answer", "exec")
    assert "def slugify" in done.stdout
    assert f"Ignored {trap.folder / 'models.toml'}" in done.stderr
    assert not trap.marker.exists()
    assert trap.connections == []


def test_the_same_configuration_is_used_when_it_is_named(installed: Installed, trap: Trap) -> None:
    example = installed.packages / "core" / "shipped_files" / "examples" / EXAMPLE
    command = ("--models", "./models.toml", "--pair", "demo", example)
    done = run(installed.program, "run", *command, cwd=trap.folder, home=trap.home, check=False)
    assert done.returncode == 3, done.stderr
    assert trap.connections
    assert "Ignored" not in done.stderr
    assert "Traceback" not in done.stderr
    assert not trap.marker.exists()


def test_the_core_install_stays_small(installed: Installed) -> None:
    # Bytes of the files, bytecode included: what they take on a disk is up to the size of its blocks.
    size = sum(file.stat().st_size for file in installed.packages.rglob("*") if file.is_file())
    assert size < CORE_INSTALL_MB * 10**6


def test_the_wheel_holds_the_three_packages_and_what_is_shipped(distributions: Distributions, repository: Path) -> None:
    names = set(zipfile.ZipFile(distributions.wheel).namelist())
    top = {name.partition("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"analyzers", "core", "tui"}
    assert "core/shipped_files/models.toml" in names
    for example in (repository / "examples").rglob("*.*"):
        assert f"core/shipped_files/{example.relative_to(repository).as_posix()}" in names
    for package in ("analyzers", "core", "tui"):
        files = [
            path for path in (repository / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts
        ]
        assert {file.relative_to(repository).as_posix() for file in files} <= names
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_the_sdist_is_complete(distributions: Distributions, tmp_path: Path) -> None:
    with tarfile.open(distributions.sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    [source] = tmp_path.iterdir()
    for part in ("Makefile", "requirements/dev.txt", "tests/conftest.py", ".ci/run", "examples", "README.md"):
        assert (source / part).exists()
    out = tmp_path / "out"
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out, cwd=source)
    [rebuilt] = out.glob("*.whl")
    assert contents(rebuilt) == contents(distributions.wheel)


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
