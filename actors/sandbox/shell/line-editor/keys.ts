// What a terminal sends when keys are pressed: control bytes, UTF-8 characters and escape sequences (ECMA-48, as xterm sends them).
import { decode } from '../../kernel/text.js';

/** `C-a` for control keys, `M-b` for escape + key, names for the others; anything else is text to insert. */
export type Key = { readonly name: string } | { readonly text: string };

const NAMED: Readonly<Record<string, string>> = {
  '[A': 'up', '[B': 'down', '[C': 'right', '[D': 'left', '[H': 'home', '[F': 'end', OA: 'up', OB: 'down', OC: 'right', OD: 'left', OH: 'home', OF: 'end',
  '[1~': 'home', '[4~': 'end', '[7~': 'home', '[8~': 'end', '[3~': 'delete', '[5~': 'up', '[6~': 'down',
  '[1;5C': 'M-f', '[1;5D': 'M-b', '[1;3C': 'M-f', '[1;3D': 'M-b', '[200~': 'paste', '[201~': 'paste',
};
const SEQUENCE_MAX_BYTES = 16;

/** Takes bytes one at a time and gives a key as soon as one is complete. */
export class KeyReader {
  #held: number[] = [];

  feed(byte: number): Key | undefined {
    this.#held.push(byte);
    const first = this.#held[0]!;
    if (first === 27) return this.#escape();
    if (first < 32) return this.#named(first === 9 ? 'tab' : first === 10 || first === 13 ? 'enter' : first === 8 ? 'backspace' : `C-${String.fromCharCode(first + 96)}`);
    if (first === 127) return this.#named('backspace');
    const size = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (this.#held.length < size && (byte === first || (byte & 0xc0) === 0x80)) return undefined;
    const text = decode(Uint8Array.from(this.#held));
    this.#held = [];
    return { text };
  }

  #named(name: string): Key {
    this.#held = [];
    return { name };
  }

  #escape(): Key | undefined {
    const rest = String.fromCharCode(...this.#held.slice(1));
    if (rest === '' || rest === '[' || rest === 'O') return undefined;
    if (rest[0] !== '[' && rest[0] !== 'O') return this.#named(rest === '\x7f' || rest === '\b' ? 'M-backspace' : `M-${rest}`);
    const isComplete = rest[0] === 'O' || /[@-~]$/.test(rest.slice(1));
    if (!isComplete && rest.length < SEQUENCE_MAX_BYTES) return undefined;
    return this.#named(NAMED[rest] ?? 'unknown');
  }
}
