# Attack: wait for a lock that nobody gives back
# Must: be stopped

import threading

def attack():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
