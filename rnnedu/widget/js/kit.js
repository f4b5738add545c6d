// What every widget draws with: elements, numbers as text, colours of the page.

export const NS = "http://www.w3.org/2000/svg";

export function html(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(NS, tag), attributes, children);
}

export function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

// At every move of a cursor only what differs is written: each write costs the page a layout or a paint.
export function write(node, text) {
  if (node.textContent === text) return;
  const only = node.childNodes.length === 1 ? node.firstChild : null;
  if (only?.nodeType === Node.TEXT_NODE) only.data = text;
  else node.textContent = text;
}

export function mark(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

// Keep an element as tall as it has been at this width: what stands below must not jump, and be painted, at every move.
export function steady(el) {
  if (el.dataset.width !== String(el.offsetWidth)) loosen(el);
  el.dataset.width = el.offsetWidth;
  el.style.minHeight = `${el.offsetHeight}px`;
}

export function loosen(el) {
  el.style.minHeight = "";
}

export function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

// Three decimals or three digits, whichever says more; a power of ten where that would be long.
export function number(value) {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 0.000995 || size >= 9999.5) return power(value, 2);
  return minus(size < 0.0995 ? value.toPrecision(3) : value.toFixed(size < 10 ? 3 : 1));
}

export function power(value, decimals) {
  return minus(value.toExponential(decimals).replace("e+", "e"));
}

// As much as a strip has room for.
export function short(value) {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 0.00095 || size >= 9999.5) return power(value, 0);
  return minus(value.toFixed(size < 0.0995 ? 3 : size < 99.95 ? 2 : size < 999.5 ? 1 : 0));
}

const SIGNS = { " ": "\u2423", "\n": "\u21b5", "\t": "\u21e5" };

// A letter such that one can see it, as places.spelled has it. One without a picture might turn the line it stands in.
export function visible(letter) {
  const unseen = /^[\p{C}\p{Z}]$/u.test(letter);
  return SIGNS[letter] ?? (unseen ? `U+${letter.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}` : letter);
}

export function minus(text) {
  return text.replace(/-/g, "\u2212");
}

export function isDark(el) {
  const declared = document.body.getAttribute("data-jp-theme-light");
  if (declared) return declared === "false";
  const forced = el.closest("[data-theme]")?.getAttribute("data-theme");
  return forced ? forced === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

export const PALETTE = {
  light: { zero: [247, 247, 247], negative: [33, 102, 172], positive: [178, 24, 43] },
  dark: { zero: [44, 47, 51], negative: [94, 170, 240], positive: [244, 114, 104] },
};

export function mix(from, to, share) {
  return from.map((value, k) => Math.round(value + (to[k] - value) * share));
}

export function rgb(hex) {
  return [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
}

export function css(colour) {
  return `rgb(${colour.join(",")})`;
}

function luminance(colour) {
  const [r, g, b] = colour.map((v) => (v / 255 <= 0.03928 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function inkOn(colour) {
  return luminance(colour) > 0.18 ? "#111111" : "#ffffff";
}
