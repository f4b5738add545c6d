// The step player. The kernel sends one run (see message.py); everything here only shows it: the cursor moves
// without asking the kernel. Vectors are the engine's; what stands between them in the drawing and the equations is
// worked out here, by the docstrings' own expressions.

import { Settings, Transport } from "./controls.js";
import { Drawing } from "./drawing.js";
import { Equations } from "./equations.js";
import { clamp, html, isDark, number, visible } from "./kit.js";
import { Rows } from "./rows.js";
import { Run } from "./run.js";
import { symbolText } from "./symbols.js";

const PLAY_MS = 700;

class Player {
  constructor(model, el) {
    Object.assign(this, { model, el, id: `rnnedu-player-${crypto.getRandomValues(new Uint32Array(2)).join("")}-` });
    this.error = html("div", { class: "error", role: "alert", hidden: true });
    this.values = html("div", { class: "values", role: "status", "aria-live": "polite" });
    this.settings = new Settings(this);
    this.transport = new Transport(this);
    this.rows = new Rows(this);
    this.drawing = new Drawing(this);
    this.equations = new Equations(this);
    const stage = html("div", { class: "stage" }, this.drawing.el, this.equations.el);
    this.root = html("div", { class: "rnnedu-widget rnnedu-player", role: "group", "aria-label": "step player", onkeydown: (event) => this.key(event), onpointerup: (event) => this.takeKeys(event) },
      html("div", { class: "head" }, this.settings.el, this.transport.el), this.error, this.rows.el, stage, this.values);
    el.append(this.root);
  }

  rebuild() {
    this.settle();
    const held = this.root.contains(document.activeElement) ? document.activeElement : null;
    const at = held?.dataset.trait ?? held?.dataset.mode ?? (held?.className === "fold" ? "fold" : null);
    this.run = this.model.get("data").sizes ? new Run(this.model) : null;
    this.dark = isDark(this.root);
    this.root.classList.toggle("dark", this.dark);
    this.showError();
    this.settings.rebuild();
    if (!this.run) return;
    for (const part of [this.transport, this.rows, this.drawing, this.equations]) part.rebuild();
    this.rows.measure();
    this.update();
    if (at && !held.isConnected) this.root.querySelector(`[data-trait="${at}"],[data-mode="${at}"],.${at}`)?.focus({ preventScroll: true });
  }

  showError() {
    const text = this.model.get("error");
    this.error.hidden = !text;
    this.error.textContent = text;
  }

  update() {
    this.rows.move();
    for (const part of [this.transport, this.drawing, this.equations]) part.update();
    this.values.textContent = this.sentence();
  }

  // The line that a screen reader hears.
  sentence() {
    const { run } = this;
    const shown = ["x_t", ...run.rows.states];
    const vector = (symbol) => `${symbolText(run, symbol)} = ${run.x.kind === "letters" && symbol === "x_t" ? visible(run.x.labels[run.t]) : run.at(symbol).map(number).join("  ")}`;
    return `values at t = ${run.t + 1}:   ` + shown.map(vector).join(";   ");
  }

  go(t, unit = this.run.unit) {
    const { T, H } = this.run.sizes;
    this.run.t = clamp(t, 0, T - 1);
    this.run.unit = clamp(unit, 0, H - 1);
    this.update();
    clearTimeout(this.told);
    this.told = setTimeout(() => this.tell(), 150); // the kernel hears where we stopped, not every step
  }

  // Before the kernel answers with another run it must know where the cursor stands.
  settle() {
    if (this.told) this.tell();
  }

  tell() {
    clearTimeout(this.told);
    this.told = null;
    this.telling = true; // between the two sets the model holds half of the move
    this.model.set("t", this.run.t + 1);
    this.model.set("unit", this.run.unit + 1);
    this.telling = false;
    this.model.save_changes();
  }

  toggle() {
    if (this.timer) return this.stop();
    if (this.run.t + 1 === this.run.sizes.T && !this.run.backward) this.go(0);
    if (this.run.t === 0 && this.run.backward) this.go(this.run.sizes.T - 1);
    this.timer = setInterval(() => this.tick(), PLAY_MS);
    this.transport.playing(true);
  }

  // Going back plays from the end to the beginning, as the gradient flows.
  tick() {
    const next = this.run.t + (this.run.backward ? -1 : 1);
    if (next < 0 || next >= this.run.sizes.T) return this.stop();
    this.go(next);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.transport.playing(false);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return; // Ctrl+S is the notebook's
    event.stopPropagation(); // the notebook has its own use for these keys
    const typing = event.target.matches("select, input[type=number]");
    if (typing) return;
    if (event.key === " " && event.target.tagName === "BUTTON") return;
    const { t, unit, sizes } = this.run;
    const moves = {
      ArrowLeft: () => this.go(t - 1),
      ArrowRight: () => this.go(t + 1),
      ArrowUp: () => this.go(t, unit - 1),
      ArrowDown: () => this.go(t, unit + 1),
      Home: () => this.go(0),
      End: () => this.go(sizes.T - 1),
      " ": () => this.toggle(),
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    moves[event.key]();
  }

  // After a click on a map or in the drawing the keys are the player's.
  takeKeys(event) {
    const control = event.target.closest("button, select, input, label");
    if (this.run && !control && getSelection().isCollapsed) this.transport.slider.focus({ preventScroll: true });
  }

  moved() {
    const [t, unit] = [this.model.get("t") - 1, this.model.get("unit") - 1];
    if (!this.run || this.telling || (t === this.run.t && unit === this.run.unit)) return;
    this.go(t, unit);
  }

  resized() {
    if (!this.run) return;
    this.rows.measure();
    this.rows.draw();
    this.rows.move();
  }
}

function watch(player, model) {
  const size = new ResizeObserver(() => player.resized());
  const rebuild = () => {
    player.rebuild();
    size.unobserve(player.rows.el);
    size.observe(player.rows.el); // reports anew, also where the page was hidden while we drew
  };
  const moved = () => player.moved();
  const failed = () => player.showError();
  const rebuilding = ["change:data", "change:mode", "change:choices"];
  for (const name of rebuilding) model.on(name, rebuild);
  for (const name of ["change:t", "change:unit"]) model.on(name, moved);
  model.on("change:error", failed);
  size.observe(player.rows.el);
  const theme = new MutationObserver(rebuild);
  theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-theme"] });
  return () => {
    for (const name of rebuilding) model.off(name, rebuild);
    for (const name of ["change:t", "change:unit"]) model.off(name, moved);
    model.off("change:error", failed);
    size.disconnect();
    theme.disconnect();
    clearTimeout(player.told);
    clearInterval(player.timer);
    player.root.remove();
  };
}

export default {
  render({ model, el }) {
    const player = new Player(model, el);
    player.rebuild();
    return watch(player, model);
  },
};
