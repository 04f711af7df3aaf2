# Attack: write its own memory through /proc/self/mem
# Must: be refused
# Needs: reads_confined

def attack():
    with open("/proc/self/mem", "r+b", buffering=0) as memory:
        memory.seek(id(None))
        memory.write(b"\0" * 8)
