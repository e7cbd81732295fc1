// tail -f: prints what is added to files, and for -F what takes their place.
import { Errno } from '../kernel/errno.js';
import { O_RDONLY } from '../kernel/open-file.js';
import type { Process } from '../kernel/process.js';
import { type Task, WaitQueue } from '../kernel/wait.js';
import { complain, type Output } from '../programs/stdio.js';

export interface Followed {
  name: string;
  /** Undefined while there is no such file. */
  fd: number | undefined;
}

interface FollowSettings {
  byName: boolean;
  titled: boolean;
  intervalMs: number;
  /** Ends when all of these have died. */
  pids: readonly number[];
}

/** How soon a change is seen: sooner than GNU's inotify-less second, late enough to cost nothing. */
const POLL_MAX_MS = 100;

/** Ends only when it is killed, or nothing is left that could ever grow. */
export function* follow(process: Process, output: Output, files: Followed[], settings: FollowSettings): Task<number> {
  let lastShown = files.at(-1);
  const { pids } = settings;
  for (;;) {
    for (const file of [...files]) {
      if (settings.byName) yield* reopen(process, file);
      const bytes = yield* grown(process, file);
      if (bytes === 'ended') {
        files.splice(files.indexOf(file), 1);
        continue;
      }
      if (bytes === undefined) continue;
      if (settings.titled && lastShown !== file) output.print(`\n==> ${file.name} <==\n`);
      lastShown = file;
      output.print(bytes);
      yield* output.flush();
    }
    if (files.length === 0) return 0;
    if (pids.length > 0 && pids.every((pid) => process.kernel.processes.get(pid)?.status ?? true)) return 0;
    // The way containers are kept alive: nothing will ever come, so nothing is ever looked at again.
    if (pids.length === 0 && !settings.byName && files.every((file) => isStill(process, file))) yield* waitForNothing(process);
    else yield* pause(process, Math.min(settings.intervalMs, POLL_MAX_MS));
  }
}

/** Until it is killed, in this life of the machine or the next. */
export function* waitForNothing(process: Process): Task<never> {
  for (;;) yield* process.resting({ still: true }, process.block(new WaitQueue()));
}

function isStill(process: Process, file: Followed): boolean {
  const inode = file.fd === undefined ? undefined : process.descriptors.find(file.fd)?.inode;
  return inode?.type === 'character';
}

function* pause(process: Process, durationMs: number): Task {
  try {
    yield* process.sleep(Math.max(1, durationMs));
  } catch (error) {
    if (!(error instanceof Errno && error.code === 'EINTR')) throw error;
  }
}

/** What was added since the last look; 'ended' for a pipe whose writers are gone. */
function* grown(process: Process, file: Followed): Task<Uint8Array | 'ended' | undefined> {
  if (file.fd === undefined) return undefined;
  const open = process.descriptors.get(file.fd);
  if (open.inode?.type === 'file') {
    const offset = open.seek(0, 'current');
    if (open.stat().sizeBytes < offset) {
      yield* complain(process, `${file.name}: file truncated`);
      open.seek(0, 'set');
    }
  } else if (!open.canRead) {
    return undefined;
  }
  const bytes = open.read(1 << 18);
  if (bytes !== undefined && bytes.length === 0) return open.inode === undefined || open.inode.type === 'fifo' ? 'ended' : undefined;
  return bytes;
}

/** Turns to another file that has come to carry the name. */
function* reopen(process: Process, file: Followed): Task {
  if (file.name === '-') return;
  try {
    const inode = process.files.locate(file.name).inode;
    if (file.fd !== undefined && process.descriptors.get(file.fd).inode === inode) return;
    const appeared = file.fd === undefined;
    if (file.fd !== undefined) process.close(file.fd);
    file.fd = process.open(file.name, O_RDONLY);
    yield* complain(process, `'${file.name}' has ${appeared ? 'appeared' : 'been replaced'};  following new file`);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (file.fd === undefined) return;
    yield* complain(process, `'${file.name}' has become inaccessible: ${error.message}`);
    process.close(file.fd);
    file.fd = undefined;
  }
}
