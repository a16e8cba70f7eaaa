"""``python -m inference serve | check | warm``."""

import argparse
import sys
from collections.abc import Sequence

from inference.configuration import FLAGS, Configuration, token

COMMANDS = {
    "serve": "look at pictures for others, over HTTP on a unix socket or TCP",
    "check": "load every model that is there and look at a picture of noise; exit status 1 when one fails",
    "warm": "have the running service load the models that each task uses",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status."""
    asked = vars(_parser().parse_args(arguments))
    command = asked.pop("command")
    return run(command, Configuration(**asked, token=token()))


def run(command: str, configuration: Configuration) -> int:
    """Imports what the command needs, and no more: the process that watches over the worker stays small."""
    if command == "serve":
        from inference.server import serve

        serve(configuration)
        return 0
    from inference import check

    return check.check(configuration) if command == "check" else check.warm(configuration)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m inference", description="Looks at pictures.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        for flag in FLAGS:
            flag.add_to(command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
