"""What is kept of the bench: one SQLite file, one row per finished thing, committed before it is shown."""

from core.bench.store.database import Store, StoreError, code_sha, now, store_path
from core.bench.store.records import Result, RunConfig, SampleKey, Schedule, StageUse, StoredAnswer, StoredRun, Summary

__all__ = [
    "Result",
    "RunConfig",
    "SampleKey",
    "Schedule",
    "StageUse",
    "Store",
    "StoreError",
    "StoredAnswer",
    "StoredRun",
    "Summary",
    "code_sha",
    "now",
    "store_path",
]
