// Getting a process going as an OCI runtime would: user, working directory, PATH search, and its words when it cannot.
import { capabilitySet } from './kernel/capabilities.js';
import { credentialsOf, SUPERUSER } from './kernel/credentials.js';
import { Errno } from './kernel/errno.js';
import type { Kernel } from './kernel/kernel.js';
import { type Location, MAY_EXECUTE, permits } from './kernel/path.js';
import { Process } from './kernel/process.js';
import type { Main } from './kernel/program.js';
import { encode } from './kernel/text.js';
import type { Task } from './kernel/wait.js';
import { resolveUser } from './identity.js';
import type { ProcessSpec } from './protocol.js';
import { DescriptorTable } from './kernel/descriptors.js';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The start failed; `exitCode` is what Docker records (126 or 127). */
export class LaunchError extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

function runtimeError(exitCode: number, what: string): LaunchError {
  return new LaunchError(exitCode, `failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${what}: unknown`);
}

/** A process that only looks, as root, before the real one exists. */
function observer(kernel: Kernel): Process {
  return new Process(kernel, 0, undefined, { argv: [], env: new Map(), cwd: kernel.tree.root, credentials: SUPERUSER });
}

/** Environment as Docker gives it: HOME, HOSTNAME, PATH and TERM unless the image or the user set them. */
export function environment(spec: ProcessSpec, hostname: string, home: string): Map<string, string> {
  const env = new Map<string, string>([['PATH', DEFAULT_PATH], ['HOSTNAME', hostname]]);
  if (spec.tty) env.set('TERM', 'xterm');
  for (const entry of spec.env) {
    const at = entry.indexOf('=');
    if (at > 0) env.set(entry.slice(0, at), entry.slice(at + 1));
  }
  if (!env.has('HOME')) env.set('HOME', home);
  return env;
}

/** Where the container's first directory is; made when missing, as Docker does for WORKDIR. */
function workingDirectory(looker: Process, path: string, uid: number, gid: number): Location {
  const wanted = path === '' ? '/' : path;
  try {
    makeDirectories(looker, wanted, uid, gid);
    const location = looker.files.locate(wanted);
    if (location.inode.type !== 'directory') throw new Errno('ENOTDIR');
    return location;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw runtimeError(127, `chdir to cwd ("${wanted}") set in config.json failed: ${lowerFirst(error.message)}`);
  }
}

/** mkdir -p; existing directories stay as they are. */
export function makeDirectories(process: Process, path: string, uid = 0, gid = 0): void {
  let at = '';
  for (const name of path.split('/').filter((part) => part !== '')) {
    at += `/${name}`;
    if (process.files.exists(at)) continue;
    process.files.mkdir(at, 0o755);
    process.files.chown(at, uid, gid);
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** The path to execute, as Go's exec.LookPath finds it; runc's messages otherwise. */
function lookUp(process: Process, name: string, path: string): string {
  if (name.includes('/')) {
    try {
      const { inode } = process.files.locate(name);
      if (inode.type === 'directory') throw runtimeError(126, `exec: "${name}": is a directory`);
      if (!permits(inode, process.credentials, MAY_EXECUTE)) throw runtimeError(126, `exec: "${name}": permission denied`);
      return name;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (error.code === 'EACCES') throw runtimeError(126, `exec: "${name}": permission denied`);
      throw runtimeError(127, `exec: "${name}": stat ${name}: ${lowerFirst(error.message)}`);
    }
  }
  let denied = false;
  for (const directory of path.split(':')) {
    const candidate = `${directory === '' ? '.' : directory}/${name}`;
    try {
      const { inode } = process.files.locate(candidate);
      if (inode.type !== 'file') continue;
      if (permits(inode, process.credentials, MAY_EXECUTE)) return candidate;
      denied = true;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
  if (denied) throw runtimeError(126, `exec: "${name}": permission denied`);
  throw runtimeError(127, `exec: "${name}": executable file not found in $PATH`);
}

/**
 * Starts `spec` in the machine; LaunchError when it cannot. A file that exists but cannot be executed here starts and ends with 126 and
 * a line that says why: Docker, too, finds that out only after the start.
 */
export function launch(kernel: Kernel, spec: ProcessSpec, descriptors: DescriptorTable, isInit: boolean): Process {
  const looker = observer(kernel);
  const identity = userOf(looker, spec);
  const cwd = workingDirectory(looker, spec.cwd, identity.uid, identity.gid);
  const env = environment(spec, kernel.hostname, identity.home);
  const [name] = spec.argv;
  if (name === undefined || name === '') throw runtimeError(127, 'exec: "": executable file not found in $PATH');
  const credentials = credentialsOf(identity, capabilitySet(spec.capabilities), spec.noNewPrivileges);
  const probe = new Process(kernel, 0, undefined, { argv: spec.argv, env, cwd, credentials });
  const path = lookUp(probe, name, env.get('PATH') ?? DEFAULT_PATH);
  const options = { argv: spec.argv, env, cwd, credentials, files: descriptors };
  const main: Main = function* execute(process) {
    try {
      return process.exec(path, spec.argv, env);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* process.write(2, encode(`exec ${path}: ${describe(error)}\n`));
      return error.code === 'ENOENT' ? 127 : 126;
    }
  };
  try {
    return kernel.spawn(spec.init && isInit ? initMain(main) : main, undefined, options);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw runtimeError(126, `exec: "${name}": ${lowerFirst(error.message)}`);
  }
}

function describe(error: Errno): string {
  if (error.code !== 'ENOEXEC') return lowerFirst(error.message);
  return 'exec format error (the embedded machine runs scripts, built-in commands and WASI programs, not native Linux binaries; use --backend oci for those)';
}

function userOf(looker: Process, spec: ProcessSpec): ReturnType<typeof resolveUser> {
  try {
    return resolveUser(looker.files, spec.user, spec.groups);
  } catch (error) {
    throw error instanceof Errno ? runtimeError(126, lowerFirst(error.message)) : error;
  }
}

/** docker run --init: forwards every signal to its child, reaps orphans, ends as the child ended (https://github.com/krallin/tini). */
function initMain(main: Main): Main {
  return function* init(process) {
    process.program = INIT_PROGRAM;
    process.argv = [INIT_PATH, '--', ...process.argv];
    process.command = INIT_PROGRAM;
    const child = process.fork((forked) => {
      forked.processGroup = forked.pid;
      if (forked.terminal) forked.terminal.foreground = forked.pid;
      return main(forked);
    });
    return yield* guard(process, child);
  };
}

const INIT_PATH = '/sbin/docker-init';

/** The name of that init where a machine is put away. */
export const INIT_PROGRAM = 'docker-init';

/** It goes on with the child it had. */
export const resumedInit: Main = function* init(process) {
  const child = process.kernel.processes.get(Number(process.resumed?.child));
  return child ? yield* guard(process, child) : 128 + 9;
};

function* guard(process: Process, child: Process): Task<number> {
  for (let signal = 1; signal < 32; signal++) {
    if (signal !== 9 && signal !== 19 && signal !== 17) process.onSignal(signal, (received) => child.deliver(received));
  }
  for (;;) {
    const ended = yield* process.resting({ child: child.pid }, process.wait());
    if (ended === child) return 'signal' in child.status! ? 128 + child.status.signal : child.status!.exitCode;
  }
}
