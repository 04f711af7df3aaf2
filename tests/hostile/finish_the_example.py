# Attack: raise the exception that looks like the harness's own end
# Must: not pass

def attack():
    raise type("Stopped", (BaseException,), {"__module__": "core.sandbox.child.watch"})("pass")
