"""The text room's door, on a tiny random checkpoint."""

import re

import pytest
import torch

from genai_demo.core import decode, limits
from genai_demo.core.sampling import Controls
from genai_demo.core.transformer import Transformer
from genai_demo.text import generate, inside, scripts, suggest, translate, verse
from tests.text.tiny import CONFIG, TOKENIZER, save_random_model


@pytest.fixture(autouse=True)
def tiny_checkpoint(tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    save_random_model()
    generate.load_model.cache_clear()
    yield
    generate.load_model.cache_clear()


def test_streams_repeat_and_differ_by_seed():
    first, again, other = ("".join(generate.stream("Once", max_tokens=20, seed=s)) for s in (1, 1, 2))
    assert first == again != other
    assert first


def test_pieces_are_the_text():
    pieces = list(generate.stream("春天", language="zh", max_tokens=30, seed=3, candidates=1))
    assert len(pieces) > 5
    states = list(generate.write("春天", language="zh", max_tokens=30, seed=3, candidates=1))
    assert "".join(pieces) == states[-1].texts[0]
    assert states[0].tokens == 1


def test_several_at_once_are_those_one_by_one(monkeypatch):
    monkeypatch.setattr(generate.model(), "faster", None)
    last = list(generate.write("Once", count=3, max_tokens=15, seed=5, candidates=1))[-1]
    assert all(last.done)
    for i, text in enumerate(last.texts):
        assert text == "".join(generate.stream("Once", max_tokens=15, seed=5 + i, candidates=1))


def test_a_space_at_the_end_of_the_prompt_changes_nothing_but_itself():
    bare = list(generate.write("Once upon", max_tokens=30, seed=4))[-1].texts[0]
    spaced = list(generate.write("Once upon ", max_tokens=30, seed=4))[-1].texts[0]
    assert spaced == bare.removeprefix(" ")


def written(prompt, **settings):
    return "".join(generate.stream(prompt, max_tokens=80, temperature=1.5, top_p=1.0, candidates=1, **settings))


def test_a_text_stays_in_the_script_of_its_language():
    """The random model would mix them all the time."""
    english, chinese = written("Once", seed=1), written("春天", language="zh", seed=1)
    assert not scripts.HAN.search(english)
    assert scripts.HAN.search(chinese)
    assert not re.search(r" [A-Za-z]", chinese)


def test_who_mixes_the_scripts_gets_them_mixed():
    assert scripts.HAN.search(written("She wrote 春天 in", seed=1))
    assert re.search(r"[a-z]{3}", written("他说 hello", language="zh", seed=1))
    assert scripts.HAN.search(written("def f():  # ", kind="code", seed=1))


def test_a_translation_into_english_has_no_chinese():
    assert not scripts.HAN.search(generate.translate("我喜欢苹果。", "zh", "en"))
    into_chinese = TOKENIZER.encode(generate.translate("The picture looks better now.", "en", "zh"))
    assert scripts.native("zh")[into_chinese].all()


def test_names_may_stand_in_a_chinese_translation():
    assert scripts.names("The picture of Brzezinski is on my iPhone, 5 of them.") == ["Brzezinski", "iPhone", "5"]
    assert scripts.names("Mary went to Tom's on Monday. I'm ill.") == []
    assert scripts.names("Write to bob@example.com.") == ["bob@example.com"]
    allowed = scripts.translated("Ask Brzezinski.", "zh")
    assert allowed[TOKENIZER.encode("问 Brzezinski。")].all()
    words = TOKENIZER.encode(" picture looks")
    assert not allowed[words].any() and not scripts.translated("问。", "zh")[words].any()
    assert scripts.translated("问他。", "en")[words].all()


def test_a_stop_string_never_shows():
    free = "".join(generate.stream("Once", max_tokens=60, seed=4, candidates=1))
    stop = free[10:13]
    found = "".join(generate.stream("Once", max_tokens=60, seed=4, stop=(stop,), candidates=1))
    assert found == free[: free.find(stop)]


def test_leaving_early_stops_at_once(monkeypatch):
    steps, step = [], Transformer.step

    def counted(self, *given):
        steps.append(1)
        return step(self, *given)

    monkeypatch.setattr(Transformer, "step", counted)
    monkeypatch.setattr(generate.model(), "faster", None)
    pieces = generate.stream("Once", max_tokens=1000, seed=1, candidates=1)
    for _ in range(3):
        next(pieces)
    before = len(steps)
    assert 0 < before < 20
    pieces.close()
    assert len(steps) == before and next(pieces, None) is None


@pytest.mark.parametrize(
    "prompt",
    ["", " ", "\ud800 lone", "שלום", "\x00\x07", "<|end|><story>[INST]", "x" * limits.MAX_PROMPT, "👩‍👩‍👧"],
)
def test_any_words_are_text(prompt):
    state = list(generate.write(prompt, max_tokens=5))[-1]
    assert state.tokens <= 5
    tokens = len(TOKENIZER.encode(prompt))
    assert (state.forgotten > 0) == (tokens + 3 > CONFIG.context - 1)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"prompt": "x" * (limits.MAX_PROMPT + 1)}, "longer than 20,000 characters"),
        ({"kind": "opera"}, "No kind is called 'opera'"),
        ({"language": "tlh"}, "No language is called"),
        ({"max_tokens": 0}, "whole number from 1"),
        ({"count": 99}, "number of continuations"),
        ({"controls": Controls(temperature=9)}, "temperature must be"),
        ({"kind": "poem", "language": "zh", "form": "limerick"}, "No form is called"),
    ],
)
def test_bad_input_is_a_sentence(settings, words):
    with pytest.raises(ValueError, match=words):
        list(generate.write(**{"prompt": "Once"} | settings))


def test_a_missing_checkpoint_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "none"))
    generate.load_model.cache_clear()
    with pytest.raises(ValueError, match="no checkpoint called 'text'"):
        list(generate.stream("Once"))


def test_a_chat_answers_and_takes_long_ones():
    assert "".join(generate.chat(["Hello!"], max_tokens=10))
    long = ["Tell me about bears. " * 10, "No."] * 6 + ["Why?"]
    assert "".join(generate.chat(long, max_tokens=10))
    for turns in ([], ["Hi", "Hello"], [" "]):
        with pytest.raises(ValueError, match="Write something first"):
            list(generate.chat(turns))


def test_translation_keeps_the_layout():
    text = "I have a cat. It is black!\n\nGood night.\n"
    pieces = list(generate.translate_sentences(text, beams=2))
    assert "".join(piece for piece, _ in pieces) == text
    assert [bool(found) for _, found in pieces] == [True, True, False, True, False]
    assert all(len(found) == 2 for _, found in pieces if found)
    assert generate.translate(text).count("\n") >= 2
    with pytest.raises(ValueError, match="different languages"):
        generate.translate("Hi", "en", "en")


@pytest.mark.parametrize(
    ("target", "given", "wanted"),
    [
        ("en", "我有猫。你好。\n\n晚安。", "Fine. Fine.\n\nFine."),
        ("en", "我有猫。 你好。", "Fine. Fine."),
        ("zh", "I have a cat. It is black!\nGood night. ", "好。好。\n好。"),
    ],
)
def test_sentences_are_joined_as_the_language_has_it(target, given, wanted, monkeypatch):
    tokens = TOKENIZER.encode("Fine." if target == "en" else "好。")
    monkeypatch.setattr(translate, "_translated", lambda *_: [translate.Translation(TOKENIZER.decode(tokens), 0, 0, 0)])
    assert generate.translate(given, "zh" if target == "en" else "en", target) == wanted


def test_translations_are_ranked_by_both_directions():
    mark, net = TOKENIZER.control, generate.model()

    def log_probability(tokens: list[int], first: int) -> float:
        logits = net(torch.tensor([tokens]))[0].log_softmax(1)
        return float(sum(logits[i - 1, tokens[i]] for i in range(first, len(tokens))))

    source = TOKENIZER.encode("I have a cat.")
    prompt = [mark("translate"), mark("en"), *source, mark("zh")]
    texts = [TOKENIZER.encode(t) for t in ("我有一只猫。", "我", "猫猫猫猫", "There is one.", "我有猫。好。")]
    scores = {}
    for tokens in texts:
        there = log_probability([*prompt, *tokens, mark("end")], len(prompt))
        whole = [prompt[0], mark("zh"), *tokens, mark("en"), *source, mark("end")]
        back = log_probability(whole, len(whole) - len(source) - 1)
        scores[tuple(tokens)] = (there + translate.OTHER_WAY * back) / (len(tokens) + 1) ** translate.LENGTH_PENALTY
    ranked = translate._both_ways(prompt[:1], prompt[1:], texts)
    assert [texts[place] for place, *_ in ranked] == sorted(texts, key=lambda t: -scores[tuple(t)])
    for place, there, back, score in ranked:
        assert score == pytest.approx(scores[tuple(texts[place])], rel=1e-3)
        size = (len(texts[place]) + 1) ** translate.LENGTH_PENALTY
        assert score == pytest.approx((there + translate.OTHER_WAY * back) / size, rel=1e-4)


def test_code_is_ranked_and_not_repeated():
    for suffix in ("", "\n    return x"):
        ranked = generate.rank_code("def f(x):\n", suffix, count=4, max_tokens=8)
        texts = [text for text, _ in ranked]
        assert len(set(texts)) == len(texts)
        assert generate.complete_code("def f(x):\n", suffix, count=4, max_tokens=8) == texts


def likely(monkeypatch, score):
    """Let suggestions be as likely as a function of their text says."""
    monkeypatch.setattr(suggest, "_scores", lambda _, __, texts: ({t: score(t) for t in texts},) * 2)


def test_code_that_comes_to_no_end_stands_behind_the_rest(monkeypatch):
    found = generate.Writing(["return x", "x = x = x", "return", "pass"], [True] * 4, [True, False, True, False], 9, 0)
    monkeypatch.setattr(suggest, "continuations", lambda *_: iter([found]))
    likely(monkeypatch, lambda text: -text.count("x") / 10)
    ranked = generate.rank_code("def f(x):\n", count=4)
    assert [text for text, _ in ranked] == ["return", "return x", "pass", "x = x = x"]


def test_code_that_broke_off_ends_with_its_last_line_that_parses(monkeypatch):
    texts = ["    y = x\n    return y", "    y = x\n    return (y", "    y = x\n    if y:\n", "    y = (x\n"]
    found = generate.Writing(texts, [True] * 4, [True, False, False, False], 9, 0)
    monkeypatch.setattr(suggest, "continuations", lambda *_: iter([found]))
    assert {text for text, _ in generate.rank_code("def f(x):\n", count=4)} == {texts[0], "    y = x", texts[3]}


def test_where_nothing_parses_a_part_that_does_is_suggested_or_nothing(monkeypatch):
    found = generate.Writing(["return (x +", "return [x,"], [True] * 2, [False] * 2, 9, 0)
    monkeypatch.setattr(suggest, "continuations", lambda *_: iter([found]))
    assert generate.complete_code("def f(x):\n    ", count=4)[0] == "return"
    found = generate.Writing([")", ")("], [True] * 2, [False] * 2, 9, 0)
    monkeypatch.setattr(suggest, "continuations", lambda *_: iter([found]))
    assert generate.complete_code("def f(x):\n    ", count=4) == []
    assert set(generate.complete_code("def f(x:\n    ", count=4)) == {")", ")("}  # nothing would parse there


def test_code_for_a_gap_ends_where_it_would_repeat_what_follows(monkeypatch):
    texts = ["    y = x\n    return y", "    y = x\n    return (y", "    y = (x\n", "    y = 2 * x"]
    found = generate.Writing(texts, [True] * 4, [True, False, False, True], 9, 0)
    monkeypatch.setattr(suggest, "continuations", lambda *_: iter([found]))
    filled = [text for text, _ in generate.rank_code("def f(x):\n", "\n    return y", count=4)]
    assert set(filled) == {"    y = x", "    y = 2 * x", "    y"}


def test_code_that_parses_stands_in_front_and_then_what_knows_its_names(monkeypatch):
    texts = ["return (x", "return total", "return x + 1", "retur n"]
    found = generate.Writing(texts, [True] * 4, [True] * 4, 9, 0)
    monkeypatch.setattr(suggest, "continuations", lambda *_: iter([found]))
    ranked = [text for text, _ in generate.rank_code("def f(x):\n    ", count=4)]
    assert ranked[:2] == ["return x + 1", "return total"] and set(ranked[2:]) == {"return (x", "retur n"}


@pytest.mark.parametrize("level", ["\t", "  ", "    "])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_code_comes_in_the_layout_that_it_goes_on_from(monkeypatch, level, line_end):
    read = []

    def written(head, prompt, *_):
        read.append(TOKENIZER.decode(prompt))
        yield generate.Writing([" if x:\n            return 1\n        return 2"], [True], [True], 4, 0)

    monkeypatch.setattr(suggest, "continuations", written)
    code = line_end.join(["class A:", f"{level}def f(self, x):", f"{level}{level}x = 1", 2 * level])
    ((suggestion, _),) = generate.rank_code(code, count=1)
    assert read == ["class A:\n    def f(self, x):\n        x = 1\n       "]
    assert suggestion == line_end.join(["if x:", 3 * level + "return 1", 2 * level + "return 2"])
    compile(code + suggestion, "made", "exec")


def test_code_that_one_way_ended_is_not_put_behind_by_another_that_was_cut_back_to_it(monkeypatch):
    found = generate.Writing(["pass", "return x", "pass\nx = ("], [True] * 3, [True, True, False], 9, 0)
    monkeypatch.setattr(suggest, "continuations", lambda *_: iter([found]))
    likely(monkeypatch, lambda text: -text.count("x"))
    assert [text for text, _ in generate.rank_code("", count=3)] == ["pass", "return x"]


def test_code_after_an_indent_does_not_begin_with_one_more_space(monkeypatch):
    read = []

    def written(head, prompt, *_):
        read.append(TOKENIZER.decode(prompt))
        yield generate.Writing([" return x", "return y"], [True] * 2, [True] * 2, 4, 0)

    monkeypatch.setattr(suggest, "continuations", written)
    assert {text for text, _ in generate.rank_code("def f(x):\n    ")} == {"return x", "return y"}
    assert {text for text, _ in generate.rank_code("def f(x):\n")} == {" return x", "return y"}
    assert read == ["def f(x):\n   ", "def f(x):\n"]


def test_a_text_that_has_ended_goes_on_all_the_same(monkeypatch):
    drawn = decode.candidates
    end = TOKENIZER.control("end")

    def longing(logits, *given):  # for nothing but an end
        return drawn(logits + 100 * (torch.arange(logits.shape[1]) == end), *given)

    monkeypatch.setattr(decode, "candidates", longing)
    *_, last = generate.write("First.", count=2, max_tokens=9, seed=1, candidates=1)
    assert last.tokens == 2 and all(last.texts) and last.ended == [True, True]
    whole = "春眠不觉晓，处处闻啼鸟。" * (verse.LONGEST_POEM // 2)
    *_, poem = generate.write(whole, "poem", "zh", 1, 9, line_length=5, seed=1)
    assert poem.ended == [True] and poem.tokens == 0  # nothing else may come


def test_a_text_that_is_cut_off_has_not_ended():
    *_, cut = generate.write("The bears", count=2, max_tokens=3, seed=1, candidates=1)
    assert cut.done == [True, True] and cut.ended == [False, False]
    *_, whole = generate.write("The bears", max_tokens=60, seed=1, candidates=1)
    stop = whole.texts[0][4:8]
    *_, stopped = generate.write("The bears", max_tokens=60, seed=1, candidates=1, stop=[stop])
    assert stopped.ended == [True] and stop not in stopped.texts[0]


def test_a_text_does_not_go_round_in_circles(monkeypatch):
    whole, drawn = decode.continuations, []

    def recorded(*given, **more):
        for tokens in whole(*given, **more):
            drawn.append(tokens[0])
            yield tokens

    monkeypatch.setattr(decode, "continuations", recorded)
    list(generate.write("", "code", controls=Controls(temperature=0), max_tokens=120))
    tokens = [token for token in drawn if token is not None]
    assert len(tokens) > 20
    for size in range(2, 25):
        for i in range(len(tokens) - 3 * size):
            a, b, c = (tokens[i + k * size : i + (k + 1) * size] for k in range(3))
            assert not a == b == c or len(set(a)) == 1


def test_inspection_covers_every_token():
    text = "The bears ate 粥."
    views = inside.inspect(text)
    assert len(views) == len(TOKENIZER.encode(text))
    for view in views:
        assert 0 <= view.probability <= 1
        assert view.alternatives[0][1] >= view.probability
        assert (view.rank == 0) == (view.alternatives[0][1] == view.probability)
    names, maps = inside.attention(text)
    assert names[:3] == ["<story>", "<en>", "<body>"]
    assert maps.shape == (CONFIG.layers, CONFIG.heads, len(names), len(names))


def test_scores_add_up_over_windows():
    text = "Once there were bears. " * 20
    found = generate.score(text)
    assert found["tokens"] == len(TOKENIZER.encode(text)) > CONFIG.context
    assert 1 < found["bits_per_byte"] < 12
    short = "Once there were bears."
    views = inside.inspect(short)
    nats = -sum(torch.tensor(v.probability).log2().item() for v in views)
    assert generate.score(short)["bits_per_byte"] * len(short) == pytest.approx(nats, rel=0.02)
    with pytest.raises(ValueError, match="Write some text"):
        generate.score("")


# The command


@pytest.mark.parametrize("kind", ["story", "poem", "chat", "code", "translate"])
def test_every_kind_can_be_asked_for_on_the_command_line(kind, capsys):
    from genai_demo import __main__ as cli

    command = ["generate", "text", "Once there was", f"--kind={kind}", "--tokens=6", "--seed=2"]
    assert cli.main(command) == 0
    first = capsys.readouterr().out
    assert first.strip()
    assert cli.main(command) == 0
    assert capsys.readouterr().out == first


def test_every_word_of_a_translation_shares_out_its_attention():
    given, found, shares = inside.align("I have cats.", "我有猫。")
    assert "".join(given) == "I have cats."
    assert "".join(found) == "我有猫。"
    assert shares.shape == (len(found), len(given))
    torch.testing.assert_close(shares.sum(1), torch.ones(len(found)))
    assert inside.align("", "我")[2].shape == (0, 0)


def test_the_alignment_reads_the_row_that_predicts_each_token(monkeypatch):
    def look(self, tokens, cache=None, seen=None):
        """Predicting the first token of the translation, all heads look at the second of the source."""
        size = tokens.shape[1]
        weights = torch.full((1, CONFIG.heads, size, size), 0.01)
        weights[..., 2 + 2, 2 + 1] = 1.0  # after task, language and two tokens comes the target language
        seen.extend([weights] * CONFIG.layers)

    monkeypatch.setattr(Transformer, "hidden", look)
    given, found, shares = inside.align("one two", "一二三")
    assert len(given) == 2
    assert shares[0].argmax() == 1
    assert shares[0, 1] > 0.7
    assert shares.shape == (len(found), 2)


def test_next_tokens_before_and_after_the_controls():
    free = inside.next_tokens("Once", controls=Controls(temperature=1.0, top_p=1.0))
    assert all(before == pytest.approx(after, rel=1e-4) for _, before, after in free)
    assert [b for _, b, _ in free] == sorted((b for _, b, _ in free), reverse=True)
    greedy = inside.next_tokens("Once", controls=Controls(temperature=0.0))
    assert [after for _, _, after in greedy] == [1.0] + [0.0] * (len(greedy) - 1)
    few = inside.next_tokens("Once", controls=Controls(temperature=1.0, top_p=1.0, top_k=3))
    assert sum(after > 0 for _, _, after in few) == 3
    assert inside.next_tokens("", count=4)


def test_shape_is_read_from_the_card():
    assert generate.shape() == (CONFIG.layers, CONFIG.heads)


def test_without_a_checkpoint_the_page_still_opens(tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "empty"))
    (tmp_path / "empty").mkdir()
    assert generate.shape() == (1, 1)
    generate.load_model.cache_clear()
    with pytest.raises(ValueError, match="no checkpoint called 'text'"):
        next(generate.write("Once"))
