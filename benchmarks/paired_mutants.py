"""Do the hidden inputs of the paired set tell faults from the reference? Mutants of each reference, run on the inputs.

python benchmarks/paired_mutants.py [NAME ...] [--survivors N] [--judge] [--write docs/paired.md]

Prints, for each problem, how many mutants were killed, and the survivors as the lines that differ. A survivor that a
problem lists as equivalent, with the reason, is counted and shown as such and left out of the rate; no problem may list
more than one mutant in ten. The exit code is 1 where a problem kills less than 95 %.

--judge has the product's own judge do it: `secondpass bench verify --dataset paired` on all references (every variant),
which must all pass, and on all mutants, whose verdicts must be those found here. It takes minutes. --write puts the
table into the page, between its marks.
"""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from mutants import Mutant, mutants  # noqa: E402
from paired_problems import Equivalent, Problem, Unreadable, files, read  # noqa: E402
from paired_runs import ChildFailed, run_child  # noqa: E402

LEAST = 0.95
MOST_EQUIVALENT = 0.1
CAP = 400
"""Mutants of one problem; of more, every n-th is taken, so that the whole text has its share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A problem's mutants and how each ended; ``made`` counts them before the cap."""

    problem: Problem
    made: int
    mutants: tuple[Mutant, ...]
    ends: tuple[str, ...]

    @property
    def killed(self) -> int:
        """How many are told from the reference."""
        return sum(end != "survived" for end in self.ends)

    @property
    def survivors(self) -> list[Mutant]:
        """Those that are not."""
        return [mutant for mutant, end in zip(self.mutants, self.ends, strict=True) if end == "survived"]

    @property
    def declared(self) -> list[Mutant]:
        """Survivors that the problem lists as equivalent."""
        return [mutant for mutant in self.survivors if _declaration(self.problem, mutant)]

    @property
    def rate(self) -> float:
        """Killed, of those that are not declared equivalent."""
        return self.killed / (len(self.mutants) - len(self.declared))

    @property
    def stale(self) -> list[Equivalent]:
        """Declarations of the problem that no survivor answers to."""
        known = {(mutant.was, mutant.becomes) for mutant in self.survivors}
        return [each for each in self.problem.equivalent if (each.was, each.becomes) not in known]

    @property
    def enough(self) -> bool:
        """Whether the problem keeps the rule."""
        few = len(self.declared) <= MOST_EQUIVALENT * len(self.mutants)
        return self.rate >= LEAST and few and not self.stale


def _declaration(problem: Problem, mutant: Mutant) -> Equivalent | None:
    found = (each for each in problem.equivalent if (each.was, each.becomes) == (mutant.was, mutant.becomes))
    return next(found, None)


def tried(problem: Problem) -> Tried:
    """Make the mutants of a problem and run them on its inputs. Raises ChildFailed."""
    every = mutants(problem.program("rich"), problem.name)
    step = -(-len(every) // CAP)
    some = every[::step]
    answer = run_child(problem, mutants=[each.program for each in some])
    if answer["broken"]:
        raise ChildFailed(answer["broken"][0])
    return Tried(problem=problem, made=len(every), mutants=tuple(some), ends=tuple(answer["ends"]))


def shown(found: Tried, most: int) -> list[str]:
    """A line for the problem, and two for each survivor."""
    total = len(found.mutants)
    capped = f" (of {found.made})" if found.made > total else ""
    line = f"{found.problem.name}: {found.killed} of {total}{capped} mutants killed, {found.killed / total:.1%}"
    if found.declared:
        line += f"; {len(found.declared)} declared equivalent, {found.rate:.1%} of the others"
    lines = [line if found.enough else f"{line}  <-- not enough"]
    if len(found.declared) > MOST_EQUIVALENT * total:
        lines.append(f"  more than one in ten declared equivalent ({len(found.declared)})")
    lines += [f"  declared equivalent, but no survivor: {each.was!r} -> {each.becomes!r}" for each in found.stale]
    for mutant in found.survivors[:most]:
        declaration = _declaration(found.problem, mutant)
        lines += [f"  - {mutant.was}", f"  + {mutant.becomes or '(removed)'}"]
        lines += [f"    equivalent: {declaration.why}"] if declaration else []
    if len(found.survivors) > most:
        lines.append(f"  and {len(found.survivors) - most} more (--survivors {len(found.survivors)})")
    return lines


def table(every: Sequence[Tried]) -> str:
    """The table of the page."""
    lines = ["| problem | mutants | killed | | declared equivalent | of the others |", "|---|---|---|---|---|---|"]
    for found in every:
        total = len(found.mutants)
        lines.append(
            f"| `{found.problem.name}` | {total} | {found.killed} | {found.killed / total:.1%} | "
            f"{len(found.declared)} | {found.rate:.1%} |"
        )
    total, killed = sum(len(each.mutants) for each in every), sum(each.killed for each in every)
    declared = sum(len(each.declared) for each in every)
    lines.append(
        f"| all {len(every)} | {total:,} | {killed:,} | {killed / total:.1%} | {declared} | "
        f"{killed / (total - declared):.1%} |"
    )
    return "\n".join(lines)


def main() -> int:
    """Run, print, and write if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--survivors", type=int, default=40, help="show at most so many of a problem")
    parser.add_argument("--judge", action="store_true")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    problems = []
    for path in files(tuple(options.names)):
        try:
            problems.append(read(path))
        except Unreadable as error:
            for reason in error.reasons:
                print(f"{path.stem}: {reason}")
            return 1
    try:
        with ThreadPoolExecutor(2) as pool:  # the work is done by processes
            every = list(pool.map(tried, problems))
    except ChildFailed as error:
        print(f"The mutants cannot be run: {error}.")
        return 1
    for found in every:
        print("\n".join(shown(found, options.survivors)))
    if not every:
        print("There is no problem.")
        return 1
    total, killed = sum(len(each.mutants) for each in every), sum(each.killed for each in every)
    enough = sum(each.enough for each in every)
    print(f"{killed} of {total} mutants killed, {killed / total:.1%}; {enough} of {len(every)} problems kill enough")
    agreed = True
    if options.judge:
        from paired_judge import judge_all

        agreed = judge_all([(each.problem, each.mutants, each.ends) for each in every])
    if options.write is not None:
        from public_sets import write_between

        write_between(options.write, "mutants", table(every))
    return 0 if enough == len(every) and agreed else 1


if __name__ == "__main__":
    sys.exit(main())
