// A question, its options as radio buttons, and the feedback of the one that was checked.

import { keepsKeys } from "./keys.js";

const OURS = new Set(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown", " ", "Enter"]);

function make(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = `rnnedu-quiz-${className}`;
  node.textContent = text;
  return node;
}

function build(model) {
  const root = make("fieldset", "root");
  root.classList.add("rnnedu-card");
  const name = `rnnedu-quiz-${crypto.getRandomValues(new Uint32Array(2)).join("")}`;
  const radios = model.get("options").map(() => {
    const radio = keepsKeys(make("input", "radio"));
    return Object.assign(radio, { type: "radio", name });
  });
  const check = Object.assign(keepsKeys(make("button", "check", "Check")), { type: "button" });
  const feedback = make("p", "feedback");
  feedback.setAttribute("aria-live", "polite");
  const rows = radios.map((radio, n) => {
    const row = make("label", "option");
    row.append(radio, make("span", "text", model.get("options")[n].text));
    return row;
  });
  root.append(make("legend", "question", model.get("question")), ...rows, check, feedback);
  return { root, radios, rows, check, feedback };
}

// Whether the checked option is right, wrong, or neither: a quiz may have no right option.
function outcome(model) {
  const options = model.get("options");
  if (!options.some((option) => option.right)) return "neutral";
  return options[model.get("chosen")].right ? "right" : "wrong";
}

const OPENING = { right: "\u2713 Right. ", wrong: "\u2717 Not this one. ", neutral: "" };

function show(model, parts) {
  const chosen = model.get("chosen");
  const checked = model.get("checked") && chosen >= 0;
  parts.radios.forEach((radio, n) => {
    radio.checked = n === chosen;
    parts.rows[n].dataset.outcome = checked && n === chosen ? outcome(model) : "";
  });
  parts.check.disabled = chosen < 0;
  parts.feedback.dataset.outcome = checked ? outcome(model) : "";
  const words = checked ? OPENING[outcome(model)] + model.get("options")[chosen].feedback : "";
  if (parts.feedback.textContent !== words) parts.feedback.textContent = words;
}

function change(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

function listen(model, parts, signal) {
  const on = (node, kind, act) => node.addEventListener(kind, act, { signal });
  parts.radios.forEach((radio, n) => on(radio, "change", () => change(model, { chosen: n, checked: false })));
  on(parts.check, "click", () => change(model, { checked: true }));
  on(parts.root, "keydown", (event) => {
    if (OURS.has(event.key)) event.stopPropagation();
  });
}

export default {
  render({ model, el }) {
    const parts = build(model);
    const listening = new AbortController();
    const refresh = () => show(model, parts);
    const events = ["change:chosen", "change:checked"];
    listen(model, parts, listening.signal);
    for (const event of events) model.on(event, refresh);
    el.append(parts.root);
    refresh();
    return () => {
      listening.abort();
      for (const event of events) model.off(event, refresh);
      parts.root.remove();
    };
  },
};
