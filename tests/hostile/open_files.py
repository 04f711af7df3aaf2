# Attack: open files until there are no more descriptors
# Must: be refused

def attack():
    return [open("/dev/null") for _ in range(10_000)]
