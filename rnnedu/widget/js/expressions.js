// The docstrings' own expressions, worked out over one timestep of one sequence.

const FUNCTIONS = {
  sigmoid: (a) => 0.5 * (1 + Math.tanh(0.5 * a)),
  tanh: Math.tanh,
  relu: (a) => Math.max(a, 0),
};
const ELEMENTWISE = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: (a, b) => a ** b,
  gt: (a, b) => Number(a > b),
};

// A new cell may use a function that is not known here: its recorded results are shown, what is inside is not.
function unknown() {
  return NaN;
}

function transpose(matrix) {
  return matrix[0].map((_, k) => matrix.map((row) => row[k]));
}

export function evaluate(tree, look) {
  const [kind, left, right] = tree;
  if (kind === "name") return look(left);
  if (kind === "number") return left;
  if (kind === "T") return transpose(evaluate(left, look));
  if (kind === "sum") return evaluate(left, look); // over the batch, of which one sequence is shown
  if (kind === "neg") return broadcast(ELEMENTWISE.mul, -1, evaluate(left, look));
  if (kind === "call") return [].concat(evaluate(right, look)).map((a) => (FUNCTIONS[left] ?? Math[left] ?? unknown)(a));
  const a = evaluate(left, look);
  const b = evaluate(right, look);
  if (kind === "matmul") return b[0].map((_, j) => a.reduce((sum, v, k) => sum + v * b[k][j], 0));
  return broadcast(ELEMENTWISE[kind], a, b);
}

function broadcast(f, a, b) {
  if (Array.isArray(a)) return a.map((v, j) => f(v, Array.isArray(b) ? b[j] : b));
  return Array.isArray(b) ? b.map((v) => f(a, v)) : f(a, b);
}
