# Attack: read the system's files
# Must: be refused
# Needs: reads_confined

def attack():
    return open("/etc/passwd").read()
