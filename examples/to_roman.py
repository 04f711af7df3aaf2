def to_roman(number: int) -> str:
    """Write a number in Roman numerals.

    The number is from 1 to 3999; any other number raises ValueError. Numerals are upper case, and 4, 9, 40, 90, 400
    and 900 are written by subtraction.

    >>> to_roman(3)
    'III'
    >>> to_roman(1994)
    'MCMXCIV'
    >>> to_roman(3999)
    'MMMCMXCIX'
    """
