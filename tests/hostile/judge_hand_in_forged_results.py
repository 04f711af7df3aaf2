# Attack: write results into the line to the referee itself
# Must: not be judged right

import os, pickle

def split_bill(total_cents, people):
    for number in range(3, 64):
        for _ in range(50):
            try:
                os.write(number, pickle.dumps(True, 5))
            except OSError:
                break
    os._exit(0)
