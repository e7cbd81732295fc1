// dc: the reverse-polish calculator (GNU's, with busybox's words for whole programs as arguments).
import { Errno } from '../../kernel/errno.js';
import type { Main } from '../../kernel/program.js';
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { isBusybox } from '../../programs/flavour.js';
import { command, decode, encode, LineReader, type Output, parseOptions } from '../../programs/stdio.js';
import { Pace } from '../text-input.js';
import { compare, type Decimal, DecimalFault, divide, format, isZero, multiply, negate, ofInteger, ONE, parse, remainder, rescale, squareRoot, ZERO } from './decimal.js';
import { wrap } from './lines.js';
import { type Arithmetic, BUSYBOX_DC, BusyboxStop, busyboxUnescape, busyboxWords, GNU_DC } from './manner.js';

type Value = Decimal | string;

interface Register {
  stack: Value[];
  /** Per level of the stack. */
  arrays: Map<string, Value>[];
}

const LINE_LENGTH = 71;
/** What bc says otherwise. */
const WORDS: Readonly<Record<string, string>> = { 'Modulo by zero': 'remainder by zero', 'Square root of a negative number': 'square root of negative number' };
const DEPTH_MAX = 100_000;

/** What is told of, and the command has no effect. */
class DcFault extends Error {}

/** Told of half on standard error and half on standard output, as GNU's is. */
class Unimplemented extends Error {}

/** `q` and `Q`: so many levels of execution end. */
class DcQuit extends Error {
  levels: number;
  constructor(levels: number) {
    super('quit');
    this.levels = levels;
  }
}

class Machine {
  readonly #process: Process;
  readonly #output: Output;
  readonly #input: LineReader;
  readonly #stack: Value[] = [];
  readonly #registers = new Map<string, Register>();
  readonly #pace = new Pace();
  readonly #isBusybox: boolean;
  readonly #arithmetic: Arithmetic;
  /** Behind a blank the name of a register may have several letters (busybox's -x). */
  readonly #hasLongNames: boolean;
  #scale = 0;
  #ibase = 10;
  #obase = 10;

  constructor(process: Process, output: Output, input: LineReader, hasLongNames: boolean) {
    this.#process = process;
    this.#isBusybox = isBusybox(process);
    this.#arithmetic = this.#isBusybox ? BUSYBOX_DC : GNU_DC;
    this.#hasLongNames = hasLongNames;
    this.#output = output;
    this.#input = input;
  }

  *#complain(message: string): Task {
    yield* this.#output.flush();
    yield* this.#process.write(2, encode(`dc: ${message}\n`));
  }

  #pop(): Value {
    const value = this.#stack.pop();
    if (value === undefined) throw new DcFault('stack empty');
    return value;
  }

  #number(): Decimal {
    const value = this.#stack.at(-1);
    if (value === undefined) throw new DcFault('stack empty');
    if (typeof value === 'string') throw new DcFault('non-numeric value');
    this.#stack.pop();
    return value;
  }

  #register(name: string): Register {
    let register = this.#registers.get(name);
    if (!register) this.#registers.set(name, (register = { stack: [], arrays: [new Map()] }));
    return register;
  }

  #text(value: Value): string {
    if (typeof value === 'string') return this.#isBusybox ? busyboxUnescape(value) : value;
    return wrap(format(value, this.#obase), 0, LINE_LENGTH).out;
  }

  /** Both operands; put back when they are no numbers. */
  #two(operation: (left: Decimal, right: Decimal) => Decimal[]): void {
    if (this.#stack.length < 2) throw new DcFault('stack empty');
    const [left, right] = this.#stack.slice(-2) as [Value, Value];
    if (typeof left === 'string' || typeof right === 'string') throw new DcFault('non-numeric value');
    const results = operation(left, right);
    this.#stack.splice(-2, 2, ...results);
  }

  /** The program's text; `depth` counts the strings that run each other. */
  *execute(program: string, depth = 0): Task {
    let text = program;
    let at = 0;
    while (at < text.length) {
      yield* this.#pace.turn();
      if (this.#output.isFull) yield* this.#output.flush();
      const letter = text[at++]!;
      if (/\s/.test(letter)) continue;
      try {
        const number = /^(?:_?[0-9A-F]*\.?[0-9A-F]+|_?[0-9A-F]+\.?)/.exec(text.slice(at - 1, at + 4095))?.[0];
        if (number !== undefined && number !== '_') {
          at += number.length - 1;
          const value = parse(number.replace('_', ''), this.#ibase, !this.#isBusybox);
          this.#stack.push(number.startsWith('_') ? negate(value) : value);
        } else if (letter === '#') {
          while (at < text.length && text[at] !== '\n') at++;
        } else if (letter === '[') {
          const end = closing(text, at);
          if (end === text.length && this.#isBusybox) throw new DcFault('unterminated string');
          this.#stack.push(text.slice(at, end));
          at = end + 1;
        } else if (letter === 'x' || letter === '?' || '<>=!'.includes(letter)) {
          let next: Value | undefined;
          if (letter === 'x') next = this.#pop();
          else if (letter === '?') {
            yield* this.#output.flush();
            const line = yield* this.#input.next();
            next = line === undefined ? '' : decode(line);
          } else {
            const negated = letter === '!' && '<>='.includes(text[at] ?? ' ');
            const relation = negated ? text[at++]! : letter;
            if (relation === '!') throw new DcFault("'!' needs a shell, which dc does not have here");
            const name = this.#nameAt(text, at);
            at = name.end;
            // As OpenBSD and busybox have it: another register for when the relation does not hold.
            const otherwise = text[at] === 'e' && this.#isBusybox ? this.#nameAt(text, at + 1) : undefined;
            at = otherwise?.end ?? at;
            next = this.#compared(relation, negated, name.text, otherwise?.text);
          }
          if (next === undefined) continue;
          if (typeof next !== 'string') {
            this.#stack.push(next);
            continue;
          }
          // The last thing of a string runs in its place, so that loops need no depth.
          if (depth > 0 && /^\s*$/.test(text.slice(at))) {
            text = next;
            at = 0;
            continue;
          }
          if (depth >= DEPTH_MAX) throw new DcFault('recursion too deep');
          yield* this.#nested(next, depth);
        } else at = this.#command(letter, text, at);
      } catch (error) {
        if (this.#isBusybox && (error instanceof DecimalFault || error instanceof DcFault)) throw new BusyboxStop(busyboxWords(error.message));
        if (error instanceof DecimalFault) yield* this.#complain(WORDS[error.message] ?? error.message.toLowerCase());
        else if (error instanceof Unimplemented) {
          yield* this.#process.write(2, encode('dc: '));
          this.#output.print(`${error.message}\n`);
        } else if (error instanceof DcFault) yield* this.#complain(error.message);
        else throw error;
      }
    }
    yield* this.#output.flush();
  }

  *#nested(text: string, depth: number): Task {
    try {
      yield* this.execute(text, depth + 1);
    } catch (error) {
      if (!(error instanceof DcQuit) || --error.levels > 0) throw error;
    }
  }

  /** The register's string when the relation holds: the topmost value is on its left. */
  #compared(relation: string, negated: boolean, name: string, otherwise: string | undefined): Value | undefined {
    if (this.#stack.length < 2) throw new DcFault('stack empty');
    const [left, right] = [this.#number(), this.#number()];
    const order = compare(left, right);
    const holds = relation === '<' ? order < 0 : relation === '>' ? order > 0 : order === 0;
    const chosen = holds === negated ? otherwise : name;
    if (chosen === undefined) return undefined;
    const value = this.#register(chosen).stack.at(-1);
    if (value === undefined) throw new DcFault(`register '${chosen}' (0${chosen.charCodeAt(0).toString(8)}) is empty`);
    return value;
  }

  /** One command; gives where the text goes on. */
  #command(letter: string, text: string, at: number): number {
    const stack = this.#stack;
    switch (letter) {
      case '+': this.#two((a, b) => [this.#arithmetic.add(a, b)]); return at;
      case '-': this.#two((a, b) => [this.#arithmetic.subtract(a, b)]); return at;
      case '*': this.#two((a, b) => [multiply(a, b, this.#scale)]); return at;
      case '/': this.#two((a, b) => [divide(a, b, this.#scale)]); return at;
      case '%': this.#two((a, b) => [remainder(a, b, this.#scale)]); return at;
      case '~': this.#two((a, b) => [divide(a, b, this.#scale), remainder(a, b, this.#scale)]); return at;
      case '^': this.#two((a, b) => [this.#arithmetic.power(a, b, this.#scale)]); return at;
      case '|': this.#modularPower(); return at;
      case 'v': stack.push(squareRoot(this.#number(), this.#scale)); return at;
      case 'p': this.#output.print(`${this.#text(stack.at(-1) ?? this.#pop())}\n`); return at;
      case 'n': this.#output.print(this.#text(this.#pop())); return at;
      case 'P': this.#printBytes(this.#pop()); return at;
      case 'f': for (const value of [...stack].reverse()) this.#output.print(`${this.#text(value)}\n`); return at;
      case 'c': stack.length = 0; return at;
      case 'd': stack.push(stack.at(-1) ?? this.#pop()); return at;
      case 'r': {
        if (stack.length < 2) throw new DcFault('stack empty');
        stack.push(...stack.splice(-2).reverse());
        return at;
      }
      case 'R':
        if (this.#isBusybox) this.#pop();
        else this.#rotate();
        return at;
      case 'z': stack.push(ofInteger(stack.length)); return at;
      case 'Z': { const value = this.#pop(); stack.push(ofInteger(typeof value === 'string' ? [...value].length : this.#arithmetic.length(value))); return at; }
      case 'X': { const value = this.#pop(); stack.push(ofInteger(typeof value === 'string' ? 0 : value.scale)); return at; }
      case 'k': this.#scale = this.#setting('scale', 0, Infinity); return at;
      case 'i': this.#ibase = this.#setting('input base', 2, 16); return at;
      case 'o': this.#obase = this.#setting('output base', 2, Infinity); return at;
      case 'K': stack.push(ofInteger(this.#scale)); return at;
      case 'I': stack.push(ofInteger(this.#ibase)); return at;
      case 'O': stack.push(ofInteger(this.#obase)); return at;
      case 'a': { const value = this.#pop(); stack.push(typeof value === 'string' ? value.slice(0, 1) : String.fromCharCode(Number(rescale(value, 0).digits & 0xffn))); return at; }
      case 'q': throw new DcQuit(2);
      case 'Q': throw new DcQuit(Number(rescale(this.#number(), 0).digits));
      case 's': case 'l': case 'S': case 'L': case ':': case ';':
        return this.#registerCommand(letter, this.#nameAt(text, at));
      default:
        if (this.#isBusybox && this.#booleanCommand(letter)) return at;
        if (this.#isBusybox) throw new DcFault(`bad character '${letter}'`);
        throw new Unimplemented(`'${letter}' (0${letter.charCodeAt(0).toString(8)}) unimplemented`);
    }
  }

  #setting(what: string, least: number, most: number): number {
    const value = Number(rescale(this.#number(), 0).digits);
    if (value >= least && value <= most) return value;
    throw new DcFault(what === 'scale' ? 'scale must be a nonnegative integer' : `${what} must be a number ${most === Infinity ? `greater than ${least - 1}` : `between ${least} and ${most} (inclusive)`}`);
  }

  #modularPower(): void {
    if (this.#stack.length < 3) throw new DcFault('stack empty');
    const operands = [this.#number(), this.#number(), this.#number()];
    const [modulus, exponent, base] = operands.map((value) => rescale(value, 0).digits) as [bigint, bigint, bigint];
    if (this.#isBusybox && modulus !== 0n) {
      if (operands.some(({ scale }) => scale > 0)) throw new DcFault('not an integer');
      if (exponent < 0n) throw new DcFault('negative number');
    }
    if (modulus === 0n) throw new DcFault('remainder by zero');
    let [result, factor] = [1n, base % modulus];
    for (let left = exponent; left > 0n; left >>= 1n) {
      if ((left & 1n) === 1n) result = (result * factor) % modulus;
      factor = (factor * factor) % modulus;
    }
    this.#stack.push(ofInteger(result));
  }

  #rotate(): void {
    const count = Number(rescale(this.#number(), 0).digits);
    const size = Math.min(Math.abs(count), this.#stack.length);
    if (size < 2) return;
    const top = this.#stack.splice(-size);
    if (count > 0) top.push(top.shift()!);
    else top.unshift(top.pop()!);
    this.#stack.push(...top);
  }

  #printBytes(value: Value): void {
    if (typeof value === 'string') return this.#output.print(value);
    const digits = rescale(value, 0).digits;
    const hex = (digits < 0n ? -digits : digits).toString(16);
    this.#output.print(Uint8Array.from(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')));
  }

  /** What FreeBSD's and busybox's have beside GNU's: relations and `not` that push 1 or 0. */
  #booleanCommand(letter: string): boolean {
    const push = (holds: boolean): Decimal[] => [holds ? ONE : ZERO];
    switch (letter) {
      case '(': this.#two((a, b) => push(compare(a, b) > 0)); return true;
      case '{': this.#two((a, b) => push(compare(a, b) >= 0)); return true;
      case 'G': this.#two((a, b) => push(compare(a, b) === 0)); return true;
      case 'N': this.#stack.push(...push(isZero(this.#number()))); return true;
      default: return false;
    }
  }

  /** A register's name. */
  #nameAt(text: string, at: number): { text: string; end: number } {
    const long = this.#hasLongNames ? /[^\S\n]+([a-z0-9_]*)/y : undefined;
    if (long) long.lastIndex = at;
    const found = long?.exec(text);
    return found ? { text: found[1]!, end: at + found[0].length } : { text: text[at] ?? '', end: at + 1 };
  }

  /** Gives where the text goes on. */
  #registerCommand(letter: string, { text: name, end }: { text: string; end: number }): number {
    const register = this.#register(name);
    const empty = (): never => {
      throw new DcFault(letter === 'L' ? `stack register '${name}' (0${name.charCodeAt(0).toString(8)}) is empty` : `register '${name}' (0${name.charCodeAt(0).toString(8)}) is empty`);
    };
    switch (letter) {
      case 's':
        register.stack.splice(-1, 1, this.#pop());
        break;
      case 'S':
        register.stack.push(this.#pop());
        register.arrays.push(new Map());
        break;
      case 'l':
        this.#stack.push(register.stack.at(-1) ?? ZERO);
        break;
      case 'L':
        this.#stack.push(register.stack.pop() ?? empty());
        if (register.arrays.length > 1) register.arrays.pop();
        break;
      case ':': {
        const index = this.#number();
        register.arrays.at(-1)!.set(rescale(index, 0).digits.toString(), this.#pop());
        break;
      }
      default:
        this.#stack.push(register.arrays.at(-1)!.get(rescale(this.#number(), 0).digits.toString()) ?? ZERO);
    }
    return end;
  }
}

/** Where the string ends that begins at `at`. */
function closing(text: string, at: number): number {
  let depth = 1;
  let end = at;
  for (; end < text.length; end++) {
    if (text[end] === '[') depth++;
    else if (text[end] === ']' && --depth === 0) return end;
  }
  return end;
}

export const dc: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'e:f:xVh', { expression: 'required', file: 'required', version: 'no' });
  if (options.has('V', 'version')) {
    output.print('dc (GNU bc 1.07.1) 1.4.1\n');
    return 0;
  }
  const input = new LineReader(process, 0);
  const machine = new Machine(process, output, input, isBusybox(process) && options.has('x'));
  let hasProgram = false;
  try {
    for (const [name, values] of options.given) {
      for (const value of name === 'e' || name === 'expression' ? values : []) {
        hasProgram = true;
        yield* machine.execute(value);
      }
      for (const path of name === 'f' || name === 'file' ? values : []) {
        hasProgram = true;
        yield* machine.execute(decode(process.files.readFile(path)));
      }
    }
    for (const path of options.operands) {
      hasProgram = true;
      yield* machine.execute(decode(process.files.readFile(path)));
    }
    if (hasProgram) return 0;
    // A string may go on over several lines.
    let text = '';
    for (let line = yield* input.next(); line !== undefined; line = yield* input.next()) {
      text += `${decode(line)}\n`;
      const plain = text.replace(/#[^\n]*/g, '');
      if (plain.split('[').length > plain.split(']').length) continue;
      yield* machine.execute(text);
      text = '';
    }
    yield* machine.execute(text);
  } catch (error) {
    // Only what came on standard input makes quitting a failure.
    if (error instanceof DcQuit) return hasProgram ? 0 : 1;
    if (error instanceof BusyboxStop) {
      yield* output.flush();
      yield* process.write(2, encode(`dc: ${error.message}\n`));
      return 1;
    }
    if (!(error instanceof Errno) || error.code === 'EPIPE') throw error;
    yield* output.flush();
    yield* process.write(2, encode(`dc: Could not open file ${options.operands[0] ?? options.value('f', 'file') ?? ''}\n`));
    return 1;
  }
  return 0;
});
