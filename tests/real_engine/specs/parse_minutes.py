def parse_minutes(text: str) -> int:
    """Return the number of minutes in a duration such as "2h 5m".

    The text holds hours ("2h"), minutes ("5m"), or both, separated by a space.
    An empty text is 0 minutes.

    >>> parse_minutes("2h 5m")
    125
    >>> parse_minutes("45m")
    45
    """
