// The kinds of tracks: each draws itself along the block's time axis and says what stands at a time.

import { clamp, css, fill, html, mix, number, svg } from "./kit.js";

const RAMP = {
  light: [[255, 255, 255], [74, 144, 201], [6, 38, 84]],
  dark: [[24, 27, 31], [52, 118, 176], [226, 242, 255]],
};

// Bytes of float32 as they came from the kernel, or from a saved page.
export function floats(view) {
  const { buffer, byteOffset, byteLength } = view;
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

function ramp(share, dark) {
  const [none, half, full] = RAMP[dark ? "dark" : "light"];
  const at = clamp(share, 0, 1);
  return at < 0.5 ? mix(none, half, 2 * at) : mix(half, full, 2 * at - 1);
}

class Track {
  constructor(block) {
    this.block = block;
    this.row = null;
    this.name = html("div", { class: "track-name" });
    this.gutter = html("div", { class: "gutter", "aria-hidden": "true" });
    this.here = html("div", { class: "cursor" });
    this.surface = html("div", {
      class: "surface", tabindex: 0, role: "slider",
      onkeydown: (event) => block.key(event, this),
      onpointerdown: (event) => this.press(event),
      onpointermove: (event) => event.buttons === 1 && this.press(event),
    });
    this.el = html("div", { class: "track" }, this.name, html("div", { class: "strip" }, this.gutter, this.surface));
  }

  take(spec) {
    if (this.spec?.rows !== spec.rows) this.row = null;
    this.spec = spec;
    this.values = spec.values && floats(spec.values);
    this.name.textContent = spec.name;
    this.surface.setAttribute("aria-label", spec.name);
    this.el.dataset.kind = spec.kind;
  }

  draw() {
    this.surface.style.height = this.gutter.style.height = `${this.spec.height}px`;
    this.gutter.replaceChildren(...this.labels());
    this.surface.replaceChildren(...this.picture(), this.here);
  }

  labels() {
    const { marks = [], rows, names, height } = this.spec;
    return marks.map((row) => html("span", { style: `top:${((row + 0.5) * height) / rows}px` }, names[row]));
  }

  press(event) {
    const box = this.surface.getBoundingClientRect(); // the page may be zoomed
    event.preventDefault();
    this.surface.focus({ preventScroll: true });
    const { rows } = this.spec;
    if (rows) this.row = clamp(Math.floor(((event.clientY - box.top) / box.height) * rows), 0, rows - 1);
    this.block.seek(this.block.point(((event.clientX - box.left) / box.width) * this.block.inner));
  }

  turn(by) {
    const { rows } = this.spec;
    if (rows) this.row = clamp((this.row ?? (by > 0 ? -1 : rows)) + by, 0, rows - 1);
  }

  mark(n) {
    const { x } = this.block.spec;
    const from = n === null ? 0 : this.block.place(x.low + n * x.step);
    this.here.style.cssText = n === null ? "display:none" : `left:${from}px;width:${Math.max(2, this.block.place(x.low + x.step))}px`;
    const said = n === null ? "arrow keys read the values" : `${this.block.said(n)}: ${this.said(this.block.time(n))}`;
    fill(this.surface, { "aria-valuemin": 1, "aria-valuemax": x.count, "aria-valuenow": (n ?? 0) + 1, "aria-valuetext": said }, []);
  }

  // Which of the values stands at a time; null beyond both ends.
  index(time, count) {
    const at = Math.floor((time - this.spec.start) / this.spec.step + 1e-6);
    return at >= 0 && at < count ? at : null;
  }

  canvas(draw) {
    const ratio = window.devicePixelRatio || 1;
    const [width, { height }] = [this.block.inner, this.spec];
    const canvas = html("canvas", { width: Math.round(width * ratio), height: Math.round(height * ratio), "aria-hidden": "true", style: `width:${width}px;height:${height}px;display:block` });
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    draw(context, width, height);
    return [canvas];
  }
}

class Wave extends Track {
  picture() {
    return this.canvas((context, width, height) => {
      const top = this.values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
      context.fillStyle = css(ramp(0.62, this.block.dark));
      for (let x = 0; x < width; x += 1) this.column(context, x, width, height, top);
    });
  }

  // From the lowest to the highest sample that falls on a pixel.
  column(context, x, width, height, top) {
    const { low, high } = this.block.spec.x;
    const of = (pixel) => Math.floor((low + (pixel / width) * (high - low) - this.spec.start) / this.spec.step);
    const [from, to] = [Math.max(0, of(x)), Math.min(this.values.length, Math.max(of(x) + 1, of(x + 1)))];
    if (to <= from) return;
    const [least, most] = [Math.min(...this.values.subarray(from, to)), Math.max(...this.values.subarray(from, to))];
    const y = (value) => height / 2 - (value / top) * (height / 2 - 2);
    context.fillRect(x, y(most), 1, Math.max(1, y(least) - y(most)));
  }

  said(time) {
    const at = this.index(time, this.values.length);
    return at === null ? "" : `${this.spec.name} ${number(this.values[at])}`;
  }
}

class HeatMap extends Track {
  picture() {
    const { rows, cols, start, step } = this.spec;
    const image = html("canvas", { width: cols, height: rows });
    const data = new ImageData(cols, rows);
    this.values.forEach((value, k) => data.data.set([...ramp(this.share(value), this.block.dark), 255], 4 * k));
    image.getContext("2d").putImageData(data, 0, 0);
    return this.canvas((context, _, height) => {
      context.imageSmoothingEnabled = false;
      const [from, to] = [this.block.place(start), this.block.place(start + cols * step)];
      context.drawImage(image, from, 0, to - from, height);
    });
  }

  share(value) {
    return (value - this.spec.low) / (this.spec.high - this.spec.low || 1);
  }

  // The row that was chosen, or else the one with the most.
  said(time) {
    const { rows, cols, names, unit } = this.spec;
    const name = this.spec.name.split(",")[0]; // the rest explains
    const at = this.index(time, cols);
    if (at === null) return "";
    const of = (row) => this.values[row * cols + at];
    let row = this.row ?? 0;
    if (this.row === null) for (let r = 1; r < rows; r += 1) if (of(r) > of(row)) row = r;
    return `${name} ${this.row === null ? "most at " : ""}${names[row]} ${number(of(row))}${unit && ` ${unit}`}`;
  }
}

class LatticeMap extends Track {
  take(spec) {
    super.take(spec);
    [this.steps, this.open] = [floats(spec.steps), floats(spec.open)];
  }

  picture() {
    const { rows, cols, height, best } = this.spec;
    const dots = [];
    for (let s = 0; s < rows; s += 1) for (let t = 0; t < cols; t += 1) dots.push(this.dot(s, t, best[t] === s));
    return [svg("svg", { width: this.block.inner, height, "aria-hidden": "true" }, ...this.lines(), ...dots)];
  }

  x(t) { return this.block.place(t + 1); }
  y(s) { return ((s + 0.5) * this.spec.height) / this.spec.rows; }

  dot(s, t, ringed) {
    const { rows, cols, height } = this.spec;
    const [share, open] = [this.values[s * cols + t], this.open[s * cols + t]];
    const most = Math.min(this.block.inner / cols, height / rows) * 0.42;
    if (!open) return svg("circle", { cx: this.x(t), cy: this.y(s), r: 1.5, class: "closed" });
    const colour = css(ramp(0.25 + 0.6 * share, this.block.dark));
    return svg("circle", { cx: this.x(t), cy: this.y(s), r: Math.max(2.5, most * Math.sqrt(share)), fill: colour, class: ringed ? "dot ringed" : "dot" });
  }

  lines() {
    const { rows, cols } = this.spec;
    const found = [];
    for (let t = 0; t + 1 < cols; t += 1) for (let s = 0; s < rows; s += 1) for (let k = 0; k < 3; k += 1) {
      const share = this.steps[(t * rows + s) * 3 + k];
      if (share > 0) found.push(svg("line", { x1: this.x(t), y1: this.y(s - k), x2: this.x(t + 1), y2: this.y(s), class: "way", "stroke-width": (0.6 + 5 * share).toFixed(2), "stroke-opacity": (0.25 + 0.75 * share).toFixed(2) }));
    }
    return found;
  }

  said(time) {
    const { cols, rows, names } = this.spec;
    const at = this.index(time, cols);
    if (at === null) return "";
    const of = (row) => this.values[row * cols + at];
    let row = this.row ?? 0;
    if (this.row === null) for (let r = 1; r < rows; r += 1) if (of(r) > of(row)) row = r;
    return `${this.row === null ? "most probable " : ""}state ${names[row]} ${number(of(row))}`;
  }
}

class Words extends Track {
  picture() {
    return this.spec.spans.map(([from, to, text]) => {
      const left = this.block.place(from);
      return html("span", { class: "word", style: `left:${left}px;width:${Math.max(1, this.block.place(to) - left)}px` }, text);
    });
  }

  said(time) {
    const found = this.spec.spans.filter(([from, to]) => time >= from && time < to).map(([, , text]) => text);
    return found.length ? `${this.spec.name} ${found.join(" ")}` : "";
  }
}

export const TRACKS = { wave: Wave, map: HeatMap, lattice: LatticeMap, words: Words };
