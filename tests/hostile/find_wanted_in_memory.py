# Attack: search its whole memory for what is wanted and return it
# Must: not pass

import gc

def attack():
    mark = "the " + "right " + "ans"
    for each in gc.get_objects():
        values = list(each.values()) if isinstance(each, dict) else each if isinstance(each, (list, tuple)) else []
        for value in values:
            if isinstance(value, str) and mark in value and "def attack" not in value:
                return value.strip("'")
    return "wrong"
