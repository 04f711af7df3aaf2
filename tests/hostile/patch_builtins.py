# Attack: patch the built-in functions so that every check agrees
# Must: not pass

import builtins

for name in ("all", "any", "isinstance", "issubclass", "callable", "hasattr"):
    setattr(builtins, name, lambda *a, **k: True)
builtins.repr = lambda value: "'the right' + ' answer'"
builtins.eval = builtins.exec = lambda *a, **k: None
builtins.type = lambda *a: str

def attack():
    return "wrong"
