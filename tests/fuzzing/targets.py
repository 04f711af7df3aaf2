"""What is fuzzed: everything that reads what a person, a model, a server or a hostile program wrote.

A target takes any bytes. It returns normally, or raises nothing but the errors that its reader promises, which here are
caught; whatever else comes out of it is a find. ``benchmarks/fuzz.py`` and the tests draw the inputs.
"""

import ast
import asyncio
import io
import json
import pickle
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx

from analyzers.lint import lint_text
from core.bench.datasets import open_dataset
from core.bench.judge.child import results
from core.bench.samples import read_samples
from core.config.loading import load_configuration
from core.engines.endpoint import Endpoint
from core.engines.timeouts import Timeouts
from core.errors import ConfigurationError, EngineError, UsageError
from core.event_log import LogFormatError
from core.events import RunStarted
from core.extraction import extract_code
from core.review import labelled, parse_expectation, parse_review
from core.sandbox import asserts, judge
from core.session_markdown import session_markdown
from core.sessions import read_session, summary

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Target:
    """``words`` are what inputs are put together from, besides the corpus in ``CORPUS / name``."""

    name: str
    run: Callable[[bytes], None]
    words: tuple[bytes, ...]

    @property
    def corpus(self) -> list[bytes]:
        """The seeds."""
        return [path.read_bytes() for path in sorted((CORPUS / self.name).iterdir())]


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="secondpass-fuzz-"))


def _file(name: str, data: bytes) -> Path:
    path = _folder() / name
    path.write_bytes(data)
    return path


def _text(data: bytes) -> str:
    """As a model may send it: any code points, lone surrogates too."""
    return data.decode("utf-8", "surrogatepass" if b"\xed" in data and _decodes(data) else "replace")


def _is_a_sentence(error: Exception) -> None:
    assert str(error).strip(), "an error that says nothing"


def _decodes(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def spec(data: bytes) -> None:
    """The spec parser with every rule, in each of the formats."""
    text = data.decode("utf-8", "replace")
    for filename in ("spec.py", "spec.md", "spec.txt"):
        report = lint_text(text, filename=filename)
        for finding in report.all_findings:
            assert 0 <= finding.span.start <= finding.span.end <= len(text)


def models_toml(data: bytes) -> None:
    """A configuration named on the command line."""
    path = _file("models.toml", data)
    try:
        configuration = load_configuration(path, cwd=_folder(), environ={"SECONDPASS_HOME": str(_folder())})
        for name in configuration.pairs:
            configuration.pair(name)
        configuration.pair()
    except ConfigurationError as error:
        _is_a_sentence(error)


def extraction(data: bytes) -> None:
    """Code in a model's answer: what is taken compiles."""
    for name in ("f", None):
        found = extract_code(_text(data), entry_point=name)
        if found.code is not None:
            ast.parse(found.code)


def event_log(data: bytes) -> None:
    """A session's log, read, listed and exported."""
    path = _file("session.jsonl", data)
    summary(path)
    try:
        events = list(read_session(path))
    except LogFormatError:
        return
    if events and isinstance(events[0], RunStarted):
        session_markdown(events)


def samples(data: bytes) -> None:
    """A file of samples, packed or not."""
    for name in ("samples.jsonl", "samples.jsonl.gz"):
        for extract in (False, True):
            try:
                read_samples(_file(name, data), open_dataset("demo"), extract=extract)
            except UsageError as error:
                _is_a_sentence(error)


class _Pieces(httpx.AsyncByteStream):
    def __init__(self, data: bytes) -> None:
        self._data = data

    async def __aiter__(self):  # type: ignore[no-untyped-def]
        step = 1 + len(self._data) % 97
        for begin in range(0, len(self._data), step):
            yield self._data[begin : begin + step]


def sse(data: bytes) -> None:
    """A server's stream, in pieces."""

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=_Pieces(data))

    async def ask() -> None:
        endpoint = Endpoint(
            "http://127.0.0.1:1/v1", model="m", served_name="m", api_key=None, key_env=None, timeouts=Timeouts()
        )
        await endpoint._client.aclose()
        endpoint._client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
        try:
            async for chunk in endpoint.stream({"messages": []}):
                assert isinstance(chunk.text, str)
        except EngineError as error:
            _is_a_sentence(error)
        finally:
            await endpoint.close()

    asyncio.run(ask())


_PLAN = asserts.plan("assert f(2) == 4 and len(f(1)) == 1 and abs(f(1) - 2) < 3", "")


def report(data: bytes) -> None:
    """What a hostile program can report of itself: there is a verdict on all of it."""
    try:
        seen = json.loads(data)
    except (ValueError, RecursionError):
        return
    for kind, want in (("value", "[1]"), ("value", "raises ValueError"), ("doctest", "1"), ("observe", None)):
        assert judge.verdict(kind, want, seen)["outcome"]
    assert judge.verdict("assert", None, seen, _PLAN)["outcome"]


def result(data: bytes) -> None:
    """What a hostile program can hand to the referee: nothing of it is called."""
    try:
        results.receive(io.BytesIO(data))
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, LookupError, AttributeError, OverflowError):
        return
    except (MemoryError, ArithmeticError, ImportError):
        return


def review(data: bytes) -> None:
    """A reviewer's answer: findings, or none."""
    text = _text(data)
    found = parse_review(text)
    labelled(found)
    parse_expectation(text)


def _words(text: str) -> tuple[bytes, ...]:
    return tuple(word.encode() for word in text.split("|"))


_EVERYWHERE = _words(
    "\x00|\r|\n|\r\n|\t|\x0b|\u2028|\ufeff|\u202e|é|😀|\x1b[2J| |'|\"|\\|{|}|[|]|(|)|,|:|=|#|0|-1|1e999|NaN"
)
_WORDS = {
    "spec": _words('```|~~~|>>> |def f(x):\n|    |"""|assert f(1) == |-> |- |# |raises |lambda x: |f([|Traceback'),
    "models_toml": _words('[models.|[pairs.|[[|]]|"""|source = |context = |endpoint = |base_url = |true|1979-05-27'),
    "extraction": _words("```|```python\n|~~~|<think>|</think>|def f(x):\n|    return |class f:\n|async |@|\n\n    "),
    "event_log": _words('{"n":|"type":"run_started"|"type":"token"|"schema_version":99|"at":|null|"text":"|\n{|true'),
    "samples": _words('{"task_id": "Demo/0"|, "solution": "|"completion"|}\n|\\ud800|\x1f\x8b\x08|```python\n'),
    "sse": _words('data: |\n\n|event: error|id: |retry: |[DONE]|{"choices": [|"delta": {|"content": |"finish_reason"'),
    "report": _words('["l",|["i","|["f","|["o","P","|["d",[|["..."]|"value":|"steps":|"raised":|"names":|null|"holds"'),
    "result": (
        *(b"cos\nsystem\n", b"\x8c\x08builtins", b"\x93", b"R", b"\x81", b"(", b"t", b".", b"\x80\x05", b"\x94"),
    ),
    "review": _words(
        'VERDICT: |DEFECTS|NO DEFECT|FINDING 1|TITLE: |INPUT: |EXPECTED: |WHY: |```|**|<think>|{|"findings"'
    ),
}

TARGETS = tuple(
    Target(run.__name__, run, (*_EVERYWHERE, *_WORDS[run.__name__]))
    for run in (spec, models_toml, extraction, event_log, samples, sse, report, result, review)
)
