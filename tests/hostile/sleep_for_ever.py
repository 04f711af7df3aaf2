# Attack: sleep past every limit of processor time
# Must: be stopped

import time

def attack():
    time.sleep(10**6)
