"""`flask closures`: approve closures without a browser, as the person who may, through the same gate as everywhere."""

from __future__ import annotations

import click
from flask.cli import AppGroup, with_appcontext

closures = AppGroup("closures", help="Closure requests.")


@closures.command("approve")
@click.argument("numbers", metavar="NUMBER…", nargs=-1, required=True)
@click.option("--as", "name", metavar="ACCOUNT", required=True, help="Who approves: the account that may.")
@click.option("--role", help="In which of the person's roles, such as office_director; else as after signing in.")
@with_appcontext
def approve_(numbers: tuple[str, ...], name: str, role: str | None) -> None:
    """Approve the requests with these numbers (XH-0012) or codes, as ACCOUNT.

    Asks for password and code of that account, as the sign-in does. One that is refused keeps none of the others back;
    what is missing is said, and the exit code is 1.
    """
    from app.improvement.effects.approving import approve
    from app.improvement.effects.queries.records import ref_of_closure
    from app.people.identity.console import Unproven, signed_in_at_console

    password = click.prompt("密码 (password)", hide_input=True)
    code = click.prompt("验证码 (code)", hide_input=True)
    refused = 0
    try:
        with signed_in_at_console(name, password, code, role) as actor:
            for number in dict.fromkeys(numbers):
                answer = approve(actor, ref_of_closure(actor, number))
                click.echo(f"{number} {answer.named.zh}：{'已销号' if answer.done else '没有批准'}")
                for sentence in answer.sentences:
                    click.echo(f"  {sentence.zh}")
                refused += not answer.done
    except Unproven as why:
        raise click.ClickException(why.sentence.zh) from None
    if refused:
        raise click.ClickException(f"没有办成 {refused} 项")


COMMANDS: list[click.Command] = [closures]
