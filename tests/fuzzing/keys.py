"""Presses keys, pastes, clicks and resizes at random: whatever a person does, the program goes on."""

import asyncio
import random
from dataclasses import dataclass, replace

from textual import events
from textual.pilot import OutOfBounds

from core.config.schema import InterfaceConfig
from core.engines.pair import EnginePair
from core.paths import log_dir
from tests.tui.driving import Driver, TalkingEngine, demo_options, driven, pair_of, real_options
from tui.app import AppOptions
from tui.keymap import every_binding

SIZES = ((120, 40), (80, 24), (100, 30), (60, 16), (30, 8), (200, 50))
LEAVING = {"app.quit", "app.copy-or-quit"}
COMMON = (
    *("enter", "escape", "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    *("space", "backspace", "delete", "ctrl+z", "ctrl+u", "ctrl+k", "ctrl+a", "y", "z", "b", "q"),
)
TEXTS = (
    *("/run", "/new", "/diff", "/undo", "/copy", "/who", "/examples", "/save", "/unsave", "/shell", "/nothing", "/"),
    *("/pattern adversarial", "/review ask", "/guard strict", "!pytest -q", "!", "@notes.txt what", "@", "", "\n"),
    *("def double(x: int) -> int:", '    """Twice x.\n\n    >>> double(2)\n    4\n    """\n', "Write a sort."),
    *("日本語 wide 👩‍👩‍👧 text", "[bold]not markup[/", "\u202ereversed", "x" * 300),
    "\n".join(f"line {number}" for number in range(100)),
    "Add a parameter gap: int = 0; intervals at most gap apart are merged too: "
    "merge_intervals([(1, 2), (4, 5)], gap=2) should return [(1, 5)]",
)

DRAFTS = (
    "Double it.\n\n```python\ndef double(x: int) -> int:\n    return x + x\n```\n",
    "```python\ndef double(x: int) -> int:\n    if x > 2:\n        return 2 * x\n    return 2 + x\n```\n",
    "```python\ndef double(x: int) -> int:\n    return 2 *\n```\n",
    "I would rather not. **Why?** See [the spec](spec.md).\n\n| input | result |\n|---|---|\n| 1 | 2 |\n",
)
REVIEWS = (
    "VERDICT: NO DEFECT",
    "VERDICT: DEFECTS\n\nFINDING: three is meant\nCITATION: twice x\nINPUT: double(1)\nEXPECTED: 3\n",
    "VERDICT: DEFECTS\n\nFINDING: zero\nINPUT: double(0)\nEXPECTED: 0\n\nFINDING: no input\nEXPECTED: 1\n",
    "double(1) is 2, I think.",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done: "key", "paste", "prompt", "click", "drag", "resize" or "wait", and with what."""

    kind: str
    what: str | tuple[int, int] | float


def drawn(draw: random.Random) -> Step:
    """A step."""
    kinds = ("key", "paste", "prompt", "click", "drag", "resize", "wait")
    kind = draw.choices(kinds, (75, 7, 5, 6, 2, 3, 2))[0]
    match kind:
        case "key":
            return Step(kind, draw.choice(COMMON if draw.random() < 0.4 else _bound_keys()))
        case "paste" | "prompt":
            return Step(kind, draw.choice(TEXTS))
        case "click" | "drag":
            return Step(kind, (draw.randrange(200), draw.randrange(50)))
        case "resize":
            return Step(kind, draw.choice(SIZES))
    return Step(kind, 0.1)


def _bound_keys() -> list[str]:
    bindings = every_binding()
    return [key for id_ in sorted(bindings) if id_ not in LEAVING for key in bindings[id_].key.split(",")]


async def take(driver: Driver, step: Step) -> None:
    """Do what ``step`` says, where it can be done."""
    app, bench = driver.app, driver.bench
    match step.kind, step.what:
        case "key", str(key):
            await driver.press(key)
        case "paste", str(text) if app.focused is not None:
            app.post_message(events.Paste(text))
            await driver.pilot.pause()
        case "prompt", str(text) if app.screen is bench:
            bench.action_prompt()
            bench.prompt.input.put(text)
            await driver.press("enter")
        case "click", (int(column), int(row)):
            try:
                await driver.pilot.click(offset=(column % app.size.width, row % app.size.height))
            except OutOfBounds:
                return  # what is in view has changed size meanwhile
        case "drag", (int(column), int(row)):
            try:
                await driver.pilot.mouse_down(offset=(column % app.size.width, row % app.size.height))
                await driver.pilot.hover(offset=(row % app.size.width, column % app.size.height))
                await driver.pilot.mouse_up(offset=(row % app.size.width, column % app.size.height))
            except OutOfBounds:
                return
        case "resize", (int(width), int(height)):
            await driver.pilot.resize_terminal(width, height)
        case "wait", float(seconds):
            await asyncio.sleep(seconds)


def _options(draw: random.Random) -> AppOptions:
    """The demo pair, or one that says what ``_pair`` draws. Without animations, whose end every key would wait for."""
    options = demo_options() if draw.random() < 0.5 else real_options()
    theme = draw.choice(("dark", "light", "contrast", "terminal"))
    interface = InterfaceConfig.model_validate({"reduced_motion": True, "plain": draw.random() < 0.25, "theme": theme})
    return replace(options, pace=draw.choice((None, 300.0)), interface=interface, onboarding=draw.random() < 0.25)


def _pair(draw: random.Random) -> EnginePair:
    def said(answers: tuple[str, ...]) -> list[list[str]]:
        return [[line + "\n" for line in draw.choice(answers).split("\n")] for _ in range(1000)]

    reasoning = draw.choice(("", "Hm.\nLet me see.\n"))
    return pair_of(
        TalkingEngine("coder-model", said(DRAFTS), reasoning=reasoning),
        TalkingEngine("reviewer-model", said((*REVIEWS, *DRAFTS[:1])), reasoning=reasoning),
    )


async def press_at_random(seed: int, steps: int) -> None:
    """Take ``steps`` steps in a program on the demo pair, or on one that answers at random.

    Raises:
        AssertionError: the program failed; the last steps are told.
    """
    draw = random.Random(seed)
    taken: list[Step] = []
    try:
        async with driven(_options(draw), _pair(draw), size=draw.choice(SIZES)) as driver:
            for _ in range(steps):
                taken.append(drawn(draw))
                await take(driver, taken[-1])
                assert driver.app.failure is None, driver.app.failure
    except Exception as error:
        raise AssertionError(f"seed {seed} fails after {len(taken)} steps, at last {taken[-15:]}") from error
    log = log_dir() / "secondpass.log"
    told = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    assert "Traceback" not in told, f"seed {seed}, in the log: {told[-3000:]}"
