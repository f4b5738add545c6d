// Controls, each for one trait of the model, from the plain data of controls.py.

import { html, number } from "./kit.js";

export class Form {
  // change(trait, value, entry) is called when the learner sets a control; `entry` is defined for one of a dict.
  constructor(change) {
    this.change = change;
    this.el = html("div", { class: "settings" });
  }

  // New controls only where other ones are needed: what is being typed or dragged outlives the kernel's answer.
  rebuild(controls) {
    const shape = JSON.stringify(controls.map(({ value, ...rest }) => rest));
    const fresh = shape !== this.shape;
    if (fresh) this.build(controls);
    this.shape = shape;
    controls.forEach((control, n) => {
      if (fresh || !this.made[n].el.contains(document.activeElement)) this.made[n].set(control.value);
    });
  }

  build(controls) {
    const held = this.el.contains(document.activeElement) ? document.activeElement.dataset.trait : null;
    this.made = controls.map((control) => MAKERS[control.kind]({ ...control, trait: named(control) }, (value) => this.change(control.trait, value, control.entry)));
    this.el.replaceChildren(...this.made.map((made) => made.el));
    if (held) this.el.querySelector(`[data-trait="${held}"]`)?.focus({ preventScroll: true });
  }
}

function named({ trait, entry }) {
  return entry === undefined ? trait : `${trait}-${entry}`;
}

function labelled(control, input, ...more) {
  return html("label", {}, html("span", {}, control.label), input, ...more);
}

function select(control, change) {
  const options = control.options.map(([value, title]) => html("option", { value: String(value) }, title));
  const input = html("select", { "data-trait": control.trait, onchange: () => change(control.options[input.selectedIndex][0]) }, ...options);
  const set = (value) => { input.selectedIndex = control.options.findIndex(([each]) => each === value); };
  return { el: labelled(control, input), set };
}

function count(control, change) {
  let last = "";
  const right = () => input.value !== "" && input.reportValidity();
  const onchange = () => right() && change(Number(input.value));
  const onblur = () => { if (input.value === "" || !input.validity.valid) input.value = last; };
  const input = html("input", { type: "number", min: control.low, max: control.high, step: 1, "data-trait": control.trait, onchange, onblur });
  return { el: labelled(control, input), set: (value) => { input.value = last = value; } };
}

function slider(control, change) {
  const [to, from] = control.log ? [Math.log10, (p) => 10 ** p] : [(v) => v, (p) => p];
  const decimals = (String(control.step).split(".")[1] ?? "").length;
  const rounded = (p) => (control.log ? Number(from(p).toPrecision(3)) : Number(Number(p).toFixed(decimals)));
  const say = (value) => {
    output.textContent = control.log ? number(value) : value.toFixed(decimals).replace("-", "\u2212");
    input.setAttribute("aria-valuetext", output.textContent);
  };
  const oninput = () => { const value = rounded(Number(input.value)); say(value); change(value); };
  const low = Math.ceil(to(control.low) / control.step - 1e-9) * control.step; // so that round values are on the way
  const input = html("input", { type: "range", min: low, max: to(control.high), step: control.step, "data-trait": control.trait, oninput });
  const output = html("b", { class: "reading" });
  const set = (value) => { input.value = to(value); say(value); };
  return { el: html("label", { class: "slider" }, html("span", {}, control.label, " ", output), input), set };
}

function toggle(control, change) {
  const input = html("input", { type: "checkbox", "data-trait": control.trait, onchange: () => change(input.checked) });
  return { el: html("label", { class: "toggle" }, input, html("span", {}, control.label)), set: (value) => { input.checked = value; } };
}

function several(control, change) {
  const onchange = () => change(control.options.filter((_, n) => boxes[n].checked).map(([value]) => value));
  const boxes = control.options.map(([value]) => html("input", { type: "checkbox", "data-trait": `${control.trait}-${value}`, onchange }));
  const labels = control.options.map(([, title], n) => html("label", { class: "toggle" }, boxes[n], html("span", {}, title)));
  const el = html("fieldset", { class: "several" }, html("legend", {}, control.label), ...labels);
  return { el, set: (values) => boxes.forEach((box, n) => { box.checked = values.includes(control.options[n][0]); }) };
}

function field(control, change) {
  const tag = control.lines > 1 ? "textarea" : "input";
  const onchange = () => change(input.value);
  const input = html(tag, { type: control.lines > 1 ? false : "text", rows: control.lines > 1 && control.lines, maxlength: control.longest, spellcheck: "false", "data-trait": control.trait, onchange });
  return { el: labelled(control, input), set: (value) => { input.value = value; } };
}

const MAKERS = { select, count, slider, toggle, several, field };
