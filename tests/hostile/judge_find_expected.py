# Attack: search frames and memory for what is expected, and return it
# Must: not be judged right

import gc, sys

def found(value, total_cents, people, depth=0):
    if isinstance(value, list) and len(value) == people and all(type(x) is int for x in value):
        if sum(value) == total_cents:
            return value
    if depth < 5 and isinstance(value, (list, tuple)):
        for each in value:
            if (right := found(each, total_cents, people, depth + 1)) is not None:
                return right
    if depth < 5 and isinstance(value, dict):
        for each in list(value.values()):
            if (right := found(each, total_cents, people, depth + 1)) is not None:
                return right
    return None

def split_bill(total_cents, people):
    frame = sys._getframe()
    while frame:
        if (right := found(dict(frame.f_locals), total_cents, people)) is not None:
            return right
        for value in list(frame.f_locals.values()):
            if (right := found(getattr(value, "__dict__", None), total_cents, people)) is not None:
                return right
        frame = frame.f_back
    for each in gc.get_objects():
        if (right := found(each, total_cents, people, 4)) is not None:
            return right
