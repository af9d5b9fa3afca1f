"""The codes by which somebody ties their accounts, and the cards around it (SPEC 2.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.app.authorize import authorize
from core.app.commands import Command, GiveLinkCode, LinkAccounts
from core.app.handle.find import actor_needs, person_of
from core.app.handle.own import reader_of
from core.app.handle.people import known_person
from core.app.handle.uniting import part, unite, uniting_needs
from core.app.handle.venues import digest
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import Field, Form, first
from core.domain.ids import AccountId, Instant, PersonId
from core.domain.linking import CODE_LIFE, TRIES, LinkCode, LinkedAccount, WrongCodes
from core.domain.people import Account, Person, shown_name
from core.domain.refused import Refused
from core.domain.sessions import CODE_LENGTH
from core.domain.text import doc, isolate, one_line
from core.domain.view import Button, Buttons, Card, Heading, OnlyPerson, Part, Words, action, say

LINK_FORM = action("linked")
NOT_IN_YET = " To get into a session's chat here, press Join session at its door; you are not asked anything again."
JOIN_ONE = "Join a session first, with one of your accounts; then link the other one."


def linking_needs(command: Command, work: UnitOfWork) -> Iterable[Key]:
    yield from actor_needs(command, work)
    yield key(LinkedAccount, command.actor.account)
    if account := work.peek(Account, command.actor.account):
        yield key(Account, person=account.person)
        yield key(LinkedAccount, person=account.person)


def show_linking(command: Command, work: UnitOfWork, moment: Moment) -> Outcome:
    authorize(command.actor, None, None, "link accounts")
    return Outcome(_card(command, work, "Link accounts"))


def _card(command: Command, work: UnitOfWork, opening: str, more: str = "") -> Card:
    others = _others(command, work)
    told = "Who is on Slack and on Discord can be one person here: one vote, one name, one set of settings."
    if others:
        told = f"You are one person here and as {_listed(others)}: one vote, one name, one set of settings."
    row = [Button("Get a code", action("linkcode"), "plain" if others else "primary")]
    row.append(Button("Enter a code", action("linkform")))
    if others:
        row.append(Button("Unlink", action("askunlink")))
    parts: list[Part] = [Heading(opening), Words(f"{told}{more}"), Buttons(tuple(row))]
    return Card(reader_of(command, work), tuple(parts))


def _others(command: Command, work: UnitOfWork) -> list[Account]:
    """The accounts that are the same person, but the one that asks."""
    account = work.get(Account, command.actor.account)
    return [it for it in work.all(Account, person=account.person) if it.id != account.id] if account else []


def _listed(accounts: Iterable[Account]) -> str:
    return " and ".join(f"{isolate(one_line(it.nick)) or 'somebody'} on {it.platform.capitalize()}" for it in accounts)


# -- the code -------------------------------------------------------------------------------------------------------


def give_code(command: GiveLinkCode, work: UnitOfWork, moment: Moment) -> Outcome:
    authorize(command.actor, None, None, "link accounts")
    if work.get(Account, command.actor.account) is None:
        raise Refused(JOIN_ONE)
    code = moment.new_id()[-CODE_LENGTH:].upper()
    account, venue = command.actor.account, command.actor.venue
    work.put(LinkCode(digest(code), account, venue, Instant(moment.now + CODE_LIFE)))
    return Outcome(
        say(
            reader_of(command, work),
            doc("Code: ", code, " (10 minutes, once). Show it to nobody."),
            f"With your other account, on Slack or Discord, do /stage link {code}; or Menu, Settings, Link accounts.",
        )
    )


def open_link_form(command: Command, work: UnitOfWork, moment: Moment) -> Outcome:
    authorize(command.actor, None, None, "link accounts")
    return Outcome(_form())


def _form() -> Form:
    return Form(
        title="Link accounts",
        action=LINK_FORM,
        submit="Link",
        again=action("linkform"),
        intro="Get the code with your other account: Menu, Settings, Link accounts, Get a code.",
        fields=(Field("code", "Code", hint="Eight letters and digits", longest=20),),
    )


def link_needs(command: LinkAccounts, work: UnitOfWork) -> Iterable[Key]:
    yield from linking_needs(command, work)
    code = digest(first(command.values, "code"))
    yield key(LinkCode, code)
    yield key(WrongCodes, command.actor.account)
    known = work.peek(LinkCode, code)
    if known is None:
        return
    yield key(Account, known.account)
    mine, theirs = work.peek(Account, command.actor.account), work.peek(Account, known.account)
    if theirs:
        yield key(Person, theirs.person)
        yield key(Account, person=theirs.person)
    if mine and theirs and mine.person != theirs.person:
        yield from uniting_needs(mine.id, theirs.person, mine.person, work)


def link_accounts(command: LinkAccounts, work: UnitOfWork, moment: Moment) -> Outcome:
    """The account that enters the code gets the person of the one that showed it."""
    authorize(command.actor, None, None, "link accounts")
    wrong = work.get(WrongCodes, command.actor.account)
    if wrong is not None and moment.now >= wrong.since + CODE_LIFE:
        wrong = replace(wrong, since=moment.now, number=0)
    if wrong is not None and wrong.number >= TRIES:
        raise Refused("That were five wrong codes. Wait ten minutes, then get a new one.")
    if not one_line(first(command.values, "code")):
        return Outcome(_form().filled(command.values, {"code": "Write the code."}), done=False)
    code = work.get(LinkCode, digest(first(command.values, "code")))
    if code is None or code.used or code.expires_at < moment.now:
        return _not_valid(command, wrong, work, moment)
    other = work.get(Account, code.account)
    mine = work.get(Account, command.actor.account)
    stays = work.get(Person, other.person) if other else None
    if other is None or stays is None:
        raise Refused(JOIN_ONE)
    if mine is not None and mine.person == other.person:
        raise Refused("These accounts are linked already. Enter the code with the other account.")
    if code.venue == command.actor.venue:
        raise Refused("Both accounts are in the same place. Link one on Slack with one on Discord.")
    if mine is not None and _others(command, work):
        raise Refused("This account is linked with another one. Unlink it first: Menu, Settings, Link accounts.")
    work.put(replace(code, used=True))
    goes = mine.person if mine else _newcomer(command, stays, work, moment)
    if mine is not None:
        unite(mine, stays, work, moment)
    tie, before = (
        LinkedAccount(command.actor.account, stays.id, goes, moment.now),
        work.get(LinkedAccount, command.actor.account),
    )
    work.put(replace(tie, version=before.version) if before else tie)
    way_in = "" if mine else NOT_IN_YET
    return Outcome(_card(command, work, f"Linked. You are {shown_name(stays)} here too.", way_in))


def _not_valid(command: LinkAccounts, wrong: WrongCodes | None, work: UnitOfWork, moment: Moment) -> Outcome:
    """Counted, so that nobody guesses; the form comes back for another try."""
    number = wrong.number + 1 if wrong else 1
    since = wrong.since if wrong else moment.now
    work.put(replace(wrong, since=since, number=number) if wrong else WrongCodes(command.actor.account, since, number))
    problem = "This code is not valid any more, or has a slip in it. Get a new one with your other account."
    return Outcome(_form().filled(command.values, {"code": problem}), done=False)


def _newcomer(command: Command, stays: Person, work: UnitOfWork, moment: Moment) -> PersonId:
    """Who never took part here is that person at once; a person of their own waits for the day they part."""
    own = known_person(command, work, moment)
    account = work.get(Account, command.actor.account)
    assert account is not None, "it was made just now"
    work.put(replace(account, person=stays.id))
    return own.id


# -- apart again ----------------------------------------------------------------------------------------------------


def ask_to_unlink(command: Command, work: UnitOfWork, moment: Moment) -> Outcome:
    authorize(command.actor, None, None, "link accounts")
    others = _others(command, work)
    if not others:
        raise Refused("This account is linked with no other one.")
    told = f"Unlink {_listed(others)}? You are two people then: each has the vote, name and part it had before."
    buttons = (Button("Unlink", action("unlink"), "danger"), Button("Stay linked", action("keep")))
    return Outcome(say(reader_of(command, work), told, buttons=buttons))


def unlink_needs(command: Command, work: UnitOfWork) -> Iterable[Key]:
    yield from linking_needs(command, work)
    for link in _links(command, work):
        yield key(Account, link.account)
        yield from uniting_needs(link.account, link.person, link.before, work)


def unlink(command: Command, work: UnitOfWork, moment: Moment) -> Outcome:
    authorize(command.actor, None, None, "link accounts")
    links = _links(command, work)
    if not links:
        raise Refused("This account is linked with no other one.")
    for link in links:
        account = work.get(Account, link.account)
        if account is not None:
            part(link, account, work, moment)
        work.put(replace(link, active=False))
    person = person_of(command, work)
    return Outcome(say(OnlyPerson(person.id if person else PersonId("")), "Unlinked. These are two people again."))


def _links(command: Command, work: UnitOfWork) -> list[LinkedAccount]:
    """The one that tied this account to another's person; else all that tied others to this one's."""
    own = work.peek(LinkedAccount, command.actor.account)
    if own is not None and own.active:
        return [own]
    account: Account | None = work.peek(Account, AccountId(command.actor.account))
    return [it for it in work.peek_all(LinkedAccount, person=account.person) if it.active] if account else []
