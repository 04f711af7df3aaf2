def split_bill(total_cents: int, people: int) -> list[int]:
    """Split a bill so that nobody pays more than one cent more than anybody else.

    The shares add up to total_cents, which is not negative. Those who pay a cent more come first. Fewer than one
    person raises ValueError.

    >>> split_bill(1000, 3)
    [334, 333, 333]
    >>> split_bill(1001, 4)
    [251, 250, 250, 250]
    >>> split_bill(5, 2)
    [3, 2]
    """
