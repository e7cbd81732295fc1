// cat: concatenates files, with line numbers and visible characters on demand.
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import type { Task } from '../kernel/wait.js';
import { isBusybox } from '../programs/flavour.js';
import { command, complain, type Output, parseOptions } from '../programs/stdio.js';
import { readsOwnOutput, Inputs, Pace } from './text-input.js';

/** What the options ask for, and what goes on from one file to the next. */
class Presentation {
  numbers: 'none' | 'all' | 'nonblank' = 'none';
  ends = false;
  tabs = false;
  nonPrinting = false;
  squeeze = false;
  #line = 0;
  #blanks = 0;
  #atLineStart = true;
  /** A carriage return that ended a piece: what follows says whether it ends a line. */
  #return = '';

  get isPlain(): boolean {
    return this.numbers === 'none' && !this.ends && !this.tabs && !this.nonPrinting && !this.squeeze;
  }

  /** The bytes to print for `chunk`, as a latin1 string: bytes stay bytes. */
  apply(chunk: Uint8Array): Uint8Array {
    const whole = this.#return + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
    this.#return = this.ends && !this.nonPrinting && whole.endsWith('\r') ? '\r' : '';
    const text = this.#return === '' ? whole : whole.slice(0, -1);
    let out = '';
    for (let at = 0; at < text.length; ) {
      const end = text.indexOf('\n', at);
      const content = text.slice(at, end < 0 ? text.length : end);
      at = end < 0 ? text.length : end + 1;
      const blank = this.#atLineStart && content === '' && end >= 0;
      this.#blanks = blank ? this.#blanks + 1 : 0;
      if (this.squeeze && this.#blanks > 1) continue;
      if (this.#atLineStart && (this.numbers === 'all' || (this.numbers === 'nonblank' && !blank))) out += `${String(++this.#line).padStart(6)}\t`;
      out += this.#visible(content);
      if (this.ends && end >= 0 && out.endsWith('\r')) out = `${out.slice(0, -1)}^M`;
      if (end >= 0) out += this.ends ? '$\n' : '\n';
      this.#atLineStart = end >= 0;
    }
    return Buffer.from(out, 'latin1');
  }

  /** What the end of all input leaves to be printed. */
  finish(): string {
    return this.#return;
  }

  #visible(content: string): string {
    let text = content;
    if (this.nonPrinting) text = text.replace(/[\0-\x08\x0b-\x1f\x7f-\xff]/g, caret);
    if (this.tabs) text = text.replaceAll('\t', '^I');
    return text;
  }
}

function caret(character: string): string {
  const code = character.charCodeAt(0);
  if (code >= 128) return `M-${code - 128 >= 32 && code !== 255 ? String.fromCharCode(code - 128) : caret(String.fromCharCode(code - 128))}`;
  return code === 127 ? '^?' : `^${String.fromCharCode(code + 64)}`;
}

/** `isAll`: there is no other file, so that whoever begins anew goes on where this is. */
function* copy(process: Process, output: Output, fd: number, presentation: Presentation, isAll: boolean): Task {
  const pace = new Pace();
  for (;;) {
    const reading = process.read(fd, 1 << 18);
    const chunk = yield* isAll && presentation.isPlain ? process.resting({}, reading) : reading;
    if (chunk.length === 0) return;
    if (presentation.isPlain) yield* process.write(1, chunk);
    else output.print(presentation.apply(chunk));
    yield* output.flush();
    yield* pace.turn();
  }
}

/** A file that grows by what is read from it would never end. */
function isOwnOutput(process: Process, fd: number): boolean {
  if (!readsOwnOutput(process, fd)) return false;
  const input = process.descriptors.get(fd);
  return input.seek(0, 'current') < input.inode!.stat().sizeBytes;
}

export const cat: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'AbeEnstTuv', {
    'show-all': 'no', 'number-nonblank': 'no', 'show-ends': 'no', number: 'no', 'squeeze-blank': 'no', 'show-tabs': 'no', 'show-nonprinting': 'no',
  });
  // Else the first input would take the place of the output.
  if (!isBusybox(process) && process.descriptors.find(1) === undefined) {
    yield* complain(process, 'standard output: Bad file descriptor');
    return 1;
  }
  const presentation = new Presentation();
  const all = options.has('A', 'show-all');
  presentation.nonPrinting = all || options.has('v', 'e', 't', 'show-nonprinting');
  presentation.ends = all || options.has('E', 'e', 'show-ends');
  presentation.tabs = all || options.has('T', 't', 'show-tabs');
  presentation.squeeze = options.has('s', 'squeeze-blank');
  presentation.numbers = options.has('b', 'number-nonblank') ? 'nonblank' : options.has('n', 'number') ? 'all' : 'none';
  const inputs = new Inputs(process, options.operands);
  for (let file = yield* inputs.next(); file; file = yield* inputs.next()) {
    try {
      if (isOwnOutput(process, file.fd)) {
        yield* inputs.refuse(file.name, 'input file is output file');
        continue;
      }
      yield* copy(process, output, file.fd, presentation, file.fd === 0 && options.operands.length <= 1);
    } catch (error) {
      yield* inputs.fail(file.name, error);
    }
  }
  output.print(presentation.finish());
  return inputs.failed ? 1 : 0;
});
