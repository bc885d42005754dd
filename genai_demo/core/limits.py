"""Every limit of the app, in one place; the interface shows them."""

MEGABYTE = 2**20

MAX_UPLOAD_BYTES = 8 * MEGABYTE
MAX_UPLOAD_PIXELS = 24_000_000
MIN_UPLOAD_SIDE = 32

MAX_FACES = 16
MAX_MUTATION = 2.0
"""Deviations of real faces that a child may be from its parents."""
MAX_SEED = 2**31 - 1
MAX_TRUNCATION = 1.5
MAX_EDIT = 4.0
"""Largest slider value of a direction, in units of the sliders (directions.UNITS)."""

MIN_KEYS, MAX_KEYS = 2, 8
MIN_FRAMES, MAX_FRAMES = 2, 120
MAX_FPS = 30
MAX_REFINEMENT_STEPS = 100
FILL_STEPS = 20
"""Of the face GAN's search for what is hidden of a face."""

MAX_PROMPT = 20_000
"""Characters of a prompt."""
MAX_STOPS = 200
"""Characters of all strings together at which a text stops."""
MAX_NEW_TOKENS = 1_000
MAX_CONTINUATIONS = 4
MAX_CANDIDATES = 8
"""Sentences of which one is chosen."""
MAX_TEMPERATURE = 2.0
MAX_MARK = 5.0
"""Bonus of green tokens in nats: the mark in generated text."""
MAX_ATTENTION_TOKENS = 96

MAX_QUEUE = 24
"""Requests that wait for the same room; the next one is told when to try again."""
MAX_WAITING_PER_VISITOR = 12
"""Of these, from one page."""

MAX_REQUEST_BYTES = 24 * MEGABYTE
"""Of one request with files, however many they are."""
MAX_MESSAGE_BYTES = 2 * MEGABYTE
"""Of one request without files."""
MAX_BODY_SECONDS = 60
"""Until a request has arrived as a whole."""
EVENTS_PER_SECOND, EVENTS_AT_ONCE = 15.0, 120
"""Of one visitor: functions that are called, on average and in one go."""
UPLOADS_PER_SECOND, UPLOADS_AT_ONCE = 0.5, 20
"""Of one visitor."""
FETCHES_PER_SECOND, FETCHES_AT_ONCE = 60.0, 1_500
"""Of one visitor: scripts, pictures, sounds."""
PAGES_PER_SECOND, PAGES_AT_ONCE = 0.5, 40
"""Of one visitor: the page and its description, which are costly to write."""
MAX_STREAMS = 24
"""Of one visitor: connections that stay open; a page needs two."""
MAX_TOOL_SESSIONS = 500
"""Assistants that are connected at the same time; one that is quiet for half an hour is forgotten."""
CROWD = 50
"""Visitors that an address of a private network may stand for: behind a proxy all come from there."""
MIN_FREE_BYTES = 200 * MEGABYTE
"""Of the disk: with less, nothing can be uploaded."""
MIN_SHARED_MEMORY_BYTES = 2_048 * MEGABYTE
"""Of the file system in memory: with less, uploads and results lie on the disk."""
KEEP_SECONDS = 7_200
"""For which a file of a visitor is kept."""
MAX_LAYERS = 8
"""Masks over one picture."""

MAX_LAB_SECONDS = 90
"""Of one training in the lab, until it makes room for the next visitor."""
MIN_LAB_RATE, MAX_LAB_RATE = 1e-4, 0.02
MAX_LAB_PENALTY = 10.0
MIN_LAB_BATCH, MAX_LAB_BATCH = 8, 512
MIN_LAB_WIDTH, MAX_LAB_WIDTH = 4, 128
MIN_DRAWN_POINTS, MAX_DRAWN_POINTS = 5, 2_000
"""Of a distribution that is drawn."""
MIN_LAB_TEXT, MAX_LAB_TEXT = 200, 100_000
"""Characters of a text that a model learns from scratch."""
MAX_LAB_CHARACTERS = 2_000
"""Different ones of such a text; rarer ones count as unknown."""
MAX_LAB_LAYERS, MAX_LAB_TEXT_WIDTH, MAX_LAB_CONTEXT = 4, 128, 128
MAX_LAB_DROPOUT = 0.6
MAX_LAB_BETA = 20.0
MAX_SEARCH_TRIALS, MAX_SEARCH_REDUCTION, MAX_SEARCH_PATIENCE = 16, 4, 20
MIN_SEARCH_STEPS, MAX_SEARCH_STEPS = 10, 60
"""Of the first rung of a search in the lab."""

MAX_OWN_UPLOAD_BYTES = 32 * MEGABYTE
"""Of all files that a visitor brings to train on; each has up to MAX_UPLOAD_BYTES."""
MAX_ARCHIVE_MEMBERS = 2_000
MAX_ARCHIVE_FILE_BYTES, MAX_ARCHIVE_BYTES = 16 * MEGABYTE, 128 * MEGABYTE
"""Of one unpacked file of a zip, and of all of them."""
MAX_ARCHIVE_RATIO = 200
"""An unpacked file that is so many times as large as its packed one, and larger than a megabyte, is refused."""
MIN_OWN_PICTURES, MAX_OWN_PICTURES = 16, 200
MIN_OWN_SOUNDS, MAX_OWN_SOUNDS = 10, 200
"""A long sound counts once every three seconds."""
MIN_OWN_TEXT, MAX_OWN_TEXT = 4_000, 1_000_000
"""Characters that are left of a visitor's texts after the checks."""
MIN_OWN_SECONDS, MAX_OWN_SECONDS = 10, 180
"""Of one fine-tuning."""
MAX_OWN_VISITS = 12
"""Visitors whose data and weights are kept at the same time."""
OWN_VISIT_MINUTES = 30
"""Without a sign of life after which a visitor's data and weights are deleted."""

MAX_PHOTOGRAPH_PIXELS = 16_000_000
"""Of a picture file that is repaired where it is painted over."""
MAX_PHOTOGRAPH_BYTES = 64 * MEGABYTE
"""Of such a file: what a repair made of an upload, and is repaired once more, may be larger than an upload."""
MAX_REPAIR_PIXELS = 4_000_000
"""Of a picture that is repaired as a whole, and of what comes out when it is enlarged."""
SHOWN_SIDE = 2_048
"""Longer side in pixels of the copy that the browser shows of a picture."""
MAX_VARIANTS = 4

MIN_STYLE_SIZE, MAX_STYLE_SIZE = 64, 1024
"""Sides in pixels of the built-in style pictures."""
MAX_ART_PIXELS = 1_048_576
"""Of a picture that is stylised or painted."""
MIN_STYLE_STEPS, MAX_STYLE_STEPS = 6, 200
MAX_STYLING_SIZE = 512
"""Longer side in pixels while a picture is stylised."""
MIN_PAINTING_SIDE, MAX_PAINTING_SIDE = 32, 2048
MIN_ZOOM, MAX_ZOOM = 0.25, 8.0

MAX_COMPOSE_PIXELS = 4_000_000
"""Of a scene, and of a picture that a person is cut out of."""
MIN_SCENE_SIDE, MAX_SCENE_RATIO = 64, 4
MIN_PERSON_SCALE, MAX_PERSON_SCALE = 0.05, 2.0
"""Height of a placed person in heights of the scene."""
MAX_FEATHER = 50.0
"""Pixels."""

MAX_SOUND_BYTES = 16 * MEGABYTE
MAX_SOUND_SECONDS = 60.0
"""Of a sound that is uploaded."""
MIN_SOUND_RATE, MAX_SOUND_RATE = 4_000, 384_000
"""Samples a second of a sound that is uploaded."""
MAX_SOUND_CHANNELS = 16

MAX_SPEECH_CHARACTERS = 3_000
"""Of a text that is spoken."""
MAX_FILM_CHARACTERS = 500
"""Of a text that a portrait says."""
MAX_SEEN_SECONDS = 15.0
"""Of a sound that a painting is made from."""

MIN_EFFECT_SECONDS, MAX_EFFECT_SECONDS = 0.3, 10.0
MAX_EFFECT_GUIDANCE = 8.0
MAX_EFFECT_STEPS = 50
MAX_VARIATIONS = 16
"""Of a sound effect, one made from the other."""

MIN_SPEED, MAX_SPEED = 0.5, 2.0
"""Of speech; 1 is as recorded."""
MAX_PITCH_SHIFT = 8.0
"""Semitones."""
MAX_ENERGY_SHIFT = 12.0
"""Decibels."""
MAX_PHONE_MILLISECONDS = 2_000
"""Of a planned phone, and of a pause."""
MAX_PLANNED_SECONDS = 60.0
"""Of a sentence whose plan was bent."""
MAX_COMPARED_SECONDS = 20.0
"""Of a recording that is compared with its synthesis."""

MAX_MUSIC_SECONDS = 600
"""Of a piece that is rendered."""
MAX_MIDI_BYTES = 1 * MEGABYTE
MAX_MIDI_NOTES = 20_000


def require_length(text: str, most: int = MAX_PROMPT, what: str = "The text") -> None:
    """Raise ValueError for a text of more than ``most`` characters: before anything else looks at it."""
    if len(text) > most:
        raise ValueError(f"{what} is longer than {most:,} characters. Shorten it.")
