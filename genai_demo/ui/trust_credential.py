"""The content credential of a file in words: what it says, and what the file was made from."""

from genai_demo.trust.credentials import SIGNED, Credential
from genai_demo.trust.history import COMPONENT, INPUT, PARENT, Statement
from genai_demo.ui.strings import TEXTS, say


def credential_words(found: Credential, kind: str, language: str) -> tuple[str, list[str]]:
    """The verdict in a few words, and what there is to add, a sentence or two each. kind: MIME type of the file."""
    if found.state == "none":
        note = "trust.state.none.note" if kind in SIGNED else "trust.cannot"
        return say("trust.state.none", language), [say(note, language)]
    notes = [say(f"trust.state.{found.state}.note", language)]
    if found.history:
        notes.append(_statement(found.history[0], language))
        tools = {0: found.history[0].tool}  # of the statement that each lies below
        for statement in found.history[1:]:
            notes.append(_ingredient(statement, tools.get(statement.depth - 1, ""), language))
            tools[statement.depth] = statement.tool
    if found.reasons:
        notes.append(", ".join(found.reasons))
    return say(_verdict(found), language), notes


def _verdict(found: Credential) -> str:
    """The key of the verdict: a sound signature over an edited file says so."""
    below = found.history[1:]
    if found.state in ("own", "valid"):
        if any(s.is_trained and s.role == PARENT for s in below):
            return "trust.state.edited.trained"
        if any(s.is_trained for s in below):
            return "trust.state.parts.trained"
        if any(s.role == PARENT for s in below):
            return "trust.state.edited"
    return f"trust.state.{found.state}"


def _statement(statement: Statement, language: str) -> str:
    """What one statement says."""
    words = [say("trust.tool", language, name=statement.tool)] if statement.tool else []
    if statement.signer:
        words.append(say("trust.signer", language, name=statement.signer))
    for source in statement.sources:
        key = f"trust.source.{source}"
        words.append(say(key, language) if key in TEXTS else say("trust.source", language, name=source))
    if statement.models:
        names = "; ".join(f"{name} {short}" for name, short in statement.models.items())
        words.append(say("trust.models", language, names=names))
    return " ".join(words)


def _ingredient(statement: Statement, above: str, language: str) -> str:
    """What the statement of something that went into the file says, with what is to be thought of it.

    above: the program that made something else of it.
    """
    role = statement.role if statement.role in (PARENT, COMPONENT, INPUT) else PARENT
    tool = above or say("trust.tool.unknown", language)
    words = [say(f"trust.role.{role}", language, tool=tool), _statement(statement, language)]
    if statement.recipe is not None:
        words.append(say("trust.role.ours", language))
    if statement.reasons:
        words.append(say("trust.role.broken", language, codes=", ".join(statement.reasons)))
    return "↳ " * statement.depth + " ".join(filter(None, words))
