# Attack: find its way in its own memory by /proc/self/maps
# Must: be refused
# Needs: reads_confined

def attack():
    return open("/proc/self/maps").read()
