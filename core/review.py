"""Read a reviewer's answer: the verdict, and the defects it claims.

The form is the one that ``prompts/review.txt`` asks for. Small models decorate it (bold labels, bullets, code
fences, quotes), so labels are found loosely and values are stripped; what cannot be read is left empty, and an
empty input makes a claim unconfirmed later, never wrong. Where an engine holds the answer to ``REVIEW_SCHEMA``, it is
the JSON object that ``prompts/review_json.txt`` asks for; both forms give the same ``Review``.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

Verdict = Literal["no defect", "defects", "unclear"]

MOST_CLAIMS = 5
"""More claims than this are cut: each costs a sandbox run and perhaps a second opinion."""


_FIELDS = ("title", "citation", "input", "expected", "why")

REVIEW_SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "verdict": {"type": "string", "enum": ["NO DEFECT", "DEFECTS"]},
            "findings": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {name: {"type": "string"} for name in _FIELDS},
                    "required": list(_FIELDS),
                    "additionalProperties": False,
                },
            },
        },
        "required": ["verdict", "findings"],
        "additionalProperties": False,
    }
)
"""The JSON schema of a review, as JSON text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One defect as the reviewer put it. ``call`` and ``expected`` are Python source, "" where not given."""

    title: str
    citation: str
    call: str
    expected: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A reviewer's answer. ``unclear`` means that it holds neither a verdict nor a claim."""

    verdict: Verdict
    claims: tuple[Claim, ...]


_DECORATION = r"[ \t>*_#\-•]{0,12}(?:\d{1,2}[.)][ \t]{0,4})?[ \t*_]{0,4}"
_LABEL = re.compile(
    rf"^{_DECORATION}(?P<label>VERDICT|FINDING|TITLE|DEFECT|CITATION|RULE|SPEC|INPUT|CALL|EXPECTED|WHY|EXPLANATION)"
    r"[ \t*_]{0,4}(?P<number>\d{0,3})[ \t*_]{0,4}(?P<colon>[:：]|$)[ \t*_]{0,4}(?P<rest>.*)$",
    re.IGNORECASE,
)
_SYNONYMS = {"RULE": "CITATION", "SPEC": "CITATION", "CALL": "INPUT", "EXPLANATION": "WHY", "DEFECT": "TITLE"}
_NO_DEFECT = re.compile(r"\bno\s+(?:defects?|bugs?|issues?|errors?)\b", re.IGNORECASE)
_JSON = re.compile(r"\s*(?:```\w*\s*)?\{\s*[\"}]")
_JSON_BEGUN = re.compile(r"\s*(?:```\w*\s*)?\{")
_FENCE = re.compile(r"^\s*(?:```+|~~~+)\s*\w*\s*$")
_QUOTES = {'"': '"', "'": "'", "“": "”", "«": "»", "‘": "’"}


def parse_review(answer: str) -> Review:
    """Read ``answer``, in either form; never raises."""
    if _JSON.match(answer):
        return _parse_json(answer)
    verdict_text = ""
    fields: list[dict[str, list[str]]] = []
    current: list[str] | None = None
    for line in answer.splitlines():
        match = _LABEL.match(line)
        if match is None:
            if current is not None and not _FENCE.match(line):
                current.append(line)
            continue
        label = match["label"].upper()
        label = _SYNONYMS.get(label, label)
        if label == "VERDICT":
            verdict_text = verdict_text or match["rest"]
            current = None
        elif label == "FINDING":
            fields.append({})
            current = fields[-1].setdefault("TITLE", [])
            current.append(match["rest"])
        else:
            # A repeated label without a FINDING line between begins the next claim.
            if not fields or any(value.strip() for value in fields[-1].get(label, ())):
                fields.append({})
            current = fields[-1].setdefault(label, [])
            current.append(match["rest"])
    claims = tuple(claim for claim in map(_claim, fields) if claim is not None)[:MOST_CLAIMS]
    return Review(verdict=_verdict(verdict_text, answer, claims), claims=claims)


def labelled(review: Review) -> str:
    """``review`` in the form that ``prompts/review.txt`` asks for: what a coder or a person reads."""
    if not review.claims:
        return "VERDICT: NO DEFECT" if review.verdict == "no defect" else ""
    parts = ["VERDICT: DEFECTS"]
    for number, claim in enumerate(review.claims, start=1):
        parts.append(
            f"FINDING {number}\nTITLE: {claim.title}\nCITATION: {claim.citation}\nINPUT: {claim.call}\n"
            f"EXPECTED: {claim.expected}\nWHY: {claim.why}"
        )
    return "\n\n".join(parts)


def in_words(answer: str) -> str:
    """A review in JSON, of which perhaps only a part has arrived, in the form of ``labelled``; all else as it is."""
    begun = _JSON_BEGUN.match(answer)
    if begun is None:
        return answer
    from pydantic_core import from_json

    try:
        found = from_json(answer[begun.end() - 1 :], allow_partial="trailing-strings")
    except ValueError:
        return answer
    parts = [f"VERDICT: {found['verdict']}"] if "verdict" in found else []
    rows = found.get("findings")
    for number, row in enumerate(rows if isinstance(rows, list) else (), start=1):
        fields = row.items() if isinstance(row, dict) else ()
        parts.append("\n".join([f"FINDING {number}", *(f"{name.upper()}: {value}" for name, value in fields)]))
    return "\n\n".join(parts) if parts or not found else answer


def _parse_json(answer: str) -> Review:
    """A JSON object, in a code fence or not. One that was cut off or is something else is unclear."""
    unclear = Review(verdict="unclear", claims=())
    begin = answer.index("{")
    try:
        found, _ = json.JSONDecoder().raw_decode(answer, begin)
    except (ValueError, RecursionError):
        return unclear
    if not isinstance(found, dict):
        return unclear
    rows = found.get("findings")
    rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    claims = tuple(claim for claim in map(_claim, map(_from_json, rows)) if claim is not None)[:MOST_CLAIMS]
    return Review(verdict=_verdict(str(found.get("verdict", "")) or "none", "", claims), claims=claims)


def _from_json(row: dict[str, Any]) -> dict[str, list[str]]:
    # A model may write the literal itself where a text that holds it is asked for.
    texts = {name: value if isinstance(value := row.get(name, ""), str) else repr(value) for name in _FIELDS}
    return {name.upper(): text.splitlines() for name, text in texts.items()}


def parse_expectation(answer: str) -> str:
    """The last ``EXPECTED:`` value of a second opinion, "" if there is none or it says "unspecified"."""
    found = ""
    for line in answer.splitlines():
        match = _LABEL.match(line)
        if match and match["label"].upper() == "EXPECTED":
            found = _source(match["rest"])
    return "" if found.lower().startswith(("unspecified", "undefined", "unknown")) else found


def _verdict(stated: str, answer: str, claims: tuple[Claim, ...]) -> Verdict:
    if _NO_DEFECT.search(stated):
        return "no defect"
    if claims or "defect" in stated.lower():
        return "defects" if claims else "unclear"
    return "no defect" if not stated and _NO_DEFECT.search(answer[:400]) else "unclear"


def _claim(fields: dict[str, list[str]]) -> Claim | None:
    def prose(label: str) -> str:
        return _unquote(" ".join(" ".join(fields.get(label, ())).split()))

    def source(label: str) -> str:
        return _source("\n".join(fields.get(label, ())))

    claim = Claim(
        title=prose("TITLE") or prose("WHY")[:80],
        citation=prose("CITATION"),
        call=source("INPUT"),
        expected=source("EXPECTED"),
        why=prose("WHY"),
    )
    return claim if claim.call or claim.title or claim.citation else None


def _unquote(text: str) -> str:
    text = text.strip().strip("*").strip()
    while len(text) >= 2 and _QUOTES.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    return text


def _source(text: str) -> str:
    """Python source out of a value: first paragraph, without backticks, prompt signs and a trailing comment."""
    paragraph = text.strip().split("\n\n", 1)[0]
    lines = [line.removeprefix(">>> ").rstrip() for line in paragraph.splitlines() if not _FENCE.match(line)]
    joined = "\n".join(lines).strip()
    if joined.startswith("`") and "`" in joined.strip("`"):
        joined = joined.strip("`").split("`", 1)[0]
    return joined.strip("`").strip()
