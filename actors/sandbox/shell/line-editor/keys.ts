// Keys as they arrive: bytes, joined to the sequences that are bound to something, to characters of UTF-8, or to escape sequences of terminals (ECMA-48).
import { decode } from '../../kernel/text.js';
import type { Binding, Keymap } from './keymap.js';

/** What is bound to something (`rest`: bytes that are to be read again), text to insert, or a sequence that means nothing here. */
export type Key = { readonly sequence: string; readonly binding: Binding; readonly rest?: string } | { readonly text: string } | { readonly unknown: string };

const SEQUENCE_MAX_BYTES = 16;

/** Takes bytes one at a time and gives a key as soon as one is complete. */
export class KeyReader {
  readonly #keymap: Keymap;
  #held = '';

  constructor(keymap: Keymap) {
    this.#keymap = keymap;
  }

  feed(byte: number): Key | undefined {
    this.#held += String.fromCharCode(byte);
    const sequence = this.#held;
    if (this.#keymap.isBeginning(sequence)) return undefined;
    const binding = this.#keymap.get(sequence);
    if (binding) return this.#whole({ sequence, binding });
    const shorter = sequence.length > 1 && sequence[1] !== '[' && sequence[1] !== 'O' ? this.#keymap.get(sequence[0]!) : undefined;
    if (shorter) return this.#whole({ sequence: sequence[0]!, binding: shorter, rest: sequence.slice(1) });
    const first = sequence.charCodeAt(0);
    if (first >= 32 && first !== 127) return this.#character(first, byte);
    // The whole of a terminal's sequence is skipped, not only what is known of it.
    const isOpen = /^\x1b(?:\[[ -?]*|O)$/.test(sequence) && sequence.length < SEQUENCE_MAX_BYTES;
    return isOpen ? undefined : this.#whole({ unknown: sequence });
  }

  /** What is bound to the bytes so far, though longer sequences begin so. */
  get pending(): Key | undefined {
    const sequence = this.#held;
    const binding = sequence === '' ? undefined : this.#keymap.get(sequence);
    return binding && { sequence, binding };
  }

  /** Nothing more comes. */
  flush(): Key | undefined {
    const { pending } = this;
    return pending && this.#whole(pending);
  }

  #character(first: number, byte: number): Key | undefined {
    const size = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (this.#held.length < size && (this.#held.length === 1 || (byte & 0xc0) === 0x80)) return undefined;
    return this.#whole({ text: decode(Buffer.from(this.#held, 'latin1')) });
  }

  #whole(key: Key): Key {
    this.#held = '';
    return key;
  }
}
