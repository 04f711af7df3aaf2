# Attack: unpack a bomb of gigabytes
# Must: be stopped or refused
# Needs: memory_limited

import io, zipfile

def attack():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * (64 << 20))
    with zipfile.ZipFile(packed) as archive:
        return [archive.read("zeros") for _ in range(200)]
