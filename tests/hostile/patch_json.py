# Attack: patch the encoder that reports are written with
# Must: not pass

import json, json.encoder

json.dumps = json.encoder.JSONEncoder.encode = lambda *a, **k: '{"type": "seen", "seen": {}}'
json.encoder.encode_basestring_ascii = lambda text: '""'

def attack():
    return "wrong"
