// The panel of equations at the cursor.

import { html, number, visible } from "./kit.js";
import { digitsFor, numeric, products, reduced, symbolNode } from "./symbols.js";

export class Equations {
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
