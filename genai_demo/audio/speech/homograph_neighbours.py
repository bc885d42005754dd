"""The small words beside a homograph that tell a noun from a verb, or one time from another."""

from genai_demo.audio.speech.homograph_words import words

MODALS = words(
    "will would can could may might must shall should do does did cannot please let's lets not i'll you'll he'll "
    "she'll it'll we'll they'll who'll gonna helps"
)
"""A verb follows."""
SUBJECTS = frozenset(("i", "you", "we", "they", "who"))
THIRD = frozenset(("he", "she", "it"))
DETERMINERS = words(
    "a an the my your his her its our their no any some each every this that these those another either neither"
)
OBJECTS = DETERMINERS | {"it", "them", "me", "us", "him", "all", "both", "only"}
FIRST_WORDS = words("and or then also just always never now first next simply carefully but to")
"""What an order may begin with, besides the verb."""
LET = words("let make makes made help helps helped watch watched see saw hear heard lets")
COMPOUNDS = words("sports sales arms savings goods customs works systems news")
"""Plurals that stand before a noun as one word with it."""
BE = words("am is are was were be been being i'm you're he's she's it's we're they're isn't wasn't aren't")
FEEL = BE | words("feel feels felt seem seems seemed quite very perfectly so more become became remain")
HAVE = words("have has had having haven't hasn't hadn't i've you've we've they've who've already ever never just")
HOW_CLOSE = words("so very too as how pretty really quite more come came comes get got")
CLOSE_TO = words("to by friend friends together range enough relative relatives")
ONCE = words("yesterday ago last earlier once when after before then previously")
OFTEN = words("every always often usually sometimes daily rarely seldom never now regularly if")
