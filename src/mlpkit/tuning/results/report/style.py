"""How the report of a search looks, and what moves in it."""

CSS = """
.chart svg { display: block; width: 100%; height: auto; max-width: 640px; }
.wide svg { max-width: none; min-width: 640px; }
.chart text {
  font-size: 11.5px; fill: var(--muted); font-family: inherit; pointer-events: none;
  paint-order: stroke; stroke: var(--surface); stroke-width: 3px;
}
.chart text.strong { fill: var(--ink); font-weight: 600; }
.chart .grid { stroke: var(--grid); }
.chart .axis { stroke: var(--muted); }
.trial path, path.best, path.so-far { fill: none; stroke-linejoin: round; }
.trial { --own: var(--c0); opacity: .35; }
.trial path { stroke: var(--own); stroke-width: 1.3; }
.trial path.reach { stroke: transparent; stroke-width: 9; pointer-events: stroke; }
.trial circle { fill: var(--own); }
.trial.good { opacity: .75; }
.trial.stopped { opacity: .22; }
.trial.stopped path:not(.reach) { stroke-dasharray: 4 3; }
.trial.failed, .trial.invalid, .trial.running { --own: var(--muted); }
.trial.best { --own: var(--c1); opacity: 1; }
.trial.best path:not(.reach) { stroke-width: 2.4; }
.trial.on { opacity: 1; --own: var(--c2); }
.trial.on path:not(.reach) { stroke-width: 3; stroke-dasharray: none; }
path.so-far { stroke: var(--c1); stroke-width: 2; }
rect.total { fill: var(--c0); opacity: .35; }
rect.alone { fill: var(--c0); }
table.trials { max-width: none; }
table.trials th { cursor: pointer; }
table.trials th[aria-sort="ascending"]::after { content: " ↑"; }
table.trials th[aria-sort="descending"]::after { content: " ↓"; }
table.trials td:nth-child(n) { min-width: 0; }
table.trials tr.on td { background: var(--grid); }
table.trials tr.best td { font-weight: 650; }
details { margin-top: 8px; }
summary { cursor: pointer; overflow-wrap: anywhere; }
details pre { margin-top: 6px; columns: auto; }
"""

SCRIPT = """
(() => {
  let shown = null;
  const mark = (number, on) => {
    document.querySelectorAll(`[data-trial="${number}"]`).forEach(e => {
      e.classList.toggle("on", on);
    });
  };
  document.addEventListener("mouseover", event => {
    const near = event.target.closest("[data-trial]");
    const number = near ? near.dataset.trial : null;
    if (number === shown) return;
    if (shown !== null) mark(shown, false);
    shown = number;
    if (shown !== null) mark(shown, true);
  });
  const value = (row, i) => row.cells[i].dataset.value ?? row.cells[i].textContent;
  const order = (a, b) => {
    if (a === "" || b === "") return (a === "") - (b === "");
    const x = Number(a), y = Number(b);
    if (Number.isNaN(x) || Number.isNaN(y)) return a < b ? -1 : +(a > b);
    return x - y;
  };
  const sort = head => {
    const table = head.closest("table"), body = table.tBodies[0];
    const i = head.cellIndex, up = head.getAttribute("aria-sort") !== "ascending";
    const rows = [...body.rows].sort((a, b) => {
      const x = value(a, i), y = value(b, i);
      return x === "" || y === "" || up ? order(x, y) : order(y, x);
    });
    table.querySelectorAll("th").forEach(e => e.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    body.append(...rows);
  };
  document.querySelectorAll("table.trials th").forEach(head => {
    head.tabIndex = 0;
    head.addEventListener("click", () => sort(head));
    head.addEventListener("keydown", event => {
      if (event.key === "Enter") sort(head);
    });
  });
})();
"""
