"""A line-wise reader of Python's brackets and strings that works on broken code too.

``tokenize`` stops at the first error; a model's answer is often cut off or wrapped in prose, and all that is
asked here is whether the next line still belongs to the statement before it. One pass, linear in the text.
"""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"#.*|\"\"\"|'''"
    # Possessive, and the lone backslash at the end of a line is a match too: no quote is ever scanned twice.
    r"|\"(?:\\.|[^\"\\])*+(?:\"|\\?$)|'(?:\\.|[^'\\])*+(?:'|\\?$)"
    r"|[()\[\]{}]"
)
_CLOSE = {quote: re.compile(r"\\.|" + quote) for quote in ('"""', "'''")}


@dataclass(slots=True)
class LineReader:
    """Feed it lines without their newline; ``quote``, ``depth`` and ``continued`` tell where it stands."""

    quote: str | None = None
    """The triple quote that is open, if any."""
    depth: int = 0
    """Open brackets."""
    continued: bool = False
    """The last line ended in a backslash."""

    @property
    def open(self) -> bool:
        """True if the next line continues the statement."""
        return self.quote is not None or self.depth > 0 or self.continued

    def copy(self) -> "LineReader":
        """A reader in the same state."""
        return LineReader(self.quote, self.depth, self.continued)

    def feed(self, line: str) -> None:
        """Read one line."""
        at = 0
        comment = False
        while at < len(line):
            if self.quote is not None:
                match = _CLOSE[self.quote].search(line, at)
                if match is None:
                    break
                if match.group() == self.quote:
                    self.quote = None
                at = match.end()
                continue
            match = _TOKEN.search(line, at)
            if match is None:
                break
            at = match.end()
            token = match.group()
            if token in ('"""', "'''"):
                self.quote = token
            elif token in "([{":
                self.depth += 1
            elif token in ")]}":
                self.depth = max(0, self.depth - 1)
            elif token.startswith("#"):
                comment = True
        self.continued = self.quote is None and not comment and line.endswith("\\")
