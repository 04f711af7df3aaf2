"""Names that a user may choose from, apart from what they stand for, so that ``--help`` imports nothing heavy."""

PATTERN_NAMES = (
    "review-then-fix",
    "review-then-fix-retry",
    "coder-only",
    "reviewer-only",
    "plan-then-code",
    "adversarial",
)
DEFAULT_PATTERN = "review-then-fix"

GUARDS = ("proven", "strict", "off")

OUTPUTS = ("text", "json", "jsonl")

LINT_FORMATS = ("full", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit")

FAIL_ON = ("error", "warning", "info")
