// A shell on a terminal, for tests of what its user types.
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { SUPERUSER } from '../../actors/sandbox/kernel/credentials.js';
import { DescriptorTable } from '../../actors/sandbox/kernel/descriptors.js';
import { statusCode } from '../../actors/sandbox/kernel/process.js';
import { Terminal } from '../../actors/sandbox/kernel/tty.js';
import { PREEMPT } from '../../actors/sandbox/kernel/wait.js';
import { TestMachine } from '../support/machine.js';

/** A shell on a terminal of 80 columns. `type` sends keys once it prompts; `end` gives its exit code and everything that the screen was sent. */
export function session(shell: string, files: Record<string, string> = {}) {
  const machine = new TestMachine({ commands: allCommands, files: { '/work/apple.txt': 'A\n', '/work/apricot.txt': 'B\n', '/work/with space': 'C\n', '/work/inner/deep.txt': 'D\n', ...files } });
  let screen = '';
  let waiting = '';
  const terminal = new Terminal(machine.kernel, (bytes) => {
    screen += Buffer.from(bytes).toString();
    if (screen.includes('P> ') && waiting !== '') {
      const keys = waiting;
      waiting = '';
      setImmediate(() => terminal.input(Buffer.from(keys)));
    }
    return true;
  });
  const descriptors = new DescriptorTable();
  for (const fd of [0, 1, 2]) descriptors.put(fd, terminal.open());
  const env = new Map([['PATH', '/bin'], ['HOME', '/root'], ['TERM', 'xterm'], ['PS1', 'P> ']]);
  const started = machine.kernel.spawn(
    function* main(self) {
      yield PREEMPT;
      return self.exec(`/bin/${shell}`, [shell], env);
    },
    undefined,
    { argv: [shell], env, cwd: machine.files.locate('/work'), credentials: SUPERUSER, files: descriptors },
  );
  started.terminal = terminal;
  terminal.session = started.pid;
  terminal.foreground = started.pid;
  const ended = new Promise<number>((resolve) => started.ended.subscribe(() => resolve(statusCode(started.status!))));
  return {
    machine,
    type: (keys: string): void => void (waiting = keys),
    end: async (): Promise<{ exitCode: number; screen: string }> => ({ exitCode: await ended, screen }),
  };
}

/** What the screen showed of a session. */
export async function typed(keys: string, shell = 'bash', files: Record<string, string> = {}): Promise<string> {
  const { type, end } = session(shell, files);
  type(`${keys}\x04`);
  return (await end()).screen;
}
