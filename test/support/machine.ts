// A whole embedded machine for tests: a kernel over an in-memory root made from an object, running commands with captured output.
import { credentialsOf, SUPERUSER } from '../../actors/sandbox/kernel/credentials.js';
import { Errno } from '../../actors/sandbox/kernel/errno.js';
import { HostInput, HostOutput } from '../../actors/sandbox/kernel/host-stream.js';
import type { FileSystem } from '../../actors/sandbox/kernel/inode.js';
import { DescriptorTable } from '../../actors/sandbox/kernel/descriptors.js';
import { Kernel } from '../../actors/sandbox/kernel/kernel.js';
import type { MemoryGauge } from '../../actors/sandbox/kernel/memory-limit.js';
import { type Process, statusCode } from '../../actors/sandbox/kernel/process.js';
import type { ProgramKind } from '../../actors/sandbox/kernel/program.js';
import { PREEMPT } from '../../actors/sandbox/kernel/wait.js';
import { BUILTIN_MARKER, builtinKind, type CommandTable } from '../../actors/sandbox/programs/builtin.js';
import { scriptKind } from '../../actors/sandbox/programs/script.js';
import { makeDevices, MemoryFileSystem } from './memory-file-system.js';

/** Content of a test file: text or bytes (mode 0644), or with a mode, or a symlink, or (null) a folder. */
export type TestFile = string | Uint8Array | null | { content?: string | Uint8Array; mode?: number; symlink?: string };

/** As in the base image. */
const SET_USER_ID = new Set(['crontab', 'passwd', 'su']);

export interface TestMachineOptions {
  /** Absolute path -> content; parents are made. */
  files?: Readonly<Record<string, TestFile>>;
  /** Every command gets a link in /bin. */
  commands?: CommandTable;
  kinds?: readonly ProgramKind[];
  /** Another root than the in-memory one; it must be writable. */
  root?: FileSystem;
  hostname?: string;
  network?: boolean;
  memoryMaxBytes?: number;
  memoryGauge?: MemoryGauge;
}

/** How long a program of a test may take before it counts as hanging: just under ava's own limit, because on a busy machine many tests wait for one thread. */
export const PATIENCE_MS = 110_000;

export interface TestRunOptions {
  stdin?: string | Uint8Array;
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  uid?: number;
  niceness?: number;
  /** Called with output as it comes, beside the capture. */
  onStdout?: (bytes: Uint8Array) => void;
  onStderr?: (bytes: Uint8Array) => void;
  /** The process is killed after this time; the exit code is then 137. */
  timeoutMs?: number;
}

export interface TestRunResult {
  exitCode: number;
  stdout: string;
  stderr: string;
  stdoutBytes: Buffer;
  stderrBytes: Buffer;
}

/** A process started in a test machine, with its standard streams in hand. */
export interface TestProcess {
  readonly process: Process;
  readonly stdin: HostInput;
  readonly ended: Promise<TestRunResult>;
}

export class TestMachine {
  readonly kernel: Kernel;
  /** Defects of ours that ended a process; a test that expects none should look. */
  readonly defects: unknown[] = [];

  constructor(options: TestMachineOptions = {}) {
    const memory = new MemoryFileSystem();
    const root = options.root ?? memory;
    const commands = options.commands ?? {};
    this.kernel = new Kernel({
      hostname: options.hostname ?? 'box', root, kinds: [builtinKind(commands), scriptKind(), ...(options.kinds ?? [])],
      network: options.network ?? true, memoryMaxBytes: options.memoryMaxBytes ?? 0, ...(options.memoryGauge ? { memoryGauge: options.memoryGauge } : {}),
      onDefect: (error) => this.defects.push(error),
    });
    // A process of the outside that never runs: its file calls fill the root.
    const setup = this.#outsider();
    for (const path of ['/bin', '/dev', '/etc', '/root', '/tmp', '/usr/bin', '/var/tmp', '/proc', '/home', '/opt', '/sbin', '/usr/local/bin', '/run']) {
      makeFolder(setup, path);
    }
    setup.files.chmod('/tmp', 0o1777);
    this.kernel.tree.mount(setup.files.locate('/dev'), memory, {}, makeDevices(memory));
    put(setup, '/bin/sockerless', { content: BUILTIN_MARKER, mode: 0o755 });
    for (const name of Object.keys(commands)) {
      const mode = SET_USER_ID.has(name) ? 0o4755 : 0o755;
      if (name === 'bash') put(setup, '/bin/bash', { content: Buffer.concat([BUILTIN_MARKER, Buffer.from('\nbash\n')]), mode });
      else put(setup, `/bin/${name}`, name === 'busybox' || mode !== 0o755 ? { content: BUILTIN_MARKER, mode } : { symlink: '/bin/sockerless' });
    }
    put(setup, '/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n');
    put(setup, '/etc/group', 'root:x:0:\nnogroup:x:65534:\n');
    for (const [path, file] of Object.entries(options.files ?? {})) put(setup, path, file);
    this.files = setup.files;
  }

  /** File calls from outside, as root: to look at what a command left behind. */
  readonly files: Process['files'];

  #outsider(): Process {
    const process = this.kernel.spawn(function* idle() { yield PREEMPT; return 0; }, undefined, {
      argv: ['outside'], env: new Map(), cwd: this.kernel.tree.root, credentials: SUPERUSER, umask: 0o022,
    });
    this.kernel.terminate(process, { exitCode: 0 });
    return process;
  }

  /** Starts `argv` (found by PATH) with streams; stdin stays open until `stdin.end()`. */
  start(argv: readonly string[], options: TestRunOptions = {}): TestProcess {
    const env = new Map(Object.entries({ PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', ...options.env }));
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    const sink = (parts: Buffer[], tap?: (bytes: Uint8Array) => void) => new HostOutput((bytes) => {
      parts.push(Buffer.from(bytes));
      tap?.(bytes);
      return true;
    });
    const stdin = new HostInput();
    const files = new DescriptorTable();
    files.put(0, stdin);
    files.put(1, sink(out, options.onStdout));
    files.put(2, sink(err, options.onStderr));
    const cwd = this.files.locate(options.cwd ?? '/');
    const uid = options.uid ?? 0;
    const process = this.kernel.spawn(
      function* main(self) {
        yield PREEMPT;
        return self.exec(findProgram(self, argv[0]!), argv, env);
      },
      undefined,
      { argv, env, cwd, credentials: credentialsOf({ uid, gid: uid, groups: [] }), files },
    );
    process.niceness = options.niceness ?? 0;
    const ended = new Promise<TestRunResult>((resolve) => {
      process.ended.subscribe(() => {
        const stdoutBytes = Buffer.concat(out);
        const stderrBytes = Buffer.concat(err);
        resolve({ exitCode: statusCode(process.status!), stdout: stdoutBytes.toString(), stderr: stderrBytes.toString(), stdoutBytes, stderrBytes });
      });
    });
    return { process, stdin, ended };
  }

  /** Runs `argv` to its end. */
  async run(argv: readonly string[], options: TestRunOptions = {}): Promise<TestRunResult> {
    const started = this.start(argv, options);
    if (options.stdin !== undefined) started.stdin.push(Buffer.from(options.stdin as string));
    started.stdin.end();
    const timer = options.timeoutMs === undefined ? undefined : setTimeout(() => this.kernel.terminate(started.process, { signal: 9 }), options.timeoutMs);
    try {
      return await started.ended;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Kills whatever still runs in it. */
  halt(): void {
    for (const process of this.kernel.processes.values()) this.kernel.terminate(process, { signal: 9 });
  }
}

function findProgram(process: Process, name: string): string {
  if (name.includes('/')) return name;
  for (const folder of (process.env.get('PATH') ?? '/bin').split(':')) {
    const path = `${folder}/${name}`;
    if (process.files.exists(path)) return path;
  }
  throw new Errno('ENOENT');
}

function makeFolder(process: Process, path: string): void {
  let at = '';
  for (const name of path.split('/').filter((part) => part !== '')) {
    at += `/${name}`;
    if (!process.files.exists(at)) process.files.mkdir(at);
  }
}

function put(process: Process, path: string, file: TestFile): void {
  if (file === null) return makeFolder(process, path);
  makeFolder(process, path.slice(0, path.lastIndexOf('/')));
  if (typeof file === 'string' || file instanceof Uint8Array) {
    process.files.writeFile(path, Buffer.from(file as string));
  } else if (file.symlink !== undefined) {
    process.files.symlink(file.symlink, path);
  } else {
    process.files.writeFile(path, Buffer.from((file.content ?? '') as string), { mode: file.mode ?? 0o644 });
    process.files.chmod(path, file.mode ?? 0o644);
  }
}
