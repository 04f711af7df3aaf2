"""Draws inputs: seeds of the corpus with parts deleted, doubled, swapped, spliced and put in."""

import random
from collections.abc import Sequence

LONGEST = 20_000


def mutated(draw: random.Random, corpus: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    """An input."""
    data = draw.choice(corpus)
    for _ in range(draw.choice((1, 1, 2, 3, 5, 9))):
        at, end = sorted((draw.randrange(len(data) + 1), draw.randrange(len(data) + 1)))
        match draw.randrange(9):
            case 0:
                data = data[:at] + draw.choice(words) + data[at:]
            case 1:
                data = data[:at] + draw.choice(words) + data[min(end, at + 40) :]
            case 2:
                data = data[:at] + data[min(end, at + 60) :]
            case 3:
                data = data[:end] + data[at:end] + data[end:]
            case 4:
                data = data[at:end] + data[:at] + data[end:]
            case 5:
                other = draw.choice(corpus)
                data = data[:at] + other[draw.randrange(len(other) + 1) :]
            case 6 if data:
                at = draw.randrange(len(data))
                data = data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]
            case 7:
                data = data[:at] + draw.choice(words) * draw.choice((2, 50, 1000)) + data[at:]
            case _:
                data = data[:at] + draw.randbytes(draw.randint(1, 8)) + data[at:]
        data = data[:LONGEST]
    return data
