"""Everything that can be asked for: imperative and frozen, with its actor, the event's own time and a delivery key."""

from __future__ import annotations

from core.app.commands.approving import CountClick as CountClick
from core.app.commands.approving import JudgeAnswer as JudgeAnswer
from core.app.commands.approving import ReadAnswers as ReadAnswers
from core.app.commands.approving import ShowAnswers as ShowAnswers
from core.app.commands.asking import About as About
from core.app.commands.asking import AskAboutInteraction as AskAboutInteraction
from core.app.commands.asking import CastBallot as CastBallot
from core.app.commands.asking import ContinueForm as ContinueForm
from core.app.commands.asking import DeleteInteraction as DeleteInteraction
from core.app.commands.asking import DuplicateInteraction as DuplicateInteraction
from core.app.commands.asking import EditInteraction as EditInteraction
from core.app.commands.asking import EndInteraction as EndInteraction
from core.app.commands.asking import Explain as Explain
from core.app.commands.asking import Fire as Fire
from core.app.commands.asking import GiveMoreTime as GiveMoreTime
from core.app.commands.asking import HideResults as HideResults
from core.app.commands.asking import JoinLeaderboard as JoinLeaderboard
from core.app.commands.asking import KeepOpen as KeepOpen
from core.app.commands.asking import KeepPage as KeepPage
from core.app.commands.asking import ListInteractions as ListInteractions
from core.app.commands.asking import MoveInteraction as MoveInteraction
from core.app.commands.asking import OfInteraction as OfInteraction
from core.app.commands.asking import OpenAnswerForm as OpenAnswerForm
from core.app.commands.asking import OpenEditForm as OpenEditForm
from core.app.commands.asking import OpenInteractionForm as OpenInteractionForm
from core.app.commands.asking import OpenTimingForm as OpenTimingForm
from core.app.commands.asking import PublishInteraction as PublishInteraction
from core.app.commands.asking import PublishNext as PublishNext
from core.app.commands.asking import SetTiming as SetTiming
from core.app.commands.asking import ShowInteraction as ShowInteraction
from core.app.commands.asking import ShowLeaderboard as ShowLeaderboard
from core.app.commands.asking import SubmitAnswer as SubmitAnswer
from core.app.commands.asking import SubmitInteraction as SubmitInteraction
from core.app.commands.asking import UnpublishInteraction as UnpublishInteraction
from core.app.commands.base import Command as Command
from core.app.commands.base import MenuTab as MenuTab
from core.app.commands.base import OfSession as OfSession
from core.app.commands.base import Paged as Paged
from core.app.commands.base import RoomKind as RoomKind
from core.app.commands.base import TimeSource as TimeSource
from core.app.commands.feeding import ChangeFeedItem as ChangeFeedItem
from core.app.commands.feeding import MoveInFeed as MoveInFeed
from core.app.commands.feeding import OfFeed as OfFeed
from core.app.commands.feeding import ShowCatchup as ShowCatchup
from core.app.commands.feeding import StopNews as StopNews
from core.app.commands.feeding import UnpinInFeed as UnpinInFeed
from core.app.commands.importing import ImportPlan as ImportPlan
from core.app.commands.importing import OpenImportForm as OpenImportForm
from core.app.commands.linking import AskToUnlink as AskToUnlink
from core.app.commands.linking import GiveLinkCode as GiveLinkCode
from core.app.commands.linking import LinkAccounts as LinkAccounts
from core.app.commands.linking import OpenLinkForm as OpenLinkForm
from core.app.commands.linking import ShowLinking as ShowLinking
from core.app.commands.linking import Unlink as Unlink
from core.app.commands.parts import DismissInteraction as DismissInteraction
from core.app.commands.parts import MovePart as MovePart
from core.app.commands.parts import OpenPartForm as OpenPartForm
from core.app.commands.parts import RemovePart as RemovePart
from core.app.commands.parts import ShowInvitation as ShowInvitation
from core.app.commands.parts import ShowPart as ShowPart
from core.app.commands.parts import ShowPartAnswers as ShowPartAnswers
from core.app.commands.parts import ShowParts as ShowParts
from core.app.commands.parts import SubmitPart as SubmitPart
from core.app.commands.people import AskToLeave as AskToLeave
from core.app.commands.people import ChangeSettings as ChangeSettings
from core.app.commands.people import Join as Join
from core.app.commands.people import Leave as Leave
from core.app.commands.people import OpenJoinForm as OpenJoinForm
from core.app.commands.people import OpenSettingsForm as OpenSettingsForm
from core.app.commands.people import PickSession as PickSession
from core.app.commands.people import ShowMenu as ShowMenu
from core.app.commands.people import WriteToBot as WriteToBot
from core.app.commands.questions import AnswerQuestion as AnswerQuestion
from core.app.commands.questions import AskQuestion as AskQuestion
from core.app.commands.questions import BlockAsker as BlockAsker
from core.app.commands.questions import CastUpvote as CastUpvote
from core.app.commands.questions import ChangeQuestionRules as ChangeQuestionRules
from core.app.commands.questions import DeleteQuestionLine as DeleteQuestionLine
from core.app.commands.questions import HandOver as HandOver
from core.app.commands.questions import ListQuestions as ListQuestions
from core.app.commands.questions import MergeQuestion as MergeQuestion
from core.app.commands.questions import MoveQuestion as MoveQuestion
from core.app.commands.questions import OfQuestion as OfQuestion
from core.app.commands.questions import OpenAskForm as OpenAskForm
from core.app.commands.questions import OpenQuestionForm as OpenQuestionForm
from core.app.commands.questions import OpenQuestionRulesForm as OpenQuestionRulesForm
from core.app.commands.questions import OpenReplyForm as OpenReplyForm
from core.app.commands.questions import ReadAnswer as ReadAnswer
from core.app.commands.questions import ReadQuestion as ReadQuestion
from core.app.commands.questions import SendLine as SendLine
from core.app.commands.questions import ShowBoard as ShowBoard
from core.app.commands.questions import ShowQuestions as ShowQuestions
from core.app.commands.questions import SubmitQuestionForm as SubmitQuestionForm
from core.app.commands.questions import SuggestMerge as SuggestMerge
from core.app.commands.questions import TakeNext as TakeNext
from core.app.commands.reacting import ChangeTexts as ChangeTexts
from core.app.commands.reacting import OpenTextsForm as OpenTextsForm
from core.app.commands.reacting import React as React
from core.app.commands.rehearsing import EndRehearsal as EndRehearsal
from core.app.commands.rehearsing import RehearseNext as RehearseNext
from core.app.commands.rehearsing import ShowRehearsal as ShowRehearsal
from core.app.commands.ruling import AskToClearChat as AskToClearChat
from core.app.commands.ruling import ChangeChatRules as ChangeChatRules
from core.app.commands.ruling import ClearChat as ClearChat
from core.app.commands.ruling import OpenChatRulesForm as OpenChatRulesForm
from core.app.commands.ruling import ReportEntered as ReportEntered
from core.app.commands.ruling import ShowBlocked as ShowBlocked
from core.app.commands.ruling import Unblock as Unblock
from core.app.commands.running import Advance as Advance
from core.app.commands.running import Appoint as Appoint
from core.app.commands.running import AskToArchiveSession as AskToArchiveSession
from core.app.commands.running import AskToEndSession as AskToEndSession
from core.app.commands.running import AskToRemove as AskToRemove
from core.app.commands.running import ChangeDetails as ChangeDetails
from core.app.commands.running import ChangeRules as ChangeRules
from core.app.commands.running import CreateSession as CreateSession
from core.app.commands.running import Ears as Ears
from core.app.commands.running import EnterCode as EnterCode
from core.app.commands.running import ExtendSession as ExtendSession
from core.app.commands.running import InviteVenue as InviteVenue
from core.app.commands.running import OfTeam as OfTeam
from core.app.commands.running import OpenCodeForm as OpenCodeForm
from core.app.commands.running import OpenDetailsForm as OpenDetailsForm
from core.app.commands.running import OpenRulesForm as OpenRulesForm
from core.app.commands.running import OpenSessionForm as OpenSessionForm
from core.app.commands.running import OpenTeamForm as OpenTeamForm
from core.app.commands.running import Reader as Reader
from core.app.commands.running import Remove as Remove
from core.app.commands.running import ReportGap as ReportGap
from core.app.commands.running import ReportListeners as ReportListeners
from core.app.commands.running import ReportOutage as ReportOutage
from core.app.commands.running import ReportRoom as ReportRoom
from core.app.commands.running import ReportShut as ReportShut
from core.app.commands.running import ReportTrouble as ReportTrouble
from core.app.commands.running import ShowRooms as ShowRooms
from core.app.commands.running import ShowSetup as ShowSetup
from core.app.commands.running import ShowTeam as ShowTeam
from core.app.commands.running import UseRoom as UseRoom
from core.app.commands.talking import DeleteLine as DeleteLine
from core.app.commands.talking import EditLine as EditLine
from core.app.commands.talking import GiveLike as GiveLike
from core.app.commands.talking import MessageEveryone as MessageEveryone
from core.app.commands.talking import Moderate as Moderate
from core.app.commands.talking import OpenMessageForm as OpenMessageForm
from core.app.commands.talking import OpenModerateForm as OpenModerateForm
from core.app.commands.talking import PostLine as PostLine
from core.app.commands.talking import ShowFeed as ShowFeed
from core.app.commands.talking import ShowUpdates as ShowUpdates

HOT: tuple[type[Command], ...] = (
    CastBallot,
    SubmitAnswer,
    CountClick,
    React,
    PostLine,
    EditLine,
    DeleteLine,
    GiveLike,
    ReportEntered,
    CastUpvote,
)
"""Handled in batches; all others run alone."""
