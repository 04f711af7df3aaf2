"""Figures of the status line, computed from the state: speed, time to first token, context, time and cost."""

from dataclasses import dataclass

from core.engines.protocol import Role
from tui.workbench.state import Answer, Workbench

CHARACTERS_PER_TOKEN = 3.6
"""A rough ratio for code, used only until the engine reports usage; such figures carry a tilde."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Decode speed of a role's latest answer. ``tokens_per_second`` counts from the first token on."""

    tokens_per_second: float | None
    ttft: float | None
    estimated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """How full the context window of the latest answer is, in tokens."""

    used: int
    available: int
    estimated: bool

    @property
    def share(self) -> float:
        """Used share, 0 to 1."""
        return min(1.0, self.used / self.available) if self.available else 0.0


MEASURABLE_TOKENS = 8
"""A shorter answer says nothing about speed: a second opinion is one token."""


def latest(state: Workbench, role: Role) -> Answer | None:
    """The answer whose speed is shown for ``role``: the one that streams, else the newest that can be measured."""
    answers = [answer for answer in reversed(state.answers) if answer.role == role]
    if not answers or answers[0].finished is None:
        return answers[0] if answers else None
    return next((each for each in answers if tokens_so_far(each) >= MEASURABLE_TOKENS), answers[0])


def tokens_so_far(answer: Answer) -> int:
    """About how many tokens an answer that is still streaming has."""
    return round((len(answer.text) + len(answer.reasoning)) / CHARACTERS_PER_TOKEN)


def speed(state: Workbench, role: Role, now: float) -> Speed | None:
    """Speed of the newest answer of ``role``; ``now`` is in seconds since the run began. None before any answer."""
    answer = latest(state, role)
    if answer is None:
        return None
    if answer.finished is not None:
        done = answer.finished
        decode = done.seconds - (done.ttft or 0.0)
        tokens, estimated = done.completion_tokens, done.tokens_estimated
        if tokens is None:
            tokens, estimated = tokens_so_far(answer), True
        return Speed(
            tokens_per_second=tokens / decode if tokens and decode > 0.001 else None,
            ttft=done.ttft,
            estimated=estimated,
        )
    if answer.first is None:
        return Speed(tokens_per_second=None, ttft=None, estimated=True)
    decode = now - answer.first
    return Speed(
        tokens_per_second=tokens_so_far(answer) / decode if decode > 0.2 else None,
        ttft=answer.first - answer.started,
        estimated=True,
    )


def context(state: Workbench) -> Context | None:
    """The context meter: the answer that is streaming, else the newest one."""
    if not state.answers:
        return None
    answer = next((each for each in reversed(state.answers) if each.finished is None), state.answers[-1])
    done = answer.finished
    prompt = answer.prompt_tokens if done is None or done.prompt_tokens is None else done.prompt_tokens
    written = tokens_so_far(answer) if done is None or done.completion_tokens is None else done.completion_tokens
    estimated = done is None or done.prompt_tokens is None or done.tokens_estimated
    return Context(used=prompt + written, available=answer.context, estimated=estimated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefill:
    """A prompt that is being read: its tokens (about), for how long, and about what share is read (None: not known)."""

    tokens: int
    seconds: float
    share: float | None


def prefill(state: Workbench, role: Role, now: float) -> Prefill | None:
    """What the model of ``role`` reads now. The share is told by how fast it has read before, in this session."""
    waiting = next((each for each in reversed(state.answers) if each.role == role), None)
    if waiting is None or waiting.finished is not None or waiting.first is not None:
        return None
    seconds = max(0.0, now - waiting.started)
    rates = [
        answer.finished.prompt_tokens / answer.finished.ttft
        for turn in (*state.earlier, state)
        for answer in turn.answers
        if answer.role == role and answer.finished and answer.finished.prompt_tokens and answer.finished.ttft
    ]
    share = min(0.99, seconds * rates[-1] / waiting.prompt_tokens) if rates and waiting.prompt_tokens else None
    return Prefill(tokens=waiting.prompt_tokens, seconds=seconds, share=share)


def elapsed(state: Workbench, now: float) -> float:
    """Seconds the run took, or has taken at ``now``."""
    if state.ending is not None:
        return state.ending.seconds or state.at
    return max(now, state.at)


def cost(state: Workbench, now: float) -> float:
    """US dollars by the pair's price per hour."""
    ending = state.ending
    if ending is not None and ending.type == "run_finished":
        return ending.usd
    return elapsed(state, now) * (state.run.usd_per_hour if state.run else 0.0) / 3600


def dollars(amount: float) -> str:
    """An amount with as many digits as it needs: $0.007, $1.25."""
    return f"${amount:.2f}" if amount >= 1 or amount == 0 else f"${amount:.3f}"


def thousands(tokens: int) -> str:
    """A number of tokens: 840, 3.1k, 16k."""
    if tokens < 1000:
        return str(tokens)
    return f"{tokens / 1000:.1f}k" if tokens < 9950 else f"{tokens / 1000:.0f}k"
