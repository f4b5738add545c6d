// The player's controls: what is run. Each sets traits, and the kernel answers with another run.

import { Form } from "./form.js";
import { html } from "./kit.js";

const LOSSES = [["last", "sum of h at the last step"], ["every", "sum of h at every step"]];
const LONGEST = 240;

export class Settings {
  constructor(player) {
    this.player = player;
    this.form = new Form((trait, value) => this.change(trait, value));
    this.turns = html("div", { class: "mode", role: "group", "aria-label": "direction" }, ...["forward", "backward"].map((mode) => this.turn(mode)));
    this.el = html("div", { class: "settings" }, this.turns, this.form.el, player.sketch.button);
    this.last = { text: "hello", drawn: null };
  }

  get(trait) {
    return this.player.model.get(trait);
  }

  turn(mode) {
    return html("button", { type: "button", "data-mode": mode, onclick: () => this.player.set({ mode }) }, mode);
  }

  rebuild() {
    for (const button of this.turns.children) button.setAttribute("aria-pressed", String(button.dataset.mode === this.get("mode")));
    this.form.el.hidden = this.player.standalone;
    if (!this.player.standalone) this.form.rebuild(this.controls());
  }

  // What the run goes over: "text" and "drawn" are the learner's own.
  input() {
    return this.get("text") ? "text" : this.get("drawn").length ? "drawn" : this.get("series");
  }

  controls() {
    const offer = this.get("choices");
    const select = (trait, label, options, value = this.get(trait)) => ({ kind: "select", trait, label, options, value });
    const count = (trait, low, high) => ({ kind: "count", trait, label: trait, low, high, value: this.get(trait) });
    const options = Object.entries(offer.options[this.get("cell")] ?? {}).map(([name, accepted]) =>
      select(name, name.replace("_", " "), accepted.map((each) => [each, String(each)]), this.get("options")[name] ?? accepted[0]));
    const cells = Object.entries(offer.cells);
    const own = [select("cell", "cell", cells), count("units", 1, offer.units), ...options, count("seed", 0, 9999)];
    const inputs = [...offer.series.map((name) => [name, name]), ["text", "own text"], ["drawn", "drawn"]];
    const text = { kind: "field", trait: "text", label: "text", longest: LONGEST, value: this.get("text") };
    return [
      ...(offer.fixed ? [] : own),
      select("series", "input", inputs, this.input()),
      ...(this.input() === "text" ? [text] : []),
      select("beside", "beside", [["", "none"], ...cells]),
      ...(this.get("mode") === "backward" ? [select("loss", "loss L", LOSSES)] : []),
    ];
  }

  change(trait, value) {
    if (trait === "series") return this.choose(value);
    const accepted = this.get("choices").options[this.get("cell")]?.[trait];
    this.player.set(accepted ? { options: { ...this.get("options"), [trait]: value } } : { [trait]: value });
  }

  // What the learner typed or drew is kept for the next time.
  choose(input) {
    if (this.get("text")) this.last.text = this.get("text");
    if (this.get("drawn").length) this.last.drawn = this.get("drawn");
    const own = { text: { text: this.last.text }, drawn: { text: "", drawn: this.last.drawn ?? this.player.sketch.current() } };
    this.player.set(own[input] ?? { text: "", drawn: [], series: input });
  }
}
