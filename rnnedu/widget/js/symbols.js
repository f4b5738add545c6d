// Symbols and equations as text, in letters and with the numbers put in.

import { evaluate } from "./expressions.js";
import { html, minus, number, power, short } from "./kit.js";

const TAILS = { t: ["t", ""], prev: ["t\u22121", ""], next: ["t", " from t+1"], later: ["t", " from t+1"], loss: ["t", " from L"] };

export function parts(symbol) {
  const [stem, tail = ""] = symbol.split("_");
  if (tail in TAILS) return { stem, sub: TAILS[tail][0], note: TAILS[tail][1] };
  return { stem, sub: tail, note: "" };
}

// dh_t is written \u2202h_t: the gradient of the loss with respect to h_t.
export function symbolNode(run, symbol, dark) {
  const { stem, sub, note } = parts(symbol);
  const letters = run.isGradient(symbol) ? "\u2202" + stem.slice(1) : stem;
  const node = html("span", { class: "sym", style: `color:${run.hue(symbol, dark)}` }, html("i", {}, letters));
  if (sub) node.append(html("sub", {}, sub));
  if (note) node.append(html("small", {}, note));
  return node;
}

export function symbolText(run, symbol) {
  const { stem, sub, note } = parts(symbol);
  return (run.isGradient(symbol) ? "\u2202" + stem.slice(1) : stem) + (sub ? "_" + sub : "") + note;
}

const LEVEL = { gt: 0, add: 1, sub: 1, mul: 2, div: 2, matmul: 2, neg: 2, pow: 3, T: 4, sum: 5, call: 5, name: 5, number: 5 };
const SIGN = { add: " + ", sub: " \u2212 ", mul: " \u2299 ", div: " / ", matmul: " ", gt: " > " };

function bracketed(nodes, needed) {
  return needed ? ["(", ...nodes, ")"] : nodes;
}

function functionName(name) {
  return name === "sigmoid" ? "\u03c3" : name;
}

// The equation in symbols.
export function symbolic(run, tree, dark, outer = 0) {
  const [kind, left, right] = tree;
  const level = LEVEL[kind];
  const inner = (sub, at = level) => symbolic(run, sub, dark, at);
  if (kind === "name") return [symbolNode(run, left, dark)];
  if (kind === "number") return [String(left)];
  if (kind === "call") return [functionName(left), "(", ...symbolic(run, right, dark), ")"];
  if (kind === "neg") return bracketed(["\u2212", ...inner(left)], outer > 1);
  if (kind === "T") return [...inner(left), html("sup", {}, "\u22a4")];
  if (kind === "sum") return ["sum(", ...symbolic(run, left, dark), ")"];
  if (kind === "pow") return [...inner(left, level + 0.5), html("sup", {}, ...symbolic(run, right, dark))];
  const after = ["sub", "div", "matmul"].includes(kind) ? level + 0.5 : level;
  const sides = [...inner(left, kind === "matmul" ? after : level), SIGN[kind], ...inner(right, after)];
  return bracketed(sides, level < outer || (kind === "matmul" && outer === LEVEL.mul));
}

const MAX_TERMS = 6;

// Write a number with so many significant digits; 0 is as short as on the strips.
function figure(value, digits) {
  if (!digits || value === 0) return short(value);
  const size = Math.abs(value);
  return size < 1e-3 || size >= 1e4 ? power(value, digits - 1) : minus(value.toPrecision(digits));
}

function signed(value, digits) {
  return value < 0 ? `(${figure(value, digits)})` : figure(value, digits);
}

// As few digits as let the numbers on a line come out at its result: 1 - 1.00 says nothing of 1 - 0.998.
export function digitsFor(run, tree, j) {
  const entry = (vector) => vector[j] ?? vector[0];
  const right = entry(run.value(tree));
  const comesOut = (digits) => {
    const shown = (value) => (Array.isArray(value) ? value.map(shown) : Number(figure(value, digits).replaceAll("\u2212", "-")));
    const seen = entry([].concat(evaluate(tree, (symbol) => shown(run.at(symbol)))));
    return !(Math.abs(seen - right) > 0.02 * Math.abs(right));
  };
  return [0, 3, 4].find(comesOut) ?? 5;
}

// One entry of a product of a row vector and a matrix, written out.
export function dot(run, left, right, { j, digits }) {
  const vector = [].concat(evaluate(left, (s) => run.at(s)));
  const matrix = evaluate(right, (s) => run.at(s));
  const terms = vector.map((v, k) => [v, matrix[k][Math.min(j, matrix[k].length - 1)]]).filter(([v]) => v !== 0);
  const shown = terms.slice(0, terms.length > MAX_TERMS ? MAX_TERMS - 1 : MAX_TERMS);
  const texts = shown.map(([v, w]) => `${signed(v, digits)}\u00b7${signed(w, digits)}`);
  if (terms.length > shown.length) texts.push(`\u2026 ${terms.length - shown.length} more`);
  return texts.join(" + ") || "0";
}

// The equation with this timestep's numbers. `how` says for which entry j, and with how many digits.
export function numeric(run, tree, how, outer = 0) {
  const [kind, left, right] = tree;
  const level = LEVEL[kind];
  const inner = (sub, at = level) => numeric(run, sub, how, at);
  if (kind === "name") return signed(pick(run.at(left), how.j), how.digits);
  if (kind === "number") return String(left);
  if (kind === "call") return `${functionName(left)}(${bare(inner(right, 0))})`;
  if (kind === "neg") return wrap("\u2212" + inner(left), outer > 1);
  if (kind === "matmul") return wrap(dot(run, left, right, how), outer > 1);
  if (kind === "sum") return `sum(${inner(left, 0)})`;
  if (kind === "pow") return inner(left, level + 0.5) + (right[1] === 2 ? "\u00b2" : `^${inner(right)}`);
  const after = kind === "sub" || kind === "div" ? level + 0.5 : level;
  const sign = kind === "mul" ? "\u00b7" : SIGN[kind];
  return wrap(inner(left) + sign + inner(right, after), level < outer);
}

// Inside a function's brackets a lone negative number needs none of its own.
function bare(text) {
  return /^\([^()]*\)$/.test(text) ? text.slice(1, -1) : text;
}

export function products(tree) {
  return Array.isArray(tree) ? Number(tree[0] === "matmul") + tree.reduce((sum, sub) => sum + products(sub), 0) : 0;
}

function wrap(text, needed) {
  return needed ? `(${text})` : text;
}

function pick(vector, j) {
  return vector[Math.min(j, vector.length - 1)];
}

// The step between numbers put in and result: each summand, or what stands inside the function, as one number.
export function reduced(run, tree, j) {
  const [kind, left, right] = tree;
  const one = (sub) => run.value(sub)[j] ?? run.value(sub)[0];
  if (kind === "call" && right[0] !== "name") return `${functionName(left)}(${number(one(right))})`;
  if (kind !== "add" || (left[0] === "name" && right[0] === "name")) return null;
  const last = number(one(right));
  return `${reduced(run, left, j) ?? number(one(left))} + ${one(right) < 0 ? `(${last})` : last}`;
}
