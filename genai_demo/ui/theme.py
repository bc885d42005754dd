"""How the page looks: plain, system fonts, light and dark, every text at a contrast of 4.5 or more."""

from pathlib import Path

import gradio as gr

HERE = Path(__file__).parent
SCRIPTS = ("sound.js", "access.js", "controls.js", "messages.js")
"""What the page adds to Gradio's own controls and messages, everywhere."""
CSS = """
.gradio-container {max-width: 1280px !important; margin: 0 auto; overflow: clip !important}
.gradio-container .main.fillable {min-width: 0; max-width: 100vw}
.headline {margin: 4px 0 0}
.headline h1 {font-size: 1.35rem; margin: 0; font-weight: 650}
.headline p {color: var(--body-text-color-subdued); margin: 0}
.notice, .notice p {color: var(--body-text-color-subdued); font-size: .82rem}
.page-foot {border-top: 1px solid var(--border-color-primary); margin-top: 12px; padding-top: 10px}
.big-face {position: sticky; top: 8px; align-self: flex-start; z-index: 2; background: var(--body-background-fill)}
#face img, #map-face img, .look img {width: 100%; height: 100%; object-fit: contain}
.grid-wrap.fixed-height {min-height: 0 !important; max-height: none !important; height: auto !important;
  padding-top: 34px}
.grid-wrap .grid-container.pt-6 {padding-top: 0}
.grid-wrap .grid-container {grid-template-columns: repeat(var(--grid-cols), minmax(0, 1fr)) !important}
#gallery .caption-label, #keys .caption-label, #art-styles .caption-label, #compose-scenes .caption-label {
  font-size: .68rem; line-height: 1.15; white-space: normal; padding: 1px 4px}
#repair-history .grid-container, #repair-fillings .grid-container {
  grid-template-columns: repeat(4, minmax(0, 1fr)) !important}
#art-styles .grid-container, #painting-seeds .grid-container, #compose-scenes .grid-container {
  grid-template-columns: repeat(auto-fill, minmax(92px, 1fr)) !important}
.thumbnail-item.thumbnail-lg:has(> .caption-label) {display: flex; flex-direction: column; aspect-ratio: auto;
  height: auto; align-self: start}
.thumbnail-lg > .caption-label {position: static; max-width: 100%; width: 100%; border: 0; border-radius: 0;
  text-align: center; opacity: 1 !important; z-index: auto !important}
.thumbnail-lg:has(> .caption-label) img {aspect-ratio: 1; height: auto; min-height: 0}
.thumbnail-item.selected {outline: 3px solid var(--color-accent); outline-offset: -1px}
input[type=range] {height: 28px; margin: -6px 0}
.gradio-container .wrap > .head > label {flex: 1 1 9em}
.subject {margin-top: 8px}
.sliders > .form {display: grid !important; grid-template-columns: repeat(auto-fill, minmax(min(240px, 100%), 1fr));
  background: transparent; border: 0; box-shadow: none}
.settings > .form {display: grid !important; grid-template-columns: repeat(auto-fit, minmax(min(190px, 100%), 1fr))}
.settings.narrow > .form {grid-template-columns: repeat(auto-fit, minmax(min(145px, 100%), 1fr))}
.sliders .block {padding: 8px 10px}
.buttons {align-items: end}
.buttons button {white-space: nowrap; padding-inline: var(--spacing-lg); min-width: max-content !important;
  max-width: 100%}
.big-face:has(.fullscreen) {position: static !important}
[data-testid="status-tracker"]:has(> .error) {display: none}
.toast-count, .toast-message-item[hidden], .toast-separator[hidden] {display: none}
.sound-groups {gap: 6px !important}
.sound-board {display: grid !important; gap: 6px !important;
  grid-template-columns: repeat(auto-fill, minmax(104px, 1fr))}
.sound-board button {min-width: 0 !important; min-height: 40px; padding: 4px 6px; white-space: normal}
.sound-board button[aria-pressed="true"] {background: var(--button-primary-background-fill);
  color: var(--button-primary-text-color)}
.family figure {margin: 4px 0}
.family figcaption {font-size: .8rem; color: var(--body-text-color-subdued)}
.family .row {display: flex; flex-wrap: wrap; gap: 4px; align-items: center}
.family img {border-radius: 6px}
.strangeness .track {height: 4px; border-radius: 2px; background: var(--border-color-primary)}
.strangeness .track div {height: 100%; border-radius: 2px; background: var(--color-accent); transition: width .1s}
.strangeness span {font-size: .8rem; color: var(--body-text-color-subdued)}
.figures {width: 100%; border-collapse: collapse}
.figures th, .figures td {padding: 4px 8px; border-bottom: 1px solid var(--border-color-primary); text-align: left}
.figures td {font-variant-numeric: tabular-nums}
.next {width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .88rem}
.next th {font-weight: 500; text-align: right; color: var(--body-text-color-subdued)}
.next td {padding: 1px 6px; text-align: right}
.next td:first-child {text-align: left; white-space: pre}
.next td:nth-child(2) {width: 50%}
.next i, .next b {display: block; height: 6px; border-radius: 3px; background: var(--body-text-color-subdued)}
.next i {opacity: .45}
.next b {background: var(--color-accent)}
#time, #duration, .playback, .playback span, .text-button {color: var(--body-text-color-subdued) !important}
.plane-room {position: relative}
.over-plane {position: absolute; inset: 0; pointer-events: none}
.icon-button, .icon-button-wrapper .download-link {min-width: 24px; min-height: 24px; display: inline-flex;
  align-items: center; justify-content: center}
.icon-button-wrapper .download-link {text-decoration: none}
.tab-container.wrap {flex-wrap: nowrap !important; overflow-x: auto !important; overflow-y: hidden !important;
  height: var(--size-8) !important; background: none !important; scrollbar-width: thin; overscroll-behavior-x: contain}
.tab-container.wrap > button {flex: none; max-width: none !important}
button:focus-visible, input:focus-visible, [tabindex]:focus-visible {
  outline: 2px solid var(--color-accent); outline-offset: 2px}
@media (pointer: coarse) {
  input[type=range] {height: 44px; margin: -12px 0}
  input[type=range]::-webkit-slider-thumb {height: 26px; width: 26px; margin-top: -9px}
  input[type=range]::-moz-range-thumb {height: 26px; width: 26px}
}
@media (max-width: 640px) {
  .gradio-container {padding: 8px !important}
  .gradio-container .main.fillable {padding: 8px 12px !important}
  .tab-container button {padding: 0 4px !important}
  .tab-wrapper {position: relative; z-index: 101}
  .faces-room {flex-direction: column; flex-wrap: nowrap !important}
  .faces-room > * {width: 100%; min-width: 0 !important}
  .big-face {display: contents !important}
  .repair-room {flex-direction: column; flex-wrap: nowrap !important}
  .repair-room > * {width: 100%; min-width: 0 !important}
  .repair-left {display: contents !important}
  .repair-room .later {order: 2}
  #face:not(.fullscreen) {position: sticky !important; top: 0; z-index: 100; height: 190px !important}
  #gallery .grid-container {grid-template-columns: repeat(3, minmax(0, 1fr)) !important}
}
"""

HEAD = f"""
<meta name="viewport" content="width=device-width, initial-scale=1">
<script>document.documentElement.lang = navigator.language.startsWith("zh") ? "zh" : "en";</script>
{"".join(f"<script>{(HERE / name).read_text(encoding='utf-8')}</script>" for name in SCRIPTS)}
"""


def theme() -> gr.themes.Base:
    """A plain theme whose fonts are on every computer already: nothing is fetched."""
    sans = [
        gr.themes.Font(n)
        for n in ("system-ui", "Segoe UI", "Noto Sans", "PingFang SC", "Microsoft YaHei", "sans-serif")
    ]
    mono = [gr.themes.Font(n) for n in ("ui-monospace", "Consolas", "monospace")]
    made = gr.themes.Default(
        primary_hue="teal", secondary_hue="teal", neutral_hue="slate", font=sans, font_mono=mono, radius_size="md"
    ).set(
        body_text_color_subdued="*neutral_600",
        block_label_text_color="*neutral_600",
        block_title_text_color="*neutral_700",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        color_accent="*primary_700",
        link_text_color="*secondary_700",
        link_text_color_active="*secondary_700",
        link_text_color_visited="*secondary_700",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_hover_dark="*primary_800",
        button_cancel_background_fill="#dc2626",
        button_cancel_background_fill_hover="#b91c1c",
    )
    made.color_accent_dark = "*primary_500"  # Gradio has no parameter for it
    return made
