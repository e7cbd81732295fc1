// A worker thread's way to the broker: messages in shared memory, one direction each, cut into pieces; both sides block.

const STATE = 0, SIZE = 1, IS_LAST = 2, HEADER_BYTES = 16;
const PIECE_BYTES = 128 << 10;
const EMPTY = 0, FULL = 1, CLOSED = 2;
const { load, store, wait, notify, compareExchange } = Atomics;
const { allocUnsafe, byteLength, concat } = Buffer;

export interface Mailbox {
  readonly requests: SharedArrayBuffer;
  readonly answers: SharedArrayBuffer;
}

export interface Message {
  /** Whether the sender waits for an answer. */
  readonly isCall: boolean;
  readonly json: string;
  readonly bytes: Buffer;
}

/** The thread at the other end has ended. */
export class Closed extends Error {}

export function makeMailbox(): Mailbox {
  const one = (): SharedArrayBuffer => new SharedArrayBuffer(HEADER_BYTES + PIECE_BYTES);
  return { requests: one(), answers: one() };
}

const control = (box: SharedArrayBuffer): Int32Array => new Int32Array(box, 0, HEADER_BYTES / 4);

export function closeMailbox({ requests, answers }: Mailbox): void {
  for (const words of [control(requests), control(answers)]) {
    store(words, STATE, CLOSED);
    notify(words, STATE);
  }
}

export function isClosed({ requests }: Mailbox): boolean {
  return load(control(requests), STATE) === CLOSED;
}

export function hasMessage(box: SharedArrayBuffer): boolean {
  return load(control(box), STATE) === FULL;
}

function awaitState(words: Int32Array, wanted: number): void {
  for (let state = load(words, STATE); state !== wanted; state = load(words, STATE)) {
    if (state === CLOSED) throw new Closed();
    wait(words, STATE, state);
  }
}

/** The other end may close at any instant, and stays closed. */
function become(words: Int32Array, from: number, to: number): void {
  if (compareExchange(words, STATE, from, to) === CLOSED) throw new Closed();
  notify(words, STATE);
}

/** `piecePut` is called whenever there is something for the other side to take. */
export function put(box: SharedArrayBuffer, { isCall, json, bytes }: { isCall: boolean; json: string; bytes?: Uint8Array | undefined }, piecePut: () => void): void {
  const words = control(box);
  const jsonBytes = byteLength(json);
  const whole = allocUnsafe(5 + jsonBytes + (bytes?.length ?? 0));
  whole.writeUInt8(isCall ? 1 : 0, 0);
  whole.writeUInt32LE(jsonBytes, 1);
  whole.write(json, 5);
  if (bytes) whole.set(bytes, 5 + jsonBytes);
  for (let at = 0; at < whole.length; at += PIECE_BYTES) {
    awaitState(words, EMPTY);
    const piece = whole.subarray(at, at + PIECE_BYTES);
    new Uint8Array(box, HEADER_BYTES, piece.length).set(piece);
    words[SIZE] = piece.length;
    words[IS_LAST] = at + PIECE_BYTES >= whole.length ? 1 : 0;
    become(words, EMPTY, FULL);
    piecePut();
  }
}

export function take(box: SharedArrayBuffer): Message {
  const words = control(box);
  const pieces: Buffer[] = [];
  for (let isLast = false; !isLast; ) {
    awaitState(words, FULL);
    pieces.push(Buffer.from(new Uint8Array(box, HEADER_BYTES, words[SIZE]!)));
    isLast = words[IS_LAST] === 1;
    become(words, FULL, EMPTY);
  }
  const whole = concat(pieces);
  const end = 5 + whole.readUInt32LE(1);
  return { isCall: whole.readUInt8(0) === 1, json: whole.toString('utf8', 5, end), bytes: whole.subarray(end) };
}
