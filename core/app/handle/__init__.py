"""Command in, outcome out: which keys each command needs and which function decides it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.app import commands as c
from core.app.handle import (
    answering,
    approving,
    blocked,
    catchup,
    chat_rules,
    clearing,
    details,
    editing,
    feed,
    feed_order,
    importing,
    interactions,
    leading,
    linking,
    listening,
    making,
    menu,
    moderate,
    outages,
    own,
    paging,
    parts,
    people,
    picking,
    reacting,
    rehearsing,
    rooms,
    roster,
    saying,
    sessions,
    setup,
    show_order,
    shut,
    taking,
    team,
    texts,
    toasting,
    updates,
    venues,
    watch,
)
from core.app.handle.find import Several, actor_needs
from core.app.handle.questions.duty import duty_needs, note_duty
from core.app.handle.questions.uses import QUESTION_USES
from core.app.outcome import Inbox, Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import PersonId
from core.domain.people import Account
from core.domain.refused import Refused
from core.domain.view import Button, OnlyPerson, say, with_typed


@dataclass(frozen=True, slots=True)
class Use:
    """How one command is carried out."""

    needs: Callable[[Any, UnitOfWork], Iterable[Key]]
    handle: Callable[[Any, UnitOfWork, Moment], Outcome]


def _keep(command: c.KeepOpen, work: UnitOfWork, moment: Moment) -> Outcome:
    return Outcome(say(_reader(command, work), "Nothing was changed."))


def _explain(command: c.Explain, work: UnitOfWork, moment: Moment) -> Outcome:
    # It quotes what was typed, perhaps before consent, and repeating it changes nothing.
    return replace(refusal(command.sentence, _reader(command, work)), kept=False)


USES: Mapping[type[c.Command], Use] = {
    c.OpenSessionForm: Use(setup.create_needs, setup.open_session_form),
    c.CreateSession: Use(setup.create_needs, setup.create_session),
    c.OpenImportForm: Use(importing.open_needs, importing.open_import_form),
    c.ImportPlan: Use(importing.import_needs, importing.import_plan),
    c.UseRoom: Use(rooms.use_needs, rooms.use_room),
    c.ShowRooms: Use(venues.venue_needs, rooms.show_rooms),
    c.ShowSetup: Use(venues.venue_needs, rooms.show_setup),
    c.OpenDetailsForm: Use(details.details_needs, details.open_details_form),
    c.ChangeDetails: Use(details.details_needs, details.change_details),
    c.OpenRulesForm: Use(details.details_needs, details.open_rules_form),
    c.ChangeRules: Use(details.rules_needs, details.change_rules),
    c.InviteVenue: Use(venues.venue_needs, venues.invite_venue),
    c.OpenCodeForm: Use(venues.code_needs, venues.open_code_form),
    c.EnterCode: Use(venues.enter_needs, venues.enter_code),
    c.ShowTeam: Use(roster.team_needs, team.show_team),
    c.OpenTeamForm: Use(roster.team_needs, team.open_team_form),
    c.Appoint: Use(team.appoint_needs, team.appoint),
    c.AskToRemove: Use(team.remove_needs, team.ask_to_remove),
    c.Remove: Use(team.remove_needs, team.remove),
    c.Advance: Use(rooms.rooms_needs, sessions.advance_session),
    c.AskToEndSession: Use(venues.venue_needs, sessions.ask_to_end),
    c.AskToArchiveSession: Use(venues.venue_needs, sessions.ask_to_archive),
    c.ExtendSession: Use(venues.venue_needs, sessions.extend_session),
    c.OpenJoinForm: Use(people.join_needs, people.open_join_form),
    c.Join: Use(people.join_needs, people.join),
    c.ShowMenu: Use(menu.menu_needs, menu.show_menu),
    c.OpenSettingsForm: Use(menu.menu_needs, own.open_settings_form),
    c.ChangeSettings: Use(menu.settings_needs, own.change_settings),
    c.AskToLeave: Use(menu.menu_needs, own.ask_to_leave),
    c.Leave: Use(menu.leave_needs, own.leave),
    c.PickSession: Use(picking.pick_needs, picking.pick_session),
    c.React: Use(reacting.react_needs, reacting.react),
    c.OpenTextsForm: Use(texts.texts_needs, texts.open_texts_form),
    c.ChangeTexts: Use(texts.texts_needs, texts.change_texts),
    c.OpenModerateForm: Use(moderate.moderate_needs, moderate.open_moderate_form),
    c.Moderate: Use(moderate.moderate_needs, moderate.moderate),
    c.ReportRoom: Use(watch.report_needs, watch.report_room),
    c.ReportOutage: Use(outages.outage_needs, outages.report_outage),
    c.ReportGap: Use(watch.gap_needs, watch.report_gap),
    c.ShowLinking: Use(linking.linking_needs, linking.show_linking),
    c.GiveLinkCode: Use(linking.linking_needs, linking.give_code),
    c.OpenLinkForm: Use(linking.linking_needs, linking.open_link_form),
    c.LinkAccounts: Use(linking.link_needs, linking.link_accounts),
    c.AskToUnlink: Use(linking.linking_needs, linking.ask_to_unlink),
    c.Unlink: Use(linking.unlink_needs, linking.unlink),
    c.OpenChatRulesForm: Use(chat_rules.rules_needs, chat_rules.open_form),
    c.ChangeChatRules: Use(chat_rules.rules_needs, chat_rules.change),
    c.AskToClearChat: Use(clearing.clear_needs, clearing.ask),
    c.ClearChat: Use(clearing.clear_needs, clearing.clear),
    c.ShowBlocked: Use(blocked.blocked_needs, blocked.show),
    c.Unblock: Use(blocked.blocked_needs, blocked.unblock),
    c.ReportEntered: Use(blocked.entered_needs, blocked.report_entered),
    c.ShowLeaderboard: Use(leading.leading_needs, leading.show_leaderboard),
    c.JoinLeaderboard: Use(leading.leading_needs, leading.join_leaderboard),
    c.ShowFeed: Use(feed.feed_needs, feed.show_feed),
    c.ChangeFeedItem: Use(feed_order.feed_item_needs, feed_order.change_item),
    c.MoveInFeed: Use(feed_order.feed_item_needs, feed_order.move_in_feed),
    c.UnpinInFeed: Use(feed_order.feed_item_needs, feed_order.unpin_in_feed),
    c.ShowRehearsal: Use(rehearsing.page_needs, rehearsing.show_rehearsal),
    c.RehearseNext: Use(rehearsing.page_needs, rehearsing.rehearse_next),
    c.EndRehearsal: Use(rehearsing.page_needs, rehearsing.end_rehearsal),
    c.StopNews: Use(toasting.stop_needs, toasting.stop_news),
    c.ShowCatchup: Use(catchup.catchup_needs, catchup.show_catchup),
    c.ShowUpdates: Use(updates.updates_needs, updates.show_updates),
    c.OpenMessageForm: Use(saying.message_needs, saying.open_form),
    c.MessageEveryone: Use(saying.message_needs, saying.message_everyone),
    c.ReportListeners: Use(listening.listener_needs, listening.report_listeners),
    c.ReportShut: Use(shut.shut_needs, shut.report_shut),
    c.ReportTrouble: Use(watch.trouble_needs, watch.report_trouble),
    c.OpenInteractionForm: Use(making.form_needs, making.open_form),
    c.SubmitInteraction: Use(making.form_needs, making.submit),
    c.PublishInteraction: Use(interactions.desk_needs, interactions.publish),
    c.AskAboutInteraction: Use(interactions.desk_needs, interactions.ask),
    c.ShowInteraction: Use(interactions.desk_needs, interactions.show_interaction),
    c.EndInteraction: Use(interactions.desk_needs, interactions.end),
    c.UnpublishInteraction: Use(interactions.desk_needs, interactions.unpublish),
    c.HideResults: Use(interactions.hide_needs, interactions.hide),
    c.GiveMoreTime: Use(interactions.desk_needs, interactions.give_more_time),
    c.DuplicateInteraction: Use(interactions.desk_needs, show_order.duplicate),
    c.DeleteInteraction: Use(interactions.desk_needs, show_order.delete),
    c.MoveInteraction: Use(interactions.desk_needs, show_order.move),
    c.OpenEditForm: Use(editing.edit_needs, editing.open_edit),
    c.EditInteraction: Use(editing.edit_needs, editing.edit),
    c.OpenTimingForm: Use(editing.edit_needs, editing.open_timing),
    c.SetTiming: Use(editing.edit_needs, editing.set_timing),
    c.CastBallot: Use(answering.ballot_needs, answering.cast_ballot),
    c.OpenAnswerForm: Use(answering.answer_needs, answering.open_answer),
    c.SubmitAnswer: Use(answering.answer_needs, answering.submit_answer),
    c.ReadAnswers: Use(approving.read_needs, approving.read_answers),
    c.ShowAnswers: Use(approving.desk_answers_needs, approving.show_answers),
    c.JudgeAnswer: Use(approving.desk_answers_needs, approving.judge),
    c.CountClick: Use(approving.click_needs, approving.count_click),
    c.ListInteractions: Use(show_order.list_needs, show_order.list_interactions),
    c.PublishNext: Use(show_order.list_needs, show_order.publish_next),
    c.ShowParts: Use(parts.parts_needs, parts.show_parts),
    c.ShowPart: Use(parts.parts_needs, parts.show_part),
    c.OpenPartForm: Use(parts.parts_needs, parts.open_part_form),
    c.SubmitPart: Use(parts.parts_needs, parts.submit_part),
    c.MovePart: Use(parts.parts_needs, parts.move_part),
    c.RemovePart: Use(parts.parts_needs, parts.remove_part),
    c.ShowInvitation: Use(taking.dismissed_needs, taking.show_invitation),
    c.DismissInteraction: Use(taking.dismissed_needs, taking.dismiss),
    c.ShowPartAnswers: Use(taking.results_needs, taking.show_part_answers),
    c.Fire: Use(sessions.fire_needs, sessions.fire),
    c.ContinueForm: Use(paging.opener_needs, paging.continue_form),
    c.KeepPage: Use(paging.opener_needs, paging.keep_page),
    **{command: Use(*use) for command, use in QUESTION_USES.items()},
    c.KeepOpen: Use(actor_needs, _keep),
    c.Explain: Use(actor_needs, _explain),
}


def needs(command: c.Command, work: UnitOfWork) -> Iterable[Key]:
    """The keys of the rows this command may read or change; pure, asked again after each loading."""
    yield key(Inbox, command.delivery)
    if work.peek(Inbox, command.delivery) is None:
        yield from USES[type(command)].needs(command, work)
        yield from duty_needs(command, work)
        if command.form:
            yield from paging.draft_needs(command, work)


def handle(command: c.Command, work: UnitOfWork, moment: Moment) -> Outcome:
    """Carry out one command on loaded rows. A second delivery changes nothing and gets the stored outcome.

    Raises Ignored when nothing shall happen and nobody be told.
    """
    before = work.get(Inbox, command.delivery)
    if before is not None:
        return before.outcome
    whole: c.Command | Outcome | None = None
    try:
        with work.attempt():
            whole = paging.completed(command, work, moment)
            outcome = whole if isinstance(whole, Outcome) else _decided(whole, work, moment)
    except Refused as refused:
        outcome = refusal(refused.sentence, _reader(command, work), *refused.buttons, typed=refused.typed)
    if isinstance(whole, c.Command) and whole.form and not isinstance(whole, c.KeepPage):
        paging.settle(whole, outcome, work, moment)
    if outcome.instead is not None:
        work.put(Inbox(command.delivery, moment.now, Outcome(outcome.instead)))
    elif outcome.kept and (outcome.done or not command.form):
        # A form that was refused may be sent again as it is, and do by then.
        work.put(Inbox(command.delivery, moment.now, outcome))
    return outcome


def _decided(command: c.Command, work: UnitOfWork, moment: Moment) -> Outcome:
    if isinstance(command, c.OfInteraction):
        rehearsing.gate(command, work)
    try:
        outcome = USES[type(command)].handle(command, work, moment)
        if outcome.done:
            note_duty(command, work, moment)
        return outcome
    except Several as several:
        assert isinstance(command, c.OfSession), "only these look for a session"
        return picking.ask_which(command, several, work, moment)


def refusal(sentence: str, reader: OnlyPerson, *buttons: Button, typed: str = "") -> Outcome:
    """Before consent nothing of what was typed is stored, so an answer that shows it back is not kept."""
    card = say(reader, sentence, buttons=buttons)
    return Outcome(with_typed(card, (typed,)), done=False, kept=not typed)


def _reader(command: c.Command, work: UnitOfWork) -> OnlyPerson:
    account = work.peek(Account, command.actor.account)
    return OnlyPerson(account.person if account else PersonId(""))
