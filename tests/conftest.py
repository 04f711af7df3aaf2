"""What every test shares: a home of its own, and the data that lies beside the repository."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED_DATA = REPOSITORY.parent / "shared" / "data"

_skipped_for_lack_of_data: list[str] = []

# How long an example takes says more of what else runs on the machine than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the configuration of the person who runs it, or leaves sessions behind."""
    monkeypatch.setenv("SECONDPASS_HOME", str(tmp_path_factory.mktemp("secondpass-home")))
    for variable in ("SECONDPASS_MODELS", "SECONDPASS_PAIR"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder ../shared/data with real answers and data sets; without it the test is skipped.

    Say "../shared/data" in the reason of any further skip, so that CI can tell it from others.
    """
    if not SHARED_DATA.is_dir():
        pytest.skip("../shared/data is not there")
    return SHARED_DATA


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    # Runs in the process that collects the reports, so it sees the tests of all xdist workers.
    if report.skipped and isinstance(report.longrepr, tuple) and "shared/data" in report.longrepr[2]:
        _skipped_for_lack_of_data.append(report.nodeid)


def _needlessly_skipped() -> list[str]:
    return _skipped_for_lack_of_data if os.environ.get("CI") and SHARED_DATA.is_dir() else []


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    if _needlessly_skipped() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for test in _needlessly_skipped():
        terminalreporter.write_line(f"FAILED {test}: skipped for lack of ../shared/data, which is there", red=True)
