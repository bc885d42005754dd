"""Tiny archives in the formats of the real ones, and what the readers make of them.

``CONTENT``: for every source (name and pack) its files, by the end of their addresses, and the records
in them, without source and licence. The excerpts follow the real files, shortened.
"""

import urllib.parse

from genai_demo.text.sources import SOURCES
from tests.text.made_archives import catalogue, debian, lines, tarball, zipped
from tests.text.made_pairs import PAIRS
from tests.text.made_texts import TEXTS

FUNCTION = '''@lru_cache(None)
def is_leap(year: int) -> bool:
    """Tell a leap year from a common one.

    A year of 366 days comes every four years, except for most of the full centuries.
    """
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


class Calendar:
    def names(self, short=False):
        """The names of the months as a list, January first.

        Short names have three letters each, so that they fit into the head of a column of a table.
        """
        return [name[:3] if short else name for name in self.months]

    def undocumented(self):
        return [name for name in self.months if name.startswith("J") and name.endswith("y")] * len(self.months)
'''
MODULES = {"pkg/calendar.py": FUNCTION, "pkg/tests/test_calendar.py": FUNCTION, "pkg/template.py": "def {{ name }}():"}
FUNCTIONS = [
    {"kind": "function", "text": FUNCTION.split("\n\n\n")[0].split("\n", 1)[1]},
    {"kind": "method", "text": "\n".join(line[4:] for line in FUNCTION.split("class Calendar:\n")[1].split("\n")[:6])},
]
MESSAGES = {
    "": "Content-Type: text/plain; charset=UTF-8\n",
    "menu\4_Open…": "打开(_O)…",
    "%d files are gone": "%d 个文件不见了",
    "A <b>bold</b> word": "一个<b>粗体</b>词",
    "one cat\0many cats": "猫\0猫",
    "untranslated": "untranslated",
}
CODE: dict[tuple[str, str], tuple[dict[str, bytes | str], list[dict]]] = {
    ("cpython", "code"): (
        {
            "libpython3.11-stdlib_3.11.2-6+deb12u9_amd64.deb": debian({"usr/lib/python3.11/calendar.py": FUNCTION}),
            "libpython3.11-minimal_3.11.2-6+deb12u9_amd64.deb": debian({"usr/share/doc/x": "no code"}),
        },
        FUNCTIONS,
    ),
    ("TheAlgorithms", "code"): (
        {
            "dc8b0b12a682aab50b12cffd8563be30ae9ee649.tar.gz": tarball(
                {"P-dc/sorts/leap.py": FUNCTION, "P-dc/sorts/__init__.py": FUNCTION, "P-dc/setup.py": FUNCTION}
            )
        },
        [{"text": FUNCTION, "kind": "file"}],
    ),
    ("MBPP-train", "code"): (
        {
            "mbpp/mbpp.jsonl": lines(
                {
                    "task_id": 600,
                    "text": "Say yes.",
                    "code": "def yes():\r\n  return 1",
                    "test_list": ["assert yes() == 1"],
                },
                {"task_id": 11, "text": "Test part.", "code": "def no(): pass", "test_list": ["assert no()"]},
            )
        },
        [{"text": '"""Say yes.\nassert yes() == 1\n"""\ndef yes():\n  return 1', "kind": "mbpp"}],
    ),
}
CONTENT = TEXTS | PAIRS | CODE
for source in SOURCES:
    address = urllib.parse.unquote(source.files[0].addresses[0])
    if address.endswith("_all.deb"):
        CONTENT[source.name, source.pack] = (
            {address.rpartition("/")[2]: debian({"usr/share/locale/zh_CN/LC_MESSAGES/made.mo": catalogue(MESSAGES)})},
            [
                {"src": "Open…", "tgt": "打开…", "kind": "game" if source.name.startswith("cata") else "ui"},
                {"src": "one cat", "tgt": "猫", "kind": "game" if source.name.startswith("cata") else "ui"},
            ],
        )
    elif source.pack == "code" and (source.name, "code") not in CONTENT:
        CONTENT[source.name, "code"] = ({address.rpartition("/")[2]: zipped(MODULES)}, FUNCTIONS)
