"""English words that are written alike and spoken differently: their sounds, and the words that tell them apart."""

import functools

from genai_demo.audio.speech import english
from genai_demo.audio.speech.english import Phones, phones


def words(listed: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(listed.split())


_STRESSED = words(
    "record present object project produce conduct contract conflict permit increase decrease import protest rebel "
    "subject suspect desert insult progress transport transfer survey contest contrast convict convert digest discount "
    "escort extract insert reject refund recall segment torment upset address construct compound combine "
    "defect discharge incense pervert content console addict annex attribute compact compress conscript ferment "
    "implant impact incline perfect refill affix"
)
"""The noun or adjective is stressed in front, the verb behind; the dictionary lists both."""
_ENDING_IN_ATE = words(
    "estimate separate graduate moderate alternate deliberate duplicate advocate associate appropriate approximate "
    "articulate coordinate delegate elaborate intimate predicate subordinate animate aggregate degenerate "
    "laminate affiliate consummate correlate syndicate"
)
"""The noun or adjective ends without stress, the verb in EY T."""
_PAIRS = {
    "export": ("EH1 K S P AO0 R T", "IH0 K S P AO1 R T"), "entrance": ("EH1 N T R AH0 N S", "EH0 N T R AE1 N S"),
    "refuse": ("R EH1 F Y UW2 S", "R AH0 F Y UW1 Z"), "use": ("Y UW1 S", "Y UW1 Z"),
    "excuse": ("IH0 K S K Y UW1 S", "IH0 K S K Y UW1 Z"), "house": ("HH AW1 S", "HH AW1 Z"),
    "abuse": ("AH0 B Y UW1 S", "AH0 B Y UW1 Z"), "misuse": ("M IH0 S Y UW1 S", "M IH0 S Y UW1 Z"),
    "resume": ("R EH1 Z AH0 M EY2", "R IH0 Z UW1 M"), "live": ("L AY1 V", "L IH1 V"), "tear": ("T IH1 R", "T EH1 R"),
    "wind": ("W IH1 N D", "W AY1 N D"), "sow": ("S AW1", "S OW1"), "close": ("K L OW1 S", "K L OW1 Z"),
    "bow": ("B OW1", "B AW1"), "lead": ("L EH1 D", "L IY1 D"), "row": ("R OW1", "R OW1"),
    "initiate": ("IH2 N IH1 SH IY0 AH0 T", "IH2 N IH1 SH IY0 EY2 T"),
    "record": ("R EH1 K ER0 D", "R IH0 K AO1 R D"), "produce": ("P R OW1 D UW0 S", "P R AH0 D UW1 S"),
    "conduct": ("K AA1 N D AH0 K T", "K AH0 N D AH1 K T"), "separate": ("S EH1 P ER0 IH0 T", "S EH1 P ER0 EY2 T"),
    "aggregate": ("AE1 G R AH0 G AH0 T", "AE1 G R AH0 G EY2 T"),
}  # fmt: skip
LISTED = _STRESSED | _ENDING_IN_ATE | _PAIRS.keys()
"""Whose sound depends on their class."""
_IRREGULAR = {
    "lives": ("L AY1 V Z", "L IH1 V Z"), "houses": ("HH AW1 Z IH0 Z", "HH AW1 Z IH0 Z"),
    "leads": ("L IY1 D Z", "L IY1 D Z"),
}  # fmt: skip


@functools.lru_cache(1000)
def noun_and_verb(word: str) -> tuple[Phones, Phones] | None:
    """The sounds of a word in small letters as a noun or adjective and as a verb; None where they do not differ."""
    if word in _IRREGULAR:
        noun, verb = _IRREGULAR[word]
        return phones(noun), phones(verb)
    if pair := _pair(word):
        return pair
    if word.endswith("s") and (pair := _pair(word[:-1])):
        return english.plural(pair[0]), english.plural(pair[1])
    return None


def _pair(word: str) -> tuple[Phones, Phones] | None:
    if word in _PAIRS:
        noun, verb = _PAIRS[word]
        return phones(noun), phones(verb)
    if word in _STRESSED:
        listed = english.known(word)
        in_front = [p for p in listed if _stress(p) == 0]
        behind = [p for p in listed if _stress(p) > 0]
        return (in_front[0], behind[0]) if in_front and behind else None
    if word in _ENDING_IN_ATE:
        listed = english.known(word)
        weak = [p for p in listed if p[-2][1] == "0" and p[-2][0] != "EY"]
        strong = [p for p in listed if p[-2][0] == "EY"]
        return (weak[0], strong[0]) if weak and strong else None
    return None


def _stress(sounds: Phones) -> int:
    """Which vowel, counted from 0, has the strong stress."""
    return [mark for _, mark in sounds if mark].index("1")


METAL = words(
    "metal metals pipe pipes toxic poisonous poison poisoned poisoning pencil pencils paint paints gasoline petrol "
    "ore zinc copper tin mercury alloy plumbing solder battery batteries bullet bullets arsenic cadmium iron silver "
    "gold molten ingot shielding shield x-ray atomic heavy acid"
)
FISH = words(
    "sea striped largemouth smallmouth fish fishing fisherman fishermen caught catch lake river pond grilled fried "
    "fillet fillets angler trout perch salmon hook roasted baked oven stocked"
)
BENT = words(
    "ship ships boat boats canoe canoes vessel stern deck hull sailor port shoreward audience applause curtain curtsy "
    "low deep polite slight queen king stage actor actors took takes take taking shot head ended final"
)
"""Words beside which a bow is that of a ship, or of somebody who bends."""
WEAPON = words("arrow arrows tie violin cello fiddle string strings ribbon hair archer hunting quiver")
QUARREL = words(
    "furious blazing terrible huge heated argument argued neighbors neighbours loud had having erupted broke started "
    "political diplomatic public angry"
)
CLOTH = words(
    "shirt paper fabric page painting muscle ligament jacket sail tent curtain cloth jeans dress trousers pants net "
    "cartilage tendon knee meniscus canvas coat sleeve skin sweater rip wear retina screen cover"
)
NEEDLE = words("seamstress tailor needle thread stitch stitches fabric dress sewing embroidery cloth")
TINY = words(
    "detail details amount amounts quantity quantities particle particles difference differences trace traces change "
    "changes fraction portion crack cracks crystal crystals organism organisms hole holes examination variation "
    "variations proportion proportions dose doses size scale animals insects creatures"
)
"""What a minute thing is."""
