// What happened over time: one row for each symbol, all on one time axis.

import { clamp, css, html, minus, number, short, visible, write } from "./kit.js";
import { symbolNode, symbolText } from "./symbols.js";

const FOLDS = { others: "", sums: " the sums", parts: " where it comes from" };

export class Rows {
  constructor(view) {
    this.view = view;
    this.open = new Set();
    this.cursor = html("div", { class: "cursor" });
    this.area = html("div", { class: "rows" });
    this.foot = html("div", { class: "foot" });
    this.area.addEventListener("pointerdown", (event) => this.point(event));
    this.area.addEventListener("pointermove", (event) => event.buttons === 1 && this.point(event));
    for (const end of ["pointerup", "pointerleave"]) this.area.addEventListener(end, () => this.sketch.commit());
    this.el = html("div", {}, this.area, this.foot);
  }

  get sketch() { return this.view.player.sketch; }

  rebuild() {
    const { run } = this.view;
    const height = this.sketch.on ? 130 : 54;
    const rows = [this.row("x_t", run.x.title, height, (c, w, h) => this.drawInput(c, w, h))];
    for (const symbol of run.rows.states) rows.push(...this.stateRows(symbol));
    const folds = Object.entries(run.folded()).filter(([, symbols]) => symbols.length);
    rows.push(...this.unfolded().map((symbol) => this.heat(symbol, 0.6)));
    this.area.classList.toggle("drawing", this.sketch.on);
    this.area.replaceChildren(...rows, this.cursor);
    this.foot.replaceChildren(...folds.map(([name, symbols]) => this.fold(name, symbols)));
  }

  unfolded() {
    return Object.entries(this.view.run.folded()).flatMap(([name, symbols]) => (this.open.has(name) ? symbols : []));
  }

  stateRows(symbol) {
    const norm = this.view.run.backward ? [this.normRow(symbol)] : [];
    return [this.heat(symbol, 1), ...norm];
  }

  heat(symbol, size) {
    const { run } = this.view;
    const height = Math.round(clamp(16 * run.sizes.H, 40, 128) * size);
    return this.row(symbol, this.legend(symbol), height, (c, w, h) => this.drawHeat(symbol, c, w, h));
  }

  normRow(symbol) {
    const { high, low } = this.decades(symbol);
    const ten = (n) => ["10", html("sup", {}, minus(String(n)))];
    const legend = html("span", {}, html("b", { "data-norm": symbol }), html("br"), ...ten(high), " to ", ...ten(low));
    return this.row(symbol, legend, 44, (c, w, h) => this.drawNorm(symbol, c, w, h), true);
  }

  legend(symbol) {
    const { run } = this.view;
    if (run.isGate(symbol)) return "0 to 1";
    if (run.isGradient(symbol)) return `\u00b1${short(run.scale(symbol))}, log`;
    return `\u00b1${short(run.scale(symbol))}`;
  }

  row(symbol, legend, height, draw, norm = false) {
    const { run, dark } = this.view;
    const canvas = html("canvas", { role: "img", "aria-label": `${norm ? "norm of " : ""}${symbolText(run, symbol)} over time` });
    const name = html("span", { class: "name" }, ...(norm ? ["\u2016", symbolNode(run, symbol, dark), "\u2016"] : [symbolNode(run, symbol, dark)]));
    const el = html("div", { class: "row", style: `height:${height}px` }, name, canvas, html("span", { class: "legend" }, legend));
    el.draw = () => this.paint(canvas, height, draw);
    el.dataset.symbol = norm ? "" : symbol;
    return el;
  }

  fold(name, symbols) {
    const { run, dark, id } = this.view;
    const open = this.open.has(name);
    const toggle = () => { this.open[open ? "delete" : "add"](name); this.view.player.rebuild(); };
    const names = symbols.flatMap((symbol) => [" ", symbolNode(run, symbol, dark)]);
    const mark = html("span", { class: "mark" }, open ? "\u25b4" : "\u25be");
    return html("button", { class: "fold", type: "button", "data-keep": id + name, "aria-expanded": String(open), onclick: toggle }, mark, `${open ? " hide" : " show"}${FOLDS[name]}`, ...names);
  }

  paint(canvas, height, draw) {
    const width = canvas.clientWidth;
    if (!width) return;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    draw(context, width, height);
  }

  draw() {
    for (const row of this.el.querySelectorAll(".row")) row.draw();
  }

  drawFirst() {
    this.el.querySelector(".row").draw();
  }

  drawHeat(symbol, context, width, height) {
    const { run, dark } = this.view;
    const [dx, dy] = [width / run.sizes.T, height / run.sizes.H];
    run.table(symbol).forEach((units, t) => units.forEach((value, j) => {
      context.fillStyle = css(run.colour(symbol, value, dark));
      context.fillRect(t * dx, j * dy, dx + 0.5, dy + 0.5);
    }));
  }

  drawInput(context, width, height) {
    return this.view.run.x.kind === "letters" && !this.sketch.on ? this.drawLetters(context, width, height) : this.drawLine(context, width, height);
  }

  drawLetters(context, width, height) {
    const { run, dark } = this.view;
    const dx = width / run.sizes.T;
    Object.assign(context, { fillStyle: run.hue("h_t", dark), textAlign: "center", textBaseline: "middle" });
    context.font = `600 ${clamp(dx * 0.8, 9, 26)}px ui-monospace, "DejaVu Sans Mono", monospace`;
    const every = Math.ceil(7 / dx); // letters that would touch say nothing
    run.x.labels.forEach((letter, t) => t % every || context.fillText(visible(letter), (t + 0.5) * dx, height / 2, dx * every));
  }

  drawLine(context, width, height) {
    const { run, dark } = this.view;
    const series = this.input();
    const [low, high] = this.bounds(series);
    const y = (v) => height - 8 - ((v - low) / (high - low || 1)) * (height - 16);
    this.line(context, width, [0, 0].map(y), run.hue("x_t", dark), 0.5, false);
    this.line(context, width, series.map(y), run.hue("x_t", dark), 1.8, true);
  }

  // The input over time: what is being drawn, or what was run over.
  input() {
    const { sketch } = this;
    return sketch.draft ?? (sketch.on ? sketch.current() : this.view.run.values.x_t.map((units) => units[0]));
  }

  bounds(series) {
    return this.sketch.on ? this.sketch.range(series) : [Math.min(...series, 0), Math.max(...series, 0)];
  }

  // A line through the middle of each column, with a gap where y is NaN.
  line(context, width, ys, colour, thickness, dots) {
    const x = (t) => (dots ? ((t + 0.5) * width) / ys.length : t * width);
    Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: thickness });
    context.beginPath();
    ys.forEach((y, t) => (Number.isNaN(ys[t - 1] ?? NaN) ? context.moveTo(x(t), y) : context.lineTo(x(t), y)));
    context.stroke();
    if (dots && width / ys.length > 7) ys.forEach((y, t) => this.dot(context, x(t), y));
  }

  dot(context, x, y) {
    if (Number.isNaN(y)) return;
    context.beginPath();
    context.arc(x, y, 2.6, 0, 7);
    context.fill();
  }

  decades(symbol) {
    const { run } = this.view;
    const norms = run.table(symbol).map((_, t) => run.norm(symbol, t)).filter((v) => v > 0);
    if (!norms.length) return { high: 1, low: 0 };
    const high = Math.ceil(Math.log10(Math.max(...norms)));
    const low = Math.floor(Math.log10(Math.max(Math.min(...norms, 1), 1e-30)));
    return { high, low: Math.min(low, high - 1) };
  }

  drawNorm(symbol, context, width, height) {
    const { run, dark } = this.view;
    const { high, low } = this.decades(symbol);
    const y = (log) => 4 + ((high - log) / (high - low)) * (height - 8);
    const every = Math.ceil((high - low) / 10); // more rules than ten would be a grey bar
    const rule = dark ? "#4a4e54" : "#dcdcdc";
    for (let decade = high; decade >= low; decade -= every) this.line(context, width, [y(decade), y(decade)], rule, 0.7, false);
    // 0 has no place on a logarithmic axis: there the line has a gap
    const log = (norm) => (norm > 0 ? Math.max(Math.log10(norm), low) : NaN);
    const ys = run.table(symbol).map((_, t) => y(log(run.norm(symbol, t))));
    this.line(context, width, ys, run.hue(symbol, dark), 1.8, true);
  }

  point(event) {
    event.preventDefault(); // dragging moves the cursor and selects no text
    if (event.target.tagName !== "CANVAS") return;
    const box = event.target.getBoundingClientRect();
    const { run } = this.view;
    const t = clamp(Math.floor(((event.clientX - box.left) / box.width) * run.sizes.T), 0, run.sizes.T - 1);
    const { symbol } = event.target.closest(".row").dataset;
    if (this.sketch.on && symbol === "x_t") this.sketch.stroke(t, this.valueAt(event, box));
    else if (event.type === "pointerdown" && symbol) this.view.picked = symbol;
    this.view.go(t, this.unitAt(event) ?? run.unit);
  }

  // What the height of the pointer over the input's row means there.
  valueAt(event, box) {
    const [low, high] = this.bounds(this.input());
    return low + ((box.height - 8 - (event.clientY - box.top)) / (box.height - 16)) * (high - low);
  }

  unitAt(event) {
    const symbol = event.target.closest(".row").dataset.symbol;
    if (!symbol || symbol === "x_t") return null;
    const box = event.target.getBoundingClientRect();
    const { H } = this.view.run.sizes;
    return clamp(Math.floor(((event.clientY - box.top) / box.height) * H), 0, H - 1);
  }

  // Where the canvases stand is measured once a layout, not at every move.
  measure() {
    const canvas = this.el.querySelector("canvas");
    if (canvas) [this.left, this.width] = [canvas.offsetLeft, canvas.clientWidth];
  }

  update() {
    const { run } = this.view;
    if (this.width === undefined || !this.width) this.measure();
    for (const b of this.area.querySelectorAll("[data-norm]")) write(b, number(run.norm(b.dataset.norm)));
    const dx = this.width / run.sizes.T;
    this.cursor.style.width = `${Math.max(dx, 3)}px`;
    this.cursor.style.transform = `translateX(${this.left + run.t * dx}px)`;
  }
}
