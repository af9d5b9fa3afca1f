"""The command line: ``sidestage run``, ``check``, ``import``, ``schema``, ``invite``, ``manifest`` and the games."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import typer

Result = TypeVar("Result")

app = typer.Typer(
    help="The chat and collaboration of a live event, inside Slack and Discord.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def run() -> None:
    """Start the bot with the settings of the environment; stop it with Ctrl-C."""
    from config import logs
    from config.settings import BadSettings, load

    try:
        settings = load()
    except BadSettings as wrong:
        _refuse("These settings need another look:", wrong.problems)
    logs.setup(settings.log_level, settings.log_format)
    from config.bot import Bot, Unstartable

    async def live() -> None:
        bot = Bot(settings)
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await bot.start()
        await stop.wait()
        await bot.stop()

    try:
        asyncio.run(live())
    except Unstartable as why:
        _refuse("Sidestage cannot start:", [str(why)])


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="where its files go")] = Path("build"),
) -> None:
    """Play a whole session on stand-in Slack and Discord servers and check what came of it."""
    from config.demo import play

    raise typer.Exit(asyncio.run(play(folder)))


@app.command()
def sandbox(
    folder: Annotated[Path, typer.Option(help="where its files go")] = Path("build/sandbox"),
    port: Annotated[int, typer.Option(help="of the page; the next free one when it is taken")] = 8765,
    prompt: Annotated[bool, typer.Option("--prompt", help="a prompt instead of a page")] = False,
) -> None:
    """Start the bot with stand-in Slack and Discord servers, and act as anybody there in your browser."""
    from config import play

    asyncio.run(play.prompt(folder) if prompt else play.page(folder, port))


@app.command()
def manifest(mode: Literal["socket", "http"] = "socket", request_url: str = "") -> None:
    """Print the Slack app's manifest, for "Create an app from a manifest"."""
    from adapters.slack.manifest import manifest as made

    typer.echo(json.dumps(made(mode, request_url), indent=2))


@app.command()
def check(
    as_json: Annotated[bool, typer.Option("--json", help="the list as JSON")] = False,
    expect: Annotated[int, typer.Option(min=0, help="so many people are expected to join")] = 0,
) -> None:
    """Name every missing or wrong setting, scope, intent and permission, each with what to do; changes nothing."""
    from config.check import report

    found = asyncio.run(_quietly(report(expect)))
    typer.echo(found.json() if as_json else found.text())
    raise typer.Exit(0 if found.ok else 2)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="the session file; - reads it from the pipe")],
    only_check: Annotated[bool, typer.Option("--check", help="only say what is wrong with it")] = False,
    venue: Annotated[str, typer.Option(help="where it is made: slack:T…, discord:123…, or a name")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="the answer as JSON")] = False,
) -> None:
    """Make a session of a file, with its drafts; every mistake of the file is listed, and nothing made then."""
    from config import importing
    from config.bot import Unstartable
    from config.settings import BadSettings, load

    try:
        text = importing.text_of(file)
    except OSError as why:
        _refuse("The file cannot be read:", [f"{file}: {why.strerror}"])
    mistakes = importing.check(text)
    if mistakes or only_check:
        typer.echo(importing.listed(str(file), mistakes, as_json=as_json))
        raise typer.Exit(2 if mistakes else 0)
    try:
        told = asyncio.run(_quietly(importing.submit(load(), text.decode("utf-8-sig"), venue)))
    except BadSettings as wrong:
        _refuse("These settings need another look:", wrong.problems)
    except Unstartable as why:
        _refuse("Nothing was made:", [str(why)])
    typer.echo(importing.answered(told, as_json=as_json))
    raise typer.Exit(0 if told.done else 2)


@app.command()
def schema() -> None:
    """Print the JSON Schema of session files, for editors."""
    from core.domain.plan_keys import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@app.command()
def invite() -> None:
    """Print the link that invites the Discord bot to a server, with the permissions it uses and no other."""
    from adapters.discord.check import Refused
    from config.check import invitation
    from config.settings import BadSettings

    try:
        typer.echo(asyncio.run(_quietly(invitation())))
    except BadSettings as wrong:
        _refuse("These settings need another look:", wrong.problems)
    except Refused as refused:
        _refuse("There is no link yet:", [refused.finding.sentence])


async def _quietly(work: Coroutine[Any, Any, Result]) -> Result:
    """What the libraries would log is told in the findings, in words of our own."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        return await work
    finally:
        logging.disable(before)


def _refuse(opening: str, problems: list[str]) -> None:
    """One list, exit status 2."""
    typer.echo("\n".join([opening, *(f"  - {problem}" for problem in problems)]), err=True)
    sys.exit(2)


def main() -> None:
    app()
