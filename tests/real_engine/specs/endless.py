def endless(count: int) -> int:
    """Add 1 as often as ``count`` says, and return the sum.

    >>> endless(3)
    3
    """
