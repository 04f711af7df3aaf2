"""Names that a user may choose from, apart from what they stand for, so that ``--help`` imports nothing heavy."""

PATTERN_NAMES = (
    "review-then-fix",
    "review-then-fix-retry",
    "coder-only",
    "reviewer-only",
    "plan-then-code",
    "adversarial",
    "auto",
)
DEFAULT_PATTERN = "review-then-fix"

POINTS_PER_MINUTE = 2.0
"""The default of ``auto_points_per_minute``: as if a wrong program cost its user fifty minutes."""

GUARDS = ("proven", "strict", "off")

OUTPUTS = ("text", "json", "jsonl")

LINT_FORMATS = ("full", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit")

FAIL_ON = ("error", "warning", "info")

DEFAULT_CONCURRENCY = 8
"""Requests that a server which runs already is sent side by side if nothing is said."""
