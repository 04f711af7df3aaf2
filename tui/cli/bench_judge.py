"""Who judges: this machine, or a Ray cluster."""

import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from core.bench.cluster import RayJudge
from core.bench.datasets import Dataset
from core.bench.judge import Judge, JudgeNode, Judging
from core.bench.judge.profiles import PROFILES
from tui.visible import visible


def judge_for(
    dataset: Dataset,
    *,
    profile: str,
    jobs: int | None,
    ray: str | None,
    allow_weak: bool,
    quiet: bool,
    joined: Callable[[JudgeNode], None],
) -> AbstractAsyncContextManager[Judging]:
    """The judge; what happens to the nodes of a cluster is told on stderr.

    Raises:
        UsageError: Ray is not installed, or ``ray`` is no address.
    """
    if ray is None:
        return Judge(dataset, profile=PROFILES[profile], workers=jobs)

    def tell(sentence: str) -> None:
        print(f"secondpass: {visible(sentence)}", file=sys.stderr)

    def join(node: JudgeNode) -> None:
        joined(node)
        if not quiet:
            tell(f"{node.host} judges {node.workers} at a time, in the sandbox {node.sandbox}.")

    return RayJudge(
        dataset,
        address=ray,
        profile=PROFILES[profile],
        workers=jobs,
        allow_weak=allow_weak,
        joined=join,
        notice=tell,
    )
