"""The editor of the repair tab: a picture, and strokes over it."""
