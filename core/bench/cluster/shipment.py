"""A prepared data set as one piece of bytes, for nodes that do not have it.

The expected results stay behind: a node makes its own, as the time limits follow from how long it takes for them.
"""

import io
import os
import re
import zipfile
from pathlib import Path

from core.bench.datasets.prepared import new_folder

_FILE = re.compile(r"index\.json|tasks/\d+\.[a-z]+")


def pack(folder: Path) -> bytes:
    """The data set that is prepared in ``folder``. Raises OSError."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        own = sorted(path for path in (folder / "tasks").iterdir() if ".truth" not in path.name)
        for path in [folder / "index.json", *own]:
            archive.write(path, path.relative_to(folder).as_posix())
    return packed.getvalue()


def unpack(packed: bytes, folder: Path) -> None:
    """Make ``folder`` of what ``pack`` gave, whole or not at all.

    Raises:
        ValueError: It holds something else.
        OSError: It cannot be written.
    """
    with zipfile.ZipFile(io.BytesIO(packed)) as archive, new_folder(folder) as made:
        (made / "tasks").mkdir(mode=0o700)
        for name in archive.namelist():
            if not _FILE.fullmatch(name):
                raise ValueError(f"a data set holds no file {name!r}")
            with open(os.open(made / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(archive.read(name))
