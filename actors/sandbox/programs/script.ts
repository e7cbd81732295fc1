// Scripts: a `#!` line names the interpreter (execve(2), "Interpreter scripts").
import { Errno } from '../kernel/errno.js';
import type { ProgramKind } from '../kernel/program.js';
import { decode } from '../kernel/text.js';

const NESTING_MAX = 4;

/** Claims files that begin with `#!`; the rest of the line after the interpreter is one argument, as on Linux. */
export function scriptKind(): ProgramKind {
  let nesting = 0;
  return {
    name: 'script',
    claim({ path, head, argv }, process) {
      if (head[0] !== 0x23 || head[1] !== 0x21) return undefined;
      const end = head.indexOf(10);
      const line = decode(head.subarray(2, end < 0 ? head.length : end)).trim();
      const [, interpreter, argument] = /^(\S+)(?:\s+(.*))?$/.exec(line) ?? [];
      if (interpreter === undefined) throw new Errno('ENOEXEC');
      if (nesting >= NESTING_MAX) throw new Errno('ELOOP');
      nesting++;
      try {
        const words = [interpreter, ...(argument === undefined ? [] : [argument]), path, ...argv.slice(1)];
        return process.kernel.load(process, interpreter, words);
      } finally {
        nesting--;
      }
    },
  };
}
