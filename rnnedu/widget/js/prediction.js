// Predict first: one slider for each label, drawn as a chart; the true values are laid over it after Run.

import { keepsKeys } from "./keys.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 220; // of the chart, in pixels
const INSET = 14; // half a slider's thumb: the thumb's centre travels between the insets, and so do the marks
const OURS = new Set(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown", " ", "Enter"]);
const CONFIRM = new Set([" ", "Enter"]);

function make(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = `rnnedu-prediction-${className}`;
  node.textContent = text;
  return node;
}

function draw(parent, tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  parent.append(node);
  return node;
}

function format(value, step) {
  const counts = Number.isInteger(step) && Number.isInteger(value);
  const digits = counts ? 0 : Math.min(6, Math.max(2, (String(step).split(".")[1] ?? "").length));
  const size = Math.abs(value);
  const tiny = size > 0 && size < 0.5 * 10 ** -digits; // it must not read as 0
  const short = size >= 1e-4 && size < 1e5 ? String(Number(value.toPrecision(2))) : value.toExponential(1);
  const text = tiny || size >= 1e5 ? short : value.toFixed(digits);
  return text.replace(/^-(?=0\.?0*$)/, "").replace("-", "\u2212");
}

// Marks lie on values that can be set, where these are counts: no 2.5 of 12.
function ticks(low, high, smallest) {
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const fits = (size) => size >= rough * 0.999 && (size % 1 === 0 || !Number.isInteger(smallest));
  const step = [1, 2, 2.5, 5, 10].map((times) => times * power).find(fits) ?? 1;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return { step, values: Array.from({ length: count }, (_, n) => (first + n) * step) };
}

// Everything that is shown, once; `show` writes into it.
function build(model) {
  const root = make("div", "root");
  root.classList.add("rnnedu-card");
  const question = make("p", "question", model.get("question"));
  question.id = `rnnedu-prediction-${crypto.getRandomValues(new Uint32Array(2)).join("")}`;
  root.setAttribute("role", "group");
  root.setAttribute("aria-labelledby", question.id);
  const parts = {
    root,
    legend: legend(),
    scroll: make("div", "scroll"),
    axis: make("div", "axis"),
    chart: document.createElementNS(SVG, "svg"),
    columns: model.get("labels").map((label) => column(model, label)),
    run: keepsKeys(make("button", "run", "Run")),
    reset: keepsKeys(make("button", "reset", "Reset")),
    status: make("p", "status"),
    error: make("p", "error"),
    table: make("table", "table"),
  };
  parts.chart.setAttribute("class", "rnnedu-prediction-chart");
  parts.chart.setAttribute("role", "img");
  parts.status.setAttribute("role", "status");
  parts.status.setAttribute("aria-live", "polite");
  parts.error.setAttribute("role", "alert");
  const controls = make("div", "controls");
  controls.append(parts.run, parts.reset, parts.status);
  root.append(question, parts.legend.node, plot(parts), controls, parts.error, parts.table);
  return parts;
}

function legend() {
  const node = make("div", "legend");
  const items = [["your prediction", guessMark], ["result", truthMark]].map(([text, mark]) => {
    const item = make("span", "key", text);
    const sample = document.createElementNS(SVG, "svg");
    sample.setAttribute("aria-hidden", "true");
    mark(sample, "50%", 10);
    item.prepend(sample);
    return item;
  });
  node.append(...items);
  return { node, truth: items[1] };
}

function plot(parts) {
  const area = make("div", "plot");
  const field = make("div", "field");
  field.style.setProperty("--columns", parts.columns.length);
  parts.axis.setAttribute("aria-hidden", "true");
  field.append(parts.chart, ...parts.columns.map((each) => each.node));
  area.append(parts.axis, field);
  parts.scroll.append(area);
  return parts.scroll;
}

function column(model, label) {
  const node = make("div", "column");
  const input = keepsKeys(make("input", "slider"));
  const [low, high, step] = ["low", "high", "step"].map((name) => model.get(name));
  Object.assign(input, { type: "range", min: low, max: high, step, value: (low + high) / 2 });
  input.setAttribute("aria-label", label);
  input.setAttribute("aria-orientation", "vertical");
  const name = make("span", "name", label);
  const value = make("span", "value");
  for (const seen of [name, value]) seen.setAttribute("aria-hidden", "true"); // the slider says both
  node.append(input, name, value);
  return { node, input, value };
}

function guessMark(parent, x, y) {
  return draw(parent, "circle", { cx: x, cy: y, r: 5.5, class: "rnnedu-prediction-guess" });
}

function truthMark(parent, x, y) {
  const place = draw(parent, "svg", { x, y, overflow: "visible" });
  return draw(place, "path", { d: "M0,-9 L9,0 L0,9 L-9,0 Z", class: "rnnedu-prediction-truth" });
}

function unsetMark(parent, x, y) {
  draw(parent, "circle", { cx: x, cy: y, r: 9, class: "rnnedu-prediction-unset" });
  const text = draw(parent, "text", { x, y: y + 4, class: "rnnedu-prediction-ask" });
  text.textContent = "?";
}

// What is to be seen, read from the model in one place.
function stateOf(model) {
  const names = ["labels", "guess", "result", "low", "high", "step", "submitted", "error"];
  const state = Object.fromEntries(names.map((name) => [name, model.get(name)]));
  state.set = state.guess.filter((value) => value !== null).length;
  state.done = state.result.length > 0;
  state.complete = state.set === state.labels.length;
  state.running = state.submitted && !state.done && !state.error;
  state.bottom = Math.min(state.low, ...state.result);
  state.top = Math.max(state.high, ...state.result);
  state.y = (value) => INSET + ((state.top - value) / (state.top - state.bottom)) * (HEIGHT - 2 * INSET);
  return state;
}

function show(model, parts) {
  const state = stateOf(model);
  parts.legend.truth.hidden = !state.done;
  parts.columns.forEach((each, n) => showColumn(each, n, state));
  showChart(parts, state);
  showTable(parts.table, state);
  parts.run.disabled = !state.complete || state.submitted;
  parts.reset.disabled = state.set === 0 && !state.submitted;
  // With its sliders disabled, a chart too wide for the page has nothing else to be scrolled by from the keyboard.
  if (state.submitted && parts.scroll.scrollWidth > parts.scroll.clientWidth) parts.scroll.tabIndex = 0;
  else parts.scroll.removeAttribute("tabindex");
  parts.root.setAttribute("aria-busy", String(state.running));
  say(parts.status, statusOf(state));
  say(parts.error, state.error && `Run failed. ${state.error}`);
}

// The same words again would be read out again.
function say(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

function showColumn({ input, value }, n, state) {
  const guess = state.guess[n];
  if (guess !== null && Number(input.value) !== guess) input.value = guess;
  const words = guess === null ? "not set yet" : format(guess, state.step);
  input.setAttribute("aria-valuetext", words);
  input.disabled = state.submitted;
  value.textContent = guess === null ? "\u2013" : words;
}

function showChart({ chart, axis }, state) {
  chart.replaceChildren();
  axis.replaceChildren();
  chart.setAttribute("aria-label", state.done ? "Chart of your prediction and the result" : "Chart of your prediction");
  const scale = ticks(state.bottom, state.top, state.step);
  for (const value of scale.values) showTick(chart, axis, value, state.y(value), scale.step);
  state.labels.forEach((_, n) => {
    const x = `${(100 * (n + 0.5)) / state.labels.length}%`;
    if (state.guess[n] === null) unsetMark(chart, x, state.y((state.low + state.high) / 2));
    else if (!state.done) guessMark(chart, x, state.y(state.guess[n]));
    if (state.done) showPair(chart, x, state, n);
  });
}

function showTick(chart, axis, value, y, step) {
  const kind = Math.abs(value) < step / 1e6 ? "zero" : "grid";
  draw(chart, "line", { x1: 0, x2: "100%", y1: y, y2: y, class: `rnnedu-prediction-${kind}` });
  const tick = make("span", "tick", String(Number(value.toPrecision(6))).replace("-", "\u2212"));
  tick.style.top = `${y}px`;
  axis.append(tick);
  const widest = Math.max(...[...axis.children].map((each) => each.textContent.length));
  axis.style.width = `${widest + 1}ch`;
}

function showPair(chart, x, state, n) {
  const truth = state.y(state.result[n]);
  if (state.guess[n] !== null) {
    const guess = state.y(state.guess[n]);
    draw(chart, "line", { x1: x, x2: x, y1: guess, y2: truth, class: "rnnedu-prediction-gap" });
    guessMark(chart, x, guess);
  }
  truthMark(chart, x, truth);
}

function showTable(table, state) {
  table.replaceChildren();
  table.hidden = !state.done;
  if (!state.done) return;
  table.append(make("caption", "caption", "Your prediction and the result"));
  table.append(row("th", ["", "yours", "result", "gap"]));
  state.labels.forEach((label, n) => {
    const guess = state.guess[n];
    const numbers = guess === null ? [null, state.result[n], null] : [guess, state.result[n], gap(state, n)];
    const words = numbers.map((value) => (value === null ? "\u2013" : format(value, state.step)));
    table.append(row("td", [label, ...words]));
  });
}

function row(tag, texts) {
  const node = document.createElement("tr");
  texts.forEach((text, n) => {
    const cell = document.createElement(n === 0 && tag === "td" ? "th" : text === "" ? "td" : tag);
    if (cell.tagName === "TH") cell.scope = tag === "td" ? "row" : "col";
    cell.textContent = text;
    node.append(cell);
  });
  return node;
}

function gap(state, n) {
  return state.guess[n] === null ? 0 : Math.abs(state.guess[n] - state.result[n]);
}

function statusOf(state) {
  const n = state.labels.length;
  if (state.done) return verdict(state);
  if (state.running) return "Running\u2026";
  if (state.complete) return "All set. Run shows the result.";
  return state.set ? `Predict first: ${state.set} of ${n} set` : `Predict first: click in each column, or use the arrow keys (0 of ${n} set)`;
}

function verdict(state) {
  const gaps = state.labels.map((_, n) => gap(state, n));
  const worst = gaps.indexOf(Math.max(...gaps));
  const [guess, truth] = [state.guess[worst], state.result[worst]];
  if (guess === null) return "Here is the result.";
  if (gaps[worst] < state.step / 2) return "Every value is as you predicted.";
  const words = [gaps[worst], guess, truth].map((value) => format(value, state.step));
  return `Largest gap ${words[0]}, at \u201c${state.labels[worst]}\u201d: you predicted ${words[1]}, the result is ${words[2]}.`;
}

function change(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

function setGuess(model, n, input) {
  const guess = [...model.get("guess")];
  guess[n] = Number(input.value);
  change(model, { guess });
}

// A vertical slider answers Left and Right differently in each browser; here Right is always more.
function sideways(event, input) {
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return false;
  event.preventDefault();
  if (event.key === "ArrowRight") input.stepUp();
  else input.stepDown();
  return true;
}

function listen(model, parts, signal) {
  const on = (node, kind, act) => node.addEventListener(kind, act, { signal });
  parts.columns.forEach(({ input }, n) => {
    const set = () => setGuess(model, n, input);
    on(input, "input", set);
    on(input, "click", () => input.disabled || set()); // a click where the slider already stands counts too
    on(input, "keydown", (event) => {
      if (sideways(event, input) || CONFIRM.has(event.key)) set();
    });
  });
  on(parts.root, "keydown", (event) => {
    if (OURS.has(event.key)) event.stopPropagation();
  });
  on(parts.run, "click", () => {
    change(model, { submitted: true });
    parts.reset.focus(); // Run is disabled now, and would drop the focus
  });
  on(parts.reset, "click", () => {
    change(model, { guess: model.get("labels").map(() => null), submitted: false, result: [], error: "" });
    for (const { input } of parts.columns) input.value = (model.get("low") + model.get("high")) / 2;
    parts.columns[0].input.focus();
  });
}

export default {
  render({ model, el }) {
    const parts = build(model);
    const listening = new AbortController();
    const refresh = () => show(model, parts);
    const events = ["guess", "submitted", "result", "error"].map((name) => `change:${name}`);
    listen(model, parts, listening.signal);
    for (const event of events) model.on(event, refresh);
    el.append(parts.root);
    refresh();
    return () => {
      listening.abort();
      for (const event of events) model.off(event, refresh);
      parts.root.remove();
    };
  },
};
