// Lines over one horizontal axis, as SVG: drawn in the page's own pixels, so that text stays crisp at any width.

import { clamp, html, minus, number, svg } from "./kit.js";

const PAD = { left: 66, right: 18, top: 12, bottom: 46 };
const DASHES = ["", "9 4", "2 3", "9 4 2 4"];
const MAX_DECADES = 8; // labels on a logarithmic axis

export class Chart {
  constructor(panel) {
    this.panel = panel;
    this.title = html("div", { class: "block-title" });
    this.legend = html("div", { class: "legend" });
    this.plot = html("div", { class: "plot", tabindex: 0, role: "slider", onkeydown: (event) => this.key(event), onpointermove: (event) => this.point(event), onpointerleave: () => this.at(null), onblur: () => this.at(null) });
    this.readout = html("div", { class: "readout" });
    this.el = html("div", { class: "block" }, this.title, this.legend, this.plot, this.readout);
  }

  show(spec) {
    this.spec = spec;
    this.title.textContent = spec.title;
    this.plot.setAttribute("aria-label", spec.title);
    this.showLegend();
    this.draw();
  }

  resized() {
    if (this.spec && this.plot.clientWidth !== this.width) this.draw();
  }

  colour(line) {
    return line.colour[this.panel.dark ? 1 : 0];
  }

  // One entry for each name, not for each line.
  showLegend() {
    const named = [...new Map(this.spec.lines.filter((line) => line.name).map((line) => [line.name, line])).values()];
    const shape = JSON.stringify([this.panel.dark, named.map((line) => [line.name, line.colour, line.dash, line.faint])]);
    if (shape === this.named) return;
    this.named = shape;
    const key = (line) => svg("svg", { viewBox: "0 0 30 10", width: 30, height: 10, "aria-hidden": "true" }, svg("line", { x1: 1, y1: 5, x2: 29, y2: 5, ...this.stroke(line) }), ...(line.dots ? [svg("circle", { cx: 15, cy: 5, r: 3.2, fill: this.colour(line) })] : []));
    this.legend.replaceChildren(...named.map((line) => html("span", { class: "entry" }, key(line), line.name)));
  }

  stroke(line) {
    return { stroke: this.colour(line), "stroke-width": line.faint ? 1.3 : line.width, "stroke-dasharray": DASHES[line.dash], "stroke-opacity": line.faint ? (line.name ? 0.8 : 0.55) : 1 };
  }

  draw() {
    this.width = this.plot.clientWidth;
    if (!this.width) return; // out of sight; drawn when it is seen
    this.height = this.spec.height;
    this.x = this.axis(this.spec.x.range, this.all((line) => line.x), false, PAD.left, this.width - PAD.right);
    const ys = [...this.all((line) => line.y), ...this.all((line) => line.band?.flat() ?? []), ...this.spec.rules.map((rule) => rule.y)];
    this.y = this.axis(this.spec.y.range, ys, this.spec.y.log, this.height - PAD.bottom, PAD.top);
    const clip = `clip-${Math.random().toString(36).slice(2)}`;
    const box = svg("clipPath", { id: clip }, svg("rect", { x: PAD.left, y: PAD.top - 4, width: Math.max(0, this.width - PAD.left - PAD.right), height: this.height - PAD.top - PAD.bottom + 8 }));
    this.mark = svg("line", { class: "mark", y1: PAD.top, y2: this.height - PAD.bottom, visibility: "hidden" });
    const lines = svg("g", { "clip-path": `url(#${clip})` }, ...this.spec.lines.flatMap((line) => this.line(line)));
    this.plot.replaceChildren(svg("svg", { width: this.width, height: this.height, "aria-hidden": "true" }, svg("defs", {}, box), ...this.frame(), lines, ...this.spec.rules.flatMap((rule) => this.rule(rule)), this.mark));
    this.at(this.place ?? null);
  }

  all(of) {
    return this.spec.lines.flatMap(of).filter((value) => value !== null);
  }

  // A scale: where a value stands in pixels, and which values are named.
  axis(range, values, log, from, to) {
    const used = log ? values.filter((value) => value > 0).map(Math.log10) : values;
    let [low, high] = range ? (log ? range.map(Math.log10) : range) : [used.reduce((a, b) => Math.min(a, b), Infinity), used.reduce((a, b) => Math.max(a, b), -Infinity)];
    if (!(high >= low)) [low, high] = [0, 1];
    if (high === low) [low, high] = [low - (log ? 1 : Math.abs(low) * 0.5 || 1), high + (log ? 1 : Math.abs(high) * 0.5 || 1)];
    if (!range && !log && to < from) [low, high] = [low - 0.04 * (high - low), high + 0.04 * (high - low)]; // room above and below
    const ticks = log ? decades(low, high) : nice(low, high, Math.abs(to - from));
    if (!range && log) [low, high] = [Math.min(low, ticks[0].at), Math.max(high, ticks.at(-1).at)];
    const place = (value) => from + ((value - low) / (high - low)) * (to - from);
    return { low, high, ticks, place: (value) => place(log ? Math.log10(value) : value), raw: place };
  }

  frame() {
    const [left, right, floor] = [PAD.left, this.width - PAD.right, this.height - PAD.bottom];
    const down = this.y.ticks.filter(({ at }) => inside(at, this.y)).flatMap((tick) => {
      const y = this.y.raw(tick.at);
      return [svg("line", { x1: left, x2: right, y1: y, y2: y, class: "grid" }), svg("text", { x: left - 8, y: y + 4.5, class: "tick end" }, ...tick.text())];
    });
    const across = this.x.ticks.filter(({ at }) => inside(at, this.x)).map((tick) => svg("text", { x: this.x.raw(tick.at), y: floor + 18, class: "tick middle" }, ...tick.text()));
    const name = svg("text", { x: (left + right) / 2, y: this.height - 6, class: "axis middle" }, this.spec.x.label);
    const up = svg("text", { transform: `translate(15 ${(floor + PAD.top) / 2}) rotate(-90)`, class: "axis middle" }, this.spec.y.label);
    return [...down, svg("line", { x1: left, x2: right, y1: floor, y2: floor, class: "base" }), ...across, name, up];
  }

  line(line) {
    const found = [];
    if (line.band) found.push(svg("path", { d: this.area(line), fill: this.colour(line), "fill-opacity": 0.16 }));
    found.push(svg("path", { d: this.path(line.x, line.y), fill: "none", "stroke-linejoin": "round", ...this.stroke(line) }));
    if (line.dots) found.push(...line.x.map((x, n) => this.shown(line.y[n]) && svg("circle", { cx: this.x.place(x), cy: this.y.place(line.y[n]), r: 3.2, fill: this.colour(line) })).filter(Boolean));
    return found;
  }

  shown(value) {
    return value !== null && (!this.spec.y.log || value > 0);
  }

  // A path with a gap wherever there is no value, or 0 on a logarithmic axis.
  path(xs, ys) {
    let pen = "M";
    return xs.map((x, n) => {
      if (x === null || !this.shown(ys[n])) { pen = "M"; return ""; }
      const step = `${pen}${this.x.place(x).toFixed(1)} ${clamp(this.y.place(ys[n]), -1e4, 1e4).toFixed(1)}`;
      pen = "L";
      return step;
    }).join("");
  }

  area(line) {
    const [low, high] = line.band;
    const there = line.x.map((_, n) => n).filter((n) => this.shown(low[n]) && this.shown(high[n]));
    const point = (n, side) => `${this.x.place(line.x[n]).toFixed(1)} ${clamp(this.y.place(side[n]), -1e4, 1e4).toFixed(1)}`;
    return there.length ? `M${[...there.map((n) => point(n, high)), ...there.reverse().map((n) => point(n, low))].join("L")}Z` : "";
  }

  rule(rule) {
    const y = this.y.place(rule.y);
    if (!(y >= PAD.top - 1 && y <= this.height - PAD.bottom + 1)) return [];
    const above = y > PAD.top + 16;
    return [
      svg("line", { x1: PAD.left, x2: this.width - PAD.right, y1: y, y2: y, class: "rule" }),
      svg("text", { x: this.width - PAD.right - 2, y: above ? y - 5 : y + 14, class: "tick end named" }, rule.name),
    ];
  }

  // ---- the cursor: every value can be read as text, by pointer and by key

  stops() {
    return [...new Set(this.all((line) => line.x))].sort((a, b) => a - b);
  }

  point(event) {
    const box = this.plot.getBoundingClientRect();
    const along = ((event.clientX - box.left) / box.width) * this.width; // the page may be zoomed
    const share = (along - PAD.left) / (this.width - PAD.left - PAD.right);
    this.at(this.x.low + share * (this.x.high - this.x.low));
  }

  key(event) {
    const stops = this.stops();
    const now = this.place == null ? -1 : stops.indexOf(nearest(stops, this.place));
    const moves = { ArrowLeft: now - 1, ArrowRight: now + 1, ArrowDown: now - 1, ArrowUp: now + 1, PageUp: now + 10, PageDown: now - 10, Home: 0, End: stops.length - 1 };
    if (!(event.key in moves) || !stops.length) return;
    event.preventDefault();
    this.at(stops[clamp(moves[event.key], 0, stops.length - 1)]);
  }

  at(place) {
    this.place = place;
    const stops = place === null ? [] : this.stops();
    const x = stops.length ? nearest(stops, place) : null;
    this.mark?.setAttribute("visibility", x === null ? "hidden" : "visible");
    this.readout.textContent = x === null ? "" : this.said(x);
    this.plot.setAttribute("aria-valuetext", this.readout.textContent || "no place chosen: arrow keys read the lines");
    const [low, high] = this.x ? [this.x.low, this.x.high] : [0, 1];
    for (const [name, value] of [["valuemin", low], ["valuemax", high], ["valuenow", x ?? low]]) this.plot.setAttribute(`aria-${name}`, value);
    if (x !== null) for (const end of ["x1", "x2"]) this.mark.setAttribute(end, this.x.place(x));
  }

  said(x) {
    const values = this.spec.lines.filter((line) => line.name && !line.faint).map((line) => [line.name, line.y[line.x.indexOf(x)]]);
    const read = values.filter(([, y]) => y != null).map(([name, y]) => `${name} ${number(y)}`);
    return `${this.spec.x.label} ${Number.isInteger(x) ? minus(String(x)) : number(x)}:  ${read.join(";  ")}`;
  }
}

function inside(at, { low, high }) {
  const room = (high - low) * 1e-6;
  return at >= low - room && at <= high + room;
}

function nearest(stops, place) {
  return stops.reduce((best, each) => (Math.abs(each - place) < Math.abs(best - place) ? each : best));
}

export function nice(low, high, pixels) {
  const rough = (high - low) / clamp(pixels / 55, 2, 8);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find((times) => times * power >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, n) => ({ at: (first + n) * step, text: () => [plain((first + n) * step, step)] }));
}

function plain(value, step) {
  if (Math.abs(value) < step * 1e-6) return "0";
  if (Math.abs(value) >= 1e5 || step < 1e-4) return minus(value.toExponential(1).replace("e+", "e"));
  return minus(value.toFixed(clamp(Math.ceil(-Math.log10(step) - 1e-9) + (/25$/.test(String(step)) ? 1 : 0), 0, 6)));
}

function decades(low, high) {
  const [first, last] = [Math.floor(low + 1e-9), Math.ceil(high - 1e-9)];
  const every = Math.ceil((last - first + 1) / MAX_DECADES);
  const text = (n) => () => ["10", svg("tspan", { dy: -5, "font-size": "0.75em" }, minus(String(n)))];
  const from = Math.ceil(first / every) * every;
  const found = Array.from({ length: Math.floor((last - from) / every) + 1 }, (_, n) => ({ at: from + n * every, text: text(from + n * every) }));
  return found.length ? found : [{ at: first, text: text(first) }];
}
