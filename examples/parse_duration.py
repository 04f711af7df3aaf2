def parse_duration(text: str) -> int:
    """Convert a duration such as "1h30m" to seconds.

    The text is a sequence of a whole number and a unit, h (hours), m (minutes) or s (seconds), in this order, each
    unit at most once, without spaces. At least one part is present; anything else raises ValueError.

    >>> parse_duration("1h30m")
    5400
    >>> parse_duration("45s")
    45
    >>> parse_duration("2h5s")
    7205
    >>> parse_duration("")
    Traceback (most recent call last):
        ...
    ValueError: not a duration: ''
    """
