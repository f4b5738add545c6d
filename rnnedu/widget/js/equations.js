// The panel of equations at the cursor, and of the number that the learner asks about.

import { html, mark, number, visible, write } from "./kit.js";
import { digitsFor, numeric, products, reduced, symbolNode, symbolText, symbolic } from "./symbols.js";

export class Equations {
  constructor(view) {
    this.view = view;
    this.title = html("div", { class: "title" });
    this.choice = html("select", { "data-keep": `${view.id}explain`, onchange: () => view.pick(this.choice.value) });
    this.told = html("div", { class: "told", role: "status", hidden: true });
    this.list = html("div", { class: "equations" });
    const head = html("div", { class: "panel-head" }, this.title, html("label", {}, html("span", {}, "explain"), this.choice));
    this.el = html("div", { class: "panel" }, head, this.told, this.list);
  }

  rebuild() {
    const { run, dark } = this.view;
    const names = run.explainable().map((symbol) => html("option", { value: symbol }, symbolText(run, symbol)));
    this.choice.replaceChildren(html("option", { value: "" }, "a number\u2026"), ...names);
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
    const { run, picked } = this.view;
    const input = run.x.kind === "letters" ? `, input letter ${visible(run.x.labels[run.t])}` : "";
    write(this.title, `Unit ${run.unit + 1} at t = ${run.t + 1}${input}`);
    for (const line of this.lines) this.fill(run, line);
    if (this.choice.value !== picked) this.choice.value = picked;
    this.told.hidden = !picked;
    write(this.told, picked && this.sentence(run, picked));
    const owner = run.owner.get(picked) ?? picked;
    for (const { equation, el } of this.lines) el.classList.toggle("picked", equation.symbol === owner);
  }

  fill(run, { equation, numbers, between, result }) {
    const j = run.entry(equation.symbol);
    const value = run.at(equation.symbol)[j];
    const [first, second] = this.steps(run, equation.tree, j);
    write(numbers, first && `= ${first} `);
    write(between, second && `= ${second} `);
    write(result, `= ${number(value)}`);
    mark(result, "data-value", value);
  }

  // The numbers put in, and what stands between them and the result; "" where that says nothing.
  steps(run, tree, j) {
    const middle = reduced(run, tree, j);
    // A sum over every gate is too long to spell out: one number for each gate says where it comes from.
    const spelled = products(tree) > 2 ? "" : numeric(run, tree, { j, digits: digitsFor(run, tree, j) });
    return [spelled, middle && !middle.includes("NaN") ? middle : ""];
  }

  // Where the number that was asked about comes from.
  sentence(run, symbol) {
    const j = run.entry(symbol);
    const name = `${symbolText(run, symbol)}, ${/^d?x_t$/.test(symbol) ? "entry" : "unit"} ${j + 1}`;
    return `${name} = ${number(run.at(symbol)[j])}: ${this.origin(run, symbol, j)}`;
  }

  origin(run, symbol, j) {
    const owner = run.owner.get(symbol);
    const steps = run.defined.has(symbol) ? this.steps(run, run.defined.get(symbol), j).filter(Boolean).join(" = ") : "";
    if (owner) return `the sum that makes ${symbolText(run, owner)}, ${steps}`;
    if (steps) return steps;
    const [, tail] = symbol.split("_");
    const last = run.t + 1 === run.sizes.T;
    if (tail === "prev") return run.t ? `it was made at t = ${run.t}` : "the state before the first timestep";
    if (tail === "later" || tail === "next") return last ? "nothing comes from beyond the last timestep" : `it was sent back by t = ${run.t + 2}`;
    if (tail === "loss") return "what the loss L itself adds at this timestep";
    return symbol === "x_t" ? "the input" : `what reaches it is the sum of ${run.arriving(symbol[1]).map((part) => symbolText(run, part)).join(" and ")}`;
  }
}
