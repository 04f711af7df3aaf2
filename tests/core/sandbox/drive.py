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


def _children() -> list[int]:
    found: list[int] = []
    for task in os.listdir("/proc/self/task") if os.path.isdir("/proc/self/task") else []:
        with open(f"/proc/self/task/{task}/children", encoding="ascii") as children:
            found += [int(pid) for pid in children.read().split()]
    return found


def main() -> None:
    sys.path.insert(0, sys.argv[1])
    if len(sys.argv) > 2:
        os.setgroups([])
        os.setresgid(int(sys.argv[2]), int(sys.argv[2]), int(sys.argv[2]))
        os.setresuid(int(sys.argv[2]), int(sys.argv[2]), int(sys.argv[2]))
    if sys.platform == "linux":
        # Whatever the sandbox leaves behind becomes a child of this process.
        ctypes.CDLL(None).prctl(36, ctypes.c_ulong(1), 0, 0, 0)
    from core.sandbox import Case, Limits, available_tier, run_cases

    request = json.loads(sys.stdin.read().replace("DRIVER_PID", str(os.getpid())))
    cases = [Case(**case) for case in request["cases"]]
    tier = available_tier()
    began = time.monotonic()
    report = asyncio.run(run_cases(request["code"], cases, Limits(**request["limits"])))
    answer = {"report": asdict(report), "tier": asdict(tier), "seconds": time.monotonic() - began}
    print(json.dumps({**answer, "children": _children(), "left": os.listdir(os.environ["TMPDIR"])}))


if __name__ == "__main__":
    main()
