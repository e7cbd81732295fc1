// script: a command or a shell on a terminal of its own, and a record of what it printed there (util-linux).
import { Errno } from '../kernel/errno.js';
import { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } from '../kernel/open-file.js';
import { type Process, statusCode } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { Terminal, TerminalFile, type TerminalModes } from '../kernel/tty.js';
import { anyOf, PREEMPT, type Task, WaitQueue } from '../kernel/wait.js';
import { command, encode, type Options, parseOptions, reason, UsageError, usageError } from '../programs/stdio.js';
import { formatDate } from './common/dates/format.js';
import { nowMs } from './common/dates/now.js';
import { zoneOf } from './common/dates/zone.js';
import { findProgram } from './common/exec.js';
import { baseName } from './common/paths.js';

const EOT = 4;
const PENDING_MAX_BYTES = 1 << 16;
const RAW: Partial<TerminalModes> = { icanon: false, echo: false, isig: false, icrnl: false, opost: false, iexten: false, ixon: false };

/** The terminal that the command has, and what it printed and nobody has taken. */
class Recording {
  readonly terminal: Terminal;
  readonly changed = new WaitQueue();
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;

  constructor(process: Process, size: { rows: number; columns: number }) {
    this.terminal = new Terminal(process.kernel, (bytes) => {
      this.#pending.push(new Uint8Array(bytes));
      this.#pendingBytes += bytes.length;
      this.changed.wake();
      return this.#pendingBytes < PENDING_MAX_BYTES;
    });
    this.terminal.rows = size.rows;
    this.terminal.columns = size.columns;
  }

  take(): Uint8Array {
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.terminal.resumeOutput();
    return bytes;
  }

  start(process: Process, argv: readonly string[], path: string): Process {
    const { terminal } = this;
    return process.fork(function* child(self) {
      yield PREEMPT;
      self.setSession();
      self.terminal = terminal;
      terminal.session = self.pid;
      terminal.foreground = self.processGroup;
      for (const fd of [0, 1, 2]) self.descriptors.put(fd, terminal.open());
      try {
        return self.exec(path, argv, self.env);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        yield* self.write(2, encode(`script: failed to execute ${path}: ${error.message}\n`));
        return 1;
      }
    });
  }
}

/** What is typed here goes to the command; the end of it is typed too. */
class Keyboard {
  readonly #process: Process;
  readonly #terminal: Terminal;
  #last = 10;
  isOpen = true;

  constructor(process: Process, terminal: Terminal) {
    this.#process = process;
    this.#terminal = terminal;
  }

  get canRead(): boolean {
    return this.isOpen && this.#process.descriptors.find(0)?.canRead === true;
  }

  *pass(): Task {
    const bytes = yield* this.#process.read(0, 4096);
    if (bytes.length > 0) {
      this.#last = bytes.at(-1)!;
      return this.#terminal.input(new Uint8Array(bytes));
    }
    this.isOpen = false;
    // A line without an end is handed over by the first one.
    this.#terminal.input(Uint8Array.from(this.#last === 10 ? [EOT] : [EOT, EOT]));
  }
}

function logFile(process: Process, options: Options): { name: string; fd: number } {
  const [operand, extra] = options.operands;
  if (extra !== undefined) throw usageError(process.argv, 'unexpected number of arguments');
  const name = operand ?? options.value('O', 'log-out', 'B', 'log-io') ?? 'typescript';
  try {
    return { name, fd: process.open(name, O_WRONLY | O_CREAT | (options.has('a', 'append') ? O_APPEND : O_TRUNC)) };
  } catch (error) {
    throw new UsageError(`cannot open ${name}: ${reason(error)}`);
  }
}

export const script: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'aB:c:efO:qE:', {
    append: 'no', 'log-io': 'required', 'log-out': 'required', command: 'required', return: 'no', flush: 'no', force: 'no', quiet: 'no', echo: 'required',
  });
  const log = logFile(process, options);
  const isQuiet = options.has('q', 'quiet');
  const shell = process.env.get('SHELL') || '/bin/sh';
  const line = options.value('c', 'command');
  const argv = [baseName(shell), ...(line === undefined ? ['-i'] : ['-c', line])];
  const keys = process.descriptors.find(0);
  const own = keys instanceof TerminalFile ? keys.terminal : undefined;
  const stamp = (): string => formatDate('%Y-%m-%d %H:%M:%S%:z', nowMs(), zoneOf(process));
  const named = line === undefined ? '' : `COMMAND="${line}" `;
  if (!isQuiet) output.print(`Script started, output log file is '${log.name}'.\n`);
  yield* output.flush();
  yield* process.write(log.fd, encode(`Script started on ${stamp()} [${named}${own === undefined ? '<not executed on terminal>' : `TERM="${process.env.get('TERM') ?? ''}" TTY="${(keys as TerminalFile).name}" COLUMNS="${own.columns}" LINES="${own.rows}"`}]\n`));
  const recording = new Recording(process, own ?? { rows: 0, columns: 0 });
  if (options.value('E', 'echo') === 'never') recording.terminal.modes = { ...recording.terminal.modes, echo: false };
  const keyboard = new Keyboard(process, recording.terminal);
  const modes = own?.modes;
  if (own) own.setModes({ ...own.modes, ...RAW });
  let code: number;
  try {
    const child = recording.start(process, argv, findProgram(process, shell, process.env.get('PATH')));
    for (;;) {
      const isOver = child.status !== undefined;
      const printed = recording.take();
      if (printed.length > 0) {
        yield* process.write(log.fd, new Uint8Array(printed));
        yield* process.write(1, printed);
      } else if (isOver) break;
      else if (keyboard.canRead) yield* keyboard.pass();
      else yield* process.block(anyOf([recording.changed, process.childChanged, ...(keyboard.isOpen && keys?.readable ? [keys.readable] : [])]));
    }
    yield* process.wait([child]);
    code = statusCode(child.status!);
  } finally {
    if (own && modes) own.setModes(modes);
  }
  yield* process.write(log.fd, encode(`\nScript done on ${stamp()} [COMMAND_EXIT_CODE="${code}"]\n`));
  process.close(log.fd);
  if (!isQuiet) output.print('Script done.\n');
  return options.has('e', 'return') ? code : 0;
});
