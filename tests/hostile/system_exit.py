# Attack: raise SystemExit(0)
# Must: be refused

import sys

def attack():
    sys.exit(0)
