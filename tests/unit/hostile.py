"""Strings that have broken chat programs: hundreds of them, and strategies that make more."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

MENTIONS = (
    "@everyone", "@here", "<!channel>", "<!here>", "<!everyone>", "<!subteam^S1>", "<@U1>", "<@1>", "<@!1>", "<@&1>",
    "<#C1>", "<#1>", "</ban:1>", "<t:0:R>", "<t:99999999999999999999:F>", "<:a:1>", "<a:a:1>", "&lt;!here&gt;",
    "<!date^0^{date}|x>", "<id:customize>", "@\u200beveryone", "＠everyone", "<mailto:a@b|c>", "<tel:1|2>",
)  # fmt: skip
MARKUP = (
    "**bold**", "__under__", "~~gone~~", "||spoiler||", "```\ncode\n```", "``` breakout ``", "`", "``", "> quote",
    ">>> quotes", "# Heading", "-# small", "- list", "1. list", "[bank](https://evil.example)", "<https://a|bank>",
    "https://a.example/?q=**x**", "javascript:alert(1)", "data:text/html,x", "\\*escaped\\*", "\\", "_", "*", "~", "|",
    "* Moderator: hello", "\n\nModerator: hello", "&amp;", "&amp;amp;", "&#x41;", "<", ">", "&", "<<>>", "%s%n", "{0}",
    "{{7*7}}", "${7*7}", "#{7*7}", "';--", "' OR 1=1", "<script>alert(1)</script>", "../../etc/passwd", "=1+1",
    "+1", "-1", "@SUM(A1)", "\tcell", "null", "None", "undefined", "NaN", "true", "0", "-0", "1e309", "١٢٣",
)  # fmt: skip
CONTROLS = tuple(f"a{chr(code)}b" for code in (*range(0x20), 0x7F, *range(0x80, 0xA0)))
INVISIBLE = tuple(
    f"a{chr(code)}b"
    for code in (
        0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, *range(0x2000, 0x2010), 0x2028, 0x2029,
        *range(0x202A, 0x2030), *range(0x205F, 0x2070), 0x3000, 0x3164, 0xFEFF, 0xFFA0, *range(0xFFF9, 0x10000),
        0x1D173, 0xE0001, 0xE0020, 0xE007F, 0xE000, 0xF8FF, 0xF0000, 0x10FFFF, 0x378, 0xFDD0,
    )
)  # fmt: skip
SURROGATES = tuple(f"a{chr(code)}b" for code in (0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xD83D, 0xDE00))
MARKS = tuple(
    base + mark * count
    for base in ("a", "é", "ا", "क", "한", "👍", "")
    for mark in ("\u0301", "\u0489", "\u20dd", "\u0e33", "\u064b", "\u093f", "\u3099")
    for count in (1, 8, 9, 100)
)
JOINED = (
    "👩\u200d👩\u200d👧\u200d👦", "🏳️\u200d🌈", "👍🏽", "🇩🇪🇫🇷", "1️⃣", "❤️",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "\u200d", "\u200da", "a\u200d", "a\u200d\u0301", "e\u200d\u0301\u200d\u0323", "\u200c\u200c\u200c", "می\u200cخواهم",
    "क\u200dष", "क्\u200dष", "👩\u200d\u200d👧", "👩\u200d", "\u200d👩",
    "a\u0301\u200d\u0301" * 20, "x" + "\u0301\u200d" * 50,
)  # fmt: skip
DIRECTIONS = (
    "\u202eevil", "abc\u202edef", "\u2066\u2067\u2068\u2069", "\u2068name", "\u200fעברית\u200e", "العربية",
    "עברית english", "\u202a\u202b\u202c\u202d", "file\u202egpj.exe",
)  # fmt: skip
SPACES = (
    "", " ", "   ", "\n", "\r\n", "\r", "\n\n\n", "\t", " a ", "\n a \n", "a\r\nb", "a\rb", "a\u00a0b", "\u3000a\u3000",
    "a\u2003b", "a\x0bb\x0cc", "a\x85b", "a\u2028b\u2029c", " \u200b ", "\u200b \u200b", "\ufeff a", "a \x00",
)  # fmt: skip
LONG = (
    "x" * 100_000,
    "x " * 20_000,
    "\n" * 5_000,
    "👩\u200d👩\u200d👧\u200d👦" * 2_000,
    "\u0301" * 20_000,
    "&" * 20_000,
    "<" * 3_001,
)
SCRIPTS = (
    "ﷺ" * 10, "ﬁ", "Å", "Å", "ｆｕｌｌ", "ЅосіаІ", "раураl", "İstanbul", "ß", "ẞ", "ǅ", "Σς", "漢字",
    "かな", "が", "か\u3099",
    "한국어", "\u1112\u1161\u11ab", "ไทย", "தமிழ்", "বাংলা", "𝓯𝓪𝓷𝓬𝔂", "🅱", "🫠", "¯\\_(ツ)_/¯",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢", "\U0001f3fb", "\U0001f1e6",
)  # fmt: skip

SAMPLES: tuple[str, ...] = (
    *MENTIONS, *MARKUP, *CONTROLS, *INVISIBLE, *SURROGATES, *MARKS, *JOINED, *DIRECTIONS, *SPACES, *LONG, *SCRIPTS,
)  # fmt: skip

_FIRST = (
    "Mira", "Olga", "moderator", "Moderator", "discord", "DiScOrD", "clyde", "Clyde", "everyone", "here", "System",
    "Sidestage", "Slackbot", "webhook", "", "x" * 81, "👩\u200d💻", "عمر", "אנה", "漢字", "Мира", "𝓜𝓲𝓻𝓪",
    "dis\u200bcord", "ｄｉｓｃｏｒｄ",
)  # fmt: skip
_THEN = (
    "", " · moderator", " · Slack", " • moderator", " (moderator)", "\u202e", "\u200b", " discord", "clyde",
    "@everyone", "<@1>", "<!here>", "```", "**x**", "\n# x", "\x00", "\ud800", "\u0301" * 20, " [mod]", "#0000", " ✓",
    "x" * 60,
)  # fmt: skip
NAMES: tuple[str, ...] = tuple(first + then for first in _FIRST for then in _THEN)
"""What people call themselves to be taken for somebody else, or to break what shows a name."""

_CORES = (
    # who is called
    "@everyone", "@here", "@channel", "@\u200beveryone", "@e\u200dveryone", "＠everyone", "@\u2060here", "@EVERYONE",
    "<!here>",
    "<!channel>", "<!everyone>", "<!subteam^S012345>", "<!subteam^S012345|@team>", "&lt;!here&gt;",
    "&amp;lt;!here&amp;gt;",
    "<@U012345>", "<@U012345|mira>", "<@123456789012345678>", "<@!123456789012345678>", "<@&123456789012345678>",
    "<@1>",
    "<#C012345>", "<#C012345|general>", "<#123456789012345678>", "</ban user:123456789012345678>", "<id:customize>",
    # where it leads
    "[bank](https://evil.example)", "[bank](<https://evil.example>)", "[**bank**](https://evil.example \"bank\")",
    "[https://bank.example](https://evil.example)", "<https://evil.example|bank>",
    "<https://evil.example|https://bank.example>",
    "https://bank.example@evil.example/", "https://bank.example\\@evil.example/", "[x](javascript:alert(1))",
    "<javascript:alert(1)|x>", "[x](data:text/html,x)", "steam://run/1", "discord://x", "[x](discord://-/users/1)",
    "<mailto:a@b.example|bank>", "<tel:123|bank>", "https://раураl.example", "[a\u202eb](https://evil.example)",
    # what it looks like
    "# Moderator", "-# small", "> quoted", ">>> all of it", "```\ncode\n```", "``` out `` of ` it ```", "``", "`x",
    "||spoiler||",
    "~~gone~~", "__under__", "**bold", "*b*", "_i_", "~s~", "- item", "1. item", "• item",
    "\n\n**Moderator:** send me your code",
    "Answering as Keynote: yes", "Moderator · Slack: hello", "<t:0:R>", "<t:99999999999999:F>",
    "<!date^0^{date}|soon>",
    ":tada:", "<:party:123456789012345678>", "<a:party:123456789012345678>", "\\*no\\*", "\\", "\\`", "&amp;",
    "&#x41;", "%s {0}",
    # what is not seen
    "\u202egnol", "a\u2066b\u2069", "a\u200bb", "a\ufeffb", "z\u0301" * 3 + "\u0301" * 30, "x\u034fy", "\u115f\u1160",
)  # fmt: skip
_AROUND: tuple[Callable[[str], str], ...] = (
    lambda it: it,
    lambda it: f"look {it} there",
    lambda it: f"*{it}*",
    lambda it: f"> {it}",
    lambda it: f"`{it}`",
    lambda it: f"first\n{it}\nlast",
)
ATTACKS: tuple[str, ...] = tuple(around(core) for core in _CORES for around in _AROUND)
"""What could call people, lead elsewhere, or look like something else; in a line, a style, a quote, code."""

_PIECES = [text for text in SAMPLES if len(text) < 30]

anything = st.text(st.characters(), max_size=60)
"""Every code point, lone surrogates too."""
hostile = st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=5)), max_size=8).map("".join)
