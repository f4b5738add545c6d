// What a check says of a learner's function, and the hints, opened one after the other on the learner's wish.

import { keepKeys, keepsKeys } from "./keys.js";

const STEPS = ["A hint", "A stronger hint", "The strongest hint", "Show the solution"];

function make(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = `rnnedu-check-${className}`;
  node.textContent = text;
  return node;
}

function build(model) {
  const root = make("div", "root");
  root.classList.add("rnnedu-card");
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", `check of ${model.get("label")}`);
  const verdict = make("p", "verdict");
  const hints = make("div", "hints");
  hints.setAttribute("aria-live", "polite");
  const more = Object.assign(keepsKeys(make("button", "more")), { type: "button" });
  root.append(verdict, hints, more);
  keepKeys(root);
  return { root, verdict, hints, more };
}

function show(model, { root, verdict, hints, more }) {
  const [ok, texts, opened] = ["ok", "hints", "opened"].map((name) => model.get(name));
  root.dataset.outcome = ok ? "right" : "wrong";
  verdict.textContent = (ok ? "\u2713 " : "\u2717 ") + model.get("text");
  const shown = texts.slice(0, opened);
  while (hints.children.length > shown.length) hints.lastChild.remove();
  shown.slice(hints.children.length).forEach((text) => {
    const isSolution = hints.children.length === texts.length - 1;
    hints.append(make(isSolution ? "pre" : "p", isSolution ? "solution" : "hint", text));
  });
  more.hidden = opened >= texts.length || (ok && opened === 0);
  more.textContent = STEPS[opened] ?? "";
}

export default {
  render({ model, el }) {
    const parts = build(model);
    const refresh = () => show(model, parts);
    const events = ["ok", "text", "opened"].map((name) => `change:${name}`);
    parts.more.addEventListener("click", () => {
      model.set("opened", model.get("opened") + 1);
      model.save_changes();
    });
    for (const event of events) model.on(event, refresh);
    el.append(parts.root);
    refresh();
    return () => {
      for (const event of events) model.off(event, refresh);
      parts.root.remove();
    };
  },
};
