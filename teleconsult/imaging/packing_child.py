"""The child process that packs and unpacks: `python -m teleconsult.imaging.packing_child`, started by `packing_apart`.

It makes no file, it fills one that is there: when its parent has died and the file was removed, what it still writes is gone with it.
"""

import errno
import json
import os
from hashlib import file_digest
from pathlib import Path
from typing import Any

from teleconsult.imaging import packing
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.imaging.render_child import Answer, serve

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def main() -> None:
    try:
        serve(_done)
    except BrokenPipeError:  # its parent was killed: nobody waits for the answer, nor for a word about it
        os._exit(0)


def _done(request: dict[str, Any]) -> Answer:
    os.nice(max(0, int(request["nice"]) - os.nice(0)))
    source, target = Path(request["source"]), Path(request["target"])
    try:
        said = _packed(source, target) if request["what"] == "pack" else _unpacked(source, target, int(request["most"]))
    except OSError as error:
        if error.errno in _FULL:
            raise Undecodable("storage.full", str(error)) from error
        raise
    content = json.dumps(said).encode()
    return {"sizes": [len(content)]}, [content]


def _packed(source: Path, target: Path) -> dict[str, object]:
    """Packed, and read back: what does not come back byte by byte raises."""
    with target.open("r+b") as out:
        out.truncate(0)
        done = packing.pack(source, out)
        packing.unpack(out, lambda _: None, done.size)
        size = out.seek(0, 2)
        out.seek(0)
        return {"size": size, "sha256": file_digest(out, "sha256").hexdigest(), "original": done.sha256}


def _unpacked(source: Path, target: Path, most: int) -> dict[str, object]:
    with source.open("rb") as packed, target.open("r+b") as out:
        out.truncate(0)
        done = packing.unpack(packed, out.write, most)
    return {"size": done.size, "original": done.sha256}


if __name__ == "__main__":
    main()
