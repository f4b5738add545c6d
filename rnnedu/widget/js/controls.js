// The player's buttons, slider and settings.

import { html, svg, visible } from "./kit.js";

const ICONS = {
  first: "M5 4h2v12H5zM16 4v12L8 10z",
  back: "M14 4v12L6 10z",
  play: "M6 4v12l10-6z",
  pause: "M5 4h4v12H5zM11 4h4v12h-4z",
  forth: "M6 4v12l8-6z",
  last: "M13 4h2v12h-2zM4 4v12l8-6z",
};

function icon(name) {
  return svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));
}

export class Transport {
  constructor(view) {
    this.view = view;
    const button = (name, label, action) => html("button", { type: "button", "aria-label": label, title: label, onclick: action }, icon(name));
    this.play = button("play", "Play", () => view.toggle());
    this.slider = html("input", { type: "range", min: 1, step: 1, "aria-label": "timestep", oninput: () => view.go(this.slider.value - 1) });
    this.readout = html("output");
    this.el = html("div", { class: "transport" },
      button("first", "First timestep", () => view.go(0)),
      button("back", "One step back", () => view.go(view.run.t - 1)),
      this.play,
      button("forth", "One step on", () => view.go(view.run.t + 1)),
      button("last", "Last timestep", () => view.go(view.run.sizes.T - 1)),
      this.slider, this.readout);
  }

  rebuild() {
    this.slider.max = this.view.run.sizes.T;
  }

  update() {
    const { run } = this.view;
    const label = visible(run.x.labels[run.t]);
    this.slider.value = run.t + 1;
    this.readout.textContent = `t = ${run.t + 1} of ${run.sizes.T}${label ? ` \u00b7 ${label}` : ""}`;
    this.slider.setAttribute("aria-valuetext", this.readout.textContent);
  }

  playing(on) {
    this.play.replaceChildren(icon(on ? "pause" : "play"));
    for (const name of ["aria-label", "title"]) this.play.setAttribute(name, on ? "Pause" : "Play");
  }
}

export class Settings {
  constructor(view) {
    this.view = view;
    this.el = html("div", { class: "settings" });
  }

  get(trait) {
    return this.view.model.get(trait);
  }

  // New controls only where other ones are needed: what the learner is typing outlives the kernel's answer.
  rebuild() {
    const shape = JSON.stringify([this.get("choices"), this.get("cell"), this.get("mode"), this.get("text") === ""]);
    if (shape !== this.shape) this.el.replaceChildren(...this.controls());
    this.shape = shape;
    for (const control of this.el.querySelectorAll("[data-trait]")) {
      if (control !== document.activeElement) control.value = this.shown(control.dataset.trait);
    }
  }

  controls() {
    const offer = this.get("choices");
    const options = Object.entries(offer.options[this.get("cell")] ?? {});
    const own = [
      this.select("cell", Object.entries(offer.cells)),
      this.count("units", 1, offer.units),
      ...options.map(([name, accepted]) => this.option(name, accepted)),
      this.count("seed", 0, 9999),
    ];
    const series = this.get("text") ? [] : [this.select("series", offer.series.map((name) => [name, name]))];
    const losses = [["last", "sum of h at the last step"], ["every", "sum of h at every step"]];
    const loss = this.get("mode") === "backward" ? [this.select("loss", losses, "loss L")] : [];
    return [this.mode(), ...(offer.fixed ? [] : own), ...series, ...loss];
  }

  // What a control shows of a trait; an option's select holds the place of its value among those accepted.
  shown(name) {
    const accepted = this.get("choices").options[this.get("cell")]?.[name];
    return accepted ? Math.max(0, accepted.indexOf(this.get("options")[name])) : this.get(name);
  }

  set(changes) {
    this.view.settle();
    for (const [name, value] of Object.entries(changes)) this.view.model.set(name, value);
    this.view.model.save_changes();
  }

  labelled(text, control) {
    return html("label", {}, html("span", {}, text), control);
  }

  select(trait, pairs, text = trait, change = (value) => this.set({ [trait]: value })) {
    const options = pairs.map(([value, title]) => html("option", { value }, title));
    const onchange = (event) => change(event.target.value);
    return this.labelled(text, html("select", { "data-trait": trait, onchange }, ...options));
  }

  option(name, accepted) {
    const change = (place) => this.set({ options: { ...this.get("options"), [name]: accepted[place] } });
    return this.select(name, accepted.map((value, place) => [place, String(value)]), name.replace("_", " "), change);
  }

  count(trait, low, high) {
    const right = (field) => field.value !== "" && field.reportValidity();
    const onchange = ({ target }) => right(target) && this.set({ [trait]: Number(target.value) });
    const onblur = ({ target }) => { if (target.value === "" || !target.validity.valid) target.value = this.shown(trait); };
    return this.labelled(trait, html("input", { type: "number", min: low, max: high, step: 1, "data-trait": trait, onchange, onblur }));
  }

  mode() {
    const now = this.get("mode");
    const button = (value) => html("button", { type: "button", "aria-pressed": String(value === now), "data-mode": value, onclick: () => this.set({ mode: value }) }, value);
    return html("div", { class: "mode", role: "group", "aria-label": "direction" }, button("forward"), button("backward"));
  }
}
