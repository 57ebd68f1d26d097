"""The command line: `python -m bot run | setup | check | demo | owner-link | sandbox`."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence

from storage.engine import lock_file
from storage.errors import AlreadyRunning, StorageError

from .config import Settings, load
from .errors import SettingsError
from .logs import set_up_logs
from .text import LANGUAGES

USAGE_ERROR = 2  # also of a wrong setting, and of a second `run` on the same SQLite file


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options) or 0)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return USAGE_ERROR
    except AlreadyRunning as error:
        print(f"DATABASE_URL: another run serves {error}", file=sys.stderr)
        return USAGE_ERROR
    except StorageError as error:
        print(f"DATABASE_URL: cannot be used ({error})", file=sys.stderr)
        return USAGE_ERROR
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Prilavok turns a chat into a till.")
    commands = parser.add_subparsers(required=True, metavar="command")
    run_ = commands.add_parser("run", help="the service; migrates the database first")
    run_.set_defaults(command=run)
    for name, command, what in (
        ("setup", setup, "five questions, and .env is written"),
        ("check", check, "is everything as it must be, and if not, how to mend it"),
    ):
        asked = commands.add_parser(name, help=what)
        asked.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
        asked.set_defaults(command=command)
    demo_ = commands.add_parser("demo", help="the sandbox: service, bank, Telegram and SMS in one process")
    demo_.add_argument("--port", type=int, default=8090)
    demo_.set_defaults(command=demo)
    link = commands.add_parser("owner-link", help="a new one-use owner link")
    link.set_defaults(command=owner_link)
    sandbox_ = commands.add_parser("sandbox", help="one simulator alone")
    sandbox_.add_argument("simulator", choices=["bank", "telegram", "sms"])
    sandbox_.add_argument("--port", type=int, default=8091)
    sandbox_.add_argument("--callback-url", help="where the bank notifies")
    sandbox_.set_defaults(command=sandbox)
    return parser


def run(options: argparse.Namespace) -> None:
    """Until SIGTERM or SIGINT."""
    settings = load(Settings)
    set_up_logs(settings.log_format)
    with lock_file(settings.database_url):
        from .run import serve  # takes a second: who finds the file locked need not wait for it

        asyncio.run(serve(settings, until_signal))


def setup(options: argparse.Namespace) -> int:
    """Asks at the terminal."""
    from .setup import setup as ask_and_write

    return ask_and_write(options.lang)


def check(options: argparse.Namespace) -> int:
    """Exit code 1 where something is to mend."""
    from .check import check as look_at_all

    set_up_logs("console", level="error")
    return look_at_all(options.lang)


def demo(options: argparse.Namespace) -> None:
    """Needs no token and no account."""
    from .demo import serve_demo

    set_up_logs("console", level="warning")
    asyncio.run(serve_demo(options.port, until_signal))


def owner_link(options: argparse.Namespace) -> None:
    """Prints it; the service need not be stopped."""
    from .run import print_owner_link

    asyncio.run(print_owner_link(load(Settings)))


def sandbox(options: argparse.Namespace) -> None:
    """For tests of other software too."""
    from .demo import serve_simulator

    set_up_logs("console", level="warning")
    asyncio.run(serve_simulator(options.simulator, options.port, options.callback_url, until_signal))


async def until_signal() -> None:
    """Waits for SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()


if __name__ == "__main__":
    sys.exit(main())
