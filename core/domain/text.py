"""The neutral text tree between platforms; whatever a person typed is leaf text and stays leaf text.

How a tree is read from and written for a platform is that platform's adapter's business. Everything about trees can be
had from here: the nodes, their one clean form, cutting and keeping them; and what is done to plain strings.
"""

from __future__ import annotations

from core.domain.text_cut import PIECE_WEIGHT as PIECE_WEIGHT
from core.domain.text_cut import pieces as pieces
from core.domain.text_kept import dump as dump
from core.domain.text_kept import load as load
from core.domain.text_links import honest as honest
from core.domain.text_links import leading as leading
from core.domain.text_nodes import BLOCKS as BLOCKS
from core.domain.text_nodes import DEEPEST_ITEM as DEEPEST_ITEM
from core.domain.text_nodes import STYLES as STYLES
from core.domain.text_nodes import Block as Block
from core.domain.text_nodes import Called as Called
from core.domain.text_nodes import Crowd as Crowd
from core.domain.text_nodes import Doc as Doc
from core.domain.text_nodes import Fence as Fence
from core.domain.text_nodes import Item as Item
from core.domain.text_nodes import Jump as Jump
from core.domain.text_nodes import Leaf as Leaf
from core.domain.text_nodes import Link as Link
from core.domain.text_nodes import Mention as Mention
from core.domain.text_nodes import Node as Node
from core.domain.text_nodes import Quoted as Quoted
from core.domain.text_nodes import Room as Room
from core.domain.text_nodes import Style as Style
from core.domain.text_nodes import Styled as Styled
from core.domain.text_nodes import Text as Text
from core.domain.text_nodes import When as When
from core.domain.text_nodes import as_doc as as_doc
from core.domain.text_nodes import doc as doc
from core.domain.text_nodes import plain as plain
from core.domain.text_tidy import clean_doc as clean_doc
from core.domain.words import COMBINING_LIMIT as COMBINING_LIMIT
from core.domain.words import clean as clean
from core.domain.words import isolate as isolate
from core.domain.words import one_line as one_line
from core.domain.words import shorten as shorten
from core.domain.words import weight as weight

LINE_LIMIT = 12_000
"""Characters of a chat line that are kept; longer than any member can type on either platform."""
