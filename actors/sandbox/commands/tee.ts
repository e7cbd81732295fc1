// tee: standard input to standard output and to files (https://www.gnu.org/software/coreutils/tee).
import { Errno } from '../kernel/errno.js';
import { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } from '../kernel/open-file.js';
import { SIGINT, SIGPIPE } from '../kernel/signals.js';
import type { Main } from '../kernel/program.js';
import { command, complain, parseOptions } from '../programs/stdio.js';
import { choose } from './common/choice.js';

export const tee: Main = command(function* (process) {
  const options = parseOptions(process.argv, 'aip', { append: 'no', 'ignore-interrupts': 'no', 'output-error': 'optional' });
  if (options.has('i', 'ignore-interrupts')) process.onSignal(SIGINT, 'ignore');
  const mode = options.value('output-error');
  if (mode !== undefined && mode !== '') choose(process.argv, '--output-error', mode, ['warn', 'warn-nopipe', 'exit', 'exit-nopipe']);
  const survivesPipe = options.has('p') || mode !== undefined;
  if (survivesPipe) process.onSignal(SIGPIPE, 'ignore');
  let status = 0;
  const sinks: { fd: number; name: string }[] = [{ fd: 1, name: 'standard output' }];
  for (const name of options.operands) {
    try {
      sinks.push({ fd: process.open(name, O_WRONLY | O_CREAT | (options.has('a', 'append') ? O_APPEND : O_TRUNC)), name });
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* complain(process, `${name}: ${error.message}`);
      status = 1;
    }
  }
  while (sinks.length > 0) {
    const chunk = yield* process.read(0, 65536);
    if (chunk.length === 0) break;
    for (const sink of sinks.slice()) {
      try {
        // A buffer given to one file is not to be given to another.
        yield* process.write(sink.fd, sink === sinks.at(-1) ? chunk : chunk.slice());
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        sinks.splice(sinks.indexOf(sink), 1);
        if (error.code === 'EPIPE' && (mode === undefined || mode.endsWith('-nopipe') || mode === '')) {
          if (!survivesPipe) throw error;
          continue;
        }
        yield* complain(process, `${sink.name}: ${error.message}`);
        status = 1;
        if (mode?.startsWith('exit') === true) return 1;
      }
    }
  }
  return status;
});
