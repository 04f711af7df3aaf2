# Attack: hide what a name is behind letters that are the same to Python
# Must: do no harm

def attack():
    ｏｐｅｎ = "a text"
    return [𝔬𝔭𝔢𝔫, ｏｐｅｎ, open is ｏｐｅｎ]
