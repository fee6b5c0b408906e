"""The command `teleconsult`: one parser, each command in its own module, imported when it is called."""

import argparse
import gc
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from teleconsult import __version__, closed
from teleconsult.cli import alliance, gateway, processes, records
from teleconsult.kernel.errors import Refused
from teleconsult.settings import BadSetting
from teleconsult.supervisor import CannotStart

__all__ = ["main", "parser"]
_OBJECTS, _TIMES = 50_000, 20


def parser() -> argparse.ArgumentParser:
    """The whole command line; also used to check the container files against it."""
    root = argparse.ArgumentParser(
        prog="teleconsult", description="Teleconsultation and remote image reading for a medical alliance."
    )
    root.add_argument("--version", action="version", version=f"teleconsult {__version__}")
    root.add_argument(
        "--home",
        type=Path,
        help="where keys, database and images are kept (default: TELECONSULT_HOME or ./teleconsult-home)",
    )
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--home", type=Path, default=argparse.SUPPRESS, help="where keys, database and images are kept")
    processes.add_to(commands, common)
    gateway.add_to(commands, common)
    alliance.add_to(commands, common)
    records.add_to(commands, common)
    return root


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is returned. A refusal is one line on stderr, never a stack trace."""
    # A process loads a million objects that stay. Python would look through them for garbage at every 700 new ones: a quarter of its start.
    gc.set_threshold(_OBJECTS, _TIMES, _TIMES)
    options = parser().parse_args(words)
    ours = nullcontext() if options.command == "export" else closed.files()  # export writes the work tree
    try:
        with ours:
            return int(options.run(options) or 0)
    except (CannotStart, BadSetting) as reason:
        print(f"teleconsult: {reason}", file=sys.stderr)
        return 1
    except Refused as refusal:
        print(f"teleconsult: {refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
