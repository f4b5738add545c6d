// The player as one line of Python: shown, and put on the clipboard where the page may.

import { html, write } from "./kit.js";

export class Keep {
  constructor(player) {
    this.player = player;
    this.line = html("input", { type: "text", readonly: true, class: "code", "aria-label": "Python that makes this player again", hidden: true });
    this.told = html("span", { role: "status", class: "told" });
    const button = html("button", { type: "button", class: "quiet", "data-keep": "code", onclick: () => this.copy() }, "copy as code");
    this.el = html("div", { class: "keep" }, button, this.line, this.told);
  }

  code() {
    const { model, run } = this.player;
    return `${model.get("data").code}, mode='${model.get("mode")}', t=${run.t + 1}, unit=${run.unit + 1})`;
  }

  async copy() {
    this.line.hidden = false;
    this.line.value = this.code();
    this.line.select();
    try {
      await navigator.clipboard.writeText(this.line.value);
      this.told.textContent = "copied";
    } catch {
      this.told.textContent = "press Ctrl+C to copy it"; // no clipboard here, but the line is selected
    }
  }

  update() {
    write(this.told, "");
    if (!this.line.hidden) this.line.value = this.code();
  }
}
