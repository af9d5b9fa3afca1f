"""How each command about questions is carried out; part of the one table in :mod:`core.app.handle`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from core.app import commands as c
from core.app.handle.questions import (
    acts,
    ask,
    assigning,
    board,
    direct,
    lines,
    lists,
    merging,
    publishing,
    replying,
    rules,
    sheets,
    similar,
)
from core.app.handle.questions.known import question_needs
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork

Needs = Callable[[Any, UnitOfWork], Iterable[Key]]
Handle = Callable[[Any, UnitOfWork, Moment], Outcome]

QUESTION_USES: Mapping[type[c.Command], tuple[Needs, Handle]] = {
    c.OpenAskForm: (ask.ask_needs, ask.open_ask_form),
    c.AskQuestion: (ask.ask_needs, ask.ask_question),
    c.ShowQuestions: (lists.mine_needs, lists.show_questions),
    c.ShowBoard: (board.board_needs, board.show_board),
    c.CastUpvote: (board.upvote_needs, board.cast_upvote),
    c.TakeNext: (replying.next_needs, replying.take_next),
    c.ListQuestions: (lists.list_needs, lists.list_questions),
    c.HandOver: (assigning.hand_needs, assigning.hand_over),
    c.OpenQuestionRulesForm: (rules.rules_needs, rules.open_rules_form),
    c.ChangeQuestionRules: (rules.rules_needs, rules.change_rules),
    c.OpenReplyForm: (replying.reply_needs, replying.open_reply_form),
    c.AnswerQuestion: (replying.reply_needs, replying.answer_question),
    c.ReadQuestion: (lists.read_needs, lists.read_question),
    c.ReadAnswer: (publishing.answer_page_needs, publishing.read_answer),
    c.DeleteQuestionLine: (question_needs, acts.delete_line),
    c.MoveQuestion: (acts.move_needs, acts.move_question),
    c.OpenQuestionForm: (sheets.sheet_needs, sheets.open_sheet),
    c.SubmitQuestionForm: (sheets.sheet_needs, sheets.submit_sheet),
    c.MergeQuestion: (merging.merge_needs, merging.merge_question),
    c.SuggestMerge: (similar.suggest_needs, similar.suggest_merge),
    c.BlockAsker: (acts.block_needs, acts.block_asker),
    c.SendLine: (direct.send_needs, direct.send_line),
    c.WriteToBot: (direct.write_needs, direct.write),
    c.PostLine: (lines.line_needs, lines.post_line),
    c.EditLine: (lines.line_needs, lines.edit_line),
    c.DeleteLine: (lines.line_needs, lines.delete_line),
    c.GiveLike: (lines.like_needs, lines.give_like),
}
