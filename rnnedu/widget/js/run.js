// One run of a cell, as the kernel sent it, and where the cursor stands in it.

import { evaluate } from "./expressions.js";
import { PALETTE, clamp, mix, rgb } from "./kit.js";

export const FULL_DECADES = 6; // a gradient 10^-6 of the largest one has faded to nothing

export class Run {
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
