// The cell's weights as maps, cut by gate; going back, beside them what this timestep adds to their gradient and the
// sum over this timestep and all later ones. One entry is picked, and spelled out; Editor changes it.

import { Editor } from "./editor.js";
import { clamp, html, number } from "./kit.js";
import { diverging, faded } from "./run.js";
import { Shares } from "./shares.js";
import { symbolNode, symbolText } from "./symbols.js";

const ROOM = 1080; // pixels for the maps beside one another
const GAP = 10;

export class Weights {
  constructor(view) {
    this.view = view;
    this.open = false;
    this.fold = html("button", { class: "fold", type: "button", "data-keep": `${view.id}weights`, onclick: () => this.toggle() });
    this.table = html("table", { class: "matrices" });
    this.line = html("div", { class: "entry-line" });
    this.editor = new Editor(this);
    this.body = html("div", { class: "weights" }, this.table, this.line, this.editor.el);
    this.el = html("div", {}, this.fold, this.body);
    this.entry = { block: "", row: 0, column: 0 };
  }

  toggle() {
    this.open = !this.open;
    this.view.player.rebuild();
  }

  rebuild() {
    const { run, dark, player, shares } = this.view;
    const names = Object.keys(run.arrays).flatMap((name) => [" ", symbolNode(run, name, dark)]);
    this.fold.replaceChildren(html("span", { class: "mark" }, this.open ? "\u25b4" : "\u25be"), this.open ? " hide the weights" : " show the weights", ...names, run.backward ? " and their gradients" : "");
    this.fold.setAttribute("aria-expanded", String(this.open));
    this.body.hidden = !this.open;
    this.largest = Math.max(...Object.values(run.blocks).flat(2).map(Math.abs), 1e-300);
    this.sent = run.backward ? new Shares(run, player.model.get(shares)) : null;
    if (!this.open) return;
    this.place(this.entry);
    this.kinds = this.columns();
    const head = html("tr", {}, html("td"), ...this.kinds.map((kind) => html("th", { scope: "col" }, kind.title)));
    this.maps = [];
    this.table.replaceChildren(head, ...Object.entries(run.arrays).map(([name, blocks]) => this.row(name, blocks)));
    this.editor.rebuild();
  }

  columns() {
    const { run } = this.view;
    const at = { title: "weight", of: (block) => [run.blocks[block]].flat(2), colour: (value) => value / this.largest, sign: "" };
    if (!this.sent?.there) return [at];
    const fade = (value) => faded(value / this.sent.most());
    return [
      at,
      { title: "this timestep\u2019s share of the gradient", of: (block) => this.sent.share(block, run.t), colour: fade, sign: "\u2202" },
      { title: "sum from the last timestep back to this one", of: (block) => this.sent.sum(block, run.t), colour: fade, sign: "\u2202" },
    ];
  }

  row(name, blocks) {
    const { run, dark } = this.view;
    const cells = this.kinds.map((kind) => {
      const norm = html("div", { class: "norm" });
      const maps = blocks.map((block) => this.map(kind, block));
      this.maps.push({ norm, maps, kind });
      return html("td", {}, html("div", { class: "gates" }, ...maps.map((map) => map.el)), norm);
    });
    return html("tr", {}, html("th", { scope: "row" }, symbolNode(run, name, dark)), ...cells);
  }

  map(kind, block) {
    const { run, dark } = this.view;
    const [rows, columns] = this.shape(block);
    const beside = this.kinds.length * Math.max(...Object.values(run.arrays).map((blocks) => blocks.length));
    const wide = clamp(Math.floor((ROOM / beside - GAP) / columns), 4, 24);
    const tall = rows > 16 ? clamp(Math.floor(160 / rows), 1, 10) : clamp(wide, 8, 20);
    const label = `${kind.title}: ${symbolText(run, block)}`;
    const canvas = html("canvas", { width: columns, height: rows, role: "img", "aria-label": label, style: `width:${wide * columns}px;height:${tall * rows}px`, onclick: (event) => this.click(event, block) });
    const chosen = html("div", { class: "entry", style: `width:${wide}px;height:${tall}px` });
    const context = canvas.getContext("2d");
    const name = html("span", {}, kind.sign, symbolNode(run, block, dark));
    const el = html("div", { class: "gate" }, name, html("div", { class: "map" }, canvas, chosen));
    return { block, wide, tall, context, chosen, image: context.createImageData(columns, rows), el };
  }

  shape(block) {
    const values = this.view.run.blocks[block];
    return Array.isArray(values[0]) ? [values.length, values[0].length] : [1, values.length];
  }

  click(event, block) {
    const [rows, columns] = this.shape(block);
    const box = event.target.getBoundingClientRect();
    const at = (part, size) => clamp(Math.floor(part * size), 0, size - 1);
    this.choose({ block, row: at((event.clientY - box.top) / box.height, rows), column: at((event.clientX - box.left) / box.width, columns) });
  }

  choose(entry) {
    this.place({ ...this.entry, ...entry });
    this.editor.rebuild();
    this.update();
  }

  // Keep the entry inside what there is.
  place({ block, row, column }) {
    const known = block in this.view.run.blocks ? block : Object.values(this.view.run.arrays).flat()[0];
    const [rows, columns] = this.shape(known);
    this.entry = { block: known, row: clamp(row, 0, rows - 1), column: clamp(column, 0, columns - 1) };
  }

  update() {
    if (!this.open) return;
    for (const { norm, maps, kind } of this.maps) {
      for (const map of maps) this.mark(map);
      if (kind === this.kinds[0] && norm.textContent) continue; // the weights stay as they are
      const values = maps.map((map) => this.paint(map, kind));
      norm.textContent = `\u2016\u00b7\u2016 = ${number(Math.hypot(...values.map((each) => Math.hypot(...each))))}`;
    }
    this.line.textContent = this.sentence();
  }

  // One pixel for an entry; the page's style makes it larger.
  paint({ block, context, image }, kind) {
    const values = kind.of(block);
    values.forEach((value, place) => image.data.set([...diverging(clamp(kind.colour(value), -1, 1), this.view.dark), 255], 4 * place));
    context.putImageData(image, 0, 0);
    return values;
  }

  mark({ block, wide, tall, chosen }) {
    chosen.hidden = block !== this.entry.block;
    chosen.style.transform = `translate(${this.entry.column * wide}px, ${this.entry.row * tall}px)`;
  }

  sentence() {
    const { run } = this.view;
    const { block, row, column } = this.entry;
    const place = row * this.shape(block)[1] + column;
    const name = `${symbolText(run, block)}[${this.at().join(", ")}]`;
    const values = this.kinds.map((kind) => kind.of(block)[place]);
    const own = `${name} = ${number(values[0])}`;
    if (values.length === 1) return run.backward ? `${own}. The gradients of so many weights over so many timesteps are not sent: fewer of either shows them.` : own;
    const later = run.t + 1 < run.sizes.T ? this.sent.sum(block, run.t + 1)[place] : 0;
    return `${own};  its gradient: from t = ${run.t + 1} comes ${number(values[1])}${this.factors(block, row, column)}, from later ${number(later)}, in all ${number(values[2])}`;
  }

  // The places of the entry, counted from 1; a bias has only one.
  at() {
    const { block, row, column } = this.entry;
    return Array.isArray(this.view.run.blocks[block][0]) ? [row + 1, column + 1] : [column + 1];
  }

  // A share is mostly one number of the step times one gradient: which, is found out by trying.
  factors(block, row, column) {
    const { run } = this.view;
    const [rows, columns] = this.shape(block);
    const share = this.sent.share(block, run.t);
    const size = Math.max(...share.map(Math.abs));
    const fits = (left, right) => size > 0 && share.every((value, place) => Math.abs(left[Math.floor(place / columns)] * right[place % columns] - value) <= 1e-9 * size);
    const matrix = Array.isArray(run.blocks[block][0]);
    for (const right of Object.keys(run.gradients).filter((name) => run.at(name).length === columns)) {
      for (const left of matrix ? Object.keys(run.values).filter((name) => run.at(name).length === rows) : [null]) {
        if (!fits(left ? run.at(left) : [1], run.at(right))) continue;
        const factor = left ? `${symbolText(run, left)}[${row + 1}]\u00b7` : "";
        const numbers = left ? `, ${number(run.at(left)[row])}\u00b7${number(run.at(right)[column])}` : "";
        return ` (${factor}${symbolText(run, right)}[${column + 1}]${numbers})`;
      }
    }
    return "";
  }
}
