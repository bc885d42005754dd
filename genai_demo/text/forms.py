"""What a text is, more exactly than its task: a bedtime story, a review, small talk.

The task alone would lie: most English "product" texts describe software, most Chinese "stories" are novels of the
Ming and Qing, most chats book a table. So every text is labelled by what it *is*, all are learnt, and whoever writes
asks for the form they want. The names are control tokens (``tokenizer.CONTROLS``).
"""

import re

FORMS = {
    "story": ("child", "bedtime", "campfire", "scene", "short", "slice", "fairytale", "classic"),
    "news": ("press", "report", "archive"),
    "product": ("goods", "clothes", "review", "software"),
    "poem": ("tang", "ci", "qu", "old"),
    "prose": ("article", "passage", "place", "work"),
    "translate": ("everyday", "caption", "word", "game", "software"),
    "chat": ("daily", "answers", "topics", "booking"),
    "code": ("function", "method", "file", "exercise"),
}
"""The forms of every task, those first that a visitor is likely to want."""

OFFERED = {
    ("story", "en"): FORMS["story"], ("story", "zh"): ("short", "classic"),
    ("news", "en"): ("press", "report", "archive"), ("news", "zh"): ("press", "archive"),
    ("product", "en"): ("goods", "software"), ("product", "zh"): ("goods", "clothes", "review", "software"),
    ("poem", "zh"): FORMS["poem"],
    ("prose", "en"): ("article",), ("prose", "zh"): ("article", "passage", "place", "work"),
    ("chat", "en"): FORMS["chat"], ("chat", "zh"): FORMS["chat"],
    ("translate", ""): FORMS["translate"], ("code", ""): ("exercise", "function", "method", "file"),
}  # fmt: skip
"""The forms that a language has texts of; the first is written where none is asked for, poems excepted."""

KINDS = {
    **{kind: ("story", kind) for kind in FORMS["story"]},
    "novel": ("story", "classic"), "own": ("story", ""),
    "news-1998": ("news", "archive"),
    "goods": ("product", "goods"), "ad": ("product", "clothes"), "review": ("product", "review"),
    "software": ("product", "software"), "product": ("product", "software"),
    "poem-tang": ("poem", "tang"), "poem-shi-song": ("poem", "tang"), "poem-ci": ("poem", "ci"),
    "poem-qu": ("poem", "qu"), "poem-old": ("poem", "old"),
    "passage": ("prose", "passage"), "describe-travel": ("prose", "place"),
    "describe-film": ("prose", "work"), "describe-music": ("prose", "work"),
    "function": ("code", "function"), "method": ("code", "method"), "class": ("code", "function"),
    "file": ("code", "file"), "script": ("code", "file"), "program": ("code", "file"),
    "problem": ("code", "exercise"), "mbpp": ("code", "exercise"), "task": ("code", "exercise"),
}  # fmt: skip
"""Task and form of a pack's ``kind``; whatever is not listed is prose."""

REPORTS, ARCHIVES = ("ABC",), ("Brown",)
CAPTIONS, WORDS = ("3AM",), ("cc-cedict",)
GAMES = ("cataclysm-dda-data", "wesnoth-1.16-data", "widelands-data")
EVERYDAY = ("tatoeba", "XDailyDialog", "written")
SOFTWARE = (
    "python-docs", "libreoffice-help", "libreoffice-l10n-zh-cn", "debian-handbook", "debian-ddtp", "gnome-user-docs",
    "inkscape", "digikam-data", "gimp-data", "gnucash-common", "kstars-data", "evolution-common", "krita-l10n",
    "plasma-desktop-data", "parley-data", "marble-data",
)  # fmt: skip
TOPICS = ("Topical-Chat", "KdConv")
"""Sources whose texts are all of one form."""

TOLD = re.compile("故事|寓言|童话|小说")
"""A request for a story."""
TELLS = re.compile("从前|有一天|有一次|一天[，,早晚]|很久以前|小时候|古时候|从此")
SPEAKS = re.compile("[说道问答叫喊想][：:]")
"""What a passage that tells a story has."""


def of_prose(kind: str, source: str, text: str, prompt: str) -> tuple[str, str]:
    """Task and form of a text that stands for itself. kind, source: as in the packs."""
    if kind == "news":
        form = "report" if source in REPORTS else "archive" if source in ARCHIVES else "press"
        return "news", form
    if kind == "prompted" and TOLD.search(prompt):
        return "story", "short"
    if kind == "passage" and len(text) > 80 and TELLS.search(text) and SPEAKS.search(text):
        return "story", "short"
    return KINDS.get(kind, ("prose", "article"))


def of_translation(source: str) -> str:
    """The form of a pair of sentences: what they are taken from; none where that is not known."""
    known = {"everyday": EVERYDAY, "caption": CAPTIONS, "word": WORDS, "game": GAMES, "software": SOFTWARE}
    return next((form for form, sources in known.items() if source in sources), "")


def of_chat(kind: str, source: str) -> str:
    """The form of a conversation."""
    if kind in ("task", "instruct"):
        return "booking" if kind == "task" else "answers"
    return "topics" if source in TOPICS else "daily"
