"""Variables are looked at when a program starts: one sentence that names the variable."""

import pytest

from genai_demo import __main__ as cli
from genai_demo.core import environment, greenlist

VARIABLES = [
    "GENAI_POLICY", "GENAI_CREDENTIALS", "GENAI_MARKS", "GENAI_PRECISION", "GENAI_FACES_URL", "GENAI_TEXT_URL",
    "GENAI_DATA", "GENAI_HOME", "GENAI_CHECKPOINTS", "GENAI_PRIVATE", "GENAI_CERTIFICATE", "GENAI_CERTIFICATE_KEY",
    "GENAI_SOUNDFONT", "GENAI_HOSTS", "GENAI_PROXIES", "GENAI_TEXT_KEY", "GENAI_DEVICE",
]  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def look() -> None:
    environment.check()
    environment.check_device()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GENAI_POLICY", "maybe"),
        ("GENAI_CREDENTIALS", "2"),
        ("GENAI_MARKS", "none"),
        ("GENAI_PRECISION", "half"),
        ("GENAI_FACES_URL", "mirror.example.org"),
        ("GENAI_TEXT_URL", "file:///etc"),
        ("GENAI_DATA", "/nowhere/at/all"),
        ("GENAI_HOME", "/dev/null"),
        ("GENAI_CHECKPOINTS", "/nowhere/at/all"),
        ("GENAI_CHECKPOINTS", "/dev/null"),
        ("GENAI_PRIVATE", "/dev/null"),
        ("GENAI_PRIVATE", "/dev/null/below"),
        ("GENAI_CERTIFICATE", "/nowhere.pem"),
        ("GENAI_CERTIFICATE_KEY", "/nowhere.pem"),
        ("GENAI_SOUNDFONT", "/nowhere.sf2"),
        ("GENAI_HOSTS", "https://demo.example.org"),
        ("GENAI_HOSTS", "demo.example.org:7860"),
        ("GENAI_HOSTS", "demo example"),
        ("GENAI_HOSTS", "a,,*"),
        ("GENAI_PROXIES", "-1"),
        ("GENAI_PROXIES", "10"),
        ("GENAI_PROXIES", "two"),
        ("GENAI_PROXIES", "²"),
        ("GENAI_DEVICE", "gpu"),
        ("GENAI_DEVICE", "cuda:99"),
        ("GENAI_DEVICE", "cuda:x"),
    ],
)
def test_a_strange_value_is_named(name, value, monkeypatch, capsys):
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError) as caught:
        look()
    assert name in str(caught.value) and repr(value) in str(caught.value) and "\n" not in str(caught.value)
    assert cli.main(["generate", "faces"]) == 2  # before any face is made
    said = capsys.readouterr()
    assert said.out == "" and name in said.err and said.err.count("\n") == 1


@pytest.mark.parametrize("value", ["abc", "1.5", "0x1F", "secret 7"])
def test_the_key_of_the_mark_is_not_repeated(value, monkeypatch):
    monkeypatch.setenv("GENAI_TEXT_KEY", value)
    for told in (look, greenlist.key):
        with pytest.raises(ValueError, match=r"^GENAI_TEXT_KEY must be a whole number\.$") as caught:
            told()
        assert caught.value.__cause__ is None and caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[
            (name, value)
            for name in VARIABLES[:3]
            for value in ("", "on", "off", "ON", "False", "0", " 1 ", "yes", "no")
        ],
        ("GENAI_PRECISION", "float32"),
        ("GENAI_PRECISION", "bfloat16"),
        ("GENAI_FACES_URL", "https://mirror.example.org/x/"),
        ("GENAI_HOSTS", "demo.example.org, LOCALHOST ,10.0.0.1,2001:db8::1"),
        ("GENAI_PROXIES", "9"),
        ("GENAI_TEXT_KEY", "-12"),
        ("GENAI_DEVICE", "cpu"),
        ("GENAI_HOME", "/tmp/not-there-yet-genai"),
        *[(name, "") for name in VARIABLES],
    ],
)
def test_what_may_be_is_taken(name, value, monkeypatch):
    monkeypatch.setenv(name, value)
    assert look() is None


def test_a_folder_of_weights_may_still_be_missing_where_they_are_trained(tmp_path, monkeypatch):
    monkeypatch.setenv("GENAI_CHECKPOINTS", str(tmp_path / "new"))
    environment.check(writes_checkpoints=True)
    with pytest.raises(ValueError, match="There is no such folder"):
        environment.check()


@pytest.mark.parametrize("value", ["off", "0", "No", "FALSE"])
def test_switches_go_off(value, monkeypatch):
    monkeypatch.setenv("GENAI_POLICY", value)
    assert not environment.switched_on("GENAI_POLICY")
    monkeypatch.setenv("GENAI_POLICY", "on")
    assert environment.switched_on("GENAI_POLICY")


def test_hosts_in_small_letters(monkeypatch):
    monkeypatch.setenv("GENAI_HOSTS", " A.example , b ,,")
    assert environment.hosts() == ("a.example", "b")
