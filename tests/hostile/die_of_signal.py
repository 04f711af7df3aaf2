# Attack: die of a segmentation fault
# Must: be stopped

import ctypes

def attack():
    ctypes.string_at(0)
