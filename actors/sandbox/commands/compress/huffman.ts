// Huffman codes with a greatest length.

/** The length of each symbol's code; every symbol gets one, those that do not occur too. */
export function codeLengths(frequencies: Uint32Array, most: number): Uint8Array {
  let weights = Array.from(frequencies, (frequency) => Math.max(1, frequency));
  for (;;) {
    const lengths = plainLengths(weights);
    if (lengths.every((length) => length <= most)) return lengths;
    // Flatter frequencies make shallower trees.
    weights = weights.map((weight) => 1 + Math.floor(weight / 2));
  }
}

function plainLengths(weights: readonly number[]): Uint8Array {
  const size = weights.length;
  const sorted = weights.map((weight, symbol) => ({ weight, symbol })).sort((a, b) => a.weight - b.weight);
  const parents = new Int32Array(2 * size);
  const sums: number[] = [];
  // Two queues: leaves in order, and inner nodes, which come in order by themselves.
  let [leaf, inner] = [0, 0];
  const least = (): [number, number] => {
    if (leaf < size && (inner >= sums.length || sorted[leaf]!.weight <= sums[inner]!)) return [sorted[leaf]!.weight, sorted[leaf++]!.symbol];
    return [sums[inner]!, size + inner++];
  };
  for (let made = 0; made < size - 1; made++) {
    const [a, b] = [least(), least()];
    sums.push(a[0] + b[0]);
    parents[a[1]] = parents[b[1]] = size + made;
  }
  const depths = new Uint8Array(2 * size);
  for (let node = 2 * size - 3; node >= 0; node--) depths[node] = depths[parents[node]!]! + 1;
  return depths.slice(0, size);
}

/** Canonical codes: shorter first, then by symbol. */
export function codesOf(lengths: Uint8Array): Uint32Array {
  const codes = new Uint32Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= 20; length++) {
    lengths.forEach((each, symbol) => {
      if (each === length) codes[symbol] = code++;
    });
    code <<= 1;
  }
  return codes;
}
