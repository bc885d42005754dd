"""Sentences that are chosen among several, on a tiny random checkpoint."""

import itertools

import pytest

from genai_demo.core import greenlist
from genai_demo.core.sampling import Controls
from genai_demo.core.transformer import Transformer
from genai_demo.text import choose, generate
from genai_demo.text.coherence import Faults
from genai_demo.text.likelihood import log_probabilities
from tests.text.tiny import CONFIG, TOKENIZER, save_random_model

SIGNS = TOKENIZER.encode(".")[0], TOKENIZER.encode("。")[0]


@pytest.fixture(autouse=True)
def tiny_checkpoint(tmp_path, monkeypatch):
    """A model that knows nothing but that sentences are short."""
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("GENAI_DEVICE", "cpu")
    save_random_model()
    generate.load_model.cache_clear()
    logits = Transformer.logits

    def with_ends(self, hidden):
        found = logits(self, hidden)
        found[..., list(SIGNS)] = found.logsumexp(-1, keepdim=True) - 2.0  # one token of eight or so
        return found

    monkeypatch.setattr(Transformer, "logits", with_ends)
    monkeypatch.setattr(generate.model(), "faster", None)
    yield
    generate.load_model.cache_clear()


def last_of(prompt="Once", **settings):
    *_, last = generate.write(prompt, **({"max_tokens": 30, "seed": 1, "candidates": 4} | settings))
    return last


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_text_is_made_of_the_sentences_that_were_chosen(language):
    prompt = "Once" if language == "en" else "春天"
    states = list(generate.write(prompt, language=language, max_tokens=30, seed=1, candidates=4))
    texts = [state.texts[0] for state in states]
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(texts))
    (sentences,) = states[-1].choices
    assert len(sentences) > 1
    assert "".join(drawn[0].text for drawn in sentences).replace("\ufffd", "") == texts[-1]
    for drawn in sentences:
        assert 1 <= len(drawn) <= 4
        assert [c.score for c in drawn] == sorted((c.score for c in drawn), reverse=True)
    assert states[-1].tokens <= 30


def test_the_same_seed_gives_the_same_text_and_pieces_are_the_text():
    first, again, other = (last_of(seed=seed).texts for seed in (1, 1, 2))
    assert first == again != other
    pieces = list(generate.stream("Once", max_tokens=30, seed=1, candidates=4, temperature=0.6, repetition_penalty=1.2))
    assert "".join(pieces) == first[0] and len(pieces) > 1


def test_what_is_chosen_does_not_depend_on_how_many_texts_are_written():
    assert last_of(count=2).texts[0] == last_of().texts[0]
    assert len(set(last_of(count=2).texts)) == 2


def test_scores_are_those_of_the_model():
    head = generate.head_of("story", "en")
    (first, *_), *_ = last_of().choices
    for candidate in first:
        tokens = TOKENIZER.encode(candidate.text.strip())
        assert candidate.alone == pytest.approx(float(log_probabilities([(head, tokens)])[0]), rel=1e-4)
    assert any(candidate.given != candidate.alone for candidate in first)


def test_mutual_information_less_faults():
    clean, bad = Faults(0, 0, 0, 0.0), Faults(1, 2, 1, 0.5)
    assert choose.score(-10, -20, 10, clean, "story") == pytest.approx((-10 + choose.ALONE * 20) / 10)
    assert choose.score(-10, -30, 10, clean, "story") > choose.score(-10, -20, 10, clean, "story")
    cost = choose.score(-10, -20, 10, clean, "news") - choose.score(-10, -20, 10, bad, "news")
    assert cost == pytest.approx(choose.CONTRADICTION + choose.BROKEN + 0.5 * choose.SAID_BEFORE)
    assert choose.score(-10, -20, 10, bad, "story") < choose.score(-10, -20, 10, bad, "news")


def test_a_stop_string_ends_a_text_and_does_not_stand_in_it():
    whole = last_of().texts[0]
    stop = whole[len(whole) // 2 :][:3]
    stopped = last_of(stop=[stop])
    assert stopped.texts[0] == whole[: whole.find(stop)]
    assert stopped.ended == stopped.done == [True]


def test_the_last_sentence_is_whole_where_there_is_one():
    assert last_of(max_tokens=30).texts[0].rstrip().endswith((".", "!", "?", "\n", "…", '"'))
    assert last_of(max_tokens=2).texts[0]


def test_poems_code_and_temperature_0_are_sampled_plainly():
    for settings in ({"kind": "poem", "language": "zh"}, {"kind": "code"}, {"controls": Controls(temperature=0)}):
        assert not last_of(**settings).choices


def test_a_long_text_goes_on_when_the_context_is_full():
    last = last_of(max_tokens=3 * CONFIG.context)
    assert last.tokens > CONFIG.context or last.ended == [True]


def test_a_title_and_a_space_at_the_end_are_as_in_plain_sampling():
    assert last_of(title="A Hat").texts != last_of().texts
    assert last_of("Once ").texts[0] == last_of("Once").texts[0].removeprefix(" ")


@pytest.mark.parametrize("candidates", [0, 9, 1.5, True, "many"])
def test_numbers_of_candidates_that_make_no_sense(candidates):
    with pytest.raises(ValueError, match="number of candidates"):
        last_of(candidates=candidates)
    with pytest.raises(ValueError, match="number of candidates"):
        list(generate.chat(["Hello!"], candidates=candidates))


def test_the_mark_is_in_what_was_chosen():
    def greenness(mark: float) -> float:
        texts = [last_of(max_tokens=60, seed=seed, mark=mark).texts[0] for seed in range(4)]
        counts = [greenlist.count(TOKENIZER.encode(text), greenlist.key()) for text in texts]
        return sum(c.green for c in counts) / sum(c.tokens for c in counts)

    assert greenness(5.0) > greenness(0.0) + 0.15


@pytest.mark.parametrize(
    ("language", "sentence", "following", "over"),
    [
        ("en", " It rained.", " Then", True),
        ("en", " It rained", " and", False),
        ("en", ' "It rained.', '"', False),
        ("en", ' "It rained."', " Then", True),
        ("en", " It cost 3.", "5", False),
        ("en", " He saw Mr.", " Brown", False),
        ("en", " It rained.", "\n", True),
        ("en", " It rained.\n", "Then", True),
        ("en", "\n\n", "Then", False),
        ("zh", "下雨了。", "他", True),
        ("zh", "他说：“下雨了。", "”", False),
        ("zh", "他说：“下雨了。”", "她", True),
        ("zh", "下雨了，", "他", False),
    ],
)
def test_where_a_sentence_is_over(language, sentence, following, over):
    assert choose.is_over(language, TOKENIZER.encode(sentence), TOKENIZER.encode(following)[0]) is over


def test_a_chat_says_the_best_of_several_replies():
    from genai_demo.text import chat

    found = chat.replies(["Hello!"], max_tokens=10, seed=1)
    assert len(found) == chat.CANDIDATES and found[0].score == max(reply.score for reply in found)
    said = "".join(generate.chat(["Hello!"], max_tokens=10, seed=1))
    assert said in (found[0].text, chat.SPEECHLESS["en"])
    plain = list(generate.chat(["Hello!"], max_tokens=10, seed=1, candidates=1))
    assert len(plain) > 1
