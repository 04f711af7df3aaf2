def median(values: list[float]) -> float:
    """The median of the values.

    The middle one of the sorted values, or the mean of the two middle ones if their number is even. The list is not
    changed. An empty list raises ValueError.

    >>> median([3, 1, 2])
    2
    >>> median([4, 1, 3, 2])
    2.5
    >>> median([])
    Traceback (most recent call last):
        ...
    ValueError: no values
    """
