"""Slack's limits by name, each with the page that states it; nothing else in this package holds a number of Slack's.

Pages are those of docs.slack.dev: reference/block-kit, reference/methods, reference/views, apis/events-api.
"""

from __future__ import annotations

from core.domain.ids import SECOND

# -- blocks (reference/block-kit/blocks, /composition-objects) ---------------------------------------------------------

BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = 100
SECTION_TEXT = 3000
CONTEXT_TEXT = 2000
CONTEXT_ELEMENTS = 10
ALT_TEXT = 2000
"""``alt_text`` of an image block."""
ACTIONS_ELEMENTS = 25
BUTTON_TEXT = 75
SPOKEN_LABEL = 75
"""``accessibility_label`` of a button."""
URL = 3000
ACTION_ID = 255
BLOCK_ID = 255
OPTION_TEXT = 75
OPTION_VALUE = 150
SELECT_OPTIONS = 100
PLACEHOLDER = 150
BOXES = 10
"""Options of radio buttons and of checkboxes."""

# -- views (reference/views, reference/block-kit/blocks/input-block) ---------------------------------------------------

VIEW_TITLE = 24
VIEW_BUTTON = 24
INPUT_LABEL = 2000
INPUT_HINT = 2000
INPUT_TEXT = 3000
PRIVATE_METADATA = 3000

# -- messages (reference/methods/chat.postMessage, chat.update) --------------------------------------------------------

MESSAGE_TEXT = 4000
"""chat.update refuses more (``msg_too_long``); posts are held to it too, so that an edit shows what the post showed."""
BLOCKS_TEXT = 12_000
"""Words of one message's blocks together; Slack answers ``msg_blocks_too_long`` a little above 13,000."""
USERNAME = 80

# -- channels (reference/methods/conversations.create, .setTopic, .invite) ---------------------------------------------

CHANNEL_NAME = 80
TOPIC = 250
INVITED = 100
"""``users`` of one conversations.invite; the method's page says 100, older ones 1,000."""

# -- rates (apis/web-api/rate-limits), in microseconds a call ----------------------------------------------------------

POST_IN_CHANNEL = 1 * SECOND
POST_IN_CHANNEL_BURST = 2 * SECOND
POST_IN_WORKSPACE = SECOND // 5
"""Several hundred posts a minute for a workspace."""
POST_IN_WORKSPACE_BURST = 5 * SECOND
TIER_2 = 4 * SECOND
"""20 calls a minute: conversations.create, .archive, .setTopic, pins.add, .remove; the burst keeps within them."""
TIER_2_BURST = 16 * SECOND
TIER_3 = 1_200_000
"""50 calls a minute for one method in one workspace: chat.update, chat.delete, conversations.history, .invite."""
INVITE_PACE = TIER_3 // INVITED
"""A person, where a crowd waits: 5,000 a minute."""
TIER_3_BURST = 6 * SECOND
TIER_3_RESULTS_BURST = 3_600_000
TIER_3_QUIET_BURST = 0
TIER_4 = 750_000
"""views.open and users.info take 100 calls a minute: with the burst no minute sees more than 97."""
TIER_4_BURST = 14 * SECOND
TIER_4_CROWD_BURST = 7 * SECOND
"""So that nine forms of moderators can be opened at once while a crowd asks for its own."""

# -- deliveries (apis/events-api, interactivity/handling-user-interaction) ---------------------------------------------

ANSWER_SECONDS = 3.0
BODY_BYTES = 1_000_000
"""No payload of Slack comes near; a view holds 250 kB."""
SIGNATURE_SECONDS = 300
"""A request that was signed longer ago than this may be a replay (authentication/verifying-requests-from-slack)."""
HISTORY_PAGE = 200
"""Messages asked for at once; conversations.history recommends no more."""
