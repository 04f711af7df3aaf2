# Attack: leave with exit status 0 while it is loaded
# Must: not load

import os

os._exit(0)
