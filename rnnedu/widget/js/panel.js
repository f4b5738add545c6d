// A widget made of controls and blocks. What there is to see comes from Python, see panel.py; nothing is computed here.

import { BLOCKS } from "./blocks.js";
import { Form } from "./form.js";
import { html, isDark } from "./kit.js";
import { keepKeys } from "./keys.js";

class Panel {
  constructor(model, el) {
    this.model = model;
    this.form = new Form((trait, value, entry) => this.change(trait, entry === undefined ? value : { ...model.get(trait), [entry]: value }));
    this.actions = html("div", { class: "actions" });
    this.error = html("div", { class: "error", role: "alert", hidden: true });
    this.body = html("div", { class: "blocks" });
    this.values = html("div", { class: "values", role: "status", "aria-live": "polite" });
    const head = html("div", { class: "head" }, this.form.el, this.actions);
    this.root = html("div", { class: "rnnedu-widget rnnedu-panel", role: "group", "aria-label": model.get("label") }, head, this.error, this.body, this.values);
    keepKeys(this.root);
    this.blocks = new Map();
    el.append(this.root);
  }

  change(trait, value) {
    this.model.set(trait, value);
    this.model.save_changes();
  }

  show() {
    const shown = this.model.get("shown");
    this.dark = isDark(this.root);
    this.root.classList.toggle("dark", this.dark);
    const standalone = Boolean(this.model.get("standalone")); // a saved page has no kernel to ask
    this.form.rebuild(standalone ? [] : shown.controls ?? []);
    this.showActions(standalone ? [] : shown.actions ?? []);
    this.showBlocks(shown.blocks ?? []);
    if (this.values.textContent !== shown.values) this.values.textContent = shown.values ?? "";
    this.showError();
  }

  showError() {
    this.error.textContent = this.model.get("error");
    this.error.hidden = !this.error.textContent;
  }

  // Buttons stay the same elements, or one would lose the focus by pressing it.
  showActions(actions) {
    const shape = JSON.stringify(actions.map(({ name }) => name));
    if (shape !== this.offered) {
      this.buttons = actions.map(({ name }) => html("button", { type: "button", "data-action": name, onclick: () => this.press(name) }));
      this.actions.replaceChildren(...this.buttons);
      this.offered = shape;
    }
    actions.forEach(({ label, enabled, primary }, n) => {
      if (this.buttons[n].textContent !== label) this.buttons[n].textContent = label;
      this.buttons[n].setAttribute("aria-disabled", String(!enabled));
      this.buttons[n].classList.toggle("primary", primary && enabled);
    });
  }

  press(name) {
    const { enabled } = this.model.get("shown").actions.find((action) => action.name === name) ?? {};
    if (enabled) this.model.send({ do: name });
  }

  showBlocks(specs) {
    const fresh = new Map();
    for (const spec of specs) {
      const old = this.blocks.get(spec.key);
      const block = old?.kind === spec.kind ? old : Object.assign(new BLOCKS[spec.kind](this), { kind: spec.kind });
      block.el.dataset.key = spec.key;
      fresh.set(spec.key, block);
    }
    const els = [...fresh.values()].map((block) => block.el);
    if (els.some((each, n) => this.body.children[n] !== each) || this.body.children.length !== els.length) this.body.replaceChildren(...els);
    for (const [key, block] of this.blocks) if (fresh.get(key) !== block) block.removed?.();
    this.blocks = fresh;
    for (const spec of specs) fresh.get(spec.key).show(spec);
  }

  resized() {
    for (const block of this.blocks.values()) block.resized?.();
  }

  removed() {
    for (const block of this.blocks.values()) block.removed?.();
    this.root.remove();
  }
}

export default {
  render({ model, el }) {
    const panel = new Panel(model, el);
    const show = () => panel.show();
    const failed = () => panel.showError();
    const size = new ResizeObserver(() => panel.resized());
    const theme = new MutationObserver(show);
    model.on("change:shown", show);
    model.on("change:error", failed);
    show();
    size.observe(panel.body);
    theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-theme"] });
    return () => {
      model.off("change:shown", show);
      model.off("change:error", failed);
      size.disconnect();
      theme.disconnect();
      panel.removed();
    };
  },
};
