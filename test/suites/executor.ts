// One suite for every backend: what the executor contract promises, with the capability flags deciding what is asked of each.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext, TestFn } from 'ava';
import { type ContainerSpec, type Executor, Interrupted, LaunchFailure, type LayerFiles, type ProcessSpec, type RunningProcess } from '../../actors/executors/contract.js';
import { Fault } from '../../actors/runtime/fault.js';
import { tarEntry } from '../../actors/streams/tar-entry.js';
import { TarScanner } from '../../actors/streams/tar-reader.js';
import { TAR_END, tarHeader, tarPadding } from '../../actors/streams/tar-writer.js';

export interface Backend {
  readonly name: string;
  /** Keeps what must survive below `directory`; a second one over the same folder is the backend after a crash. */
  make(directory: string): Executor;
  /** The layers of an image with a shell and the usual commands. */
  layers(directory: string): Promise<readonly LayerFiles[]>;
}

const SIGKILL = 9, SIGTERM = 15;

/** A process and what it has printed so far. */
interface Played {
  readonly running: RunningProcess;
  said(stream?: 1 | 2): string;
  /** Resolves when standard output holds the text. */
  heard(text: string): Promise<void>;
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

/** Names in an archive, with the text of each. */
async function filesOf(chunks: AsyncIterable<Uint8Array>): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  let name = '';
  const scanner = new TarScanner({
    entry: (entry) => void files.set((name = entry.path.replace(/^\.?\//, '').replace(/\/$/, '')), ''),
    data: (bytes) => void files.set(name, files.get(name)! + Buffer.from(bytes).toString()),
  });
  scanner.write(await bytesOf(chunks));
  scanner.end();
  return files;
}

function archiveOf(name: string, text: string): Buffer {
  const body = Buffer.from(text);
  return Buffer.concat([tarHeader(tarEntry(name, { sizeBytes: body.length })), body, tarPadding(body.length), TAR_END]);
}

/** A stage of one test: the backend in a folder of its own, containers of it, and the end of both. */
class Stage {
  readonly directory = mkdtempSync(join(tmpdir(), 'sockerless-executor-'));
  readonly #make: Backend['make'];
  readonly #layers: readonly LayerFiles[];
  executor: Executor;
  /** A backend keeps no program alive, its server does. */
  readonly #alive = setInterval(() => undefined, 1000);
  #keys = 0;
  #containers = 0;

  constructor(make: Backend['make'], layers: readonly LayerFiles[]) {
    this.#make = make;
    this.#layers = layers;
    this.executor = make(this.directory);
  }

  /** The backend of the next server over the same folder. */
  async restart(): Promise<void> {
    await this.executor.close();
    this.executor = this.#make(this.directory);
    await this.executor.open();
  }

  container(changes: Partial<ContainerSpec> = {}): ContainerSpec {
    return {
      id: (this.#containers++).toString(16).padStart(64, 'c'), layers: this.#layers, hostname: 'stage', domainname: '', mounts: [], readOnlyRootfs: false, extraHosts: [], dns: [], dnsSearch: [], dnsOptions: [],
      sysctls: {}, privileged: false, cgroupPath: '/', rootSizeBytes: 0, oomScoreAdjustment: 0, limits: { memoryBytes: 0, nanoCpus: 0, processes: 0, ulimits: [] }, shmSizeBytes: 0, network: false, ...changes,
    };
  }

  async play(how: 'launch' | 'exec', container: ContainerSpec, argv: readonly string[], changes: Partial<ProcessSpec> = {}, key = `key-${this.#keys++}`): Promise<Played> {
    const said = { 1: '', 2: '' };
    const waiting: { text: string; resolve: () => void }[] = [];
    const spec: ProcessSpec = { argv, env: ['PATH=/usr/bin:/bin'], cwd: '/', user: '', groups: [], capabilities: ['KILL', 'CHOWN', 'DAC_OVERRIDE'], noNewPrivileges: false, tty: false, stdin: false, rows: 24, columns: 80, init: false, ...changes };
    const running = await this.executor[how](container, spec, { output: (stream, bytes) => {
      said[stream] += Buffer.from(bytes).toString();
      for (const { text, resolve } of waiting) if (said[1].includes(text)) resolve();
      return undefined;
    } }, key);
    return { running, said: (stream = 1) => said[stream], heard: (text) => (said[1].includes(text) ? Promise.resolve() : new Promise((resolve) => waiting.push({ text, resolve }))) };
  }

  /** Runs to its end. */
  async run(how: 'launch' | 'exec', container: ContainerSpec, argv: readonly string[], changes: Partial<ProcessSpec> = {}): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const played = await this.play(how, container, argv, changes);
    const { exitCode } = await played.running.exit;
    return { exitCode, stdout: played.said(), stderr: played.said(2) };
  }

  async end(): Promise<void> {
    await this.executor.close();
    clearInterval(this.#alive);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

type Body = (t: ExecutionContext, stage: Stage) => Promise<void>;
type Wants = (executor: Executor) => boolean;

/** Each promise of the contract by its title. */
function promises(): Map<string, { body: Body; wants: Wants }> {
  const all = new Map<string, { body: Body; wants: Wants }>();
  const judged = (title: string, body: Body, wants: Wants = () => true): void => void all.set(title, { body, wants });

  judged('a command really runs: its output, its streams apart, its own exit code', async (t, stage) => {
    const ran = await stage.run('launch', stage.container(), ['sh', '-c', 'echo $((40 + 2)); echo aside >&2; exit 7']);
    t.deepEqual(ran, { exitCode: 7, stdout: '42\n', stderr: 'aside\n' });
    t.is((await stage.run('launch', stage.container(), ['false'])).exitCode, 1);
  });

  judged('standard input arrives, and its end', async (t, stage) => {
    const { running, said } = await stage.play('launch', stage.container(), ['wc', '-c'], { stdin: true });
    await running.input(Buffer.from('twelve bytes'));
    running.endInput();
    t.is((await running.exit).exitCode, 0);
    t.is(said().trim(), '12');
  });

  judged('environment, folder, user and hostname are as they were given', async (t, stage) => {
    const { stdout } = await stage.run('launch', stage.container({ hostname: 'given' }), ['sh', '-c', 'echo $A $PWD $(id -u):$(id -g) $(hostname)'], { env: ['PATH=/usr/bin:/bin', 'A=b'], cwd: '/var/tmp', user: '12:34' });
    t.is(stdout, 'b /var/tmp 12:34 given\n');
  });

  judged('what cannot be started says so as an OCI runtime does: 127 and 126', async (t, stage) => {
    const missing = await t.throwsAsync(stage.play('launch', stage.container(), ['no-such-program']), { instanceOf: LaunchFailure });
    t.is((missing as LaunchFailure).exitCode, 127);
    const refused = await t.throwsAsync(stage.play('launch', stage.container(), ['/etc/passwd']), { instanceOf: LaunchFailure });
    t.is((refused as LaunchFailure).exitCode, 126);
  });

  judged('signals reach the process: one that it traps, one that none can', async (t, stage) => {
    const trapping = await stage.play('launch', stage.container(), ['sh', '-c', 'trap "echo told; exit 3" TERM; echo up; while :; do sleep 0.05; done']);
    await trapping.heard('up\n');
    trapping.running.signal(SIGTERM);
    t.is((await trapping.running.exit).exitCode, 3);
    t.is(trapping.said(), 'up\ntold\n');
    const stubborn = await stage.play('launch', stage.container(), ['sh', '-c', 'trap "" TERM; echo up; while :; do :; done']);
    await stubborn.heard('up\n');
    stubborn.running.signal(SIGKILL);
    t.is((await stubborn.running.exit).exitCode, 128 + SIGKILL);
  });

  judged('a launch that was carried out before the server died is not carried out again', async (t, stage) => {
    const container = stage.container();
    const first = await stage.play('launch', container, ['sh', '-c', 'echo ran >> /marks; echo up; exec sleep 1000'], {}, 'the-key');
    await first.heard('up\n');
    await t.throwsAsync(stage.play('launch', container, ['true'], {}, 'the-key'), { instanceOf: Interrupted }, 'in the same server');
    first.running.signal(SIGKILL);
    await first.running.exit;
    await stage.restart();
    await t.throwsAsync(stage.play('launch', container, ['true'], {}, 'the-key'), { instanceOf: Interrupted }, 'in the next');
    t.deepEqual(await stage.run('launch', container, ['wc', '-l', '/marks']), { exitCode: 0, stdout: '1 /marks\n', stderr: '' }, 'a new key runs, over the same files');
  });

  judged('an exec sees what the first process sees, and ends with it', async (t, stage) => {
    const container = stage.container();
    const first = await stage.play('launch', container, ['sh', '-c', 'echo mine > /tmp/file; echo up; exec sleep 1000']);
    await first.heard('up\n');
    t.is((await stage.run('exec', container, ['sh', '-c', 'cat /tmp/file; exit 5'])).stdout, 'mine\n');
    const second = await stage.play('exec', container, ['sleep', '1000']);
    first.running.signal(SIGKILL);
    t.is((await first.running.exit).exitCode, 128 + SIGKILL);
    t.is((await second.running.exit).exitCode, 128 + SIGKILL);
  });

  judged('two containers of the same image do not see each other', async (t, stage) => {
    await stage.run('launch', stage.container(), ['sh', '-c', 'echo mine > /only-here']);
    t.is((await stage.run('launch', stage.container(), ['cat', '/only-here'])).exitCode, 1);
  });

  judged('a terminal has its size, and is told of a new one', async (t, stage) => {
    const { running, said, heard } = await stage.play('launch', stage.container(), ['sh', '-c', 'trap "stty size; exit 0" WINCH; stty size; tty; while :; do sleep 0.05; done'], { tty: true, stdin: true, rows: 30, columns: 90 });
    await heard('/dev/pts/0');
    running.resize(40, 120);
    t.is((await running.exit).exitCode, 0);
    t.is(said(), '30 90\r\n/dev/pts/0\r\n40 120\r\n');
  }, ({ capabilities }) => capabilities['exec.interactive']);

  judged('archives go in and out, also of a container in which nothing runs', async (t, stage) => {
    const container = stage.container();
    const sink = await stage.executor.writeArchive(container, '/tmp', { noOverwriteDirNonDir: false });
    await sink.write(archiveOf('put', 'by archive'));
    await sink.finish();
    t.is((await stage.run('launch', container, ['cat', '/tmp/put'])).stdout, 'by archive');
    const { stat, chunks } = await stage.executor.readArchive(container, '/tmp/put');
    t.is(stat.name, 'put');
    t.is(stat.size, 10);
    t.deepEqual(await filesOf(chunks), new Map([['put', 'by archive']]));
    await t.throwsAsync(stage.executor.statPath(container, '/tmp/never'), { instanceOf: Fault });
  }, ({ capabilities }) => capabilities['fs.archive']);

  judged('changes are told by kind, and are the layer of a commit', async (t, stage) => {
    const container = stage.container();
    await stage.run('launch', container, ['sh', '-c', 'echo new > /new; echo more >> /etc/passwd; rm /etc/group']);
    const changes = await stage.executor.changes(container);
    const kindOf = (path: string): number | undefined => changes.find(({ Path }) => Path === path)?.Kind;
    t.deepEqual([kindOf('/new'), kindOf('/etc/passwd'), kindOf('/etc/group')], [1, 0, 2]);
    t.true((await stage.executor.sizeRw(container)) >= 4);
    const upper = await filesOf(await stage.executor.upperTar(container));
    t.is(upper.get('new'), 'new\n');
    t.true(upper.has('etc/.wh.group'), [...upper.keys()].join(' '));
    const tree = await filesOf(await stage.executor.exportTree(container));
    t.is(tree.get('new'), 'new\n');
    t.false(tree.has('etc/group'));
  }, ({ capabilities }) => capabilities['fs.writable']);

  judged('what is frozen stands still until it is thawed', async (t, stage) => {
    const container = stage.container();
    const { running, said, heard } = await stage.play('launch', container, ['sh', '-c', 'i=0; while :; do i=$((i + 1)); echo $i; sleep 0.01; done']);
    await heard('3\n');
    await stage.executor.freeze(container.id);
    // What was on its way when it was frozen arrives; then nothing does.
    let before: string;
    do {
      before = said();
      await new Promise((resolve) => setTimeout(resolve, 200));
    } while (said() !== before);
    await stage.executor.thaw(container.id);
    await heard(`${Number(before.trim().split('\n').at(-1)) + 1}\n`);
    running.signal(SIGKILL);
    t.is((await running.exit).exitCode, 128 + SIGKILL);
  }, ({ capabilities }) => capabilities.pause);

  judged('top and usage tell of what runs; of what does not, top says so', async (t, stage) => {
    const container = stage.container();
    await t.throwsAsync(stage.executor.top(container.id, ''), { instanceOf: Fault });
    const { running, heard } = await stage.play('launch', container, ['sh', '-c', 'echo up; sleep 1000; :']);
    await heard('up\n');
    const { titles, processes } = await stage.executor.top(container.id, '');
    t.true(titles.includes('PID'));
    t.true(processes.some((row) => row.join(' ').includes('sleep 1000')), JSON.stringify(processes));
    t.is((await stage.executor.usage(container.id)).processes, 2);
    running.signal(SIGKILL);
    await running.exit;
  }, ({ capabilities }) => capabilities.stats);

  judged('a container over its memory ends with 137, and it is said why', async (t, stage) => {
    const limits = { memoryBytes: 32 << 20, nanoCpus: 0, processes: 0, ulimits: [] };
    const { running } = await stage.play('launch', stage.container({ limits }), ['bash', '-c', 'a=xxxxxxxxxxxxxxxx; while :; do a=$a$a; done']);
    t.deepEqual(await running.exit, { exitCode: 128 + SIGKILL, oomKilled: true });
  }, ({ capabilities }) => capabilities['limits.memory']);

  judged('a bind mount is the host\'s folder, and a read-only one is not written to', async (t, stage) => {
    const folder = mkdtempSync(join(stage.directory, 'bound-'));
    const mount = { type: 'bind' as const, source: folder, subpath: '', sizeBytes: 0, mode: 0o755, uid: 0, gid: 0, noExec: false, noSuid: false, noDev: false, copyUp: false };
    await stage.run('launch', stage.container({ mounts: [{ ...mount, target: '/there', readOnly: false }] }), ['sh', '-c', 'echo kept > /there/file']);
    const { stdout, stderr, exitCode } = await stage.run('launch', stage.container({ mounts: [{ ...mount, target: '/again', readOnly: true }] }), ['sh', '-c', 'cat /again/file; echo lost > /again/file']);
    t.is(stdout, 'kept\n');
    t.regex(stderr, /Read-only file system/);
    t.not(exitCode, 0);
  }, ({ capabilities }) => capabilities['bind.mounts']);

  judged('what was removed is gone, and removing what is not there is no error', async (t, stage) => {
    const container = stage.container();
    const { running } = await stage.play('launch', container, ['sh', '-c', 'echo mine > /mark; exec sleep 1000']);
    await stage.executor.remove(container.id);
    t.is((await running.exit).exitCode, 128 + SIGKILL);
    await stage.executor.remove(container.id);
    t.is((await stage.run('launch', container, ['cat', '/mark'])).exitCode, 1);
  });
  return all;
}

/** Adds the suite's tests for one backend; `only` chooses one of them, for a negative control. */
export function executorSuite(test: TestFn, { name, make, layers }: Backend, only?: string): void {
  const images = mkdtempSync(join(tmpdir(), 'sockerless-executor-image-'));
  process.on('exit', () => rmSync(images, { recursive: true, force: true }));
  const image = layers(images);
  for (const [title, { body, wants }] of promises()) {
    if (only !== undefined && title !== only) continue;
    test(`${name}: ${title}`, async (t) => {
      const stage = new Stage(make, await image);
      t.teardown(() => stage.end());
      await stage.executor.open();
      if (wants(stage.executor)) await body(t, stage);
      else t.pass('the backend says that it cannot');
    });
  }
}
