"""Tiny sources of stories, news and Chinese texts, and the records in them; see ``made_sources``."""

import bz2
import lzma

from tests.text.made_archives import lines, tarball, zipped

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
STORY = "Once upon a time there was a seal who caught a man."

TEXTS: dict[tuple[str, str], tuple[dict[str, bytes | str], list[dict]]] = {
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
}
