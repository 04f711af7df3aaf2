"""Open the Workbench: choose the pair, and refuse where there is no terminal."""

import sys
from pathlib import Path

from core.config import Configuration, ResolvedPair, load_configuration
from core.engines.availability import why_unavailable
from core.errors import ExitCode, UsageError
from core.sessions import find_session, list_sessions, summary
from tui.cli.crash import start_logging

_DEMO = "demo"


def open_workbench(
    *,
    pair: str | None,
    last: bool,
    resume: str | None,
    models: Path | None,
    allow_weak_sandbox: bool,
    plain: bool = False,
) -> int:
    """Open the app; returns its exit code.

    Raises:
        SecondpassError: the configuration is wrong, or there is no such session.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print(
            "secondpass: the Workbench needs a terminal; without one use `secondpass run FILE` (see --help).",
            file=sys.stderr,
        )
        return ExitCode.USAGE
    start_logging()
    code = None
    while code is None:  # once more, where the configuration has changed with an answer
        code = _open(
            pair=pair, last=last, resume=resume, models=models, allow_weak_sandbox=allow_weak_sandbox, plain=plain
        )
    return code


def _open(
    *, pair: str | None, last: bool, resume: str | None, models: Path | None, allow_weak_sandbox: bool, plain: bool
) -> int | None:
    configuration = load_configuration(models)
    replay = _session(last=last, name=resume)
    resolved, notices = _choose(configuration, pair, of_session=replay)
    first = bool(notices) and replay is None and not _doctor_was_shown()
    # Textual is imported here and nowhere earlier: every other command works without it.
    from tui.app import AppOptions, open_app

    keymap, clashes = _keys(configuration)
    asks = configuration.local is not None and configuration.local.answer is None
    return open_app(
        AppOptions(
            pair=resolved,
            demo=configuration.pair(_DEMO),
            replay=replay,
            notices=(*(() if asks else configuration.notices), *clashes, *(() if first else notices)),
            allow_weak_sandbox=allow_weak_sandbox,
            models=models,
            wanted=pair,
            onboarding=first,
            interface=configuration.interface,
            keymap=keymap,
            plain=plain,
            local=configuration.local,
        )
    )


def _session(*, last: bool, name: str | None) -> Path | None:
    """The session to open.

    Raises:
        UsageError: there is none, or none of that name.
    """
    if name is not None:
        return find_session(name)
    if not last:
        return None
    sessions = list_sessions()
    if not sessions:
        raise UsageError("There is no session to continue; run one first, `secondpass` opens the Workbench.")
    return sessions[0].path


def _keys(configuration: Configuration) -> tuple[dict[str, str], tuple[str, ...]]:
    """The keys that the person changed, and a sentence for each that clashes with another.

    Raises:
        ConfigurationError: there is no binding of a name, or a key is none.
    """
    if not configuration.keys:
        return {}, ()
    from tui.keymap import clashes, keymap_of

    keymap = keymap_of(configuration.keys)
    return keymap, tuple(clashes(keymap))


def _doctor_was_shown() -> bool:
    from tui.doctor.welcome import was_shown

    return was_shown()


def _choose(
    configuration: Configuration, named: str | None, *, of_session: Path | None
) -> tuple[ResolvedPair, tuple[str, ...]]:
    """The pair named, else the one that the session was made with, or the default pair, if it can start.

    Where it cannot, the demo pair, with a sentence about why not the other.
    """
    if named is None and of_session is not None and (made_with := summary(of_session).pair) in configuration.pairs:
        resolved = configuration.pair(made_with)
    else:
        resolved = configuration.pair(named)
    if named is not None:
        return resolved, ()
    reason = why_unavailable(resolved)
    if reason is None:
        return resolved, ()
    return configuration.pair(_DEMO), (f"This is the demo pair; the pair {resolved.name} cannot start here. {reason}",)
