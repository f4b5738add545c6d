// Changes to the weights: one entry, or a whole block shifted or scaled. The kernel runs the cell again.

import { html } from "./kit.js";

export class Editor {
  constructor(weights) {
    this.weights = weights;
    this.player = weights.view.player;
    const field = (name, label, onchange, more) => this.labelled(label, html("input", { type: "number", "data-keep": this.key(name), "aria-label": label, onchange, ...more }));
    const place = (name) => ({ target }) => target.value !== "" && weights.choose({ [name]: Number(target.value) - 1 });
    this.block = html("select", { "data-keep": this.key("block"), onchange: () => weights.choose({ block: this.block.value }) });
    this.row = field("row", "row", place("row"), { min: 1, step: 1 });
    this.column = field("column", "column", place("column"), { min: 1, step: 1 });
    this.value = field("value", "value", () => this.set(), { step: 0.1 });
    this.whole = html("select", { "data-keep": this.key("whole") });
    this.by = field("by", "by", () => {}, { step: 0.1, value: 0.5 });
    this.changes = html("div", { class: "changes" }, this.value, this.labelled("all of", this.whole), this.by,
      this.button("shift", () => this.all("shift")), this.button("scale", () => this.all("scale")), this.button("undo", () => this.send(this.edits().slice(0, -1))), this.button("reset", () => this.send([])));
    this.told = html("span", { class: "told" });
    this.el = html("div", { class: "editor" }, this.labelled("entry of", this.block), this.row, this.column, this.changes, this.told);
  }

  key(name) {
    return `${this.weights.view.id}${name}`;
  }

  labelled(label, control) {
    return html("label", {}, html("span", {}, label), control);
  }

  button(name, onclick) {
    return html("button", { type: "button", "data-keep": this.key(name), onclick }, name);
  }

  edits() {
    return this.player.model.get("edits");
  }

  // A cell beside keeps the weights it begins with, and a saved page has no kernel to ask.
  rebuild() {
    const { view, entry } = this.weights;
    const blocks = Object.values(view.run.arrays).flat();
    const arrays = Object.keys(view.run.arrays).filter((name) => !blocks.includes(name));
    this.offer(this.block, blocks, entry.block);
    this.offer(this.whole, [...blocks, ...arrays], this.whole.value || blocks.at(-1));
    const [rows, columns] = this.weights.shape(entry.block);
    this.fill(this.row, entry.row + 1, rows);
    this.fill(this.column, entry.column + 1, columns);
    const [row] = [view.run.blocks[entry.block]].map((values) => (Array.isArray(values[0]) ? values[entry.row] : values));
    this.fill(this.value, Number(row[entry.column].toPrecision(6)));
    this.changes.hidden = !view.first || this.player.standalone;
    const count = this.edits().length;
    this.told.textContent = this.changes.hidden || !count ? "" : `${count} change${count > 1 ? "s" : ""}`;
  }

  offer(select, names, value) {
    if (select.dataset.names !== String(names)) select.replaceChildren(...names.map((name) => html("option", { value: name }, name)));
    select.dataset.names = String(names);
    select.value = names.includes(value) ? value : names[0];
  }

  fill(label, value, most) {
    const input = label.querySelector("input");
    if (most) input.max = most;
    input.value = value;
  }

  set() {
    const to = this.read(this.value);
    if (to === null) return;
    const edit = { set: this.weights.entry.block, at: this.weights.at(), to };
    const before = this.edits();
    const same = before.length && before.at(-1).set === edit.set && String(before.at(-1).at) === String(edit.at);
    this.send([...(same ? before.slice(0, -1) : before), edit]);
  }

  all(kind) {
    const by = this.read(this.by);
    if (by !== null) this.send([...this.edits(), { [kind]: this.whole.value, by }]);
  }

  read(label) {
    const { value } = label.querySelector("input");
    return value === "" || !Number.isFinite(Number(value)) ? null : Number(value);
  }

  send(edits) {
    this.player.set({ edits });
  }
}
