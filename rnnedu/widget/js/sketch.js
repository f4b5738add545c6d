// Drawing a series on the input row: with the pointer, or with PageUp and PageDown at the cursor.

import { clamp, html, number } from "./kit.js";

const STEP = 0.1;
const RANGE = 3; // of what can be drawn with the pointer, in the units of the input

export class Sketch {
  constructor(player) {
    Object.assign(this, { player, on: false, draft: null });
    this.button = html("button", { type: "button", class: "draw", "data-keep": "draw", "aria-pressed": "false", onclick: () => this.toggle() }, "draw");
    this.hint = html("div", { class: "hint", hidden: true }, "Draw on the row of x: drag along it, or move the cursor and change x there with Page Up and Page Down.");
  }

  rebuild() {
    if (!this.later && !this.last) this.draft = null; // the kernel has answered, and nothing was drawn since
    this.button.hidden = this.player.standalone;
  }

  // What could not be run over is not kept on the screen.
  refused() {
    this.rebuild();
    for (const lane of this.player.shown) lane.rows.drawFirst();
  }

  toggle() {
    this.on = !this.on;
    this.button.setAttribute("aria-pressed", String(this.on));
    this.hint.hidden = !this.on;
    this.player.rebuild();
  }

  // The input as numbers to begin with: those of a series, zeros for letters.
  current() {
    const { run } = this.player;
    const length = Math.max(2, run.sizes.T);
    const highest = this.player.model.get("choices").highest;
    const series = run.x.kind === "line" ? run.values.x_t.map(([value]) => clamp(Number(value.toFixed(3)), -highest, highest)) : [];
    return Array.from({ length }, (_, t) => series[t] ?? 0);
  }

  // The bounds of the row's vertical axis while drawing.
  range(values) {
    return [Math.min(-RANGE, ...values), Math.max(RANGE, ...values)];
  }

  keys() {
    if (!this.on) return {};
    return { PageUp: () => this.nudge(STEP), PageDown: () => this.nudge(-STEP) };
  }

  nudge(by) {
    const { t } = this.player.run;
    const value = (this.draft ?? this.current())[t] + by;
    this.put(t, value, t, value);
    this.player.say(`x at t = ${t + 1}: ${number(this.draft[t])}`);
    clearTimeout(this.later);
    this.later = setTimeout(() => this.commit(), 300);
  }

  // The pointer went from one place to another since it was last seen: all between is on the line that joins them.
  stroke(t, value) {
    const [from, start] = this.last ?? [t, value];
    this.put(from, start, t, value);
    this.last = [t, value];
  }

  put(from, start, to, end) {
    this.draft ??= this.current();
    const highest = this.player.model.get("choices").highest;
    const steps = Math.max(1, Math.abs(to - from));
    for (let k = 0; k <= steps; k++) {
      const t = from + Math.round(((to - from) * k) / steps);
      this.draft[t] = clamp(Number((start + ((end - start) * k) / steps).toFixed(2)), -highest, highest);
    }
    for (const lane of this.player.shown) lane.rows.drawFirst();
  }

  commit() {
    clearTimeout(this.later);
    this.later = this.last = null;
    if (this.draft) this.player.set({ text: "", drawn: [...this.draft] });
  }
}
