// Advisory locks on whole files (flock(2)): held by open file descriptions, so that dup and fork share them and the last close gives them up.
import type { Kernel } from './kernel.js';
import type { OpenFile } from './open-file.js';
import { type Wait, WaitQueue } from './wait.js';

export type LockKind = 'shared' | 'exclusive';

interface Lock {
  exclusive: OpenFile | undefined;
  shared: Set<OpenFile>;
  freed: WaitQueue;
}

const locksOf = new WeakMap<Kernel, Map<string, Lock>>();

function lockOf(kernel: Kernel, file: OpenFile): Lock {
  let locks = locksOf.get(kernel);
  if (!locks) locksOf.set(kernel, (locks = new Map()));
  const { device, ino } = file.stat();
  const key = `${device}:${ino}`;
  let lock = locks.get(key);
  if (!lock) locks.set(key, (lock = { exclusive: undefined, shared: new Set(), freed: new WaitQueue() }));
  return lock;
}

function give(lock: Lock, file: OpenFile): void {
  if (lock.exclusive === file) lock.exclusive = undefined;
  lock.shared.delete(file);
  lock.freed.wake();
}

/** Takes or changes the lock; undefined when that is done, else what to wait for before trying again. */
export function lockFile(kernel: Kernel, file: OpenFile, kind: LockKind): Wait | undefined {
  const lock = lockOf(kernel, file);
  const others = [...lock.shared].some((each) => each !== file);
  if ((lock.exclusive !== undefined && lock.exclusive !== file) || (kind === 'exclusive' && others)) return lock.freed;
  if (lock.exclusive !== file && !lock.shared.has(file)) file.onClosed(() => give(lock, file));
  lock.exclusive = kind === 'exclusive' ? file : undefined;
  if (kind === 'shared') lock.shared.add(file);
  else lock.shared.delete(file);
  // What was exclusive and is shared now lets others in.
  if (kind === 'shared') lock.freed.wake();
  return undefined;
}

export function unlockFile(kernel: Kernel, file: OpenFile): void {
  give(lockOf(kernel, file), file);
}
