// What flows into one unit, drawn over the wiring and said in words: each number that its equation multiplies by a
// weight, and how much that adds.

import { evaluate } from "./expressions.js";
import { PALETTE, css, html, number, short, svg, write } from "./kit.js";
import { symbolText } from "./symbols.js";

const MOST = 8; // terms that are spelled out
const HINT = "Point at a number to see what flows into it; click it for its formula, or choose it under \u201cexplain\u201d.";

// The products of a vector and a matrix in an expression.
function matrixProducts(tree) {
  if (!Array.isArray(tree)) return [];
  return tree[0] === "matmul" ? [tree] : tree.flatMap(matrixProducts);
}

function namesIn(tree) {
  if (!Array.isArray(tree)) return [];
  return tree[0] === "name" ? [tree[1]] : tree.flatMap(namesIn);
}

export class Incoming {
  constructor(view) {
    this.view = view;
    this.el = svg("g", { class: "incoming" });
    this.line = html("div", { class: "incoming-line" });
    this.pointed = null;
  }

  // Show a number under the pointer for as long as it stays there; null shows what was picked.
  point(symbol, unit) {
    this.pointed = symbol && { symbol, unit };
    this.update();
  }

  update() {
    const { run, picked } = this.view;
    const { symbol, unit } = this.pointed ?? { symbol: picked, unit: run.entry(picked) };
    const terms = symbol ? this.terms(symbol, unit) : [];
    const lines = terms.map((term) => this.curve(term, symbol, unit, Math.abs(terms[0].product))).filter(Boolean);
    if (lines.length || this.el.hasChildNodes()) this.el.replaceChildren(...lines);
    this.view.drawing.el.classList.toggle("dimmed", lines.length > 0);
    write(this.line, symbol ? this.sentence(symbol, unit, terms) : HINT);
  }

  // The largest first; a letter that is not on adds nothing.
  terms(symbol, unit) {
    const { run } = this.view;
    const look = (name) => run.at(name);
    const products = matrixProducts(run.defined.get(symbol));
    const terms = products.flatMap(([, left, right]) => {
      const [vector, matrix] = [[].concat(evaluate(left, look)), evaluate(right, look)];
      const names = namesIn(left);
      return vector.map((value, k) => ({ names, k, value, weight: matrix[k][Math.min(unit, matrix[k].length - 1)] }));
    });
    for (const term of terms) term.product = term.value * term.weight;
    return terms.filter(({ product }) => product !== 0).sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  }

  sentence(symbol, unit, terms) {
    const { run } = this.view;
    const name = `${symbolText(run, symbol)}, ${run.at(symbol).length === run.sizes.H ? `unit ${unit + 1}` : `entry ${unit + 1}`}`;
    const rest = this.rest(symbol, unit);
    if (!terms.length) return `${name}: nothing comes to it through weights${rest && `; it is made of ${rest}`}.`;
    const texts = terms.slice(0, MOST).map(({ names, k, value, weight, product }) =>
      `${names.map((each) => symbolText(run, each)).join("\u2299")}[${k + 1}] ${short(value)}\u00b7${weight < 0 ? `(${short(weight)})` : short(weight)} = ${number(product)}`);
    if (terms.length > MOST) texts.push(`\u2026 ${terms.length - MOST} smaller`);
    return `Through weights into ${name}:  ${texts.join(";  ")}${rest && `;  besides ${rest}`}`;
  }

  // What its equation takes as it is, with this unit's number.
  rest(symbol, unit) {
    const { run } = this.view;
    const tree = run.defined.get(symbol);
    const weighed = matrixProducts(tree).flatMap(namesIn);
    const names = [...new Set(namesIn(tree))].filter((name) => !weighed.includes(name));
    return names.map((name) => `${symbolText(run, name)} ${short([].concat(run.at(name))[unit] ?? 0)}`).join(", ");
  }

  // From the cell of the strip that a number comes from to the one that it flows into.
  curve({ names, k, product }, symbol, unit, most) {
    const from = this.cell(names.at(-1), k);
    const to = this.cell(this.view.run.owner.get(symbol) ?? symbol, unit);
    if (!from || !to) return null;
    const ahead = to.left > from.left;
    const [x1, x2] = ahead ? [from.left + from.width, to.left] : [from.left, to.left + to.width];
    const bend = Math.max(30, Math.abs(x2 - x1) / 2) * (ahead ? 1 : -1);
    const palette = PALETTE[this.view.dark ? "dark" : "light"];
    const style = `stroke:${css(product < 0 ? palette.negative : palette.positive)};stroke-width:${(0.6 + (5 * Math.abs(product)) / most).toFixed(2)}`;
    return svg("path", { d: `M${x1},${from.middle} C${x1 + bend},${from.middle} ${x2 - bend},${to.middle} ${x2},${to.middle}`, style });
  }

  cell(symbol, k) {
    const strip = this.view.drawing.nodes.find((node) => node.symbol === symbol);
    return strip && (strip.cells.length === 1 ? strip.cells[0] : strip.cells[k]);
  }
}
