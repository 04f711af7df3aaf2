def median(values: list[float]) -> float:
    """The median of the values.

    >>> median([1, 2, 3])
    2
    >>> median([])
    Traceback (most recent call last):
    ValueError: no values
    """
