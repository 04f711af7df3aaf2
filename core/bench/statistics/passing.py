"""pass@k."""

import math


def pass_at_k(samples: int, passed: int, k: int) -> float:
    """The unbiased estimate of pass@k for one task (Chen et al., arXiv 2107.03374, equation 1), 0 to 1.

    Args:
        samples: Of the task, at least ``k``.
        passed: How many of them pass.
        k: At least 1.

    Raises:
        ValueError: An argument is outside its range.
    """
    if not 1 <= k <= samples or not 0 <= passed <= samples:
        raise ValueError(f"no pass@{k} of {passed} in {samples}")
    return 1.0 - math.comb(samples - passed, k) / math.comb(samples, k)
