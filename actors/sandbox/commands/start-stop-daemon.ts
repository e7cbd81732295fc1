// start-stop-daemon: starts and stops a service's program by its process (dpkg, busybox).
import { withIds } from '../kernel/credentials.js';
import { Errno } from '../kernel/errno.js';
import type { Main } from '../kernel/program.js';
import type { Process } from '../kernel/process.js';
import { SIGKILL, signalNumber, SIGTERM } from '../kernel/signals.js';
import { PREEMPT, type Task } from '../kernel/wait.js';
import { isBusybox } from '../programs/flavour.js';
import { command, decode, encode, type Options, type Output, parseOptions, UsageError, usageError } from '../programs/stdio.js';
import { Accounts } from './common/accounts.js';
import { executeOrComplain, findProgram } from './common/exec.js';

const NOTHING_DONE = 1;
const STILL_RUNNING = 2;
const TROUBLE = 3;
const POLL_MS = 20;

/** What is to be run: the file, its words, and what it is known by among the processes. */
interface Service {
  file: string;
  argv: readonly string[];
  exec: string | undefined;
}

/** dpkg runs what -a says and looks for -x; busybox runs -x, else -a, else the first operand, and -a is its argv[0]. */
function serviceOf(process: Process, options: Options): Service | undefined {
  const [startas, exec] = [options.value('a', 'startas'), options.value('x', 'exec')];
  if (!isBusybox(process)) {
    const file = startas ?? exec;
    return file === undefined ? undefined : { file, argv: [file, ...options.operands], exec };
  }
  const file = exec ?? startas ?? options.operands[0];
  if (file === undefined) return undefined;
  return { file, argv: [startas ?? file, ...options.operands.slice(exec === undefined && startas === undefined ? 1 : 0)], exec: file };
}

class Matcher {
  readonly #process: Process;
  readonly #options: Options;
  readonly #accounts: Accounts;

  readonly #exec: string | undefined;

  constructor(process: Process, options: Options, service: Service | undefined) {
    this.#process = process;
    this.#options = options;
    this.#exec = service ? service.exec : options.value('x', 'exec');
    this.#accounts = new Accounts(process.files);
  }

  #pidInFile(): number | undefined {
    const path = this.#options.value('p', 'pidfile');
    if (path === undefined) return undefined;
    try {
      return parseInt(decode(this.#process.files.readFile(path)), 10);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return error.code === 'ENOENT' ? -1 : NaN;
    }
  }

  /** The running processes that all the given criteria mean. */
  running(): Process[] {
    const options = this.#options;
    const pid = this.#pidInFile() ?? (options.has('pid') ? Number(options.value('pid')) : undefined);
    const exec = this.#exec;
    const name = options.value('n', 'name');
    const user = options.value('u', 'user');
    const parent = options.value('ppid');
    const uid = user === undefined ? undefined : this.#accounts.uid(user);
    return [...this.#process.kernel.processes.values()].filter((each) => each !== this.#process && each.status === undefined
      && (pid === undefined || each.pid === pid) && (parent === undefined || each.parent?.pid === Number(parent)) && (uid === undefined || each.credentials.uid === uid)
      && (name === undefined || each.command === name.slice(0, 15)) && (exec === undefined || this.#isProgram(each, exec)));
  }

  #isProgram(each: Process, exec: string): boolean {
    const wanted = exec.split('/').at(-1)!;
    return each.argv[0] === exec || each.argv[1] === exec || each.argv[0]?.split('/').at(-1) === wanted || each.command === wanted.slice(0, 15);
  }
}

/** `TERM/5/KILL/3`, or seconds alone. */
function schedule(text: string | undefined, first: number): { signal?: number; waitMs?: number }[] {
  if (text === undefined) return [{ signal: first }];
  const steps = text.split('/').map((part) => {
    if (/^\d+$/.test(part)) return { waitMs: Number(part) * 1000 };
    const signal = signalNumber(part.replace(/^-/, ''));
    if (signal === undefined) throw new UsageError(`invalid schedule item`, TROUBLE);
    return { signal };
  });
  return text.includes('/') ? steps : [{ signal: first }, ...steps, { signal: SIGKILL }, ...steps];
}

function* stop(process: Process, output: Output, options: Options, matcher: Matcher): Task<number> {
  const given = options.value('s', 'signal');
  const signal = given === undefined ? SIGTERM : signalNumber(given);
  if (signal === undefined) throw new UsageError(`signal value must be numeric or name of signal (KILL, INT, ...)`, TROUBLE);
  const quiet = options.has('q', 'quiet');
  const found = matcher.running();
  if (found.length === 0) {
    if (!quiet) output.print(`No ${options.value('x', 'exec') ?? options.value('n', 'name') ?? 'process in pidfile'} found running; none killed.\n`);
    return options.has('o', 'oknodo') ? 0 : NOTHING_DONE;
  }
  if (options.has('t', 'test')) {
    output.print(`Would send signal ${signal} to ${found.map(({ pid }) => pid).join(' ')}.\n`);
    return 0;
  }
  const steps = schedule(options.value('R', 'retry'), signal);
  if (options.has('v', 'verbose')) output.print(`Stopped ${options.value('x', 'exec') ?? options.value('n', 'name') ?? 'process'} (pid ${found.map(({ pid }) => pid).join(' ')}).\n`);
  for (const step of steps) {
    if (step.signal !== undefined) for (const each of found) if (each.status === undefined) each.deliver(step.signal);
    const until = performance.now() + (step.waitMs ?? 0);
    while (step.waitMs !== undefined && performance.now() < until) {
      if (matcher.running().length === 0) break;
      yield* process.sleep(POLL_MS);
    }
    yield PREEMPT;
    if (step.waitMs !== undefined && matcher.running().length === 0) break;
  }
  if (options.has('R', 'retry') && matcher.running().length > 0) return STILL_RUNNING;
  const file = options.value('p', 'pidfile');
  if (options.has('remove-pidfile') && file !== undefined && process.files.exists(file)) process.files.unlink(file);
  return 0;
}

function prepare(child: Process, options: Options, accounts: Accounts): void {
  const background = options.has('b', 'background');
  if (background) {
    child.setSession();
    const log = options.value('O', 'output');
    const nothing = child.open('/dev/null', 2);
    child.dup2(nothing, 0);
    const to = log === undefined ? nothing : child.open(log, 0o2101, 0o644);
    if (!options.has('C', 'no-close') || log !== undefined) for (const fd of [1, 2]) child.dup2(to, fd);
    for (const fd of new Set([nothing, to])) if (fd > 2) child.close(fd);
  }
  if (options.has('m', 'make-pidfile')) child.files.writeFile(options.value('p', 'pidfile')!, encode(`${child.pid}\n`), { mode: 0o644 });
  const niceness = options.value('N', 'nicelevel');
  if (niceness !== undefined) child.niceness = Math.max(-20, Math.min(19, child.niceness + Number(niceness)));
  const umask = options.value('k', 'umask');
  if (umask !== undefined) child.umask = parseInt(umask, 8);
  child.files.chdir(options.value('d', 'chdir') ?? (background ? '/' : '.'));
  const [userName, groupName] = (options.value('c', 'chuid') ?? '').split(':') as [string, string?];
  const user = userName === '' ? undefined : accounts.user(userName);
  const gid = groupName === undefined ? user?.gid : accounts.gid(groupName);
  if (user) child.credentials = withIds(child.credentials, { uid: user.uid, gid: gid ?? user.gid, groups: accounts.groupsOf(user) });
}

function* start(process: Process, output: Output, options: Options, matcher: Matcher, service: Service | undefined): Task<number> {
  if (service === undefined) throw isBusybox(process) ? usageError(process.argv, 'missing operand') : new UsageError('--start needs --exec or --startas', TROUBLE);
  const { file: program, argv, exec: shown = program } = service;
  if (matcher.running().length > 0) {
    if (!options.has('q', 'quiet')) output.print(isBusybox(process) ? `${shown} is already running\n` : `${shown} already running.\n`);
    return options.has('o', 'oknodo') ? 0 : NOTHING_DONE;
  }
  if (options.has('t', 'test')) {
    output.print(`Would start ${program}${options.operands.map((word) => ` ${word}`).join('')}.\n`);
    return 0;
  }
  const accounts = new Accounts(process.files);
  const [user] = (options.value('c', 'chuid') ?? '').split(':');
  if (user !== '' && user !== undefined && !accounts.user(user)) throw new UsageError(`user '${user}' not found`, TROUBLE);
  try {
    findProgram(process, program, process.env.get('PATH'));
    process.files.locate(program.includes('/') ? program : findProgram(process, program, process.env.get('PATH')));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new UsageError(`unable to stat ${program} (${error.message})`, TROUBLE);
  }
  if (options.has('v', 'verbose')) output.print(`Starting ${program}...\n`);
  yield* output.flush();
  const message = (name: string, why: string): string => `start-stop-daemon: unable to start ${name} (${why})`;
  if (!options.has('b', 'background')) {
    prepare(process, options, accounts);
    return yield* executeOrComplain(process, argv, process.env, message, program);
  }
  process.fork(function* daemon(self) {
    prepare(self, options, accounts);
    return yield* executeOrComplain(self, argv, self.env, message, program);
  });
  yield PREEMPT;
  return 0;
}

export const startStopDaemon: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'SKTHVx:a:p:n:u:g:s:R:tobmN:k:d:c:qvCO:P:I:', {
    start: 'no', stop: 'no', status: 'no', exec: 'required', startas: 'required', pidfile: 'required', pid: 'required', ppid: 'required', name: 'required', user: 'required', group: 'required', signal: 'required', retry: 'required', test: 'no', oknodo: 'no', background: 'no', 'make-pidfile': 'no', 'remove-pidfile': 'no', nicelevel: 'required',
    umask: 'required', chdir: 'required', chuid: 'required', quiet: 'no', verbose: 'no', 'no-close': 'no', output: 'required', procsched: 'required', iosched: 'required',
  }, { exitCode: TROUBLE });
  const actions = [options.has('S', 'start'), options.has('K', 'stop'), options.has('T', 'status')].filter(Boolean).length;
  if (actions !== 1) throw new UsageError('need one of --start or --stop or --status\nTry \'start-stop-daemon --help\' for more information.', TROUBLE);
  const isStart = options.has('S', 'start');
  if (!(isStart && isBusybox(process)) && !options.has('x', 'exec', 'a', 'startas', 'p', 'pidfile', 'pid', 'ppid', 'u', 'user', 'n', 'name')) throw new UsageError('need at least one of --exec, --pid, --ppid, --pidfile, --user or --name\nTry \'start-stop-daemon --help\' for more information.', TROUBLE);
  const pidfile = options.value('p', 'pidfile');
  if (options.has('m', 'make-pidfile') && pidfile === undefined) throw new UsageError('--make-pidfile requires --pidfile\nTry \'start-stop-daemon --help\' for more information.', TROUBLE);
  const service = isStart ? serviceOf(process, options) : undefined;
  const matcher = new Matcher(process, options, service);
  if (options.has('T', 'status')) return matcher.running().length > 0 ? 0 : pidfile !== undefined && process.files.exists(pidfile) ? 1 : 3;
  return options.has('K', 'stop') ? yield* stop(process, output, options, matcher) : yield* start(process, output, options, matcher, service);
});
