"""A program of its own that runs the hostile corpus in the sandbox and says what became of each program.

Usage: python drive_corpus.py ROOT [UID], on stdin the programs as JSON: [{"name", "code", "cases", "limits"}]. ROOT is
where ``core`` is imported from; with UID it first becomes that user. One line of JSON comes back: the tier, the reports
found by name, and the processes (Linux) and the files in TMPDIR that were left behind.
"""

import asyncio
import json
import os
import sys
from dataclasses import asdict
from typing import Any

from drive import become, children  # type: ignore[import-not-found]  # it lies beside this file where it runs


async def _run_all(programs: list[dict[str, Any]]) -> dict[str, Any]:
    from core.sandbox import Case, Limits, run_cases

    found = {}
    at_once = asyncio.Semaphore(4)  # most of them are waited for

    async def one(program: dict[str, Any]) -> None:
        cases = [Case(**case) for case in program["cases"]]
        async with at_once:
            report = await run_cases(program["code"], cases, Limits(**program["limits"]))
        found[program["name"]] = asdict(report)

    await asyncio.gather(*map(one, programs))
    return found


def main() -> None:
    become(sys.argv)
    from core.sandbox import available_tier

    programs = json.loads(sys.stdin.read().replace("DRIVER_PID", str(os.getpid())))
    tier = asdict(available_tier())
    found = asyncio.run(_run_all(programs))
    print(json.dumps({"tier": tier, "found": found, "children": children(), "left": os.listdir(os.environ["TMPDIR"])}))


if __name__ == "__main__":
    main()
