"""Formulas as MathML, which browsers draw themselves."""

import html
import re

GAN_LOSSES: dict[str, tuple[str, str]] = {
    "minimax": ("L_D = − E[ log D(x) ] − E[ log ( 1 − D(G(z)) ) ]", "L_G = E[ log ( 1 − D(G(z)) ) ]"),
    "non_saturating": ("L_D = − E[ log D(x) ] − E[ log ( 1 − D(G(z)) ) ]", "L_G = − E[ log D(G(z)) ]"),
    "relativistic": ("L_D = − E[ log σ( d(x) − d(G(z)) ) ]", "L_G = − E[ log σ( d(G(z)) − d(x) ) ]"),
    "hinge": ("L_D = E[ max ( 0 , 1 − d(x) ) ] + E[ max ( 0 , 1 + d(G(z)) ) ]", "L_G = − E[ d(G(z)) ]"),
}
"""Of D and of G, as core/losses.py computes them; d is D's logit, D = σ(d)."""
PENALTY = "+ γ / 2 · E[ ‖ ∇ d ‖ ^2 ]"
"""R1 and R2, for D."""


def mathml(formula: str) -> str:
    """A line of letters, numbers and signs as MathML; L_D is an index, ^2 a square."""
    parts = []
    for token in re.findall(r"[A-Za-z]_[A-Za-z]|\^\d|log|max|[^\W\d_]|\d+|\S", formula):
        if "_" in token:
            parts.append(f"<msub><mi>{token[0]}</mi><mi>{token[-1]}</mi></msub>")
        elif token[0] == "^":
            parts[-1] = f"<msup>{parts[-1]}<mn>{token[1:]}</mn></msup>"
        elif token.isdigit():
            parts.append(f"<mn>{token}</mn>")
        elif token.isalpha():
            upright = ' mathvariant="normal"' if token in ("E", "σ") else ""
            parts.append(f"<mi{upright}>{token}</mi>")
        else:
            parts.append(f'<mo stretchy="false">{html.escape(token)}</mo>')
    return f"<math>{''.join(parts)}</math>"


def gan_formulas() -> str:
    """All losses, each in a box with ``data-loss``; the page shows one of them."""
    penalty = f'<span class="penalty">{mathml(PENALTY)}</span>'
    return "".join(
        f'<div data-loss="{name}" hidden><p class="of-d">{mathml(d)}{penalty}</p><p class="of-g">{mathml(g)}</p></div>'
        for name, (d, g) in GAN_LOSSES.items()
    )
