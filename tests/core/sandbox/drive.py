"""A program of its own that runs one request in the sandbox and reports what is left afterwards.

Usage: python drive.py ROOT [UID], the request as JSON on stdin. ROOT is where ``core`` is imported from; with UID
the program first becomes that user. The answer: {"report", "tier", "children", "left", "seconds"}: ``children`` are
the processes left behind (Linux), ``left`` the entries left in TMPDIR.
"""

import asyncio
import ctypes
import json
import os
import sys
import time
from dataclasses import asdict


def children() -> list[int]:
    """Processes that the sandbox left behind."""
    found: list[int] = []
    for task in os.listdir("/proc/self/task") if os.path.isdir("/proc/self/task") else []:
        with open(f"/proc/self/task/{task}/children", encoding="ascii") as children:
            found += [int(pid) for pid in children.read().split()]
    return found


def become(arguments: list[str]) -> None:
    """Import ``core`` from the first argument, turn into the user in the second, and adopt orphans (Linux)."""
    sys.path.insert(0, arguments[1])
    if len(arguments) > 2:
        user = int(arguments[2])
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    if sys.platform == "linux":
        # Whatever the sandbox leaves behind becomes a child of this process.
        ctypes.CDLL(None).prctl(36, ctypes.c_ulong(1), 0, 0, 0)


def main() -> None:
    become(sys.argv)
    from core.sandbox import Case, Limits, available_tier, run_cases

    request = json.loads(sys.stdin.read().replace("DRIVER_PID", str(os.getpid())))
    cases = [Case(**case) for case in request["cases"]]
    tier = available_tier()
    began = time.monotonic()
    report = asyncio.run(run_cases(request["code"], cases, Limits(**request["limits"])))
    answer = {"report": asdict(report), "tier": asdict(tier), "seconds": time.monotonic() - began}
    print(json.dumps({**answer, "children": children(), "left": os.listdir(os.environ["TMPDIR"])}))


if __name__ == "__main__":
    main()
