// Generated file calls on bind mounts, while a process of the host swaps what is in them at every possible moment: nothing outside is reached.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fs from 'node:fs';
import test from 'ava';
import fc from 'fast-check';
import { Errno } from '../../actors/sandbox/kernel/errno.js';
import { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY, type OpenFile } from '../../actors/sandbox/kernel/open-file.js';
import type { Process } from '../../actors/sandbox/kernel/process.js';
import { SECRET } from '../support/canary.js';
import { hostileMount, picture, swaps, withSwapAt } from './host-files.js';

/** Each makes and removes some fifty host files. */
const RUNS = Number(process.env.SOCKERLESS_ESCAPE_RUNS ?? 100);

type Files = Process['files'];
type Call = { readonly name: string; run(files: Files, outside: string): void };

const parts = fc.constantFrom('f', 'd', 'sub', 'd/sub', 'absolute', 'climbing', 'folder', 'magic', 'server', 'new', '..', '.', 'folder/secret', 'folder/../inside/f', 'moved', 'secret', 'root', 'cwd');
/** Paths of the machine; `@` stands for the host's path of what is outside. */
const there = fc.tuple(fc.constantFrom('/bind', '/vol', '/ro'), fc.constantFrom('/f', '/d/f', '/d/sub/f', '/d', '/d/sub', '/d/new', '/d/sub/new')).map((both) => both.join(''));
const anywhere = fc.tuple(
  fc.constantFrom('/bind', '/ro', '/vol', '', '/proc/self/cwd', '/proc/self/root', '/proc/1/cwd', '/bind/../bind', '/proc/self/root/bind', '@', '/proc/self/fd/0'),
  fc.array(parts, { maxLength: 4 }),
).map(([root, names]) => [root, ...names].join('/') || '/');
const paths = fc.oneof(there, anywhere);
const flags = fc.subarray([O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_NOFOLLOW, O_DIRECTORY]).chain((some) => fc.constantFrom(O_RDONLY, O_WRONLY, O_RDWR).map((access) => some.reduce((sum, flag) => sum | flag, access)));
const targets = fc.oneof(paths, fc.constantFrom('../outside/secret', '../../outside', '@/secret', '/../../@/secret', '//@/secret', '/proc/self/root/@/secret', '....//secret'));

/** The secret was read: the one failure that counts. */
class Reached extends Error {}

function check(bytes: Uint8Array | string): void {
  if (Buffer.from(bytes as string).includes(SECRET)) throw new Reached('the secret was read');
}

function useFile(file: OpenFile): void {
  const open = file.retain();
  try {
    if (open.readsAllowed) check(open.read(4096) ?? '');
    if (open.writesAllowed) open.write(Buffer.from('overwritten'));
    open.stat();
  } finally {
    open.release();
  }
}

const real = (path: string, outside: string): string => path.replaceAll('@', outside);
const onPath = (name: string, run: (files: Files, path: string) => void): fc.Arbitrary<Call> => paths.map((path) => ({ name: `${name} ${path}`, run: (files, outside) => run(files, real(path, outside)) }));
const onTwo = (name: string, run: (files: Files, one: string, two: string) => void): fc.Arbitrary<Call> => fc.tuple(targets, paths).map(([one, two]) => ({ name: `${name} ${one} ${two}`, run: (files, outside) => run(files, real(one, outside), real(two, outside)) }));

const calls: fc.Arbitrary<Call> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(paths, flags).map(([path, bits]): Call => ({ name: `open ${path} ${bits.toString(8)}`, run: (files, outside) => useFile(files.openFile(real(path, outside), bits)) })) },
  onPath('read', (files, path) => check(files.readFile(path))),
  onPath('write', (files, path) => files.writeFile(path, Buffer.from('overwritten'))),
  onPath('truncate', (files, path) => files.truncate(path, 0)),
  onPath('stat', (files, path) => void files.stat(path)),
  onPath('readdir', (files, path) => check(files.readdir(path).map(({ name, ino }) => `${name}${ino}`).join())),
  onPath('readlink', (files, path) => void files.readlink(path)),
  onPath('realpath', (files, path) => void files.realpath(path)),
  onPath('chdir', (files, path) => files.chdir(path)),
  onPath('mkdir', (files, path) => files.mkdir(path)),
  onPath('rmdir', (files, path) => files.rmdir(path)),
  onPath('unlink', (files, path) => files.unlink(path)),
  onPath('chmod', (files, path) => files.chmod(path, 0o777)),
  onPath('chown', (files, path) => files.chown(path, 12345, 12345)),
  onPath('lchown', (files, path) => files.chown(path, 12345, 12345, false)),
  onPath('utimes', (files, path) => files.utimes(path, 1000, 1000)),
  onPath('mkfifo', (files, path) => files.mknod(path, 'fifo', 0o666)),
  onPath('mknod', (files, path) => files.mknod(path, 'character', 0o666, 1, 1)),
  onTwo('symlink', (files, one, two) => files.symlink(one, two)),
  onTwo('link', (files, one, two) => files.link(one, two)),
  onTwo('rename', (files, one, two) => files.rename(one, two)),
);

/** A failed system call is an answer; anything else is a defect. */
function attempt(body: () => void): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
}

/** Follows everything that has a name in the mounts, and reads it. */
function sweep(files: Files, path: string, depth = 0): void {
  attempt(() => {
    if (files.stat(path).type === 'file') return check(files.readFile(path));
    if (depth < 4) for (const { name } of files.readdir(path)) sweep(files, `${path}/${name}`, depth + 1);
  });
}

interface Trial { readonly before: readonly Call[]; readonly during: Call; readonly swap: string; readonly at: number; readonly after: readonly Call[] }
const trials: fc.Arbitrary<Trial> = fc.record({
  before: fc.array(calls, { maxLength: 5 }), during: calls, swap: fc.constantFrom(...Object.keys(swaps)), at: fc.nat(14), after: fc.array(calls, { maxLength: 5 }),
}).map((trial) => Object.assign(trial, { toString: () => `${[...trial.before.map(({ name }) => name), `${trial.swap} at call ${trial.at} of ${trial.during.name}`, ...trial.after.map(({ name }) => name)].join('; ')}` }));

/** What is wrong after one trial; undefined when everything held. */
function judge(trial: Trial): string | undefined {
  const mount = hostileMount(mkdtempSync(join(tmpdir(), 'hostile-')));
  const { machine, inside, outside } = mount;
  const { files } = machine;
  try {
    for (const call of trial.before) attempt(() => call.run(files, outside));
    withSwapAt(trial.at, () => attemptSwap(() => swaps[trial.swap]!(inside, outside)), () => attempt(() => trial.during.run(files, outside)));
    for (const call of trial.after) attempt(() => call.run(files, outside));
    for (const path of ['/bind', '/ro', '/vol', '/proc/self/cwd', '.', '..']) sweep(files, path);
    const now = picture(outside);
    return now.join('\n') === mount.before.join('\n') ? undefined : `changed outside: ${now.filter((line) => !mount.before.includes(line)).join(', ')} of ${mount.before.join(', ')}`;
  } catch (error) {
    if (error instanceof Reached) return error.message;
    throw error;
  } finally {
    mount.close();
  }
}

/** Earlier calls may have taken away what was to be swapped. */
function attemptSwap(swap: () => void): void {
  try {
    swap();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
  }
}

test('no file call leaves its mount, whatever the host does at whichever moment', (t) => {
  fc.assert(fc.property(trials, (trial) => {
    const wrong = judge(trial);
    if (wrong !== undefined) throw new Error(wrong);
  }), { numRuns: RUNS });
  t.pass();
});

test('a call that goes by the host\'s own paths is caught (negative control)', (t) => {
  const careless: Call = { name: 'careless', run: (_files, outside) => check(fs.readFileSync(join(outside, '..', 'inside', 'd', 'f'))) };
  const calm: Call = { name: 'stat', run: (files) => void files.stat('/bind/f') };
  const trial: Trial = { before: [], during: careless, swap: 'a folder becomes a symlink', at: 0, after: [] };
  t.is(judge(trial), 'the secret was read', 'at the very moment');
  t.is(judge({ ...trial, during: calm, after: [careless] }), 'the secret was read');
  t.regex(judge({ ...trial, during: calm, after: [{ name: 'write', run: (_files, outside) => fs.writeFileSync(join(outside, 'f'), 'overwritten') }] }) ?? '', /changed outside/);
});
