# Attack: print the environment
# Must: not learn the secret

import os

def attack():
    return dict(os.environ)
