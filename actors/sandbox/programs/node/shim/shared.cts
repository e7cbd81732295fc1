// What the threads of a program share: whose turn it is on the pipes, a bell for the broker, how often anything was done.

const LOCK = 0, BELL = 1, CWD = 2, ACTS = 3, WORDS = 4;
const { load, add, wait, notify, compareExchange, store } = Atomics;
/** undefined while there is one thread only. */
let words: Int32Array | undefined;

/** Makes what is shared; the main thread's part. */
export function share(): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(WORDS * 4);
  words = new Int32Array(shared);
  return shared;
}

/** Takes part in what another thread shares. */
export function join(shared: SharedArrayBuffer): void {
  words = new Int32Array(shared);
}

/** Only threads that are never ended alone take the lock: the main one and the broker. */
export function acquire(): void {
  if (words) while (compareExchange(words, LOCK, 0, 1) !== 0) wait(words, LOCK, 1);
}

export function release(): void {
  if (!words) return;
  store(words, LOCK, 0);
  notify(words, LOCK, 1);
}

export function ring(): void {
  add(words!, BELL, 1);
  notify(words!, BELL);
}

export function rings(): number {
  return load(words!, BELL);
}

/** Until somebody rings after the `heard` rings so far. */
export function awaitRing(heard: number): void {
  wait(words!, BELL, heard);
}

export function directoryChanged(): void {
  if (words) add(words, CWD, 1);
}

export function directoryChanges(): number {
  return words ? load(words, CWD) : 0;
}

/** Done before there was a second thread. */
let ownActs = 0;

/** Something was asked for that may change what another answer says. */
export function acted(): void {
  if (words) add(words, ACTS, 1);
  else ownActs++;
}

export function acts(): number {
  return ownActs + (words ? load(words, ACTS) : 0);
}
