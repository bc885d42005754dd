"""A visitor's own weights in the other tabs, through the API: theirs for them, the published ones for everyone else."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from gradio import networking
from gradio_client import Client, handle_file
from PIL import Image

from genai_demo.audio import sounds
from genai_demo.audio.effects import generate as effects
from genai_demo.audio.effects import own as own_sounds
from genai_demo.core import cards, checkpoint, limits
from genai_demo.core.lent import Lent, lending
from genai_demo.core.tuning import Point, Tuning
from genai_demo.faces import align
from genai_demo.faces import own as own_faces
from genai_demo.text import own as own_text
from genai_demo.trust import metadata
from genai_demo.ui import app, interpolation_actions, own_visits
from genai_demo.ui.strings import translations
from tests.caches import forget
from tests.lab.tiny_own import portrait, save_face_models, save_text_model, words
from tests.ui import effects_page

REAL = checkpoint.folder().resolve()
CONTROLS = (0.8, 1.0, 0, 0, 1.0)
"""Temperature, top-p, top-k, min-p and penalty."""
PATH = {"method": "lerp", "easing": "smooth", "frames": 4, "fps": 4, "loop": False, "truncation": 0.7}
SOUND = {"seconds": 0.5, "seed": 3, "brightness": 0, "density": 0, "loop": False, "guidance": 2, "steps": 2}
Call = Callable[[Client], Any]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The whole page over tiny networks."""
    with effects_page.networks(tmp_path_factory.mktemp("own")) as patch:
        patch.setenv("GENAI_CREDENTIALS", "off")
        patch.setattr(limits, "MIN_UPLOAD_SIDE", 8)
        patch.setenv("GENAI_MARKS", "off")  # a mark names the weights: what is compared is what they draw
        patch.setattr(networking, "url_ok", lambda *_: True)  # a busy machine answers Gradio's own question too late
        patch.setattr(align, "align_face", lambda picture: picture.convert("RGB").resize((128, 128)))
        for path in REAL.glob("repair*"):  # offers faces; it repairs nothing here
            (checkpoint.folder() / path.name).symlink_to(path)
        save_text_model()
        save_face_models()
        forget()
        demo = app.build()
        _, address, _ = demo.launch(
            server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, i18n=translations(), ssr_mode=False,
            show_error=True, footer_links=[], _frontend=False,
        )  # fmt: skip
        try:
            yield address
        finally:
            demo.close()
    forget()


@pytest.fixture(scope="module")
def visitor(url: str) -> Iterator[Client]:
    client = Client(url, verbose=False)
    yield client
    client.close()


@pytest.fixture
def mine(visitor: Client) -> Iterator[Client]:
    """A visit that keeps data here, until the end of the test."""
    visitor.predict(medium="texts", files=None, pasted=words(300), api_name="/check_own")
    yield visitor
    visitor.predict(api_name="/delete_own")


@pytest.fixture(scope="module")
def other(url: str) -> Iterator[Client]:
    client = Client(url, verbose=False)
    yield client
    client.close()


def shaken(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Its weights with noise on them."""
    source = torch.Generator().manual_seed(7)
    return {
        key: value + 0.3 * torch.randn(value.shape, generator=source) if value.is_floating_point() else value
        for key, value in network.state_dict().items()
    }


def lend(client: Client, medium: str, name: str, network: torch.nn.Module, material: Any, kind: str = "") -> None:
    """Put random weights where a finished training leaves its own, and press "Use my weights"."""
    visit = own_visits._sessions[client.session_hash]
    visit.start_afresh(medium, material, [])
    tuning = Tuning(None, visit.folder, {"medium": medium, "kind": kind, "seed": 0})
    tuning.points = [Point(0, 0.0, float("nan"), {"score": 2.0}), Point(10, 1.0, 1.5, {"score": 1.0})]
    tuning.best = {name: shaken(network)}
    visit.tuning = tuning
    assert "in use in this visit" in client.predict(on=True, api_name="/use_own")


def compare(calls: dict[str, Call], mine: Client, other: Client, use: Callable[[], None], kept: str = "") -> None:
    """Before, with own weights, and after everything was deleted. kept: calls whose results are remembered."""

    def results(client: Client, names: Iterable[str] = calls) -> dict[str, Any]:
        return {name: calls[name](client) for name in names}

    before = results(other)
    use()
    found = results(mine)
    assert [name for name in calls if found[name] == before[name]] == []
    forget()  # now the one with own weights comes first
    for name in kept.split(", ") if kept else list(calls)[:1]:
        assert results(mine, [name]) == {name: found[name]}
        assert results(other, [name]) == {name: before[name]}, "what the one visitor makes is kept for the other"
    mine.predict(api_name="/delete_own")
    assert results(mine) == before


def pixels(file: Any) -> bytes:
    """Of a picture that the API answers with."""
    path = file["path"] if isinstance(file, dict) else file
    with Image.open(path) as picture:
        return picture.convert("RGB").tobytes()


# --------------------------------------------------------------------------- portraits


def use_faces(client: Client) -> None:
    material = own_faces.Faces([portrait(i) for i in range(14)], [portrait(99), portrait(98)])
    lend(client, "pictures", "faces-gan", own_faces._copy(), material)


def begun(client: Client) -> Client:
    """The visitor, with what a page begins with: key faces and the corners of the map."""
    client.predict(api_name="/start_keys")
    client.predict(seeds="101, 148, 129, 139", truncation=0.7, api_name="/draw_map")
    return client


@pytest.mark.slow
def test_faces_of_every_tab_are_the_visitor_s(url: str, mine: Client, other: Client, tmp_path: Path) -> None:
    portrait(5).save(tmp_path / "me.png")
    upload = handle_file(str(tmp_path / "me.png"))

    def path(space: str) -> Call:
        return lambda c: json.loads(begun(c).predict(space=space, **PATH, api_name="/draw_path"))["sprite"]

    calls: dict[str, Call] = {
        "generate": lambda c: pixels(c.predict(seed=3, count=2, truncation=0.7, model="gan", noise=False,
                                               api_name="/generate_faces")[0][1]["image"]),
        "edit": lambda c: pixels(c.predict(layers="all", truncation=0.9, noise=True, api_name="/edit_selected")[0]),
        "mix": lambda c: pixels(c.predict(rows="1, 2", columns="3", layers="fine", truncation=0.7,
                                          api_name="/mix_styles")),
        "upload": lambda c: pixels(c.predict(upload=upload, model="gan", api_name="/project_face")[0][1]["image"]),
        "refine": lambda c: pixels(c.predict(upload=upload, steps=1, api_name="/refine_face")[0][1]["image"]),
        "keys": lambda c: pixels(begun(c).predict(truncation=0.7, api_name="/show_keys")[0]["image"]),
        "path w": path("w"),
        "path z": path("z"),
        "map": lambda c: pixels(begun(c).predict(point="0.2,0.7", truncation=0.7, api_name="/blend_faces")),
        "to be repaired": lambda c: pixels(c.predict(face=3, kind="hole", strength=0.2, seed=1,
                                                     api_name="/damage_face")["background"]),
    }  # fmt: skip
    compare(calls, mine, other, lambda: use_faces(mine), "path w, to be repaired")


def test_the_opening_map_is_kept_of_the_published_network_alone(url: str) -> None:
    published = interpolation_actions._opening_sheet()
    random = own_faces._copy()
    random.load_state_dict(shaken(random))
    with lending({"faces-gan": Lent(random, "")}):
        own = interpolation_actions._opening_sheet()
        forget()
        assert interpolation_actions._opening_sheet() == own != published
    assert interpolation_actions._opening_sheet() == published


def test_what_is_not_tuned_stays_that_of_the_page(url: str, mine: Client, other: Client) -> None:
    def drawn(client: Client) -> bytes:
        given = {"seed": 3, "count": 1, "truncation": 0.7, "noise": False}
        return pixels(client.predict(**given, model="vae", api_name="/generate_faces")[0][0]["image"])

    def path(client: Client) -> str:
        return json.loads(begun(client).predict(space="vae", **PATH, api_name="/draw_path"))["sprite"]

    use_faces(mine)
    assert drawn(mine) == drawn(other) and path(mine) == path(other)


def test_files_name_the_weights_that_drew_them(url: str, mine: Client, other: Client) -> None:
    """An animation that is saved later names the weights of when it was drawn; Trust makes a face again with them."""

    def models(client: Client) -> list[str]:
        files = client.predict(fps=4, api_name="/save_animation")
        return [metadata.read(Path(file).read_bytes()).models["faces-gan"] for file in files]

    published = [cards.fingerprint("faces-gan")] * 3
    use_faces(mine)
    own = own_visits.networks_of(mine.session_hash)["faces-gan"].fingerprint
    for client in (mine, other):
        begun(client).predict(space="w", **PATH, api_name="/draw_path")
    assert models(mine) == [own] * 3 and models(other) == published
    mine.predict(seed=3, count=1, truncation=0.7, model="gan", noise=True, api_name="/generate_faces")
    face = handle_file(mine.predict(layers="all", truncation=0.9, noise=True, api_name="/edit_selected")[0])
    assert "byte for byte" in mine.predict(upload=face, api_name="/remake_file")[0].lower()
    assert "other weights" in other.predict(upload=face, api_name="/remake_file")[0].lower()
    mine.predict(on=False, api_name="/use_own")
    assert models(mine) == [own] * 3
    mine.predict(space="w", **PATH, api_name="/draw_path")
    assert models(mine) == published


def test_weights_that_have_not_become_better_say_so(url: str, mine: Client) -> None:
    use_faces(mine)
    tuning = own_visits._sessions[mine.session_hash].tuning
    assert tuning is not None
    tuning.points = [Point(0, 0.0, float("nan"), {"score": 1.0}), Point(10, 1.0, 1.5, {"score": 2.0})]
    assert "Nothing has become better yet" in mine.predict(on=True, api_name="/use_own")


# --------------------------------------------------------------------------- texts


@pytest.mark.slow
def test_every_room_of_the_text_tab_uses_the_visitor_s(url: str, mine: Client, other: Client) -> None:
    where = {"words": "Entry 5. The lamp was lit.", "kind": "story", "language": "en"}
    written = ("Entry", -1, 1, "en", "story", "", "", 16, *CONTROLS, "", 0)
    calls: dict[str, Call] = {
        "continue": lambda c: c.predict(*written, api_name="/continue_text")[0],
        "three ways": lambda c: c.predict(*written, api_name="/three_ways")[:3],
        "chat": lambda c: c.predict("Hello", [], "en", 16, 2, *CONTROLS, True, api_name="/chat")[1][-1]["content"],
        "translate": lambda c: c.predict(words="The lamp was lit.", way="en-zh", api_name="/translate_aligned")[0],
        "code": lambda c: c.predict(code="def f(x):\n    ", temperature=0.4, length=8, seed=1,
                                    api_name="/suggest_code"),
        "tokens": lambda c: c.predict(**where, api_name="/look_inside")[0],
        "next": lambda c: c.predict(*where.values(), *CONTROLS, api_name="/next_tokens"),
        "attention": lambda c: c.predict(**where, layer=1, head=1, api_name="/attention"),
    }  # fmt: skip

    def use() -> None:
        material = own_text.Texts(["a"], ["b"], "en")
        lend(mine, "texts", "text", own_text.new_network(), material, "story")

    compare(calls, mine, other, use)


# --------------------------------------------------------------------------- sounds


def use_sounds(client: Client) -> None:
    material = own_sounds.Sounds([np.ones(100, np.float32)], [np.ones(100, np.float32)])
    lend(client, "sounds", effects.NAME, own_sounds.new_network(), material, "dogs")


def make(client: Client) -> Any:
    return client.predict(kind="dogs", second="fire", share=0, **SOUND, api_name="/play_effect")


def heard(player: str) -> bytes:
    """Samples of the first sound of a player or list."""
    return sounds.read(Path(json.loads(player)["sounds"][0]["file"]).read_bytes()).tobytes()


@pytest.mark.slow
def test_sounds_are_the_visitor_s(url: str, mine: Client, other: Client) -> None:
    calls: dict[str, Call] = {
        "make": lambda c: heard(make(c)[0]),
        "morph": lambda c: heard(c.predict(kind="dogs", second="fire", **SOUND, api_name="/morph_effects")[0]),
        "vary": lambda c: make(c) and heard(c.predict(strength=0.5, seed=4, api_name="/vary_effect")[0]),
    }
    compare(calls, mine, other, lambda: use_sounds(mine), "make, vary")


def test_an_earlier_sound_stays_what_it_was(url: str, mine: Client) -> None:
    published, name = heard(make(mine)[0]), cards.fingerprint(effects.NAME)
    use_sounds(mine)
    own = heard(make(mine)[0])
    taken = mine.predict(picked=2, api_name="/take_earlier")
    player, ogg = (
        next(v for v in taken if str(v).startswith('{"sounds"')),
        next(v for v in taken if str(v).endswith(".ogg")),
    )
    assert heard(player) == published != own
    assert metadata.read(Path(ogg).read_bytes()).models[effects.NAME] == name
