// One run of one cell: its rows over time, its drawing, its equations, its weights. The player shows one, or two to
// compare, on one cursor.

import { Drawing } from "./drawing.js";
import { Equations } from "./equations.js";
import { Incoming } from "./incoming.js";
import { html, number, visible } from "./kit.js";
import { Rows } from "./rows.js";
import { Run } from "./run.js";
import { symbolText } from "./symbols.js";
import { Weights } from "./weights.js";

export class Lane {
  // data, shares : the names of the model's traits that hold the run.
  constructor(player, data, shares) {
    Object.assign(this, { player, data, shares, id: `${player.id}${data}-`, picked: "" });
    this.titles = [0, 1].map(() => html("div", { class: "lane-title" })); // over the rows, and over the drawing
    this.rows = new Rows(this);
    this.drawing = new Drawing(this);
    this.incoming = new Incoming(this);
    this.equations = new Equations(this);
    this.weights = new Weights(this);
    const picture = html("div", { class: "picture" }, this.titles[1], this.drawing.el, this.incoming.line);
    const stage = html("div", { class: "stage" }, picture, this.equations.el);
    const rows = html("div", { class: "over-time" }, this.titles[0], this.rows.el);
    this.el = html("div", { class: "lane", role: "group" }, rows, stage, this.weights.el);
  }

  get dark() { return this.player.dark; }
  get first() { return this === this.player.main; }

  rebuild() {
    const data = this.player.model.get(this.data);
    this.run = data.sizes ? new Run(this.player.model, data) : null;
    if (!this.run) return;
    this.el.setAttribute("aria-label", this.run.title);
    for (const title of this.titles) title.textContent = this.player.model.get("beside") ? this.run.title : "";
    if (!this.run.explainable().includes(this.picked)) this.picked = "";
    for (const part of [this.rows, this.drawing, this.equations, this.weights]) part.rebuild();
  }

  draw() {
    this.rows.draw();
    this.rows.measure();
  }

  update() {
    for (const part of [this.rows, this.drawing, this.equations, this.incoming, this.weights]) part.update();
  }

  sentence() {
    const { run } = this;
    const shown = ["x_t", ...run.rows.states, ...this.rows.unfolded()];
    const vector = (symbol) => `${symbolText(run, symbol)} = ${run.x.kind === "letters" && symbol === "x_t" ? visible(run.x.labels[run.t]) : run.at(symbol).map(number).join("  ")}`;
    const title = this.titles[0].textContent;
    return (title && `${title}: `) + shown.map(vector).join(";   ");
  }

  go(t, unit) {
    this.player.go(t, unit);
  }

  // Spell out where a number comes from: in the equations, and in the drawing what flows into it.
  pick(symbol, unit = this.run.unit) {
    this.picked = symbol;
    this.go(this.run.t, unit);
  }

  resized() {
    if (!this.run) return;
    this.draw();
    this.rows.update();
  }
}
