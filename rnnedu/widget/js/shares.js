// What each timestep adds to each weight's gradient, and the sum over this timestep and all later ones. The kernel
// sends the former once, as bytes; the latter is added up here, from the end, when it is first asked for.

export class Shares {
  constructor(run, sent) {
    this.T = run.sizes.T;
    this.each = Object.fromEntries(Object.entries(sent).map(([block, view]) => [block, numbersOf(view)]));
    this.sums = {};
  }

  get there() {
    return Object.keys(this.each).length > 0;
  }

  share(block, t) {
    return this.at(this.each[block], t);
  }

  sum(block, t) {
    return this.at(this.added(block), t);
  }

  at(all, t) {
    const size = all.length / this.T;
    return all.subarray(t * size, (t + 1) * size);
  }

  added(block) {
    return (this.sums[block] ??= this.addUp(this.each[block]));
  }

  addUp(each) {
    const size = each.length / this.T;
    const sums = Float64Array.from(each);
    for (let place = each.length - size - 1; place >= 0; place--) sums[place] += sums[place + size];
    return sums;
  }

  // The largest size over the whole run, which full colour means.
  most() {
    const all = () => Object.keys(this.each).flatMap((block) => [this.each[block], this.added(block)]);
    this.largest ??= Math.max(1e-300, ...all().map((numbers) => numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0)));
    return this.largest;
  }
}

function numbersOf(view) {
  return new Float64Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}
