# Attack: write past Python's streams without end
# Must: be stopped

import os

def attack():
    while True:
        os.write(1, b"x" * 10_000)
        os.write(2, b"x" * 10_000)
