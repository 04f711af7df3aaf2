def merge_ranges(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Merge ranges that overlap, and return the result in ascending order.

    A range is (start, end), both ends included. The ranges may come in any order.

    >>> merge_ranges([(1, 3), (2, 6)])
    [(1, 6)]
    >>> merge_ranges([(8, 9), (1, 2)])
    [(1, 2), (8, 9)]
    >>> merge_ranges([])
    []
    """
