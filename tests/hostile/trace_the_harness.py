# Attack: trace the harness and change its variables
# Must: not pass

import sys, threading

def tracer(frame, event, argument):
    for name in ("value", "want", "seen", "wanted"):
        if name in frame.f_locals:
            frame.f_locals[name] = "guessed"
    return tracer

sys.settrace(tracer)
sys.setprofile(tracer)
threading.settrace(tracer)

def attack():
    return "wrong"
