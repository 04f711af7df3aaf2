# Attack: look for keys in well-known places
# Must: be refused
# Needs: reads_confined

import glob, os

def attack():
    found = []
    for place in ("/root", "/home/*", "~"):
        found += glob.glob(os.path.expanduser(place) + "/.ssh/*") + glob.glob(os.path.expanduser(place) + "/.aws/*")
    if not found:
        raise FileNotFoundError
    return [open(path).read() for path in found]
