# Attack: read a file that everybody may read
# Must: be refused
# Needs: reads_confined

def attack():
    return open(SECRET).read()
