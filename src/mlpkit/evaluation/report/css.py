"""How the page looks: light, dark, on paper and on a phone."""

from mlpkit.evaluation.figures.style import GRID, INK, MUTED, SERIES, SURFACE

_DARK_SERIES = (
    "#4aa3df", "#f08a4b", "#2fc195", "#e29ac3", "#f0b73f", "#8fd0f5", "#9a8cf0",
    "#d9749f",
)  # fmt: skip
_NAMES = ("ink", "muted", "grid", "surface", *(f"c{i}" for i in range(len(SERIES))))
_LIGHT = dict(zip(_NAMES, (INK, MUTED, GRID, SURFACE, *SERIES), strict=True))
_DARK = dict(
    zip(
        _NAMES, ("#e8edf2", "#9ba8b6", "#36424f", "#161c23", *_DARK_SERIES), strict=True
    )
)

THEMED = {value: f"var(--{name})" for name, value in _LIGHT.items()}
"""Colour of a figure → the page's variable that takes its place."""


def _variables(colours: dict[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in colours.items())


CSS = f"""
:root {{ {_variables(_LIGHT)} --page:#f3f5f8; }}
@media screen and (prefers-color-scheme: dark) {{
  :root {{ {_variables(_DARK)} --page:#0e1217; }}
}}
* {{ box-sizing: border-box; }}
body {{
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue",
    Arial, sans-serif;
}}
main {{ max-width: 1080px; margin: 0 auto; padding: 28px 20px 48px; }}
h1 {{ font-size: 26px; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }}
h2 {{ font-size: 17px; margin: 0 0 2px; }}
.sub, .note {{ color: var(--muted); margin: 4px 0 0; overflow-wrap: anywhere; }}
.note {{ font-size: 13.5px; max-width: 75ch; }}
section, .card {{
  background: var(--surface); border: 1px solid var(--grid); border-radius: 10px;
}}
section {{ padding: 16px 18px 18px; margin-top: 16px; }}
.pair {{
  display: grid; gap: 0 16px;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr));
}}
section > :nth-child(n+3) {{ margin-top: 14px; }}
.cards {{
  display: grid; gap: 12px; margin-top: 20px;
  grid-template-columns: repeat(auto-fit, minmax(168px, 1fr));
}}
.card {{ padding: 12px 14px; }}
.card .name {{ color: var(--muted); font-size: 13px; }}
.card .value {{
  font-size: 24px; line-height: 1.25; font-weight: 650;
  font-variant-numeric: tabular-nums;
}}
.card .more {{ color: var(--muted); font-size: 12.5px; line-height: 1.4; }}
.scroll {{ overflow-x: auto; }}
table {{
  border-collapse: collapse; font-size: 14px; width: 100%; max-width: 760px;
}}
th, td {{
  text-align: left; padding: 5px 18px 5px 0; border-bottom: 1px solid var(--grid);
  vertical-align: top;
}}
td:first-child {{ overflow-wrap: anywhere; min-width: 7.5em; }}
td:nth-child(3):not(.number) {{ min-width: 14em; }}
th {{ color: var(--muted); font-weight: 500; font-size: 13px; white-space: nowrap; }}
th[colspan] {{ text-align: right; border: 0; padding-bottom: 0; }}
th:last-child, td:last-child {{ padding-right: 2px; }}
.number {{
  text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap;
}}
tbody tr:last-child td {{ border-bottom: 0; }}
.better {{ font-weight: 650; }}
.figures {{
  display: grid; gap: 14px 22px; align-items: start;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr));
}}
figure {{ margin: 0; max-width: 560px; }}
figcaption {{ font-size: 13.5px; font-weight: 600; margin-bottom: 4px; }}
figure svg {{ display: block; width: 100%; height: auto; }}
figure text {{ font-family: inherit !important; }}
pre {{
  margin: 0; padding: 12px 14px; border-radius: 8px; background: var(--page);
  font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  white-space: pre-wrap; overflow-wrap: anywhere; columns: 2 340px;
}}
ul {{ margin: 0; padding-left: 20px; }}
li {{ overflow-wrap: anywhere; }}
@media (max-width: 520px) {{
  main {{ padding: 18px 12px 32px; }}
  section {{ padding: 14px 12px; }}
  .cards {{ grid-template-columns: 1fr 1fr; gap: 8px; }}
  th, td {{ padding-right: 12px; }}
}}
@media print {{
  body {{ background: none; font-size: 12px; }}
  main {{ max-width: none; padding: 0; }}
  section {{ border: 0; padding: 0; margin-top: 20px; background: none; }}
  .cards {{ grid-template-columns: repeat(auto-fit, minmax(110px, 1fr)); }}
  figure, tr, .card {{ break-inside: avoid; }}
  h2, .note {{ break-after: avoid; }}
  .figures {{ grid-template-columns: 1fr 1fr; }}
  .scroll {{ overflow: visible; }}
  pre {{ background: none; padding: 0; }}
}}
"""
