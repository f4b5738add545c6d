// One run of a cell, as the kernel sent it, and where the cursor stands in it.

import { evaluate } from "./expressions.js";
import { PALETTE, clamp, mix, rgb } from "./kit.js";

export const FULL_DECADES = 6; // a gradient 10^-6 of the largest one has faded to nothing

// -1 .. 1: how strongly a part of the largest gradient is coloured, on a logarithmic scale
export function faded(part) {
  const size = Math.abs(part);
  return size === 0 ? 0 : Math.sign(part) * clamp(1 + Math.log10(size) / FULL_DECADES, 0, 1);
}

export function diverging(share, dark) {
  const palette = PALETTE[dark ? "dark" : "light"];
  return mix(palette.zero, share < 0 ? palette.negative : palette.positive, Math.abs(share));
}

export class Run {
  constructor(model, data = model.get("data")) {
    for (const name of ["title", "state", "sizes", "x", "values", "gradients", "sums", "blocks", "arrays", "wiring", "colours"]) this[name] = data[name];
    const mode = model.get("mode");
    this.backward = mode === "backward";
    this.equations = data[mode];
    this.rows = data.rows[mode];
    this.gates = new Set(data.gates);
    this.owner = new Map(data.sum_lines.map((line) => [line.symbol, line.of]));
    this.defined = new Map([...data.forward, ...data.backward, ...data.sum_lines].map(({ symbol, tree }) => [symbol, tree]));
    this.t = clamp(model.get("t"), 1, this.sizes.T) - 1;
    this.unit = clamp(model.get("unit"), 1, this.sizes.H) - 1;
    this.scales = {};
  }

  table(symbol) {
    return this.gradients[symbol] ?? this.values[symbol] ?? this.sums[symbol];
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

  // What reaches a state on the way back: from t+1, and from the loss where it adds anything.
  arriving(state) {
    const loss = this.gradients[`d${state}_loss`] ?? [];
    const own = loss.some((units) => units.some((value) => value !== 0)) ? [`d${state}_loss`] : [];
    return this.gradients[`d${state}_later`] ? [`d${state}_later`, ...own] : own;
  }

  // The rows that are folded away at first.
  folded() {
    const { others } = this.rows;
    if (!this.backward) return { others, sums: Object.keys(this.sums) };
    return { others, parts: this.state.flatMap((name) => this.arriving(name)) };
  }

  // The numbers that the learner can ask about: what is drawn, or has a row.
  explainable() {
    const drawn = (this.wiring?.nodes ?? []).filter((node) => node.kind === "strip").map((node) => (this.backward ? node.back : node.name));
    const rows = [...this.rows.states, ...Object.values(this.folded()).flat()];
    const equations = this.equations.map(({ symbol }) => symbol);
    return [...new Set([...drawn, ...rows, ...equations])].filter((symbol) => this.at(symbol));
  }

  // The largest size over the whole run: what full colour means. All states share one scale, so do all gradients.
  scale(symbol) {
    if (this.isGate(symbol)) return 1;
    const group = this.isGradient(symbol) ? "gradient" : symbol[0] === "x" ? "x" : symbol.replace("_prev", "_t");
    this.scales[group] ??= Math.max(...this.group(group).flat(2).map(Math.abs), 1e-300);
    return this.scales[group];
  }

  group(name) {
    if (name !== "gradient") return [this.table(name === "x" ? "x_t" : name) ?? [[1]]];
    return [...this.rows.states, ...this.rows.others].map((symbol) => this.gradients[symbol]);
  }

  // A gate lies between 0 and 1.
  isGate(symbol) {
    return this.gates.has(symbol);
  }

  // -1 .. 1, how strongly a value is coloured; gradients on a logarithmic scale
  share(symbol, value) {
    const part = value / this.scale(symbol);
    return this.isGradient(symbol) ? faded(part) : clamp(part, -1, 1);
  }

  colour(symbol, value, dark) {
    if (this.isGate(symbol)) return mix(PALETTE[dark ? "dark" : "light"].zero, rgb(this.hue(symbol, dark)), clamp(value, 0, 1) * 0.85);
    return diverging(this.share(symbol, value), dark);
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
