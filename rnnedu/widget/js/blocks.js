// The other things a panel shows, each updated in place. All text is text: nothing here becomes markup.

import { Chart } from "./chart.js";
import { clamp, css, html, inkOn, mix, number, PALETTE, visible } from "./kit.js";
import { Intake } from "./intake.js";
import { Tracks } from "./tracks.js";

class Block {
  constructor(panel, tag = "div") {
    this.panel = panel;
    this.title = html("div", { class: "block-title" });
    this.content = html(tag, { class: "content" });
    this.el = html("div", { class: "block" }, this.title, this.content);
  }

  show(spec) {
    this.spec = spec;
    if (this.title.textContent !== spec.title) this.title.textContent = spec.title;
    this.draw();
  }
}

class Bars extends Block {
  draw() {
    const { labels, values, unit, high, marked, colour, beside } = this.spec;
    const [, , others] = beside ?? [null, null, []];
    const top = high ?? Math.max(...[...values, ...others].map((value) => Math.abs(value ?? 0)), 1e-300);
    const share = (value) => clamp(100 * Math.abs(value ?? 0) / top, 0, 100);
    const percent = (value) => (value > 0 && value < 0.0005 ? "< 0.1 %" : `${(100 * value).toFixed(value < 0.0995 ? 1 : 0)} %`);
    const said = (value) => (value === null ? "\u2013" : unit === "%" ? percent(value) : number(value) + (unit ? ` ${unit}` : ""));
    const row = (label, n) => html("tr", { class: marked.includes(n) ? "marked" : "" },
      html("th", { scope: "row" }, label),
      html("td", { class: "track" },
        html("div", { class: "bar", style: `width:${share(values[n])}%;background:${colour[this.panel.dark ? 1 : 0]}` }),
        ...others.slice(n, n + 1).filter((value) => value !== null).map((value) => html("div", { class: "other", style: `left:${share(value)}%` }))),
      html("td", { class: "amount" }, said(values[n])),
      ...others.slice(n, n + 1).map((value) => html("td", { class: "amount" }, said(value))));
    const head = beside ? [html("tr", { class: "heading" }, html("td"), html("td"), html("th", { scope: "col" }, `\u25ac ${beside[0]}`), html("th", { scope: "col" }, `\u2503 ${beside[1]}`))] : [];
    this.content.replaceChildren(html("table", { class: "bars", "aria-label": this.spec.title }, ...head, ...labels.map(row)));
  }
}

class Table extends Block {
  draw() {
    const { columns, rows, shares } = this.spec;
    const shape = JSON.stringify([columns, rows, shares, this.panel.dark]);
    if (shape === this.drawn) return;
    this.drawn = shape;
    const head = html("tr", {}, ...columns.map((name) => html("th", { scope: "col" }, name)));
    const look = (share) => {
      const colour = share == null ? null : shade(share, this.panel.dark);
      return colour ? `background:${css(colour)};color:${inkOn(colour)}` : false;
    };
    const line = ([first, ...rest], n) => html("tr", {}, html("th", { scope: "row" }, first), ...rest.map((value, k) => html("td", { style: look(shares?.[n][k]) }, value)));
    this.content.replaceChildren(html("table", { class: "table", "aria-label": this.spec.title }, head, ...rows.map(line)));
  }
}

class Text extends Block {
  draw() {
    this.content.classList.toggle("code", this.spec.code);
    if (this.content.textContent !== this.spec.content) this.content.textContent = this.spec.content;
  }
}

class Download {
  constructor() {
    this.button = html("button", { type: "button", onclick: () => this.save() });
    this.el = html("div", { class: "block" }, this.button);
  }

  show(spec) {
    this.spec = spec;
    this.button.textContent = spec.title;
  }

  save() {
    const address = URL.createObjectURL(new Blob([this.spec.content], { type: "text/plain;charset=utf-8" }));
    html("a", { href: address, download: this.spec.filename }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }
}

// What letters and maps share: places along time, a cursor that keys and pointer move, a span that they select.
class Places extends Block {
  constructor(panel) {
    super(panel);
    Object.assign(this, { cursor: null, anchor: null });
    this.content.addEventListener("pointerdown", (event) => this.press(event));
    this.content.addEventListener("pointermove", (event) => this.drag(event));
    this.content.addEventListener("pointerup", () => this.tell());
    this.content.addEventListener("keydown", (event) => this.key(event));
    this.content.addEventListener("blur", () => this.tell());
    fillIn(this.content, { tabindex: 0, role: "slider" });
    this.readout = html("div", { class: "readout" });
    this.el.append(this.readout);
  }

  show(spec) {
    super.show(spec);
    this.content.setAttribute("aria-label", spec.title);
    this.cursor = this.cursor === null ? null : clamp(this.cursor, 0, Math.max(this.length - 1, 0));
    this.mark();
  }

  span() {
    if (this.anchor !== null) return [Math.min(this.anchor, this.cursor), Math.max(this.anchor, this.cursor) + 1];
    return (this.spec.trait && this.panel.model.get(this.spec.trait)) || [];
  }

  press(event) {
    const place = this.placeAt(event);
    if (place === null) return;
    event.preventDefault();
    this.content.focus({ preventScroll: true });
    this.cursor = this.anchor = place;
    this.mark();
  }

  drag(event) {
    const place = this.placeAt(event);
    if (place === null || (event.buttons !== 1 && this.anchor !== null)) return;
    this.cursor = place;
    this.mark();
  }

  key(event) {
    const now = this.cursor ?? -1;
    const moves = { ArrowLeft: now - 1, ArrowRight: now + 1, ArrowUp: now - 1, ArrowDown: now + 1, PageUp: now - 10, PageDown: now + 10, Home: 0, End: this.length - 1 };
    if (event.key === "Enter" && this.cursor !== null) {
      this.anchor ??= this.cursor;
      return this.tell();
    }
    if (!(event.key in moves)) return;
    event.preventDefault();
    if (event.shiftKey) this.anchor ??= Math.max(now, 0);
    else this.tell();
    this.cursor = clamp(moves[event.key], 0, this.length - 1);
    this.mark();
  }

  // The span goes to the kernel once it is chosen, not at every step.
  tell() {
    if (this.anchor === null || !this.spec.trait) return;
    this.panel.change(this.spec.trait, this.span());
    this.anchor = null;
  }

  mark() {
    this.drawCursor();
    this.readout.textContent = this.cursor === null ? "" : this.said(this.cursor);
    const selected = this.span();
    const text = this.readout.textContent || "arrow keys read the values" + (this.spec.trait ? ", with shift they select" : "");
    fillIn(this.content, { "aria-valuemin": 1, "aria-valuemax": Math.max(this.length, 1), "aria-valuenow": (this.cursor ?? 0) + 1, "aria-valuetext": selected.length ? `${text}; selected ${selected[0] + 1} to ${selected[1]}` : text });
  }
}

function fillIn(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}

function shade(share, dark) {
  const palette = PALETTE[dark ? "dark" : "light"];
  return mix(palette.zero, share < 0 ? palette.negative : palette.positive, Math.abs(clamp(share, -1, 1)));
}

class Letters extends Places {
  get length() {
    return this.spec.symbols.length;
  }

  draw() {
    const { symbols, values, limit, diverging, marked } = this.spec;
    const top = limit ?? Math.max(...values.map((value) => Math.abs(value ?? 0)), 1e-300);
    this.content.classList.add("letters");
    if (this.content.children.length !== symbols.length) this.content.replaceChildren(...symbols.map(() => html("span")));
    symbols.forEach((symbol, n) => {
      const node = this.content.children[n];
      const text = visible(symbol);
      if (node.textContent !== text) node.textContent = text;
      const colour = values[n] === null ? null : shade((diverging ? values[n] : Math.max(values[n], 0)) / top, this.panel.dark);
      node.style.background = colour ? css(colour) : "";
      node.style.color = colour ? inkOn(colour) : "";
      node.dataset.value = values[n] ?? "";
      node.classList.toggle("marked", marked.includes(n));
    });
  }

  placeAt(event) {
    const at = [...this.content.children].indexOf(event.target);
    return at < 0 ? null : at;
  }

  drawCursor() {
    const [start = 0, stop = 0] = this.span();
    [...this.content.children].forEach((node, n) => {
      node.classList.toggle("selected", n >= start && n < stop);
      node.classList.toggle("here", n === this.cursor);
    });
  }

  said(n) {
    return `${n + 1}: ${this.spec.texts[n]}`;
  }
}

class Heat extends Places {
  constructor(panel) {
    super(panel);
    this.canvas = html("canvas", { role: "img" });
    this.over = html("div", { class: "here" });
    this.chosen = html("div", { class: "selected" });
    this.content.classList.add("heat");
    this.content.append(this.canvas, this.chosen, this.over);
    this.axis = html("div", { class: "axis-note" });
    this.el.insertBefore(this.axis, this.readout);
  }

  get length() {
    return this.spec.rows[0]?.length ?? 0;
  }

  draw() {
    const { rows, x, y, height } = this.spec;
    const width = (this.width = this.content.clientWidth);
    this.axis.textContent = `down: ${y.label}; across: ${x.label}; red above 0, blue below, full colour at ${number(this.limit())}`;
    this.canvas.setAttribute("aria-label", this.spec.title);
    if (!width) return;
    const ratio = window.devicePixelRatio || 1;
    Object.assign(this.canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    fillIn(this.canvas, { style: `width:100%;height:${height}px;display:block` });
    const context = this.canvas.getContext("2d");
    context.scale(ratio, ratio);
    const [dx, dy] = [width / this.length, height / rows.length];
    rows.forEach((row, j) => row.forEach((value, t) => {
      context.fillStyle = css(shade((value ?? 0) / this.limit(), this.panel.dark));
      context.fillRect(t * dx, j * dy, dx + 0.5, dy + 0.5);
    }));
  }

  limit() {
    return this.spec.limit ?? Math.max(...this.spec.rows.map((row) => Math.max(...row.map((v) => Math.abs(v ?? 0)))), 1e-300);
  }

  resized() {
    if (this.content.clientWidth === this.width) return;
    this.draw();
    this.drawCursor();
  }

  placeAt(event) {
    const box = this.canvas.getBoundingClientRect();
    this.row = clamp(Math.floor(((event.clientY - box.top) / box.height) * this.spec.rows.length), 0, this.spec.rows.length - 1);
    return this.length ? clamp(Math.floor(((event.clientX - box.left) / box.width) * this.length), 0, this.length - 1) : null;
  }

  // Up and down change the row that is read out.
  key(event) {
    const move = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!move || event.shiftKey) return super.key(event);
    event.preventDefault();
    this.row = clamp((this.row ?? 0) + move, 0, this.spec.rows.length - 1);
    this.cursor ??= 0;
    this.mark();
  }

  drawCursor() {
    const dx = (this.width ?? 0) / Math.max(this.length, 1);
    const [start = 0, stop = 0] = this.span();
    this.chosen.style.cssText = stop > start ? `left:${start * dx}px;width:${(stop - start) * dx}px` : "display:none";
    this.over.style.cssText = this.cursor === null ? "display:none" : `left:${this.cursor * dx}px;width:${Math.max(dx, 3)}px`;
  }

  said(t) {
    const { rows, names, ticks } = this.spec;
    const values = rows.length <= 16 ? rows.map((row, j) => `${names[j] ?? j + 1} ${number(row[t])}`).join("  ") : `${names[this.row ?? 0] ?? `row ${(this.row ?? 0) + 1}`} ${number(rows[this.row ?? 0][t])}`;
    return `${t + 1}${ticks[t] ? ` (${visible(ticks[t])})` : ""}: ${values}`;
  }
}

export const BLOCKS = { chart: Chart, bars: Bars, table: Table, text: Text, download: Download, letters: Letters, heat: Heat, tracks: Tracks, intake: Intake };
