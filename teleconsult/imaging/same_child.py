"""The child process that compares: `python -m teleconsult.imaging.same_child`, started by `same_apart`."""

import json
from pathlib import Path
from typing import Any

from teleconsult.imaging.pixels_file import opened
from teleconsult.imaging.render_child import Answer, serve
from teleconsult.imaging.same import is_same


def main() -> None:
    serve(_done)


def _done(request: dict[str, Any]) -> Answer:
    with opened(Path(request["one"])) as one, opened(Path(request["other"])) as other:
        content = json.dumps(is_same(one, other)).encode()
    return {"sizes": [len(content)]}, [content]


if __name__ == "__main__":
    main()
