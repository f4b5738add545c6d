// The step player. The kernel sends one run, or two to compare (see message.py); everything here only shows them: the
// cursor moves without asking the kernel. Vectors are the engine's; what stands between them in the drawing and the
// equations is worked out here, by the docstrings' own expressions.

import { Transport } from "./controls.js";
import { Keep } from "./keep.js";
import { clamp, html, isDark, loosen, steady, write } from "./kit.js";
import { Lane } from "./lane.js";
import { Settings } from "./settings.js";
import { Sketch } from "./sketch.js";

const PLAY_MS = 700;
const KEPT = ["trait", "mode", "keep"]; // data attributes by which a control is found again

class Player {
  constructor(model, el) {
    Object.assign(this, { model, el, id: `rnnedu-player-${crypto.getRandomValues(new Uint32Array(2)).join("")}-` });
    this.error = html("div", { class: "error", role: "alert", hidden: true });
    this.values = html("div", { class: "values", role: "status", "aria-live": "polite" });
    this.sketch = new Sketch(this);
    this.settings = new Settings(this);
    this.transport = new Transport(this);
    this.keep = new Keep(this);
    this.main = new Lane(this, "data", "shares");
    this.beside = new Lane(this, "beside_data", "beside_shares");
    this.lanes = html("div", { class: "lanes" });
    this.root = html("div", { class: "rnnedu-widget rnnedu-player", role: "group", "aria-label": "step player", onkeydown: (event) => this.key(event), onpointerup: (event) => this.takeKeys(event) },
      html("div", { class: "head" }, this.settings.el, this.transport.el), this.sketch.hint, this.error, this.lanes, this.values, this.keep.el);
    el.append(this.root);
  }

  get run() { return this.main.run; }
  get standalone() { return Boolean(this.model.get("standalone")); } // a saved page has no kernel to ask
  get growing() { return [this.main.equations.el, this.beside.equations.el, this.values]; } // by a line now and then
  get shown() { return [this.main, this.beside].filter((lane) => lane.run); }

  rebuild() {
    this.settle();
    const held = this.root.contains(document.activeElement) ? document.activeElement : null;
    const kind = KEPT.find((name) => held?.dataset[name]);
    this.dark = isDark(this.root);
    this.root.classList.toggle("dark", this.dark);
    this.showError();
    this.sketch.rebuild();
    this.settings.rebuild();
    for (const lane of [this.main, this.beside]) {
      lane.rebuild();
      if (!lane.run) lane.el.remove();
      else if (lane.el.parentNode !== this.lanes) this.lanes.append(lane.el); // moved once: that would cost the focus
    }
    this.lanes.classList.toggle("two", this.shown.length > 1);
    this.growing.forEach(loosen);
    if (!this.run) return;
    this.transport.rebuild();
    for (const lane of this.shown) lane.draw(); // once all stand where they will stay
    this.update();
    if (kind && !held.isConnected) this.root.querySelector(`[data-${kind}="${held.dataset[kind]}"]`)?.focus({ preventScroll: true });
  }

  showError() {
    const text = this.model.get("error");
    this.error.hidden = !text;
    this.error.textContent = text;
    if (text && this.sketch.draft) this.sketch.refused();
  }

  update() {
    this.transport.update();
    for (const lane of this.shown) lane.update();
    this.say(`values at t = ${this.run.t + 1}:   ${this.shown.map((lane) => lane.sentence()).join("\n")}`);
    this.keep.update();
  }

  // The line that a screen reader hears.
  say(text) {
    write(this.values, text);
  }

  go(t, unit = this.run.unit) {
    const { T, H } = this.run.sizes;
    for (const { run } of this.shown) Object.assign(run, { t: clamp(t, 0, T - 1), unit: clamp(unit, 0, H - 1) });
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

  // Ask the kernel for another run.
  set(changes) {
    this.settle();
    for (const [name, value] of Object.entries(changes)) this.model.set(name, value);
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
    const typing = event.target.matches("select, input:not([type=range])");
    if (typing || !this.run) return;
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
      ...this.sketch.keys(),
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
    for (const lane of this.shown) lane.resized();
  }
}

function watch(player, model) {
  const size = new ResizeObserver(() => player.resized());
  const still = new ResizeObserver((entries) => entries.forEach(({ target }) => steady(target)));
  const measured = [player.main.rows.el, player.beside.rows.el];
  const rebuild = () => {
    player.rebuild();
    for (const el of measured) {
      size.unobserve(el);
      size.observe(el); // reports anew, also where the page was hidden while we drew
    }
  };
  const listening = [
    ...["data", "beside_data", "mode", "choices"].map((name) => [`change:${name}`, rebuild]),
    ...["t", "unit"].map((name) => [`change:${name}`, () => player.moved()]),
    ["change:error", () => player.showError()],
  ];
  for (const [event, listener] of listening) model.on(event, listener);
  for (const el of measured) size.observe(el);
  for (const el of player.growing) still.observe(el, { box: "border-box" });
  const theme = new MutationObserver(rebuild);
  theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-theme"] });
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", rebuild);
  return () => {
    for (const [event, listener] of listening) model.off(event, listener);
    size.disconnect();
    still.disconnect();
    theme.disconnect();
    scheme.removeEventListener("change", rebuild);
    for (const timer of [player.told, player.sketch.later]) clearTimeout(timer);
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
