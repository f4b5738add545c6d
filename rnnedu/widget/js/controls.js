// The player's buttons and slider: where the cursor stands.

import { html, svg, visible, write } from "./kit.js";

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
    write(this.readout, `t = ${run.t + 1} of ${run.sizes.T}${label ? ` \u00b7 ${label}` : ""}`);
    this.slider.setAttribute("aria-valuetext", this.readout.textContent);
  }

  playing(on) {
    this.play.replaceChildren(icon(on ? "pause" : "play"));
    for (const name of ["aria-label", "title"]) this.play.setAttribute(name, on ? "Pause" : "Play");
  }
}
