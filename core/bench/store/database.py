"""The SQLite file: opened, made, read and written. Every method commits before it returns."""

import contextlib
import hashlib
import json
import os
import secrets
import sqlite3
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from core.bench.judge.nodes import JudgeNode
from core.bench.judge.verdicts import Verdict, verdict_from_json
from core.bench.store.records import (
    Result,
    RunConfig,
    SampleKey,
    StageUse,
    StoredAnswer,
    StoredRun,
    Summary,
)
from core.errors import SecondpassError, UsageError
from core.paths import data_dir

SCHEMA_VERSION = 2
_STEPS = {1: "CREATE TABLE nodes"}
"""What a file of a version lacks: the beginnings of statements of the schema."""

RULES = f"2-py{sys.version_info.major}.{sys.version_info.minor}"
"""Of the judge: a verdict is used again only if the same rules, on the same Python, would give it."""


class StoreError(SecondpassError):
    """The store cannot be used: it is damaged, from a newer version, or the disk is full."""


def store_path(*, create: bool = False) -> Path:
    """Where runs are kept. Raises SecondpassError."""
    return data_dir("bench", create=create) / "runs.sqlite"


def code_sha(code: str) -> str:
    """The key of a solution."""
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()


def now() -> str:
    """The time as it is stored."""
    return datetime.now().astimezone().isoformat(timespec="milliseconds")


class Store:
    """Runs, answers, results and verdicts.

    Args:
        path: The file; made if it is not there, unless ``readonly``.
        readonly: For screens and reports: never waits for a writer, never writes.

    Raises:
        StoreError: see there.
    """

    def __init__(self, path: Path | None = None, *, readonly: bool = False) -> None:
        self.path = path if path is not None else store_path(create=not readonly)
        self._readonly = readonly
        self._db = self._connect()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _connect(self) -> sqlite3.Connection:
        with self._said():
            if self._readonly:
                if not self.path.exists():
                    return self._prepared(sqlite3.connect(":memory:", isolation_level=None))
                db = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
                db.execute("PRAGMA busy_timeout = 5000")
                self._check(db)
                return db
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            return self._prepared(sqlite3.connect(self.path, isolation_level=None))

    def _prepared(self, db: sqlite3.Connection) -> sqlite3.Connection:
        db.execute("PRAGMA busy_timeout = 30000")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("BEGIN IMMEDIATE")
        try:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version < SCHEMA_VERSION:
                schema = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
                lacking = tuple(begin for of, begin in _STEPS.items() if of >= version)
                for statement in _statements(schema):
                    if version == 0 or statement.startswith(lacking):
                        db.execute(statement)
                db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        finally:
            db.execute("COMMIT")
        self._check(db)
        return db

    def _check(self, db: sqlite3.Connection) -> None:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        self._version: int = version
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"{self.path} has schema version {version} and this program knows {SCHEMA_VERSION}; upgrade secondpass."
            )

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        """Turn what SQLite says into one sentence."""
        try:
            yield
        except sqlite3.Error as error:
            advice = "free some space" if "full" in str(error) else "see docs/bench.md on what to do"
            raise StoreError(f"The store of runs {self.path} cannot be used ({error}); {advice}.") from error

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._said():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._said():
            return self._db.execute(query, values).fetchall()

    # Runs

    def add_run(self, config: RunConfig) -> StoredRun:
        """Plan a run: every sample of every pattern."""
        run = f"{datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        keys = [
            SampleKey(pattern, task, sample)
            for task in config.tasks
            for pattern in config.patterns
            for sample in range(config.samples)
        ]
        with self._writing() as db:
            created = _after(db.execute(f"{_RUNS} ORDER BY julianday(created) DESC LIMIT 1").fetchone())
            db.execute("INSERT INTO runs VALUES (?, ?, ?)", (run, created, json.dumps(asdict(config))))
            rows = [(run, key.pattern, key.task, key.sample, place) for place, key in enumerate(keys)]
            db.executemany("INSERT INTO planned VALUES (?, ?, ?, ?, ?)", rows)
        return self.run(run)

    def runs(self) -> list[StoredRun]:
        """All runs, the newest first."""
        return [self._stored_run(row) for row in self._rows(f"{_RUNS} ORDER BY julianday(created) DESC, id DESC")]

    def run(self, name: str) -> StoredRun:
        """The run whose id begins with ``name``, or whose label it is; "last" is the newest.

        Raises:
            UsageError: None has, or several have.
        """
        if name == "last":
            rows = self._rows(f"{_RUNS} ORDER BY julianday(created) DESC, id DESC LIMIT 1")
        else:
            rows = self._rows(f"{_RUNS} WHERE substr(id, 1, ?) = ?", len(name), name)
            rows = rows or self._rows(f"{_RUNS} WHERE json_extract(config, '$.label') = ?", name)
        if not rows:
            raise UsageError(f"There is no run {name!r}; `secondpass bench list` shows them.")
        if len(rows) > 1:
            raise UsageError(f"{len(rows)} runs begin with {name!r}; name more of it.")
        return self._stored_run(rows[0])

    def add_node(self, run: str, node: JudgeNode) -> None:
        """Note that a node of a cluster judges for the run."""
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO nodes VALUES (?, ?, ?)", (run, node.id, json.dumps(asdict(node))))

    def _nodes(self, run: str) -> tuple[JudgeNode, ...]:
        if self._version < 2:
            return ()
        rows = self._rows("SELECT node FROM nodes WHERE run = ? ORDER BY json_extract(node, '$.host'), id", run)
        return tuple(JudgeNode(**json.loads(text)) for (text,) in rows)

    def _stored_run(self, row: tuple[Any, ...]) -> StoredRun:
        run, created, config, planned, finished, failed, seconds = row
        return StoredRun(
            id=run,
            created=created,
            config=_config(config),
            planned=planned,
            finished=finished,
            failed_attempts=failed,
            seconds=seconds,
            nodes=self._nodes(run),
        )

    def delete_run(self, run: str) -> None:
        """Delete a run with its answers and results. Verdicts stay: they belong to the code."""
        with self._writing() as db:
            db.execute("DELETE FROM runs WHERE id = ?", (run,))

    def pending(self, run: str) -> list[SampleKey]:
        """What is planned and has no result, in order."""
        query = (
            "SELECT pattern, task, sample FROM planned p WHERE run = ? AND NOT EXISTS (SELECT 1 FROM results r WHERE "
            "r.run = p.run AND r.pattern = p.pattern AND r.task = p.task AND r.sample = p.sample) ORDER BY position"
        )
        return [SampleKey(*row) for row in self._rows(query, run)]

    def add_seconds(self, run: str, started: str, seconds: float) -> None:
        """Note that the run has been worked on for ``seconds`` since ``started``."""
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO spans VALUES (?, ?, ?)", (run, started, seconds))

    # Answers

    def answer(self, run: str, task: str, sample: int, role: str, request: str) -> StoredAnswer | None:
        """What a model said to this very request, if it was asked before."""
        query = (
            "SELECT role, stage, request, text, reasoning, completed FROM answers "
            "WHERE run = ? AND task = ? AND sample = ? AND role = ? AND request = ?"
        )
        rows = self._rows(query, run, task, sample, role, request)
        if not rows:
            return None
        names = ("role", "stage", "request", "text", "reasoning", "completed")
        return StoredAnswer(**dict(zip(names, rows[0], strict=True)))

    def add_answer(self, run: str, task: str, sample: int, answer: StoredAnswer) -> None:
        """Keep an answer; one that is there already stays."""
        values = (answer.role, answer.request, answer.stage, answer.text, answer.reasoning, answer.completed)
        with self._writing() as db:
            db.execute("INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (run, task, sample, *values))

    # Results

    def add_result(self, run: str, result: Result, events: Iterable[str]) -> None:
        """Keep a finished sample with its event log (lines of JSON)."""
        log = zlib.compress("\n".join(events).encode("utf-8", "replace"))
        key = result.key
        shas = [None if code is None else code_sha(code) for code in (result.draft, result.final)]
        with self._writing() as db:
            for sha, code in zip(shas, (result.draft, result.final), strict=True):
                if code is not None:
                    text = code.encode("utf-8", "replace").decode()
                    db.execute("INSERT OR IGNORE INTO solutions VALUES (?, ?)", (sha, text))
            db.execute(
                "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    run,
                    key.pattern,
                    key.task,
                    key.sample,
                    *shas,
                    json.dumps(asdict(result.summary)),
                    log,
                    result.finished,
                ),
            )

    def results(self, run: StoredRun) -> list[Result]:
        """The finished samples of a run in the order of the plan, with the verdicts of its profile."""
        config = run.config
        rows = self._rows(_RESULTS, config.dataset_digest, config.profile, RULES, run.id)
        return [_result(row) for row in rows]

    def result(self, run: StoredRun, key: SampleKey) -> Result | None:
        """One of them."""
        config = run.config
        query = _RESULTS.replace("ORDER BY", "AND r.pattern = ? AND r.task = ? AND r.sample = ? ORDER BY")
        values = (config.dataset_digest, config.profile, RULES, run.id, key.pattern, key.task, key.sample)
        rows = self._rows(query, *values)
        return _result(rows[0]) if rows else None

    def events(self, run: str, key: SampleKey) -> list[str]:
        """The event log of a sample, lines of JSON; empty if it has none."""
        query = "SELECT events FROM results WHERE run = ? AND pattern = ? AND task = ? AND sample = ?"
        rows = self._rows(query, run, key.pattern, key.task, key.sample)
        return zlib.decompress(rows[0][0]).decode("utf-8").split("\n") if rows else []

    def add_attempt(self, run: str, key: SampleKey, error: str) -> None:
        """Note that a sample was not finished for no fault of its own."""
        with self._writing() as db:
            values = (run, key.pattern, key.task, key.sample, now(), error)
            db.execute("INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?)", values)

    def attempts(self, run: str) -> list[tuple[SampleKey, str, str]]:
        """What failed, with time and reason, in the order it happened."""
        query = "SELECT pattern, task, sample, at, error FROM attempts WHERE run = ? ORDER BY rowid"
        return [(SampleKey(*row[:3]), row[3], row[4]) for row in self._rows(query, run)]

    # Verdicts

    def verdict(self, dataset: str, task: str, code: str, profile: str) -> Verdict | None:
        """The verdict on ``code`` (its text), if it was judged before by the same rules."""
        query = "SELECT verdict FROM verdicts WHERE dataset = ? AND task = ? AND code = ? AND profile = ? AND rules = ?"
        rows = self._rows(query, dataset, task, code_sha(code), profile, RULES)
        return verdict_from_json(json.loads(rows[0][0])) if rows else None

    def add_verdict(self, dataset: str, task: str, code: str, profile: str, verdict: Verdict) -> None:
        """Keep a verdict. One that says that the judge failed is not kept: it says nothing about the code."""
        if verdict.problem is not None:
            return
        statuses = [part.status if part is not None else None for part in (verdict.base, verdict.plus)]
        content = json.dumps(verdict.to_json())
        with self._writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (dataset, task, code_sha(code), profile, RULES, *statuses, content, now()),
            )


_RUNS = (
    "SELECT id, created, config, (SELECT count(*) FROM planned WHERE run = id), "
    "(SELECT count(*) FROM results WHERE run = id), (SELECT count(*) FROM attempts WHERE run = id), "
    "(SELECT coalesce(sum(seconds), 0.0) FROM spans WHERE run = id) FROM runs"
)
_RESULTS = (
    "SELECT r.pattern, r.task, r.sample, d.code, f.code, r.summary, r.finished, dv.verdict, fv.verdict FROM results r "
    "JOIN planned p ON p.run = r.run AND p.pattern = r.pattern AND p.task = r.task AND p.sample = r.sample "
    "LEFT JOIN solutions d ON d.sha = r.draft LEFT JOIN solutions f ON f.sha = r.final "
    "LEFT JOIN verdicts dv ON dv.dataset = ?1 AND dv.task = r.task AND dv.code = r.draft AND dv.profile = ?2 "
    "AND dv.rules = ?3 "
    "LEFT JOIN verdicts fv ON fv.dataset = ?1 AND fv.task = r.task AND fv.code = r.final AND fv.profile = ?2 "
    "AND fv.rules = ?3 "
    "WHERE r.run = ?4 ORDER BY p.position"
)


def _after(newest: tuple[Any, ...] | None) -> str:
    """The time, but later than that of the newest run: clocks are set back at times, and "last" means the last."""
    time = now()
    if newest is None or datetime.fromisoformat(newest[1]) < datetime.fromisoformat(time):
        return time
    return (datetime.fromisoformat(newest[1]) + timedelta(milliseconds=1)).isoformat(timespec="milliseconds")


def _statements(schema: str) -> Iterator[str]:
    held = ""
    for line in schema.splitlines(keepends=True):
        held += line
        if sqlite3.complete_statement(held):
            yield held
            held = ""


def _config(text: str) -> RunConfig:
    content: dict[str, Any] = json.loads(text)
    # Fields may be added; what a later version wrote and this one does not know is passed over.
    known = {name: value for name, value in content.items() if name in RunConfig.__dataclass_fields__}
    return RunConfig(**known | {"patterns": tuple(known["patterns"]), "tasks": tuple(known["tasks"])})


def _summary(content: Mapping[str, Any]) -> Summary:
    return Summary(**{**content, "stages": tuple(StageUse(**use) for use in content["stages"])})


def _result(row: tuple[Any, ...]) -> Result:
    pattern, task, sample, draft, final, summary, finished, draft_verdict, final_verdict = row
    verdicts = [
        None if text is None else verdict_from_json(json.loads(text)) for text in (draft_verdict, final_verdict)
    ]
    return Result(
        key=SampleKey(pattern, task, sample),
        draft=draft,
        final=final,
        summary=_summary(json.loads(summary)),
        finished=finished,
        draft_verdict=verdicts[0],
        final_verdict=verdicts[1],
    )
