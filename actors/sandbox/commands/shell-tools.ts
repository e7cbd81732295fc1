// Commands that the shell has built in and that exist as programs too: test, [, kill, pwd, true, false.
import type { Main } from '../kernel/program.js';
import { assemble } from '../shell/execute/assemble.js';
import { Shell } from '../shell/shell.js';

/** The built-in of that name as a program of its own, with bash's rules. */
export function shellTool(name: string): Main {
  return function* run(process) {
    const shell = new Shell(process, 'bash', name);
    assemble(shell, function* none() {
      return 127;
    });
    for (const [variable, value] of process.env) if (/^[A-Za-z_]\w*$/.test(variable)) shell.variables.set(variable, value);
    const outcome = shell.builtins.get(name)!(shell, [name, ...process.argv.slice(1)]);
    const status = typeof outcome === 'number' ? outcome : yield* outcome;
    yield* shell.flushBacklog();
    return status;
  };
}
