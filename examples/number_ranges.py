def number_ranges(numbers: list[int]) -> str:
    """Write sorted numbers compactly, as page ranges in an index.

    The numbers are distinct and ascending. Three or more consecutive numbers become "first-last", everything else is
    written singly, and the parts are joined by commas without spaces. An empty list gives an empty text.

    >>> number_ranges([1, 2, 3, 5, 7, 8])
    '1-3,5,7,8'
    >>> number_ranges([4])
    '4'
    >>> number_ranges([1, 2])
    '1,2'
    >>> number_ranges([])
    ''
    """
