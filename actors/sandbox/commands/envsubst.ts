// envsubst: puts environment variables into text.
import type { Main } from '../kernel/program.js';
import { command, parseOptions, UsageError } from '../programs/stdio.js';
import { mapLines } from './text-stream.js';

const REFERENCE = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g;

export const envsubst: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'v', { variables: 'no' });
  const [format, extra] = options.operands;
  if (extra !== undefined) throw new UsageError('too many arguments');
  const listed = format === undefined ? undefined : new Set([...format.matchAll(REFERENCE)].map(([, plain, braced]) => plain ?? braced!));
  if (options.has('v', 'variables')) {
    for (const name of listed ?? []) output.print(`${name}\n`);
    return 0;
  }
  return yield* mapLines(process, output, [], (line) => line.replace(REFERENCE, (whole, plain?: string, braced?: string) => {
    const name = plain ?? braced!;
    return listed && !listed.has(name) ? whole : (process.env.get(name) ?? '');
  }));
});
