-- One row per finished thing; what is pending is worked out, never written. Times are ISO 8601 with offset.
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    created TEXT NOT NULL,
    config TEXT NOT NULL              -- RunConfig as JSON
) WITHOUT ROWID;
CREATE TABLE planned (
    run TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    pattern TEXT NOT NULL, task TEXT NOT NULL, sample INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (run, pattern, task, sample)
) WITHOUT ROWID;
CREATE TABLE answers (                -- what a model said, shared by the patterns of a run
    run TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    task TEXT NOT NULL, sample INTEGER NOT NULL,
    role TEXT NOT NULL, request TEXT NOT NULL,   -- sha256 of everything that the model was sent
    stage TEXT NOT NULL,
    text TEXT NOT NULL, reasoning TEXT NOT NULL,
    completed TEXT NOT NULL,          -- usage, times and finish reason as JSON
    PRIMARY KEY (run, task, sample, role, request)
) WITHOUT ROWID;
CREATE TABLE solutions (sha TEXT PRIMARY KEY, code TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE results (
    run TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    pattern TEXT NOT NULL, task TEXT NOT NULL, sample INTEGER NOT NULL,
    draft TEXT REFERENCES solutions(sha), final TEXT REFERENCES solutions(sha),
    summary TEXT NOT NULL,            -- Summary as JSON
    events BLOB NOT NULL,             -- the event log, zlib
    finished TEXT NOT NULL,
    PRIMARY KEY (run, pattern, task, sample)
);
CREATE TABLE verdicts (
    dataset TEXT NOT NULL, task TEXT NOT NULL, code TEXT NOT NULL, profile TEXT NOT NULL, rules TEXT NOT NULL,
    base TEXT, plus TEXT,             -- status of the part, NULL where it was not judged
    verdict TEXT NOT NULL,            -- Verdict as JSON
    judged TEXT NOT NULL,
    PRIMARY KEY (dataset, task, code, profile, rules)
) WITHOUT ROWID;
CREATE TABLE attempts (               -- what failed for no fault of the sample
    run TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    pattern TEXT NOT NULL, task TEXT NOT NULL, sample INTEGER NOT NULL,
    at TEXT NOT NULL, error TEXT NOT NULL
);
CREATE INDEX attempts_of_run ON attempts (run);
CREATE TABLE nodes (                  -- of the clusters that have judged for the run
    run TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    node TEXT NOT NULL,               -- JudgeNode as JSON
    PRIMARY KEY (run, id)
) WITHOUT ROWID;
CREATE TABLE spans (                  -- when a run was being worked on
    run TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    started TEXT NOT NULL, seconds REAL NOT NULL,
    PRIMARY KEY (run, started)
) WITHOUT ROWID;
