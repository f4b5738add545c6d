// Pictures on one time axis with one cursor; see tracks.py. A track is read by pointer and by keys, and played along.

import { nice } from "./chart.js";
import { clamp, html, minus, number, svg } from "./kit.js";
import { TRACKS, floats } from "./track.js";

const GUTTER = 74;
const EDGE = 12;

export class Tracks {
  constructor(panel) {
    this.panel = panel;
    this.n = null;
    this.title = html("div", { class: "block-title" });
    this.sound = html("div", { class: "sound" });
    this.body = html("div", { class: "tracks" });
    this.foot = html("div", { class: "track-axis", "aria-hidden": "true" });
    this.readout = html("div", { class: "readout" });
    this.table = html("div", { class: "content" });
    this.el = html("div", { class: "block" }, this.title, this.sound, this.body, this.foot, this.readout, this.table);
    this.tracks = [];
  }

  show(spec) {
    this.spec = spec;
    this.title.textContent = spec.title;
    this.showSound();
    this.build();
    this.columns = spec.columns?.values.map(([name, view]) => [name, floats(view)]);
    if (this.columns) this.n ??= 0;
    if (this.n !== null) this.n = clamp(this.n, 0, spec.x.count - 1);
    this.draw();
  }

  // The same elements as long as the tracks are of the same kinds, or one would lose the focus.
  build() {
    const shape = JSON.stringify(this.spec.tracks.map(({ kind, name }) => [kind, name]));
    if (shape !== this.shape) {
      this.tracks = this.spec.tracks.map((each) => new TRACKS[each.kind](this));
      this.body.replaceChildren(...this.tracks.map((track) => track.el));
    }
    this.shape = shape;
    this.tracks.forEach((track, k) => track.take(this.spec.tracks[k]));
  }

  get dark() { return this.panel.dark; }

  draw() {
    this.width = this.body.clientWidth;
    if (!this.width) return; // out of sight; drawn when it is seen
    this.inner = Math.max(40, this.width - GUTTER - EDGE);
    for (const track of this.tracks) track.draw();
    this.drawAxis();
    this.at(this.n);
  }

  resized() {
    if (this.spec && this.body.clientWidth !== this.width) this.draw();
  }

  // Where a time stands, in pixels from the left end of a track's surface.
  place(time) {
    const { low, high } = this.spec.x;
    return ((time - low) / (high - low)) * this.inner;
  }

  drawAxis() {
    const { low, high, label, unit } = this.spec.x;
    const ticks = nice(low, high, this.inner).map((tick) => svg("text", { x: GUTTER + this.place(tick.at), y: 14, class: "tick middle" }, ...tick.text()));
    const name = svg("text", { x: GUTTER + this.inner / 2, y: 32, class: "axis middle" }, unit ? `${label}, ${unit}` : label);
    this.foot.replaceChildren(svg("svg", { width: this.width, height: 38 }, ...ticks, name));
  }

  // ---- the cursor

  time(n) {
    return this.spec.x.low + (n + 0.5) * this.spec.x.step;
  }

  said(n) {
    const { label, digits, unit } = this.spec.x;
    return `${label} ${minus(this.time(n).toFixed(digits))}${unit && ` ${unit}`}`;
  }

  point(pixels) {
    const { low, high, step, count } = this.spec.x;
    return clamp(Math.floor(((pixels / this.inner) * (high - low)) / step), 0, count - 1);
  }

  key(event, track) {
    const now = this.n ?? -1;
    const moves = { ArrowLeft: now - 1, ArrowRight: now + 1, PageUp: now + 10, PageDown: now - 10, Home: 0, End: this.spec.x.count - 1 };
    if (event.key === "ArrowUp" || event.key === "ArrowDown") track.turn(event.key === "ArrowUp" ? -1 : 1);
    else if (event.key === "Escape") track.row = null;
    else if (!(event.key in moves)) return;
    event.preventDefault();
    this.seek(moves[event.key] ?? now);
  }

  // The learner moves the cursor, and with it where the sound goes on.
  seek(n) {
    this.at(clamp(n, 0, this.spec.x.count - 1));
    if (this.audio) this.audio.currentTime = clamp(this.time(this.n), 0, this.audio.duration || 0);
  }

  at(n) {
    this.n = n;
    const read = n === null ? "" : this.tracks.map((track) => track.said(this.time(n))).filter(Boolean).join(";  ");
    this.readout.textContent = n === null ? "" : `${this.said(n)}:  ${read}`;
    for (const track of this.tracks) track.mark(n);
    this.showColumns();
  }

  showColumns() {
    if (!this.columns) return this.table.replaceChildren();
    const { names } = this.spec.columns;
    const count = this.spec.x.count;
    const chosen = this.tracks.find((track) => track.spec.kind === "lattice")?.row;
    const head = html("tr", {}, ...[this.said(this.n), ...this.columns.map(([name]) => name)].map((name) => html("th", { scope: "col" }, name)));
    const amount = (value) => (Number.isFinite(value) ? number(value) : "\u2212\u221e");
    const cell = (values, r) => html("td", {}, amount(values[r * count + this.n]));
    const line = (name, r) => html("tr", { class: r === chosen ? "marked" : "" }, html("th", { scope: "row" }, name), ...this.columns.map(([, values]) => cell(values, r)));
    this.table.replaceChildren(html("table", { class: "table", "aria-label": `${this.spec.title}, at the cursor` }, head, ...names.map(line)));
  }

  // ---- the sound: made in the page, from the bytes that came with the tracks

  showSound() {
    const { sound } = this.spec;
    if (!sound) return this.dropSound();
    const key = `${sound.byteLength} ${hashed(sound)}`;
    if (key === this.heard) return;
    this.dropSound();
    this.heard = key;
    this.address = URL.createObjectURL(new Blob([sound], { type: "audio/wav" }));
    this.audio = html("audio", { controls: true, preload: "auto", src: this.address, "aria-label": "the sound", onplay: () => this.follow(), onseeked: () => this.playing() });
    this.sound.replaceChildren(this.audio);
  }

  dropSound() {
    this.audio?.pause();
    if (this.address) URL.revokeObjectURL(this.address);
    this.heard = this.address = this.audio = null;
    this.sound.replaceChildren();
  }

  follow() {
    this.playing();
    if (this.audio && !this.audio.paused && this.el.isConnected) requestAnimationFrame(() => this.follow());
  }

  playing() {
    if (this.audio && !this.audio.paused) this.at(this.point(this.place(this.audio.currentTime)));
  }

  removed() {
    this.dropSound();
  }
}

function hashed(view) {
  let sum = 7;
  for (let k = 0; k < view.byteLength; k += 1) sum = (sum * 31 + view.getUint8(k)) | 0;
  return sum;
}
