"""English words whose sound no dictionary or rule gives: abbreviations, names of the trade, joined words."""

_SPELLED = (
    "US UK EU UN IT AI PR HR ID PM AM TV PC DJ MC ER OS IP VR AR ML UI UX CV DIY FAQ ATM AC DC "
    "LA LED MIT SAT IDE API NGO AKA RIP AD BC BCE CE EV LOL FYI SOS MA PA MS MD UPS ALS CO IR HQ GE WHO"
)
SPELLED = frozenset(_SPELLED.split())
"""Written in capitals these are read letter by letter, though some are words in small letters."""

SPOKEN = {
    "covid": "K OW1 V IH0 D", "jpeg": "JH EY1 P EH2 G", "json": "JH EY1 S AH0 N", "yaml": "Y AE1 M AH0 L",
    "gif": "G IH1 F", "gui": "G UW1 IY0", "lidar": "L AY1 D AA2 R", "oled": "OW1 L EH2 D",
    "uefa": "Y UW0 EY1 F AH0", "ebitda": "IY1 B IH0 T D AA2", "fifo": "F AY1 F OW0", "asap": "EY2 S EY2 EY2 P IY1",
    "nginx": "EH2 N JH IH0 N EH1 K S", "kubernetes": "K UW2 B ER0 N EH1 T IY0 Z", "airbnb": "EH2 R B IY2 EH2 N B IY1",
    "spacex": "S P EY2 S EH1 K S", "elon": "IY1 L AA0 N", "vlog": "V L AO1 G", "docx": "D AA1 K S",
    "numpy": "N AH1 M P AY2", "scipy": "S AY1 P AY2", "ios": "AY2 OW2 EH1 S", "ipados": "AY2 P AE2 D OW2 EH1 S",
    "saas": "S AE1 S", "iot": "AY2 OW2 T IY1", "mysql": "M AY2 EH2 S K Y UW2 EH1 L", "vue": "V Y UW1",
    "ebay": "IY1 B EY2", "moderna": "M AH0 D ER1 N AH0", "postgresql": "P OW2 S T G R EH2 S K Y UW2 EH1 L",
    "qwerty": "K W ER1 T IY0", "captcha": "K AE1 P CH AH0",
    "pytorch": "P AY1 T AO2 R CH", "brexit": "B R EH1 K S IH0 T", "regex": "R EH1 JH EH2 K S",
    "ubuntu": "UW0 B UH1 N T UW0", "wysiwyg": "W IH1 Z IY0 W IH2 G", "phd": "P IY2 EY2 CH D IY1",
    "nacl": "EH2 N EY2 S IY2 EH1 L", "naoh": "EH2 N EY2 OW2 EY1 CH",
    "apis": "EY2 P IY2 AY1 Z",
}  # fmt: skip
"""Read so whatever their capitals."""
