// The wiring of the cell at the cursor.

import { PALETTE, clamp, css, html, inkOn, mark, mix, number, rgb, short, svg, visible, write } from "./kit.js";
import { FULL_DECADES } from "./run.js";
import { parts } from "./symbols.js";

const COLUMN = 100;
const STRIP = 62;
const PAD = { left: 76, right: 84, top: 40, bottom: 26 };

export class Drawing {
  constructor(view) {
    this.view = view;
    this.el = html("div", { class: "wiring" });
  }

  rebuild() {
    const { run } = this.view;
    if (!run.wiring) {
      this.el.replaceChildren(this.valuesOnly());
      return;
    }
    const arrivals = run.backward ? this.arrivals(run.wiring.nodes) : { nodes: [], wires: [] };
    const nodes = [...run.wiring.nodes, ...arrivals.nodes];
    this.layout(nodes);
    const marks = svg("defs", {}, this.arrow());
    this.wires = [...run.wiring.wires, ...arrivals.wires].map((wire) => this.wire(wire));
    this.nodes = nodes.filter((node) => node.kind !== "joint").map((node) => this.node(node));
    const label = `wiring of the ${run.title} cell at the time cursor`;
    const attributes = { viewBox: `0 0 ${this.width} ${this.height}`, role: "img", "aria-label": label, style: `max-width:${this.width * 1.12}px` };
    this.el.replaceChildren(svg("svg", attributes, marks, ...this.wires.map((w) => w.el), ...this.joints(), this.view.incoming.el, ...this.nodes.map((n) => n.el)));
  }

  // On the way back a state is reached from t+1 and from the loss: both stand to the right of it.
  arrivals(nodes) {
    const found = { nodes: [], wires: [] };
    for (const name of this.view.run.state) {
      let end = nodes.find((node) => node.name === `${name}_t`);
      if (!end) continue;
      for (const part of this.view.run.arriving(name)) {
        found.nodes.push({ name: part, back: part, kind: "strip", x: end.x + (end.kind ? 1.05 : 0.9), y: end.y });
        found.wires.push({ start: end.name, end: part, value: null, back: ["name", part], route: "-" });
        end = found.nodes.at(-1);
      }
    }
    return found;
  }

  // A cell that declares no wiring still shows its vectors.
  valuesOnly() {
    const { run } = this.view;
    const { states, others } = run.rows;
    const d = run.backward ? "d" : "";
    const arriving = run.backward ? run.state.flatMap((name) => run.arriving(name)) : [];
    const names = [`${d}x_t`, ...run.state.map((name) => `${d}${name}_prev`), ...others, ...states, ...arriving];
    const nodes = names.map((name, k) => ({ name, back: name, kind: "strip", x: k, y: 0 })).filter(({ name }) => run.table(name));
    this.layout(nodes);
    this.wires = [];
    this.nodes = nodes.map((node) => this.node(node));
    return svg("svg", { viewBox: `0 0 ${this.width} ${this.height}`, role: "img", "aria-label": "values of the cell at the time cursor", style: `max-width:${this.width}px` }, this.view.incoming.el, ...this.nodes.map((n) => n.el));
  }

  layout(nodes) {
    const { H } = this.view.run.sizes;
    this.cell = H <= 4 ? 26 : H <= 8 ? 19 : 10;
    this.tall = this.cell * H;
    this.lane = (this.tall + 108) / 2;
    this.width = PAD.left + PAD.right + COLUMN * Math.max(...nodes.map((n) => n.x));
    const lowest = Math.max(...nodes.map((n) => this.y(n) + this.halfHeight(n)));
    this.height = lowest + PAD.bottom;
    this.byName = Object.fromEntries(nodes.map((n) => [n.name, n]));
  }

  x(node) { return PAD.left + node.x * COLUMN; }
  y(node) { return PAD.top + this.tall / 2 + node.y * this.lane; }

  halfHeight(node) {
    if (node.kind === "joint") return 0;
    if (node.kind === "op") return 16;
    return (this.unitsOf(node.name).length * this.cellHeight(node.name)) / 2;
  }

  halfWidth(node) {
    if (node.kind === "joint") return 0;
    return node.kind === "op" ? [0, 16, 19, 24][Math.min(node.sign.length, 3)] : STRIP / 2;
  }

  // A vector of one number has room for it, however many units the states have.
  cellHeight(symbol) {
    return this.unitsOf(symbol).length === 1 ? 26 : this.cell;
  }

  // A one-hot letter is one cell with the letter in it; a strip taller than fits is never needed for text.
  unitsOf(symbol) {
    const { run } = this.view;
    const vector = run.at(symbol) ?? [];
    return run.x.kind === "letters" && (symbol === "x_t" || symbol === "dx_t") ? [vector[run.entry(symbol)]] : vector;
  }

  arrow() {
    const path = svg("path", { d: "M0,0.6 L7,4 L0,7.4 z", class: "tip" });
    return svg("marker", { id: this.view.id + "tip", viewBox: "0 0 8 8", refX: 6.5, refY: 4, markerWidth: 12, markerHeight: 12, markerUnits: "userSpaceOnUse", orient: "auto-start-reverse" }, path);
  }

  wire(wire) {
    const [a, b] = [this.byName[wire.start], this.byName[wire.end]];
    const tip = `url(#${this.view.id}tip)`;
    const back = this.view.run.backward;
    const ends = { "marker-end": !back && b.kind !== "joint" && tip, "marker-start": back && a.kind !== "joint" && tip };
    const path = svg("path", { d: this.path(a, b, wire.route), class: "wire", style: `stroke:${this.wireHue(a, b)}`, ...ends });
    return { wire, el: path, last: null };
  }

  // A wire has the colour of the vector it comes from or leads to.
  wireHue(...ends) {
    const strip = ends.find((node) => node.kind === "strip");
    return strip ? this.view.run.hue(strip.name, this.view.dark) : "var(--wire)";
  }

  path(a, b, route) {
    const [from, to] = [[this.x(a), this.y(a)], [this.x(b), this.y(b)]];
    const across = route === "-" ? Math.abs(to[0] - from[0]) >= Math.abs(to[1] - from[1]) : route === "-|";
    const corner = route === "-" ? [] : [across ? [to[0], from[1]] : [from[0], to[1]]];
    const points = [from, ...corner, to];
    this.shorten(points[0], points[1], a);
    this.shorten(points.at(-1), points.at(-2), b);
    return corner.length ? this.rounded(points) : `M${points[0]} L${points[1]}`;
  }

  shorten(point, towards, node) {
    const along = Math.abs(towards[0] - point[0]) >= Math.abs(towards[1] - point[1]) ? 0 : 1;
    const half = along === 0 ? this.halfWidth(node) : this.halfHeight(node);
    point[along] += Math.sign(towards[along] - point[along]) * (half + (half ? 2 : 0));
  }

  rounded([from, corner, to]) {
    const radius = 9;
    const near = (p) => corner.map((v, k) => v + Math.sign(p[k] - v) * Math.min(radius, Math.abs(p[k] - v)));
    return `M${from} L${near(from)} Q${corner} ${near(to)} L${to}`;
  }

  joints() {
    const count = {};
    for (const { start, end } of this.view.run.wiring.wires) for (const name of [start, end]) count[name] = (count[name] ?? 0) + 1;
    const joints = this.view.run.wiring.nodes.filter((n) => n.kind === "joint" && count[n.name] > 2);
    return joints.map((n) => svg("circle", { cx: this.x(n), cy: this.y(n), r: 3.2, class: "joint" }));
  }

  node(node) {
    return node.kind === "op" ? this.op(node) : this.strip(node);
  }

  op(node) {
    const [x, y] = [this.x(node), this.y(node)];
    const half = this.halfWidth(node);
    const shape = svg("rect", { x: x - half, y: y - 16, width: 2 * half, height: 32, rx: 16, class: "op" });
    const sign = svg("text", { x, y: y + 5.5, class: half > 19 ? "sign word" : "sign" }, node.sign);
    const note = svg("text", { x: x + half + 1, y: y - 15, class: "note" });
    return { node, note, el: svg("g", {}, shape, sign, note) };
  }

  strip(node) {
    const symbol = this.view.run.backward ? node.back : node.name;
    const units = this.unitsOf(symbol);
    const height = this.cellHeight(symbol);
    const left = this.x(node) - STRIP / 2;
    const top = this.y(node) - (units.length * height) / 2;
    const cells = units.map((_, j) => this.cellOf(symbol, left, top + j * height, height, j));
    const frame = svg("rect", { x: left, y: top, width: STRIP, height: units.length * height, class: "frame" });
    const name = this.name(symbol, left - 6, top - 8); // left of the wire that leaves at the top
    const caption = svg("text", { x: this.x(node), y: top + units.length * height + 17, class: "caption" });
    return { node, symbol, cells, caption, el: svg("g", {}, ...cells.flatMap((c) => [c.back, c.bar, c.text]), frame, name, caption) };
  }

  cellOf(symbol, left, y, height, j) {
    const isInput = symbol === "x_t" || symbol === "dx_t";
    const unit = () => (isInput ? this.view.run.unit : j);
    const text = svg("text", { x: left + STRIP / 2, y: y + height / 2 + 4.5, class: "value", "data-symbol": symbol, "data-unit": j + 1 });
    const title = svg("title");
    const back = svg("rect", {
      x: left, y, width: STRIP, height, class: "cell",
      onclick: () => this.view.pick(symbol, unit()),
      onpointerenter: () => { title.textContent = number(Number(text.dataset.value)); this.view.incoming.point(symbol, j); },
      onpointerleave: () => this.view.incoming.point(null),
    }, title);
    const bar = svg("rect", { x: left, y, width: 0, height, class: "bar" });
    return { back, bar, text, height, left, width: STRIP, middle: y + height / 2 };
  }

  name(symbol, x, y) {
    const { run, dark } = this.view;
    const { stem, sub } = parts(symbol);
    const letters = run.isGradient(symbol) ? "\u2202" + stem.slice(1) : stem;
    return svg("text", { x, y, class: "name", style: `fill:${run.hue(symbol, dark)}` }, letters, svg("tspan", { class: "sub", dy: 4 }, sub));
  }

  update() {
    for (const node of this.nodes) if (node.cells) this.updateStrip(node); else this.updateOp(node);
    for (const wire of this.wires) this.updateWire(wire);
  }

  updateStrip({ node, symbol, cells, caption }) {
    const { run } = this.view;
    this.unitsOf(symbol).forEach((value, j) => this.updateCell(cells[j], symbol, value, j));
    write(caption, run.backward ? this.backCaption(node) : this.captionOf(node));
  }

  updateCell(cell, symbol, value, j) {
    const { back, bar, text, height } = cell;
    const { run, dark } = this.view;
    const open = run.isGate(symbol);
    const colour = open ? PALETTE[dark ? "dark" : "light"].zero : run.colour(symbol, value, dark);
    mark(back, "fill", css(colour));
    if (open) this.valve(bar, symbol, value);
    write(text, height >= 19 ? this.cellText(symbol, value) : "");
    const ink = open ? (dark ? "#ffffff" : "#111111") : inkOn(colour);
    if (cell.ink !== ink) text.style.fill = cell.ink = ink;
    mark(text, "data-value", value);
    const chosen = j === run.unit && symbol !== "x_t" && symbol !== "dx_t" && run.sizes.H > 1;
    text.classList.toggle("chosen", chosen);
    back.classList.toggle("chosen", chosen);
  }

  // A gate is drawn as a valve: as far open as its value.
  valve(bar, symbol, value) {
    const { run, dark } = this.view;
    mark(bar, "width", STRIP * clamp(value, 0, 1));
    mark(bar, "fill", css(mix(PALETTE[dark ? "dark" : "light"].zero, rgb(run.hue(symbol, dark)), dark ? 0.62 : 0.45)));
  }

  cellText(symbol, value) {
    const { run } = this.view;
    if (run.x.kind === "letters" && symbol === "x_t") return visible(run.x.labels[run.t]);
    return short(value);
  }

  captionOf(node) {
    const { run } = this.view;
    if (node.name.endsWith("_prev")) return run.t ? "from t\u22121" : "initial";
    if (run.state.some((name) => node.name === `${name}_t`)) return run.t + 1 < run.sizes.T ? "to t+1" : "last";
    return "";
  }

  backCaption(node) {
    const { run } = this.view;
    const state = run.state.find((name) => node.name === `${name}_t`);
    if (node.name.endsWith("_later")) return "from t+1";
    if (node.name.endsWith("_loss")) return "from L";
    if (node.name.endsWith("_prev")) return `\u2016\u2202\u2016 ${number(run.norm(node.back))} to t\u22121`;
    if (!state) return "";
    return `\u2016\u2202\u2016 ${number(run.norm(`d${state}_t`))}`;
  }

  updateOp({ node, note }) {
    const { run } = this.view;
    write(note, run.backward ? this.factor(node) : number(this.own(run.value(node.value))));
  }

  // On the way back a product multiplies by its other factor: say which, and how much.
  factor(node) {
    const { run } = this.view;
    if (!node.factor) return "";
    return `\u00d7 ${number(this.own(run.value(node.factor)))}`;
  }

  own(vector) {
    return vector[Math.min(this.view.run.unit, vector.length - 1)];
  }

  updateWire({ wire, el }) {
    const { run } = this.view;
    const tree = run.backward ? wire.back : wire.value;
    const strength = tree ? this.strength(run, run.value(tree)) : 0.35;
    mark(el, "stroke-width", (1 + 4.5 * strength).toFixed(2));
    mark(el, "opacity", (0.35 + 0.65 * strength).toFixed(2));
  }

  strength(run, vector) {
    const size = Math.hypot(...vector) / Math.sqrt(vector.length);
    if (!run.backward) return clamp(size, 0, 1);
    return size === 0 ? 0 : clamp(1 + Math.log10(size / run.scale("dh_t")) / FULL_DECADES, 0, 1);
  }
}
