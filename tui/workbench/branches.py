"""How many ways there are through a program, held against the examples of its spec, in a few words."""

from functools import lru_cache

LONGEST = 12_000
"""Characters; longer programs take longer to measure than the screen may stand still."""


@lru_cache(maxsize=64)
def branches_told(code: str, spec: str, filename: str | None, name: str | None = None) -> str:
    """``code`` against the examples of ``spec``, such as "7 branches, 2 examples"; "" where that cannot be told.

    ``name`` is the stub that is meant where ``spec`` holds several.
    """
    if len(code) > LONGEST or len(spec) > LONGEST:
        return ""
    from analyzers.complexity import branch_coverage
    from analyzers.parse import parse_specs

    specs = parse_specs(spec, filename=filename)
    meant = next((each for each in specs if each.name == name), specs[-1])
    measured = branch_coverage(code, meant)
    return "" if measured is None else str(measured)
