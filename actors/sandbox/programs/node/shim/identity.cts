// Who and where the program is: process and os as the machine has them.
import os from 'node:os';
import tty from 'node:tty';
import { internalBinding } from './internals.cjs';
import { given } from './links.cjs';
import { directoryChanged, directoryChanges } from './shared.cjs';
import { call, errnoOf, on, systemError, tryCall } from './wire.cjs';

/** The machine's answer to `hello`. */
export interface Hello {
  readonly execPath: string;
  /** Node's options of the program's own command line. */
  readonly execArgv: string[];
  readonly network: boolean;
  readonly pid: number;
  readonly ppid: number;
  readonly cwd: string;
  readonly env: [string, string][];
  readonly umask: number;
  readonly uid: number;
  readonly gid: number;
  readonly groups: number[];
  readonly userName: string | null;
  readonly home: string | null;
  readonly shell: string | null;
  readonly hostname: string;
  readonly release: string;
  readonly version: string;
  /** Which of the standard descriptors are terminals. */
  readonly terminals: number[];
  /** Which of the standard descriptors are open. */
  readonly open: number[];
}

function set(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
}

function replaceEnvironment(env: readonly [string, string][]): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  for (const [name, value] of env) process.env[name] = value;
}

/** A thread's own copy: values are text, as in process.env. */
function ownEnvironment(pairs: readonly (readonly [string, string])[]): NodeJS.ProcessEnv {
  return new Proxy(Object.fromEntries(pairs), {
    defineProperty: (target, name, { value, ...rest }) => Reflect.defineProperty(target, name, { ...rest, value: `${value as string}` }),
  });
}

/** Threads see where the main one is, and cannot move it. */
function replacePlaceOfThread(hello: Hello): void {
  let { cwd } = hello;
  let seen = directoryChanges();
  set(process, 'cwd', () => {
    const changes = directoryChanges();
    if (changes !== seen) ({ cwd } = call({ op: 'hello' }, { syscall: 'getcwd' }).value as Hello);
    seen = changes;
    return cwd;
  });
  const { umask } = process;
  set(process, 'umask', (mask?: number) => (mask === undefined ? hello.umask : umask(mask)));
}

function replacePlace(hello: Hello): void {
  let { cwd, umask } = hello;
  set(process, 'cwd', () => cwd);
  set(process, 'chdir', (path: string) => {
    if (typeof path !== 'string') throw Object.assign(new TypeError(`The "directory" argument must be of type string. Received ${path === null ? 'null' : typeof path}`), { code: 'ERR_INVALID_ARG_TYPE' });
    cwd = call({ op: 'chdir', path }, { syscall: 'chdir', path: cwd, dest: path }).value;
    directoryChanged();
  });
  set(process, 'umask', (mask?: number | string) => {
    const before = umask;
    if (mask === undefined) return before;
    umask = (typeof mask === 'string' ? parseInt(mask, 8) : mask) & 0o777;
    call({ op: 'umask', mask: umask }, { syscall: 'umask' });
    return before;
  });
}

function replaceIds(hello: Hello): void {
  const { pid, ppid, uid, gid, groups } = hello;
  set(process, 'pid', pid);
  set(process, 'ppid', ppid);
  for (const name of ['getuid', 'geteuid']) set(process, name, () => uid);
  for (const name of ['getgid', 'getegid']) set(process, name, () => gid);
  set(process, 'getgroups', () => [...groups]);
  for (const name of ['setuid', 'seteuid', 'setgid', 'setegid', 'setgroups', 'initgroups']) {
    set(process, name, () => {
      throw systemError('EPERM', { syscall: name });
    });
  }
}

function replaceSignals(): void {
  const heard = new Map<number, Set<any>>();
  const listen = (signal: number, wanted: boolean): number => {
    const answer = tryCall({ op: 'listen', signal, wanted });
    return 'errno' in answer ? errnoOf(answer.errno) : 0;
  };
  const { Signal } = internalBinding('signal_wrap');
  const { close } = Object.getPrototypeOf(Signal.prototype);
  const stop = function (this: any): void {
    for (const [signal, wraps] of heard) {
      if (!wraps.delete(this) || wraps.size > 0) continue;
      heard.delete(signal);
      listen(signal, false);
    }
  };
  Signal.prototype.start = function (signal: number): number {
    const wraps = heard.get(signal) ?? new Set();
    heard.set(signal, wraps.add(this));
    return wraps.size > 1 ? 0 : listen(signal, true);
  };
  Signal.prototype.stop = stop;
  Signal.prototype.close = function (...args: unknown[]): unknown {
    stop.call(this);
    return close?.apply(this, args);
  };
  on('signal', ({ signal }) => {
    for (const wrap of heard.get(signal) ?? []) wrap.onsignal(signal);
  });
  const kill = (pid: number, signal: number): number => {
    const answer = tryCall({ op: 'kill', pid, signal });
    return 'errno' in answer ? errnoOf(answer.errno) : 0;
  };
  set(process, '_kill', kill);
  // Numbers of processes are the machine's everywhere: the host's own with the same number would be hit.
  const methods = internalBinding('process_methods');
  methods._kill = kill;
  for (const name of ['_debugProcess', '_debugEnd'] as const) {
    const refused = (): never => {
      throw systemError('EPERM', { syscall: name });
    };
    set(process, name, refused);
    methods[name] = refused;
  }
}

/** Priorities are those of the machine's processes. */
function replacePriorities(): void {
  const niceness = (pid: number, wanted?: number): number => {
    const syscall = wanted === undefined ? 'uv_os_getpriority' : 'uv_os_setpriority';
    return call({ op: 'niceness', pid, ...(wanted === undefined ? {} : { wanted }) }, { syscall }).value;
  };
  set(os, 'getPriority', (pid = 0) => niceness(Number(pid)));
  set(os, 'setPriority', (pid: number, priority?: number) => {
    niceness(priority === undefined ? 0 : Number(pid), Number(priority ?? pid));
  });
  Object.assign(internalBinding('os'), { setPriority: () => errnoOf('EPERM'), getPriority: () => errnoOf('EPERM') });
}

/** A diagnostic report tells of the runtime, which is the host's, and of the machine in place of the host. */
function replaceReport(hello: Hello): void {
  const { getReport } = process.report;
  set(process.report, 'getReport', (error?: Error) => {
    const { header, ...rest } = (error === undefined ? getReport() : getReport(error)) as unknown as { header: Record<string, unknown> };
    const own = {
      processId: hello.pid, cwd: process.cwd(), commandLine: [hello.execPath, ...process.argv.slice(1)], host: hello.hostname, osRelease: hello.release,
      osVersion: hello.version, networkInterfaces: [], cpus: os.cpus().map(({ model, speed, times }) => ({ model, speed, ...times })),
    };
    return { header: { ...header, ...own }, ...rest, environmentVariables: { ...process.env }, libuv: [] };
  });
}

function replaceSystem(hello: Hello): void {
  const usage = (): any => call({ op: 'usage' }, { syscall: 'sysinfo' }).value;
  const { cpus } = os;
  set(os, 'hostname', () => hello.hostname);
  set(os, 'release', () => hello.release);
  set(os, 'version', () => hello.version);
  set(os, 'homedir', () => process.env.HOME ?? hello.home ?? '/');
  set(os, 'networkInterfaces', () => ({ lo: [{ address: '127.0.0.1', netmask: '255.0.0.0', family: 'IPv4', mac: '00:00:00:00:00:00', internal: true, cidr: '127.0.0.1/8' }] }));
  set(os, 'totalmem', () => usage().memory.totalBytes);
  set(os, 'freemem', () => usage().memory.freeBytes);
  set(os, 'uptime', () => usage().uptimeMs / 1000);
  set(os, 'availableParallelism', () => usage().processors);
  set(os, 'cpus', () => cpus().slice(0, usage().processors));
  set(os, 'userInfo', (options?: { encoding?: string }) => {
    if (hello.userName === null) throw systemError('ENOENT', { syscall: 'uv_os_get_passwd' });
    const words = { username: hello.userName, homedir: hello.home, shell: hello.shell };
    const encode = (value: string | null): unknown => (options?.encoding === 'buffer' ? Buffer.from(value ?? '') : value);
    return { uid: hello.uid, gid: hello.gid, username: encode(words.username), homedir: encode(words.homedir), shell: encode(words.shell) };
  });
  for (const name of ['hostname', 'release', 'version', 'homedir', 'totalmem', 'freemem', 'uptime', 'availableParallelism'] as const) {
    const value = os[name] as any;
    value[Symbol.toPrimitive] = () => value();
  }
}

/** Replaces what names the host by what names the machine. */
export function replaceIdentity(hello: Hello): void {
  if (given) {
    if (given.env) set(process, 'env', ownEnvironment(given.env));
    replacePlaceOfThread(hello);
  } else {
    replaceEnvironment(hello.env);
    replacePlace(hello);
    process.title = 'node';
  }
  replaceIds(hello);
  replaceSignals();
  replacePriorities();
  replaceSystem(hello);
  replaceReport(hello);
  set(process, 'execPath', hello.execPath);
  process.argv[0] = hello.execPath;
  set(tty, 'isatty', (fd: unknown) => typeof fd === 'number' && hello.terminals.includes(fd));
}
