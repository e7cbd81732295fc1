// The keys of one line: from what macros type, then from the terminal, byte by byte, as what follows the line belongs to the command.
import type { TerminalModes } from '../../kernel/tty.js';
import type { Task } from '../../kernel/wait.js';
import type { Shell } from '../shell.js';
import type { Keymap } from './keymap.js';
import { type Key, KeyReader } from './keys.js';

/** How long the rest of a key's sequence may take to come, where its beginning is a key as well. */
const SEQUENCE_MS = 500;

export class KeyInput {
  readonly #shell: Shell;
  readonly #keys: KeyReader;
  readonly #modes: TerminalModes;
  /** Bytes that are to be read before what the user types. */
  readonly #typed: number[] = [];
  /** No key was pressed in a shell in which nothing has run. */
  #isFresh: boolean;

  constructor(shell: Shell, keymap: Keymap, modes: TerminalModes) {
    this.#shell = shell;
    this.#keys = new KeyReader(keymap);
    this.#modes = modes;
    this.#isFresh = shell.isFresh;
  }

  /** Has bytes read before all others. */
  type(bytes: Iterable<number>): void {
    this.#typed.unshift(...bytes);
  }

  *nextByte(): Task<number | undefined> {
    const typed = this.#typed.shift();
    if (typed !== undefined) return typed;
    const { process } = this.#shell;
    const reading = process.read(0, 1);
    const byte = yield* this.#isFresh ? process.resting({ modes: this.#modes }, reading) : reading;
    this.#isFresh = false;
    return byte[0];
  }

  *nextKey(): Task<Key | undefined> {
    for (;;) {
      if (this.#keys.pending && this.#typed.length === 0 && !(yield* this.#goesOn())) return this.#keys.flush();
      const byte = yield* this.nextByte();
      if (byte === undefined) return undefined;
      const key = this.#keys.feed(byte);
      if (key && 'rest' in key) this.type(Buffer.from(key.rest ?? '', 'latin1'));
      if (key) return key;
    }
  }

  *#goesOn(): Task<boolean> {
    return (yield* this.#shell.process.poll([{ fd: 0, read: true }], SEQUENCE_MS)).length > 0;
  }
}
