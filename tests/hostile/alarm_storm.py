# Attack: interrupt itself a hundred thousand times a second
# Must: be stopped

import signal

def attack():
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 1e-5, 1e-5)
    while True:
        pass
