// One command line of ed: its addresses, and the pieces that follow them.
import { type CompiledRegex, compileRegex, RegexSyntaxError } from '../../regex/posix-regex.js';
import { delimited } from '../sed/text.js';
import { type EditBuffer, EditError } from './buffer.js';

export class CommandLine {
  readonly #buffer: EditBuffer;
  readonly #extended: boolean;
  /** The last one, for which an empty one stands. */
  #regex: CompiledRegex | undefined;
  text = '';
  /** How far it has been read. */
  at = 0;

  constructor(buffer: EditBuffer, extended: boolean) {
    this.#buffer = buffer;
    this.#extended = extended;
  }

  #skipBlanks(): void {
    while (this.text[this.at] === ' ' || this.text[this.at] === '\t') this.at++;
  }

  #number(): number | undefined {
    const digits = /^\d+/.exec(this.text.slice(this.at))?.[0];
    if (digits === undefined) return undefined;
    this.at += digits.length;
    return Number(digits);
  }

  #base(): number | undefined {
    this.#skipBlanks();
    const letter = this.text[this.at];
    if (letter === '.' || letter === '$') {
      this.at++;
      return letter === '.' ? this.#buffer.current : this.#buffer.last;
    }
    if (letter === "'") {
      const mark = this.#buffer.marks.get(this.text[this.at + 1] ?? '');
      this.at += 2;
      const number = mark ? this.#buffer.numberOf(mark) : 0;
      if (number === 0) throw new EditError('Invalid address');
      return number;
    }
    if (letter === '/' || letter === '?') return this.#search(letter);
    const number = this.#number();
    return number ?? (letter === '+' || letter === '-' ? this.#buffer.current : undefined);
  }

  #search(delimiter: string): number {
    const regex = this.pattern(delimiter);
    const { last, current } = this.#buffer;
    for (let step = 1; step <= last; step++) {
      const number = delimiter === '/' ? ((current + step - 1) % last) + 1 : ((((current - step - 1) % last) + last) % last) + 1;
      if (regex.test(this.#buffer.line(number).text)) return number;
    }
    throw new EditError('No match');
  }

  /** The expression between two delimiters; the closing one may be missing at the end of the line. */
  pattern(delimiter: string): CompiledRegex {
    const found = delimited(this.text, this.at + 1, delimiter, true) ?? { piece: this.text.slice(this.at + 1), end: this.text.length };
    this.at = found.end;
    if (found.piece === '') {
      if (!this.#regex) throw new EditError('No previous pattern');
      return this.#regex;
    }
    try {
      return (this.#regex = compileRegex(found.piece, { extended: this.#extended }));
    } catch (error) {
      if (error instanceof RegexSyntaxError) throw new EditError(error.message);
      throw error;
    }
  }

  address(): number | undefined {
    let number = this.#base();
    for (;;) {
      this.#skipBlanks();
      const sign = this.text[this.at];
      if (number === undefined || (sign !== '+' && sign !== '-' && !/\d/.test(sign ?? ''))) break;
      if (sign === '+' || sign === '-') this.at++;
      number += (this.#number() ?? 1) * (sign === '-' ? -1 : 1);
    }
    if (number !== undefined && (number < 0 || number > this.#buffer.last)) throw new EditError('Invalid address');
    return number;
  }

  range(): number[] {
    const addresses: (number | undefined)[] = [];
    for (;;) {
      const address = this.address();
      this.#skipBlanks();
      const separator = this.text[this.at];
      if (separator !== ',' && separator !== ';' && separator !== '%') {
        if (address !== undefined || addresses.length > 0) addresses.push(address);
        break;
      }
      this.at++;
      if (separator === ';' && address !== undefined) this.#buffer.current = address;
      addresses.push(address ?? (addresses.length > 0 ? addresses.at(-1) : separator === ';' ? this.#buffer.current : 1));
      if (separator === '%') {
        addresses.push(this.#buffer.last);
        break;
      }
    }
    if (addresses.length > 1 && addresses.at(-1) === undefined) addresses[addresses.length - 1] = addresses.length === 2 && /^\s*[,;]/.test(this.text) ? this.#buffer.last : addresses.at(-2);
    return (addresses as number[]).slice(-2);
  }

  /** Two addresses, or what stands for them. */
  lines(given: readonly number[], from = this.#buffer.current, to = from): [number, number] {
    const [low, high] = given.length === 0 ? [from, to] : given.length === 1 ? [given[0]!, given[0]!] : [given[0]!, given[1]!];
    if (low < 1 || low > high || high > this.#buffer.last) throw new EditError('Invalid address');
    return [low, high];
  }

  end(): void {
    if (this.text.slice(this.at).trim() !== '') throw new EditError('Invalid command suffix');
  }

  /** Letters that print what a command leaves as the current line. */
  suffix(): string {
    const how = this.text.slice(this.at).trim();
    if (!/^[pnl]*$/.test(how)) throw new EditError('Invalid command suffix');
    return how;
  }

  name(): string {
    const rest = this.text.slice(this.at);
    if (rest !== '' && !/^[ \t]/.test(rest)) throw new EditError('Unexpected command suffix');
    return rest.trim();
  }
}
