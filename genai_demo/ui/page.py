"""The page as strangers meet it: only uploads come in as files, and every failure is a sentence."""

import errno
import re
import traceback
from pathlib import Path
from typing import Any

import gradio as gr
from gradio import utils

from genai_demo.ui.common import OutOfRange
from genai_demo.ui.errors import localise
from genai_demo.ui.strings import language_of
from genai_demo.ui.texts_service import DISK_FULL, FOREIGN_FILE, NOT_FITTING, OUT_OF_MEMORY, SOMETHING_WRONG
from genai_demo.ui.waiting import Kept

MAX_DEPTH = 40
"""Of lists in lists."""
MAX_WORDS = 500
"""Characters of an error that are shown: it may repeat what it was given."""
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NO_CHOICE = re.compile(r"Value: .* is not in the list of choices: \[(.*)\]", re.DOTALL)
"""How Gradio says it: of an error that a component raises it keeps nothing but the words."""


class ForeignFile(ValueError):
    """A value that names a file that was not uploaded here."""


class Page(gr.Blocks):
    """Gradio's page, but for what it sends, what it reads and what it says of errors."""

    def get_config_file(self) -> Any:
        """What the browser builds the page from, without what is said of a component three times: a sixth of it.

        Where a component takes and gives the same, Gradio itself and its clients read "api_info".
        """
        config = super().get_config_file()
        for component in config["components"]:
            for name in ("api_info_as_input", "api_info_as_output"):
                if component.get(name) == component.get("api_info"):
                    component.pop(name, None)
        return config

    async def process_api(self, block_fn: Any, inputs: list[Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Run one function on values that may come from anyone. Raises gr.Error, with a sentence, and nothing else."""
        request = kwargs.get("request")
        language = language_of(request if isinstance(request, gr.Request) else None)
        try:
            check_files(inputs)
            run = self._queue.event_ids_to_events.get(kwargs.get("event_id") or "")
            if run is not None and kwargs.get("state") is not None:
                kwargs["state"] = Kept(kwargs["state"], run)
            return await super().process_api(block_fn, inputs, *args, **kwargs)
        except Exception as error:
            raise readable(error, language) from error


def check_files(value: Any, depth: int = 0) -> None:
    """Raises ValueError where values name a file that was not uploaded here, or an address to fetch one from.

    Gradio fetches addresses that stand in the place of a path: no request may leave this machine.
    """
    if depth > MAX_DEPTH:
        raise ValueError(NOT_FITTING)
    if isinstance(value, dict):
        if isinstance(path := value.get("path"), str):
            _check_path(path)
        for part in value.values():
            check_files(part, depth + 1)
    elif isinstance(value, list | tuple):
        for part in value:
            check_files(part, depth + 1)


def _check_path(path: str) -> None:
    folder = Path(utils.get_upload_folder()).resolve()
    try:
        known = "://" not in path and Path(path).resolve().is_relative_to(folder) and Path(path).is_file()
    except (OSError, ValueError) as error:  # names that no file can have
        raise ForeignFile(FOREIGN_FILE) from error
    if not known:
        raise ForeignFile(FOREIGN_FILE)


def readable(error: Exception, language: str) -> gr.Error:
    """Any failure as a message in a language; what is not foreseen is printed for whoever runs the app."""
    if isinstance(error, gr.Error):
        return _short(error, language)
    if isinstance(error, OSError) and error.errno in NO_SPACE:
        words = DISK_FULL
    elif isinstance(error, MemoryError):
        words = OUT_OF_MEMORY
    elif isinstance(error, ValueError | RecursionError):
        words = FOREIGN_FILE if isinstance(error, ForeignFile) else NOT_FITTING
    else:
        traceback.print_exception(error)
        words = SOMETHING_WRONG
    return gr.Error(localise(words, language), print_exception=False)


def _short(error: gr.Error, language: str) -> gr.Error:
    words = error.said(language) if isinstance(error, OutOfRange) else str(error.message)
    if match := NO_CHOICE.fullmatch(words):
        choices = match.group(1).replace("'", "")
        sentence = f"This is none of the choices. Choose one of {choices}."
        words = localise(sentence if choices and len(choices) < MAX_WORDS else "This is none of the choices.", language)
    error.message = words if len(words) <= MAX_WORDS else f"{words[: MAX_WORDS - 2]} …"
    error.print_exception = False
    return error
