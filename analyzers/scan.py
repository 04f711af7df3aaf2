"""Find where a call and where a value end, in text that is Python only in places."""

import ast
import builtins
import re
from collections.abc import Set
from functools import lru_cache

from analyzers.lazy import lazy
from analyzers.plain import NOT_PLAIN, plain_call, plain_value
from analyzers.pysource import parse_expression, walk

_DEEPEST = 40
_LONGEST = 20_000
_SHORT = 400
"""Characters; whether expressions up to this length can be evaluated is kept for a while."""
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_INTERESTING = lazy(r"[()\[\]{}\"'\n#]")
_STRING = lazy(
    r"[rRbBuUfF]{0,2}(?:\"\"\"(?:[^\\\"]|\\.|\"(?!\"\"))*+\"\"\"|'''(?:[^\\']|\\.|'(?!''))*+'''"
    r"|\"(?:[^\\\"\n]|\\.)*+\"|'(?:[^\\'\n]|\\.)*+')",
    re.S,
)
_NUMBER = lazy(r"(?:0[xXoObB][0-9a-fA-F_]+|(?:\d[\d_]*(?:\.\d[\d_]*)?|\.\d+)(?:[eE][+-]?\d+)?[jJ]?)(?![\w])")
_WORD = lazy(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_SIGN = lazy(r"[ \t]*[-+~]")
_OPERATOR = lazy(r"[ \t]*(?://|\*\*|<<|>>|[-+*/%|&^](?![>=]))[ \t]*(?=[\w\"'(\[{.+-])")
_SPACE = lazy(r"[ \t]*")
_VALUES = frozenset({"True", "False", "None", "Ellipsis"})
BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))


class Scanner:
    """Scans one text. All scans together may look at a bounded number of characters, so that time stays linear."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._left = 10_000 + 6 * len(text)

    def balanced(self, at: int) -> int | None:
        """``at`` is an opening bracket; the index after the bracket that closes it, or None.

        Brackets may span lines, but no blank one.
        """
        text = self.text
        stack = [_BRACKETS[text[at]]]
        position, limit = at + 1, min(len(text), at + _LONGEST)
        while stack and position < limit and self._left > 0:
            found = _INTERESTING.search(text, position, limit)
            self._left -= (found.end() if found else limit) - position
            if not found:
                return None
            char, position = found[0], found.end()
            if char in _BRACKETS:
                if len(stack) >= _DEEPEST:
                    return None
                stack.append(_BRACKETS[char])
            elif char in ")]}":
                if stack.pop() != char:
                    return None
            elif char == "\n":
                if not text[position : position + 200].split("\n")[0].strip():
                    return None
            elif char == "#":
                position = text.find("\n", position, limit)
                if position < 0:
                    return None
            else:
                after = self.string(found.start())
                if after is None:
                    return None
                position = after
        return None if stack else position

    def string(self, at: int) -> int | None:
        """The index after the string literal that begins at ``at``, or None."""
        found = _STRING.match(self.text, at, at + _LONGEST)
        self._left -= (found.end() - at) if found else 200
        return found.end() if found and self._left > 0 else None

    def statement(self, at: int, stop: str = "") -> int | None:
        """The index at which the statement that begins at ``at`` ends: a newline, a comment, or ``stop``."""
        position = at
        ends = re.compile(rf"[()\[\]{{}}\"'\n#{re.escape(stop)}]")
        while self._left > 0 and (found := ends.search(self.text, position)):
            self._left -= found.end() - position
            char = found[0]
            if char == "\n" and self.text[found.start() - 1] == "\\":
                position = found.end()
            elif char in "\n#" or char == stop:
                return found.start()
            elif char in ")]}":
                return None
            else:
                after = self.string(found.start()) if char in "\"'" else self.balanced(found.start())
                if after is None:
                    return None
                position = after
        return len(self.text) if self._left > 0 else None

    def value(self, at: int) -> int | None:
        """The index after the expression of literals, calls and operators that begins at ``at``, or None."""
        end: int | None = None
        while self._left > 0:
            while sign := _SIGN.match(self.text, at):
                at = sign.end()
            space = _SPACE.match(self.text, at)
            after = self._atom(space.end() if space else at)
            if after is None:
                return end
            end = after
            self._left -= 8
            operator = _OPERATOR.match(self.text, end)
            if not operator:
                return end
            at = operator.end()
        return end

    def _atom(self, at: int) -> int | None:
        text = self.text
        if at >= len(text):
            return None
        end: int | None
        if text[at] in _BRACKETS:
            end = self.balanced(at)
        elif (string := _STRING.match(text, at, at + _LONGEST)) is not None:
            end = string.end()
            self._left -= end - at
        elif (number := _NUMBER.match(text, at)) is not None:
            return number.end()
        elif (word := _WORD.match(text, at)) is not None:
            end = word.end()
            if text[end : end + 1] != "(":
                return end if word[0] in _VALUES or "." in word[0] else None
        else:
            return None
        return self.postfix(end)

    def postfix(self, end: int | None) -> int | None:
        """Go over calls, subscripts and attributes that follow an expression directly."""
        while end is not None and self._left > 0:
            following = self.text[end : end + 1]
            if following and following in "([":
                end = self.balanced(end)
            elif (
                following == "."
                and (word := _WORD.match(self.text, end + 1))
                and self.text[word.end() : word.end() + 1] == "("
            ):
                end = word.end()
            else:
                return end
        return end


def is_closed(tree: ast.AST, known: Set[str]) -> bool:
    """True if the expression names nothing but builtins, ``known`` names and what it binds itself."""
    used: set[str] = set()
    bound: set[str] = set()
    for node in walk(tree):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
    return all(name in known or name in BUILTINS or name in bound for name in used)


def closed_expression(source: str, known: frozenset[str]) -> ast.expr | None:
    """The tree of ``source`` if it is one expression that can be evaluated as it stands, else None."""
    tree = parse_expression(source)
    if tree is None or isinstance(tree, ast.Starred) or not is_closed(tree, known):
        return None
    return tree if not any(isinstance(node, ast.Constant) and node.value is ... for node in walk(tree)) else None


def closes(source: str, known: frozenset[str]) -> bool:
    """Whether ``source`` is one expression that can be evaluated as it stands."""
    return _closes_short(source, known) if len(source) <= _SHORT else closed_expression(source, known) is not None


# While somebody types, all examples but one are those of the moment before.
@lru_cache(1024)
def _closes_short(source: str, known: frozenset[str]) -> bool:
    if plain_value(source) is not NOT_PLAIN:
        return True
    if (call := plain_call(source.strip())) is not None:
        return call[0] in known or call[0] in BUILTINS
    return closed_expression(source, known) is not None
