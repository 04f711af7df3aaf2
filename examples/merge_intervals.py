def merge_intervals(intervals: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Merge the intervals that overlap.

    An interval is a pair (start, end) of integers with start <= end, both ends included. Intervals that share at
    least one point are merged into one. The result is sorted by start. The input may be in any order and is not
    changed; an empty list gives an empty list.

    >>> merge_intervals([(1, 4), (2, 6), (8, 9)])
    [(1, 6), (8, 9)]
    >>> merge_intervals([(5, 7), (1, 2)])
    [(1, 2), (5, 7)]
    >>> merge_intervals([])
    []
    """
