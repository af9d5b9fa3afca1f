"""Discord's limits, each named once; sources are its reference pages and its OpenAPI description."""

from __future__ import annotations

CONTENT = 2000
"""Characters of a message's content (Create Message, Execute Webhook)."""
DISPLAYED = 4000
"""Characters of all text displays of one message together (Text Display)."""
COMPONENTS = 40
"""Components of one message, nested ones counted (Components V2)."""
DESCRIPTION = 1024
"""Characters that describe a picture of a Media Gallery, and an attachment, to who does not see it."""
ROW_BUTTONS = 5
"""Buttons in an action row."""
LABEL = 80
"""Characters of a button's label; about 34 are seen on a phone."""
CUSTOM_ID = 100
BUTTON_URL = 512
SELECT_OPTIONS = 25
PLACEHOLDER = 150
OPTION = 100
"""Characters of an option's label and value, in selects, radio groups and checkbox groups."""
MODAL_TITLE = 45
MODAL_PARTS = 5
"""Top-level components of a modal."""
INPUT_LABEL = 45
INPUT_DESCRIPTION = 100
INPUT_TEXT = 4000
"""Characters of a text input, and the most that its max_length may be."""
RADIO_OPTIONS = range(2, 11)
CHECKBOX_OPTIONS = range(1, 11)
NONCE = 25
WEBHOOK_NAME = 80
WEBHOOK_AVATAR = 2048
"""Characters of an avatar's address."""
HISTORY_PAGE = 100
"""Messages in one answer of Get Channel Messages."""
COMMAND_DESCRIPTION = 100
CHOICES = 25
"""Suggestions in one answer to an autocompletion; their names and values are as long as an option's."""
CHANNEL_NAME = 100
ROLE_NAME = 100
TOPIC = 1024
"""Characters of a text channel's topic (Modify Channel)."""
SITE = "https://discord.com/channels"
"""Before server, channel and message in the address of a message, as the client copies it and as markdown takes it
(https://support.discord.com/hc/en-us/articles/206346498)."""

EPHEMERAL = 1 << 6
SUPPRESS_EMBEDS = 1 << 2
COMPONENTS_V2 = 1 << 15
"""IS_COMPONENTS_V2: once set on a message it cannot be taken back, and content and embeds are refused."""
DISCORD_EPOCH = 1_420_070_400_000
"""Milliseconds since 1970 at which snowflakes begin."""
