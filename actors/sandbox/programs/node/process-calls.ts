// What a Node child asks about its own process: who and where it is, its terminal, the signals it wants to hear.
import { isCapable, mayArrange } from '../../kernel/credentials.js';
import { Errno } from '../../kernel/errno.js';
import type { Endpoint } from '../../kernel/endpoints.js';
import { SocketEnd } from '../../kernel/socket-pair.js';
import { TerminalFile } from '../../kernel/tty.js';
import type { Process } from '../../kernel/process.js';
import { memory, processors, RELEASE, VERSION } from '../../commands/common/system.js';
import { readDatabase } from '../../identity.js';
import type { NodeRequest } from './wire.js';

/** Signals that a Node program does not die of: libuv ignores SIGPIPE, and there is no inspector for SIGUSR1 to start. */
const DEAF_TO = [13, 10];

export class ProcessCalls {
  readonly #process: Process;
  readonly #execPath: string;
  readonly #execArgv: readonly string[];
  readonly #network: boolean;
  readonly #signalled: (signal: number) => void;

  constructor(process: Process, options: { execPath: string; execArgv: readonly string[]; network: boolean; signalled: (signal: number) => void }) {
    this.#process = process;
    this.#execPath = options.execPath;
    this.#execArgv = options.execArgv;
    this.#network = options.network;
    this.#signalled = options.signalled;
    for (const signal of DEAF_TO) process.onSignal(signal, 'ignore');
  }

  /** undefined: no such request here. Throws Errno. */
  answer(request: NodeRequest): unknown {
    const process = this.#process;
    switch (request.op) {
      case 'hello':
        return this.#hello();
      case 'chdir':
        process.files.chdir(request.path as string);
        return process.files.getcwd();
      case 'umask': {
        const before = process.umask;
        if (typeof request.mask === 'number') process.umask = request.mask & 0o777;
        return before;
      }
      case 'listen':
        process.onSignal(request.signal as number, request.wanted === true ? (signal) => this.#signalled(signal) : DEAF_TO.includes(request.signal as number) ? 'ignore' : 'default');
        return null;
      case 'socketListen': {
        const { address, v6Only, backlog } = request as unknown as { address: string; v6Only: boolean; backlog: number };
        const listener = process.kernel.sockets.listen(process.credentials, request.port as number, { address, v6Only, backlogMax: backlog });
        return { fd: process.descriptors.add(listener, { closeOnExec: true }), port: listener.port };
      }
      case 'unixBind':
        process.files.bindSocket(request.path as string);
        return null;
      case 'unixListen':
        return process.descriptors.add(process.kernel.sockets.listenAt(process.files.socketAt(request.path as string), request.backlog as number), { closeOnExec: true });
      case 'unixConnect':
        return process.descriptors.add(process.kernel.sockets.connectAt(process.files.socketAt(request.path as string)), { closeOnExec: true });
      case 'socketConnect': {
        const end = process.kernel.sockets.connect(request.port as number, request.address as string, request.from as Endpoint | undefined);
        return { fd: process.descriptors.add(end, { closeOnExec: true }), ...end.endpoints };
      }
      case 'socketReset': {
        const connection = process.descriptors.get(request.fd as number);
        if (connection instanceof SocketEnd) connection.reset();
        return null;
      }
      case 'passFile': {
        const channel = process.descriptors.get(request.fd as number);
        if (!(channel instanceof SocketEnd)) throw new Errno('EINVAL');
        return channel.pass(process.descriptors.get(request.passed as number)) ?? null;
      }
      case 'windowSize': {
        const terminal = this.#terminal(request.fd as number);
        return terminal ? [terminal.columns, terminal.rows] : null;
      }
      case 'rawMode': {
        const terminal = this.#terminal(request.fd as number);
        if (terminal) Object.assign(terminal.modes, rawModes(request.raw === true));
        return terminal !== undefined;
      }
      case 'niceness':
        return this.#niceness(request.pid as number, request.wanted as number | undefined);
      case 'usage':
        return { memory: memory(process), processors: processors(process), uptimeMs: Date.now() - process.kernel.bootedAtMs };
      default:
        return undefined;
    }
  }

  /** getpriority(2), or setpriority(2) where one is wanted. */
  #niceness(pid: number, wanted: number | undefined): number {
    const own = this.#process;
    const target = pid === 0 ? own : own.kernel.processes.get(pid);
    if (!target) throw new Errno('ESRCH');
    if (wanted === undefined) return target.niceness;
    if (!mayArrange(own.credentials, target.credentials)) throw new Errno('EPERM');
    if (wanted < target.niceness && !isCapable(own.credentials, 'SYS_NICE')) throw new Errno('EACCES');
    return (target.niceness = Math.max(-20, Math.min(19, Math.trunc(wanted))));
  }

  #terminal(fd: number): TerminalFile['terminal'] | undefined {
    const file = this.#process.descriptors.find(fd);
    return file instanceof TerminalFile ? file.terminal : undefined;
  }

  /** Everything the shim sets up before the program's first line. */
  #hello(): object {
    const { pid, parent, env, credentials, umask, kernel, files, descriptors } = this.#process;
    const account = readDatabase(files, '/etc/passwd').find((fields) => fields[2] === String(credentials.uid));
    return {
      execPath: this.#execPath, execArgv: this.#execArgv, network: this.#network,
      pid, ppid: parent?.pid ?? 0, cwd: files.getcwd(), env: [...env], umask,
      uid: credentials.uid, gid: credentials.gid, groups: credentials.groups,
      userName: account?.[0] ?? null, home: account?.[5] ?? null, shell: account?.[6] ?? null,
      hostname: kernel.hostname, release: RELEASE, version: VERSION,
      terminals: [0, 1, 2].filter((fd) => descriptors.find(fd)?.isTerminal === true),
      open: [0, 1, 2].filter((fd) => descriptors.find(fd) !== undefined),
    };
  }
}

/** As uv_tty_set_mode's UV_TTY_MODE_RAW and back. */
function rawModes(raw: boolean): object {
  return { icanon: !raw, echo: !raw, isig: !raw, icrnl: !raw, iexten: !raw, ixon: !raw };
}
