# Attack: reserve all memory by mapping it
# Must: be refused
# Needs: memory_limited

import mmap

def attack():
    return [mmap.mmap(-1, 1 << 30) for _ in range(64)]
