// tsort: an order in which every pair's first comes before its second.
import type { Main } from '../kernel/program.js';
import { decode } from '../kernel/text.js';
import { command, complain, parseOptions, readAll, UsageError } from '../programs/stdio.js';
import { openInput } from './text-input.js';

interface Node {
  name: string;
  before: number;
  after: Node[];
  done: boolean;
}

/** A loop among the nodes that are left. */
function findLoop(nodes: Iterable<Node>): Node[] {
  for (const start of nodes) {
    if (start.done || start.before === 0) continue;
    const path: Node[] = [];
    let at: Node | undefined = [...nodes].find((node) => !node.done && node.before > 0);
    while (at && !path.includes(at)) {
      path.push(at);
      const current: Node = at;
      at = [...nodes].find((node) => !node.done && node.after.includes(current));
    }
    return at ? path.slice(path.indexOf(at)) : path;
  }
  return [];
}

export const tsort: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, '', {});
  const [file = '-', extra] = options.operands;
  if (extra !== undefined) throw new UsageError(`extra operand '${extra}'`);
  let fd: number;
  try {
    fd = openInput(process, file);
  } catch (error) {
    throw error instanceof Error ? new UsageError(`${file}: ${error.message}`) : error;
  }
  const words = decode(yield* readAll(process, fd)).split(/\s+/).filter((word) => word !== '');
  if (words.length % 2 !== 0) throw new UsageError(`${file}: input contains an odd number of tokens`);
  const nodes = new Map<string, Node>();
  const node = (name: string): Node => {
    let known = nodes.get(name);
    if (!known) nodes.set(name, (known = { name, before: 0, after: [], done: false }));
    return known;
  };
  for (let i = 0; i < words.length; i += 2) {
    const [first, second] = [node(words[i]!), node(words[i + 1]!)];
    if (first === second) continue;
    first.after.push(second);
    second.before++;
  }
  const sorted = [...nodes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const ready = sorted.filter(({ before }) => before === 0);
  let left = sorted.length;
  let looped = false;
  for (;;) {
    for (let next = ready.shift(); next; next = ready.shift()) {
      next.done = true;
      left--;
      output.print(`${next.name}\n`);
      for (const later of [...next.after].reverse()) if (--later.before === 0) ready.push(later);
    }
    if (left === 0) return looped ? 1 : 0;
    const loop = findLoop(sorted);
    looped = true;
    yield* output.flush();
    yield* complain(process, `${file}: input contains a loop:`);
    for (const { name } of loop) yield* complain(process, name);
    const cut = loop[0]!;
    cut.before = 0;
    ready.push(cut);
  }
});
