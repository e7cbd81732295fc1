// Random choices from a file of bytes (`--random-source`), drawn as coreutils' randint draws them: the same file, the same choices.
import { randomInt } from 'node:crypto';
import { Errno } from '../../kernel/errno.js';
import { O_RDONLY } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { UsageError } from '../../programs/stdio.js';

/** Numbers below a bound, and bytes. */
export interface RandomSource {
  below(choices: number): Task<number>;
}

export const systemRandom: RandomSource = {
  // oxlint-disable-next-line require-yield -- a source that reads a file does wait
  *below(choices) {
    return randomInt(choices);
  },
};

/** A file's bytes in turn; an error in coreutils' words at its end. */
export class RandomFile implements RandomSource {
  readonly #process: Process;
  readonly #name: string;
  readonly #exitCode: number;
  readonly #fd: number;
  #ahead: Uint8Array = new Uint8Array(0);
  /** What was drawn and not used up: a number from 0 to a maximum. */
  #number = 0n;
  #maximum = 0n;

  constructor(process: Process, name: string, exitCode = 1) {
    this.#process = process;
    this.#name = name;
    this.#exitCode = exitCode;
    try {
      this.#fd = process.open(name, O_RDONLY);
    } catch (error) {
      throw error instanceof Errno ? new UsageError(`${name}: ${error.message}`, exitCode) : error;
    }
  }

  *bytes(count: number): Task<Uint8Array> {
    while (this.#ahead.length < count) {
      const chunk = yield* this.#process.read(this.#fd);
      if (chunk.length === 0) throw new UsageError(`'${this.#name}': end of file`, this.#exitCode);
      this.#ahead = Buffer.concat([this.#ahead, chunk]);
    }
    const taken = this.#ahead.subarray(0, count);
    this.#ahead = this.#ahead.subarray(count);
    return taken;
  }

  *below(choices: number): Task<number> {
    const wanted = BigInt(choices);
    for (;;) {
      while (this.#maximum < wanted - 1n) {
        const [byte] = yield* this.bytes(1);
        this.#number = (this.#number << 8n) + BigInt(byte!);
        this.#maximum = (this.#maximum << 8n) + 255n;
      }
      const excess = this.#maximum - (wanted - 1n);
      const unusable = excess % wanted;
      const lastUsable = this.#maximum - unusable;
      const drawn = this.#number;
      if (drawn <= lastUsable) {
        this.#number = drawn / wanted;
        this.#maximum = excess / wanted;
        return Number(drawn % wanted);
      }
      this.#number = drawn - lastUsable - 1n;
      this.#maximum = unusable - 1n;
    }
  }
}
