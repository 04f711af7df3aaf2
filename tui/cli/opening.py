"""What the app is opened with: which pair, which session, whose keys."""

from pathlib import Path
from typing import TYPE_CHECKING

from core.config import Configuration, ResolvedPair, load_configuration
from core.engines.availability import why_unavailable
from core.errors import UsageError
from core.sessions import find_session, list_sessions, summary

if TYPE_CHECKING:
    from tui.app import AppOptions

_DEMO = "demo"


def options_for(
    *, pair: str | None, last: bool, resume: str | None, models: Path | None, allow_weak_sandbox: bool, plain: bool
) -> "AppOptions":
    """What the options of the command mean with the configuration and the sessions as they are now.

    Raises:
        SecondpassError: the configuration is wrong, or there is no such session.
    """
    configuration = load_configuration(models)
    replay = _session(last=last, name=resume)
    resolved, notices = _choose(configuration, pair, of_session=replay)
    first = bool(notices) and replay is None and not _doctor_was_shown()
    # Textual is imported here and nowhere earlier: every other command works without it, and so does refusing.
    from tui.app import AppOptions

    keymap, key_clashes = _keys(configuration)
    asks = configuration.local is not None and configuration.local.answer is None
    return AppOptions(
        pair=resolved,
        demo=configuration.pair(_DEMO),
        replay=replay,
        notices=(*(() if asks else configuration.notices), *key_clashes, *(() if first else notices)),
        allow_weak_sandbox=allow_weak_sandbox,
        models=models,
        wanted=pair,
        onboarding=first,
        interface=configuration.interface,
        keymap=keymap,
        plain=plain,
        local=configuration.local,
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
