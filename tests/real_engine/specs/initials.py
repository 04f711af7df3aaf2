def initials(name: str) -> str:
    """Return the initials of a name in upper case, each followed by a full stop.

    The parts of a name are separated by spaces or hyphens.

    >>> initials("ada lovelace")
    'A.L.'
    >>> initials("Grace Brewster Murray Hopper")
    'G.B.M.H.'
    """
