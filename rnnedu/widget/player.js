// The step player. The kernel sends one run (see message.py); everything here only shows it: the cursor moves
// without asking the kernel. Vectors are the engine's; what stands between them in the drawing and the equations is
// worked out here, by the docstrings' own expressions.

const NS = "http://www.w3.org/2000/svg";
const FULL_DECADES = 6; // a gradient 10^-6 of the largest one has faded to nothing
const PLAY_MS = 700;

// ---------------------------------------------------------------- small helpers

function html(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(NS, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

// Three decimals or three digits, whichever says more; a power of ten where that would be long.
function number(value) {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 0.000995 || size >= 9999.5) return power(value, 2);
  return minus(size < 0.0995 ? value.toPrecision(3) : value.toFixed(size < 10 ? 3 : 1));
}

function power(value, decimals) {
  return minus(value.toExponential(decimals).replace("e+", "e"));
}

// As much as a strip has room for.
function short(value) {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 0.00095 || size >= 9999.5) return power(value, 0);
  return minus(value.toFixed(size < 0.0995 ? 3 : size < 99.95 ? 2 : size < 999.5 ? 1 : 0));
}

// A space that one can see.
function visible(letter) {
  return letter === " " ? "\u2423" : letter;
}

function minus(text) {
  return text.replace(/-/g, "\u2212");
}

// ---------------------------------------------------------------- colour

function isDark(el) {
  const declared = document.body.getAttribute("data-jp-theme-light");
  if (declared) return declared === "false";
  const forced = el.closest("[data-theme]")?.getAttribute("data-theme");
  return forced ? forced === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

const PALETTE = {
  light: { zero: [247, 247, 247], negative: [33, 102, 172], positive: [178, 24, 43] },
  dark: { zero: [44, 47, 51], negative: [94, 170, 240], positive: [244, 114, 104] },
};

function mix(from, to, share) {
  return from.map((value, k) => Math.round(value + (to[k] - value) * share));
}

function rgb(hex) {
  return [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
}

function css(colour) {
  return `rgb(${colour.join(",")})`;
}

function luminance(colour) {
  const [r, g, b] = colour.map((v) => (v / 255 <= 0.03928 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function inkOn(colour) {
  return luminance(colour) > 0.18 ? "#111111" : "#ffffff";
}

// ---------------------------------------------------------------- expressions

const FUNCTIONS = {
  sigmoid: (a) => 0.5 * (1 + Math.tanh(0.5 * a)),
  tanh: Math.tanh,
  relu: (a) => Math.max(a, 0),
};
const ELEMENTWISE = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: (a, b) => a ** b,
  gt: (a, b) => Number(a > b),
};

// A new cell may use a function that is not known here: its recorded results are shown, what is inside is not.
function unknown() {
  return NaN;
}

function transpose(matrix) {
  return matrix[0].map((_, k) => matrix.map((row) => row[k]));
}

function evaluate(tree, look) {
  const [kind, left, right] = tree;
  if (kind === "name") return look(left);
  if (kind === "number") return left;
  if (kind === "T") return transpose(evaluate(left, look));
  if (kind === "sum") return evaluate(left, look); // over the batch, of which one sequence is shown
  if (kind === "neg") return broadcast(ELEMENTWISE.mul, -1, evaluate(left, look));
  if (kind === "call") return [].concat(evaluate(right, look)).map((a) => (FUNCTIONS[left] ?? Math[left] ?? unknown)(a));
  const a = evaluate(left, look);
  const b = evaluate(right, look);
  if (kind === "matmul") return b[0].map((_, j) => a.reduce((sum, v, k) => sum + v * b[k][j], 0));
  return broadcast(ELEMENTWISE[kind], a, b);
}

function broadcast(f, a, b) {
  if (Array.isArray(a)) return a.map((v, j) => f(v, Array.isArray(b) ? b[j] : b));
  return Array.isArray(b) ? b.map((v) => f(a, v)) : f(a, b);
}

// ---------------------------------------------------------------- the run and where we are in it

class Run {
  constructor(model) {
    const data = model.get("data");
    for (const name of ["title", "state", "sizes", "x", "values", "gradients", "blocks", "wiring", "colours"]) this[name] = data[name];
    const mode = model.get("mode");
    this.backward = mode === "backward";
    this.equations = data[mode];
    this.rows = data.rows[mode];
    this.gates = new Set(data.gates);
    this.defined = new Map([...data.forward, ...data.backward].map(({ symbol, tree }) => [symbol, tree]));
    this.t = clamp(model.get("t"), 1, this.sizes.T) - 1;
    this.unit = clamp(model.get("unit"), 1, this.sizes.H) - 1;
    this.scales = {};
  }

  table(symbol) {
    return this.gradients[symbol] ?? this.values[symbol];
  }

  at(symbol, t = this.t) {
    return this.table(symbol)?.[t] ?? this.blocks[symbol] ?? this.derived(symbol);
  }

  // A cell may name a part of its equations without recording it.
  derived(symbol) {
    const tree = this.defined.get(symbol);
    return tree && this.value(tree);
  }

  value(tree) {
    return [].concat(evaluate(tree, (symbol) => this.at(symbol)));
  }

  isGradient(symbol) {
    return symbol in this.gradients;
  }

  // The largest size over the whole run: what full colour means. All states share one scale, so do all gradients.
  scale(symbol) {
    if (this.isGate(symbol)) return 1;
    const group = this.isGradient(symbol) ? "gradient" : symbol[0] === "x" ? "x" : symbol.replace("_prev", "_t");
    this.scales[group] ??= Math.max(...this.group(group).flat(2).map(Math.abs), 1e-300);
    return this.scales[group];
  }

  group(name) {
    if (name !== "gradient") return [this.values[name === "x" ? "x_t" : name] ?? [[1]]];
    return [...this.rows.states, ...this.rows.others].map((symbol) => this.gradients[symbol]);
  }

  // A gate lies between 0 and 1.
  isGate(symbol) {
    return this.gates.has(symbol);
  }

  // -1 .. 1, how strongly a value is coloured; gradients on a logarithmic scale
  share(symbol, value) {
    const part = value / this.scale(symbol);
    if (!this.isGradient(symbol)) return clamp(part, -1, 1);
    const size = Math.abs(part);
    return size === 0 ? 0 : Math.sign(part) * clamp(1 + Math.log10(size) / FULL_DECADES, 0, 1);
  }

  colour(symbol, value, dark) {
    const palette = PALETTE[dark ? "dark" : "light"];
    if (this.isGate(symbol)) return mix(palette.zero, rgb(this.hue(symbol, dark)), clamp(value, 0, 1) * 0.85);
    const share = this.share(symbol, value);
    return mix(palette.zero, share < 0 ? palette.negative : palette.positive, Math.abs(share));
  }

  hue(symbol, dark) {
    const pair = this.colours[symbol] ?? ["#444444", "#cccccc"];
    return pair[dark ? 1 : 0];
  }

  norm(symbol, t = this.t) {
    return Math.hypot(...this.at(symbol, t));
  }

  // Which entry of a vector goes with the chosen unit: the unit itself, or for the input the letter that is on.
  entry(symbol) {
    const length = this.at(symbol)?.length ?? 1;
    if (symbol === "x_t" || symbol === "dx_t") return Math.max(0, this.values.x_t[this.t].indexOf(1)) % length;
    return Math.min(this.unit, length - 1);
  }
}

// ---------------------------------------------------------------- symbols and equations as text

const TAILS = { t: ["t", ""], prev: ["t\u22121", ""], next: ["t", " from t+1"], later: ["t", " from t+1"], loss: ["t", " from L"] };

function parts(symbol) {
  const [stem, tail = ""] = symbol.split("_");
  if (tail in TAILS) return { stem, sub: TAILS[tail][0], note: TAILS[tail][1] };
  return { stem, sub: tail, note: "" };
}

// dh_t is written \u2202h_t: the gradient of the loss with respect to h_t.
function symbolNode(run, symbol, dark) {
  const { stem, sub, note } = parts(symbol);
  const letters = run.isGradient(symbol) ? "\u2202" + stem.slice(1) : stem;
  const node = html("span", { class: "sym", style: `color:${run.hue(symbol, dark)}` }, html("i", {}, letters));
  if (sub) node.append(html("sub", {}, sub));
  if (note) node.append(html("small", {}, note));
  return node;
}

function symbolText(run, symbol) {
  const { stem, sub, note } = parts(symbol);
  return (run.isGradient(symbol) ? "\u2202" + stem.slice(1) : stem) + (sub ? "_" + sub : "") + note;
}

const LEVEL = { gt: 0, add: 1, sub: 1, mul: 2, div: 2, matmul: 2, neg: 2, pow: 3, T: 4, sum: 5, call: 5, name: 5, number: 5 };
const SIGN = { add: " + ", sub: " \u2212 ", mul: " \u2299 ", div: " / ", matmul: " ", gt: " > " };

function bracketed(nodes, needed) {
  return needed ? ["(", ...nodes, ")"] : nodes;
}

function functionName(name) {
  return name === "sigmoid" ? "\u03c3" : name;
}

// The equation in symbols.
function symbolic(run, tree, dark, outer = 0) {
  const [kind, left, right] = tree;
  const level = LEVEL[kind];
  const inner = (sub, at = level) => symbolic(run, sub, dark, at);
  if (kind === "name") return [symbolNode(run, left, dark)];
  if (kind === "number") return [String(left)];
  if (kind === "call") return [functionName(left), "(", ...symbolic(run, right, dark), ")"];
  if (kind === "neg") return bracketed(["\u2212", ...inner(left)], outer > 1);
  if (kind === "T") return [...inner(left), html("sup", {}, "\u22a4")];
  if (kind === "sum") return ["sum(", ...symbolic(run, left, dark), ")"];
  if (kind === "pow") return [...inner(left, level + 0.5), html("sup", {}, ...symbolic(run, right, dark))];
  const after = ["sub", "div", "matmul"].includes(kind) ? level + 0.5 : level;
  const sides = [...inner(left, kind === "matmul" ? after : level), SIGN[kind], ...inner(right, after)];
  return bracketed(sides, level < outer || (kind === "matmul" && outer === LEVEL.mul));
}

const MAX_TERMS = 6;

// Write a number with so many significant digits; 0 is as short as on the strips.
function figure(value, digits) {
  if (!digits || value === 0) return short(value);
  const size = Math.abs(value);
  return size < 1e-3 || size >= 1e4 ? power(value, digits - 1) : minus(value.toPrecision(digits));
}

function signed(value, digits) {
  return value < 0 ? `(${figure(value, digits)})` : figure(value, digits);
}

// As few digits as let the numbers on a line come out at its result: 1 - 1.00 says nothing of 1 - 0.998.
function digitsFor(run, tree, j) {
  const entry = (vector) => vector[j] ?? vector[0];
  const right = entry(run.value(tree));
  const comesOut = (digits) => {
    const shown = (value) => (Array.isArray(value) ? value.map(shown) : Number(figure(value, digits).replaceAll("\u2212", "-")));
    const seen = entry([].concat(evaluate(tree, (symbol) => shown(run.at(symbol)))));
    return !(Math.abs(seen - right) > 0.02 * Math.abs(right));
  };
  return [0, 3, 4].find(comesOut) ?? 5;
}

// One entry of a product of a row vector and a matrix, written out.
function dot(run, left, right, { j, digits }) {
  const vector = [].concat(evaluate(left, (s) => run.at(s)));
  const matrix = evaluate(right, (s) => run.at(s));
  const terms = vector.map((v, k) => [v, matrix[k][Math.min(j, matrix[k].length - 1)]]).filter(([v]) => v !== 0);
  const shown = terms.slice(0, terms.length > MAX_TERMS ? MAX_TERMS - 1 : MAX_TERMS);
  const texts = shown.map(([v, w]) => `${signed(v, digits)}\u00b7${signed(w, digits)}`);
  if (terms.length > shown.length) texts.push(`\u2026 ${terms.length - shown.length} more`);
  return texts.join(" + ") || "0";
}

// The equation with this timestep's numbers. `how` says for which entry j, and with how many digits.
function numeric(run, tree, how, outer = 0) {
  const [kind, left, right] = tree;
  const level = LEVEL[kind];
  const inner = (sub, at = level) => numeric(run, sub, how, at);
  if (kind === "name") return signed(pick(run.at(left), how.j), how.digits);
  if (kind === "number") return String(left);
  if (kind === "call") return `${functionName(left)}(${bare(inner(right, 0))})`;
  if (kind === "neg") return wrap("\u2212" + inner(left), outer > 1);
  if (kind === "matmul") return wrap(dot(run, left, right, how), outer > 1);
  if (kind === "sum") return `sum(${inner(left, 0)})`;
  if (kind === "pow") return inner(left, level + 0.5) + (right[1] === 2 ? "\u00b2" : `^${inner(right)}`);
  const after = kind === "sub" || kind === "div" ? level + 0.5 : level;
  const sign = kind === "mul" ? "\u00b7" : SIGN[kind];
  return wrap(inner(left) + sign + inner(right, after), level < outer);
}

// Inside a function's brackets a lone negative number needs none of its own.
function bare(text) {
  return /^\([^()]*\)$/.test(text) ? text.slice(1, -1) : text;
}

function products(tree) {
  return Array.isArray(tree) ? Number(tree[0] === "matmul") + tree.reduce((sum, sub) => sum + products(sub), 0) : 0;
}

function wrap(text, needed) {
  return needed ? `(${text})` : text;
}

function pick(vector, j) {
  return vector[Math.min(j, vector.length - 1)];
}

// The step between numbers put in and result: each summand, or what stands inside the function, as one number.
function reduced(run, tree, j) {
  const [kind, left, right] = tree;
  const one = (sub) => run.value(sub)[j] ?? run.value(sub)[0];
  if (kind === "call" && right[0] !== "name") return `${functionName(left)}(${number(one(right))})`;
  if (kind !== "add" || (left[0] === "name" && right[0] === "name")) return null;
  const last = number(one(right));
  return `${reduced(run, left, j) ?? number(one(left))} + ${one(right) < 0 ? `(${last})` : last}`;
}

// ---------------------------------------------------------------- the equations panel

class Equations {
  constructor(view) {
    this.view = view;
    this.title = html("div", { class: "title" });
    this.list = html("div", { class: "equations" });
    this.el = html("div", { class: "panel" }, this.title, this.list);
  }

  rebuild() {
    const { run, dark } = this.view;
    this.lines = run.equations.map((equation) => this.line(equation, dark));
    this.list.replaceChildren(...this.lines.map((line) => line.el));
  }

  line(equation, dark) {
    const { run } = this.view;
    const head = html("div", { class: "symbolic" }, symbolNode(run, equation.symbol, dark), " = ", ...symbolic(run, equation.tree, dark));
    const numbers = document.createTextNode("");
    const between = document.createTextNode("");
    const result = html("b", { "data-result": equation.symbol });
    const el = html("div", { class: "equation", "data-symbol": equation.symbol }, head, html("div", { class: "numeric" }, numbers, between, result));
    return { equation, el, numbers, between, result };
  }

  update() {
    const { run } = this.view;
    const input = run.x.kind === "letters" ? `, input letter ${visible(run.x.labels[run.t])}` : "";
    this.title.textContent = `Unit ${run.unit + 1} at t = ${run.t + 1}${input}`;
    for (const line of this.lines) this.fill(run, line);
  }

  fill(run, { equation, numbers, between, result }) {
    const j = run.entry(equation.symbol);
    const middle = reduced(run, equation.tree, j);
    const value = run.at(equation.symbol)[j];
    // A sum over every gate is too long to spell out: one number for each gate says where it comes from.
    const spelled = () => numeric(run, equation.tree, { j, digits: digitsFor(run, equation.tree, j) });
    numbers.data = products(equation.tree) > 2 ? "" : `= ${spelled()} `;
    between.data = middle && !middle.includes("NaN") ? `= ${middle} ` : "";
    result.textContent = `= ${number(value)}`;
    result.dataset.value = value;
  }
}

// ---------------------------------------------------------------- rows over time

class Rows {
  constructor(view) {
    this.view = view;
    this.open = false;
    this.cursor = html("div", { class: "cursor" });
    this.area = html("div", { class: "rows" });
    this.foot = html("div", { class: "foot" });
    this.area.addEventListener("pointerdown", (event) => this.point(event));
    this.area.addEventListener("pointermove", (event) => event.buttons === 1 && this.point(event));
    this.el = html("div", {}, this.area, this.foot);
  }

  rebuild() {
    const { run } = this.view;
    const { states, others } = run.rows;
    const rows = [this.row("x_t", run.x.title, 54, (c, w, h) => this.drawInput(c, w, h))];
    for (const symbol of states) rows.push(...this.stateRows(symbol));
    if (this.open) rows.push(...others.map((symbol) => this.heat(symbol, 0.6)));
    this.area.replaceChildren(...rows, this.cursor);
    this.foot.replaceChildren(...(others.length ? [this.fold(others)] : []));
    this.draw();
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

  fold(others) {
    const { run, dark } = this.view;
    const toggle = () => { this.open = !this.open; this.rebuild(); this.move(); this.el.querySelector(".fold").focus(); };
    const names = others.flatMap((symbol) => [" ", symbolNode(run, symbol, dark)]);
    const mark = html("span", { class: "mark" }, this.open ? "\u25b4" : "\u25be");
    return html("button", { class: "fold", type: "button", "aria-expanded": String(this.open), onclick: toggle }, mark, this.open ? " hide" : " show", ...names);
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

  drawHeat(symbol, context, width, height) {
    const { run, dark } = this.view;
    const [dx, dy] = [width / run.sizes.T, height / run.sizes.H];
    run.table(symbol).forEach((units, t) => units.forEach((value, j) => {
      context.fillStyle = css(run.colour(symbol, value, dark));
      context.fillRect(t * dx, j * dy, dx + 0.5, dy + 0.5);
    }));
  }

  drawInput(context, width, height) {
    return this.view.run.x.kind === "letters" ? this.drawLetters(context, width, height) : this.drawLine(context, width, height);
  }

  drawLetters(context, width, height) {
    const { run, dark } = this.view;
    const dx = width / run.sizes.T;
    Object.assign(context, { fillStyle: run.hue("h_t", dark), textAlign: "center", textBaseline: "middle" });
    context.font = `600 ${clamp(dx * 0.8, 9, 26)}px ui-monospace, "DejaVu Sans Mono", monospace`;
    const every = Math.ceil(7 / dx); // letters that would touch say nothing
    run.x.labels.forEach((letter, t) => t % every || context.fillText(visible(letter), (t + 0.5) * dx, height / 2));
  }

  drawLine(context, width, height) {
    const { run, dark } = this.view;
    const series = run.values.x_t.map((units) => units[0]);
    const [low, high] = [Math.min(...series, 0), Math.max(...series, 0)];
    const y = (v) => height - 8 - ((v - low) / (high - low || 1)) * (height - 16);
    this.line(context, width, [0, 0].map(y), run.hue("x_t", dark), 0.5, false);
    this.line(context, width, series.map(y), run.hue("x_t", dark), 1.8, true);
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
    const canvas = this.el.querySelector("canvas");
    const box = canvas.getBoundingClientRect();
    if (event.target.tagName !== "CANVAS") return;
    const { run } = this.view;
    const t = clamp(Math.floor(((event.clientX - box.left) / box.width) * run.sizes.T), 0, run.sizes.T - 1);
    this.view.go(t, this.unitAt(event) ?? run.unit);
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

  move() {
    const { run } = this.view;
    if (this.width === undefined || !this.width) this.measure();
    for (const b of this.area.querySelectorAll("[data-norm]")) b.textContent = number(run.norm(b.dataset.norm));
    const dx = this.width / run.sizes.T;
    this.cursor.style.width = `${Math.max(dx, 3)}px`;
    this.cursor.style.transform = `translateX(${this.left + run.t * dx}px)`;
  }
}

// ---------------------------------------------------------------- the wiring

const COLUMN = 100;
const STRIP = 62;
const PAD = { left: 76, right: 84, top: 40, bottom: 26 };

class Drawing {
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
    this.layout(run.wiring.nodes);
    const marks = svg("defs", {}, this.arrow());
    this.wires = run.wiring.wires.map((wire) => this.wire(wire));
    this.nodes = run.wiring.nodes.filter((node) => node.kind !== "joint").map((node) => this.node(node));
    const label = `wiring of the ${run.title} cell at the time cursor`;
    const attributes = { viewBox: `0 0 ${this.width} ${this.height}`, role: "img", "aria-label": label, style: `max-width:${this.width * 1.12}px` };
    this.el.replaceChildren(svg("svg", attributes, marks, ...this.wires.map((w) => w.el), ...this.joints(), ...this.nodes.map((n) => n.el)));
  }

  // A cell that declares no wiring still shows its vectors.
  valuesOnly() {
    const { run } = this.view;
    const { states, others } = run.rows;
    const d = run.backward ? "d" : "";
    const names = [`${d}x_t`, ...run.state.map((name) => `${d}${name}_prev`), ...others, ...states];
    const nodes = names.map((name, k) => ({ name, back: name, kind: "strip", x: k, y: 0 })).filter(({ name }) => run.table(name));
    this.layout(nodes);
    this.wires = [];
    this.nodes = nodes.map((node) => this.node(node));
    return svg("svg", { viewBox: `0 0 ${this.width} ${this.height}`, role: "img", "aria-label": "values of the cell at the time cursor", style: `max-width:${this.width}px` }, ...this.nodes.map((n) => n.el));
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
    const text = svg("text", { x: left + STRIP / 2, y: y + height / 2 + 4.5, class: "value", "data-symbol": symbol, "data-unit": j + 1 });
    const title = svg("title");
    const back = svg("rect", {
      x: left, y, width: STRIP, height, class: "cell",
      onclick: () => this.view.go(this.view.run.t, isInput ? this.view.run.unit : j),
      onpointerenter: () => { title.textContent = number(Number(text.dataset.value)); },
    }, title);
    const bar = svg("rect", { x: left, y, width: 0, height, class: "bar" });
    return { back, bar, text, height };
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
    caption.textContent = run.backward ? this.backCaption(node) : this.captionOf(node);
  }

  updateCell({ back, bar, text, height }, symbol, value, j) {
    const { run, dark } = this.view;
    const open = run.isGate(symbol);
    const colour = open ? PALETTE[dark ? "dark" : "light"].zero : run.colour(symbol, value, dark);
    back.setAttribute("fill", css(colour));
    if (open) this.valve(bar, symbol, value);
    text.textContent = height >= 19 ? this.cellText(symbol, value) : "";
    text.style.fill = open ? (dark ? "#ffffff" : "#111111") : inkOn(colour);
    text.setAttribute("data-value", value);
    const chosen = j === run.unit && symbol !== "x_t" && symbol !== "dx_t" && run.sizes.H > 1;
    text.classList.toggle("chosen", chosen);
    back.classList.toggle("chosen", chosen);
  }

  // A gate is drawn as a valve: as far open as its value.
  valve(bar, symbol, value) {
    const { run, dark } = this.view;
    bar.setAttribute("width", STRIP * clamp(value, 0, 1));
    bar.setAttribute("fill", css(mix(PALETTE[dark ? "dark" : "light"].zero, rgb(run.hue(symbol, dark)), dark ? 0.62 : 0.45)));
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
    if (node.name.endsWith("_prev")) return `\u2016\u2202\u2016 ${number(run.norm(node.back))} to t\u22121`;
    if (!state) return "";
    const [later, loss] = [run.norm(`d${state}_later`), run.norm(`d${state}_loss`)];
    return loss ? `t+1: ${number(later)}, L: ${number(loss)}` : `from t+1: ${number(later)}`;
  }

  updateOp({ node, note }) {
    const { run } = this.view;
    if (run.backward) note.textContent = this.factor(node);
    else note.textContent = number(this.own(run.value(node.value)));
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
    el.style.strokeWidth = (1 + 4.5 * strength).toFixed(2);
    el.style.opacity = (0.35 + 0.65 * strength).toFixed(2);
  }

  strength(run, vector) {
    const size = Math.hypot(...vector) / Math.sqrt(vector.length);
    if (!run.backward) return clamp(size, 0, 1);
    return size === 0 ? 0 : clamp(1 + Math.log10(size / run.scale("dh_t")) / FULL_DECADES, 0, 1);
  }
}

// ---------------------------------------------------------------- controls

const ICONS = {
  first: "M5 4h2v12H5zM16 4v12L8 10z",
  back: "M14 4v12L6 10z",
  play: "M6 4v12l10-6z",
  pause: "M5 4h4v12H5zM11 4h4v12h-4z",
  forth: "M6 4v12l8-6z",
  last: "M13 4h2v12h-2zM4 4v12l8-6z",
};

function icon(name) {
  return svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));
}

class Transport {
  constructor(view) {
    this.view = view;
    const button = (name, label, action) => html("button", { type: "button", "aria-label": label, title: label, onclick: action }, icon(name));
    this.play = button("play", "Play", () => view.toggle());
    this.slider = html("input", { type: "range", min: 1, step: 1, "aria-label": "timestep", oninput: () => view.go(this.slider.value - 1) });
    this.readout = html("output");
    this.el = html("div", { class: "transport" },
      button("first", "First timestep", () => view.go(0)),
      button("back", "One step back", () => view.go(view.run.t - 1)),
      this.play,
      button("forth", "One step on", () => view.go(view.run.t + 1)),
      button("last", "Last timestep", () => view.go(view.run.sizes.T - 1)),
      this.slider, this.readout);
  }

  rebuild() {
    this.slider.max = this.view.run.sizes.T;
  }

  update() {
    const { run } = this.view;
    const label = visible(run.x.labels[run.t]);
    this.slider.value = run.t + 1;
    this.readout.textContent = `t = ${run.t + 1} of ${run.sizes.T}${label ? ` \u00b7 ${label}` : ""}`;
    this.slider.setAttribute("aria-valuetext", this.readout.textContent);
  }

  playing(on) {
    this.play.replaceChildren(icon(on ? "pause" : "play"));
    for (const name of ["aria-label", "title"]) this.play.setAttribute(name, on ? "Pause" : "Play");
  }
}

class Settings {
  constructor(view) {
    this.view = view;
    this.el = html("div", { class: "settings" });
  }

  get(trait) {
    return this.view.model.get(trait);
  }

  // New controls only where other ones are needed: what the learner is typing outlives the kernel's answer.
  rebuild() {
    const shape = JSON.stringify([this.get("choices"), this.get("cell"), this.get("mode"), this.get("text") === ""]);
    if (shape !== this.shape) this.el.replaceChildren(...this.controls());
    this.shape = shape;
    for (const control of this.el.querySelectorAll("[data-trait]")) {
      if (control !== document.activeElement) control.value = this.shown(control.dataset.trait);
    }
  }

  controls() {
    const offer = this.get("choices");
    const options = Object.entries(offer.options[this.get("cell")] ?? {});
    const own = [
      this.select("cell", Object.entries(offer.cells)),
      this.count("units", 1, offer.units),
      ...options.map(([name, accepted]) => this.option(name, accepted)),
      this.count("seed", 0, 9999),
    ];
    const series = this.get("text") ? [] : [this.select("series", offer.series.map((name) => [name, name]))];
    const losses = [["last", "sum of h at the last step"], ["every", "sum of h at every step"]];
    const loss = this.get("mode") === "backward" ? [this.select("loss", losses, "loss L")] : [];
    return [this.mode(), ...(offer.fixed ? [] : own), ...series, ...loss];
  }

  // What a control shows of a trait; an option's select holds the place of its value among those accepted.
  shown(name) {
    const accepted = this.get("choices").options[this.get("cell")]?.[name];
    return accepted ? Math.max(0, accepted.indexOf(this.get("options")[name])) : this.get(name);
  }

  set(changes) {
    this.view.settle();
    for (const [name, value] of Object.entries(changes)) this.view.model.set(name, value);
    this.view.model.save_changes();
  }

  labelled(text, control) {
    return html("label", {}, html("span", {}, text), control);
  }

  select(trait, pairs, text = trait, change = (value) => this.set({ [trait]: value })) {
    const options = pairs.map(([value, title]) => html("option", { value }, title));
    const onchange = (event) => change(event.target.value);
    return this.labelled(text, html("select", { "data-trait": trait, onchange }, ...options));
  }

  option(name, accepted) {
    const change = (place) => this.set({ options: { ...this.get("options"), [name]: accepted[place] } });
    return this.select(name, accepted.map((value, place) => [place, String(value)]), name.replace("_", " "), change);
  }

  count(trait, low, high) {
    const right = (field) => field.value !== "" && field.reportValidity();
    const onchange = ({ target }) => right(target) && this.set({ [trait]: Number(target.value) });
    const onblur = ({ target }) => { if (target.value === "" || !target.validity.valid) target.value = this.shown(trait); };
    return this.labelled(trait, html("input", { type: "number", min: low, max: high, step: 1, "data-trait": trait, onchange, onblur }));
  }

  mode() {
    const now = this.get("mode");
    const button = (value) => html("button", { type: "button", "aria-pressed": String(value === now), "data-mode": value, onclick: () => this.set({ mode: value }) }, value);
    return html("div", { class: "mode", role: "group", "aria-label": "direction" }, button("forward"), button("backward"));
  }
}

// ---------------------------------------------------------------- the whole

class Player {
  constructor(model, el) {
    Object.assign(this, { model, el, id: `rnnedu-player-${crypto.getRandomValues(new Uint32Array(2)).join("")}-` });
    this.error = html("div", { class: "error", role: "alert", hidden: true });
    this.values = html("div", { class: "values", role: "status", "aria-live": "polite" });
    this.settings = new Settings(this);
    this.transport = new Transport(this);
    this.rows = new Rows(this);
    this.drawing = new Drawing(this);
    this.equations = new Equations(this);
    const stage = html("div", { class: "stage" }, this.drawing.el, this.equations.el);
    this.root = html("div", { class: "rnnedu-player", role: "group", "aria-label": "step player", onkeydown: (event) => this.key(event), onpointerup: (event) => this.takeKeys(event) },
      html("div", { class: "head" }, this.settings.el, this.transport.el), this.error, this.rows.el, stage, this.values);
    el.append(this.root);
  }

  rebuild() {
    this.settle();
    const held = this.root.contains(document.activeElement) ? document.activeElement : null;
    const at = held?.dataset.trait ?? held?.dataset.mode ?? (held?.className === "fold" ? "fold" : null);
    this.run = this.model.get("data").sizes ? new Run(this.model) : null;
    this.dark = isDark(this.root);
    this.root.classList.toggle("dark", this.dark);
    this.showError();
    this.settings.rebuild();
    if (!this.run) return;
    for (const part of [this.transport, this.rows, this.drawing, this.equations]) part.rebuild();
    this.rows.measure();
    this.update();
    if (at && !held.isConnected) this.root.querySelector(`[data-trait="${at}"],[data-mode="${at}"],.${at}`)?.focus({ preventScroll: true });
  }

  showError() {
    const text = this.model.get("error");
    this.error.hidden = !text;
    this.error.textContent = text;
  }

  update() {
    this.rows.move();
    for (const part of [this.transport, this.drawing, this.equations]) part.update();
    this.values.textContent = this.sentence();
  }

  // The line that a screen reader hears.
  sentence() {
    const { run } = this;
    const shown = ["x_t", ...run.rows.states];
    const vector = (symbol) => `${symbolText(run, symbol)} = ${run.x.kind === "letters" && symbol === "x_t" ? visible(run.x.labels[run.t]) : run.at(symbol).map(number).join("  ")}`;
    return `values at t = ${run.t + 1}:   ` + shown.map(vector).join(";   ");
  }

  go(t, unit = this.run.unit) {
    const { T, H } = this.run.sizes;
    this.run.t = clamp(t, 0, T - 1);
    this.run.unit = clamp(unit, 0, H - 1);
    this.update();
    clearTimeout(this.told);
    this.told = setTimeout(() => this.tell(), 150); // the kernel hears where we stopped, not every step
  }

  // Before the kernel answers with another run it must know where the cursor stands.
  settle() {
    if (this.told) this.tell();
  }

  tell() {
    clearTimeout(this.told);
    this.told = null;
    this.telling = true; // between the two sets the model holds half of the move
    this.model.set("t", this.run.t + 1);
    this.model.set("unit", this.run.unit + 1);
    this.telling = false;
    this.model.save_changes();
  }

  toggle() {
    if (this.timer) return this.stop();
    if (this.run.t + 1 === this.run.sizes.T && !this.run.backward) this.go(0);
    if (this.run.t === 0 && this.run.backward) this.go(this.run.sizes.T - 1);
    this.timer = setInterval(() => this.tick(), PLAY_MS);
    this.transport.playing(true);
  }

  // Going back plays from the end to the beginning, as the gradient flows.
  tick() {
    const next = this.run.t + (this.run.backward ? -1 : 1);
    if (next < 0 || next >= this.run.sizes.T) return this.stop();
    this.go(next);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.transport.playing(false);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return; // Ctrl+S is the notebook's
    event.stopPropagation(); // the notebook has its own use for these keys
    const typing = event.target.matches("select, input[type=number]");
    if (typing) return;
    if (event.key === " " && event.target.tagName === "BUTTON") return;
    const { t, unit, sizes } = this.run;
    const moves = {
      ArrowLeft: () => this.go(t - 1),
      ArrowRight: () => this.go(t + 1),
      ArrowUp: () => this.go(t, unit - 1),
      ArrowDown: () => this.go(t, unit + 1),
      Home: () => this.go(0),
      End: () => this.go(sizes.T - 1),
      " ": () => this.toggle(),
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    moves[event.key]();
  }

  // After a click on a map or in the drawing the keys are the player's.
  takeKeys(event) {
    const control = event.target.closest("button, select, input, label");
    if (this.run && !control && getSelection().isCollapsed) this.transport.slider.focus({ preventScroll: true });
  }

  moved() {
    const [t, unit] = [this.model.get("t") - 1, this.model.get("unit") - 1];
    if (!this.run || this.telling || (t === this.run.t && unit === this.run.unit)) return;
    this.go(t, unit);
  }

  resized() {
    if (!this.run) return;
    this.rows.measure();
    this.rows.draw();
    this.rows.move();
  }
}

function watch(player, model) {
  const size = new ResizeObserver(() => player.resized());
  const rebuild = () => {
    player.rebuild();
    size.unobserve(player.rows.el);
    size.observe(player.rows.el); // reports anew, also where the page was hidden while we drew
  };
  const moved = () => player.moved();
  const failed = () => player.showError();
  const rebuilding = ["change:data", "change:mode", "change:choices"];
  for (const name of rebuilding) model.on(name, rebuild);
  for (const name of ["change:t", "change:unit"]) model.on(name, moved);
  model.on("change:error", failed);
  size.observe(player.rows.el);
  const theme = new MutationObserver(rebuild);
  theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-theme"] });
  return () => {
    for (const name of rebuilding) model.off(name, rebuild);
    for (const name of ["change:t", "change:unit"]) model.off(name, moved);
    model.off("change:error", failed);
    size.disconnect();
    theme.disconnect();
    clearTimeout(player.told);
    clearInterval(player.timer);
    player.root.remove();
  };
}

export default {
  render({ model, el }) {
    const player = new Player(model, el);
    player.rebuild();
    return watch(player, model);
  },
};
