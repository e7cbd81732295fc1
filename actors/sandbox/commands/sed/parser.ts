// Parses sed scripts (POSIX and GNU's extensions).
import { type CompiledRegex, compileRegex, RegexSyntaxError } from '../../regex/posix-regex.js';
import { type Address, type SedCommand, SedScriptError, type Substitution } from './script.js';
import { delimited, parseReplacement, plainText, regexText } from './text.js';

export interface ParserSettings {
  extended: boolean;
  /** Nothing beyond POSIX. */
  posix: boolean;
  sandbox: boolean;
  /** With -z a line is what lies between NULs, also for M. */
  nullData: boolean;
  /** Where one -e or -f ends and the next begins: POSIX lets no command go on there. */
  partEnds: ReadonlySet<number>;
}

/** Of GNU's sed, whose extensions are here. */
const VERSION = [4, 9] as const;
const KNOWN = '{}=abcdDeFgGhHilnNpPqQrRstTvwWxyz:#';
/** Commands that POSIX does not have, and those that take one address only there. */
const BEYOND_POSIX = 'eFvzQTRW', POSIX_ONE_ADDRESS = '=ailr';

/** Not a byte that is no character, which stands as U+DC80 and up. */
const MULTIBYTE = /[\u0080-\udbff\ue000-\uffff]/;

/** Throws SedScriptError in GNU's words; where it is, `position` says. */
export class SedParser {
  readonly #text: string;
  readonly #settings: ParserSettings;
  readonly #commands: SedCommand[] = [];
  readonly #blocks: number[] = [];
  #at = 0;

  constructor(text: string, settings: ParserSettings) {
    this.#text = text;
    this.#settings = settings;
  }

  /** How many characters were read when parsing ended. */
  get position(): number {
    return this.#at;
  }

  parse(): SedCommand[] {
    for (;;) {
      this.#skip(/[\s;]/);
      if (this.#at >= this.#text.length) break;
      this.#command();
    }
    if (this.#blocks.length > 0) {
      this.#at = 0;
      throw new SedScriptError("unmatched `{'");
    }
    this.#resolveLabels();
    return this.#commands;
  }

  #skip(characters: RegExp): void {
    while (this.#at < this.#text.length && characters.test(this.#text[this.#at]!)) this.#at++;
  }

  #fail(message: string): never {
    throw new SedScriptError(message);
  }

  #command(): void {
    const from = this.#address();
    let to: Address | undefined;
    if (from) {
      this.#skip(/[ \t]/);
      if (this.#text[this.#at] === ',') {
        this.#at++;
        this.#skip(/[ \t]/);
        to = this.#secondAddress() ?? this.#unexpectedComma();
      }
    }
    const readsFirst = to === undefined && /^[ \t]*r/.test(this.#text.slice(this.#at, this.#at + 16));
    if (from?.kind === 'line' && from.line === 0 && !readsFirst && (to?.kind !== 'regex' || this.#settings.posix)) {
      this.#at++;
      this.#fail('invalid usage of line address 0');
    }
    this.#skip(/[ \t]/);
    let negated = false;
    while (this.#text[this.#at] === '!') {
      this.#at++;
      if (negated) this.#fail("multiple `!'s");
      negated = true;
      this.#skip(/[ \t]/);
    }
    const name = this.#text[this.#at++];
    if (name === undefined || name === '\n') {
      if (name === undefined) this.#at = this.#text.length;
      this.#fail('missing command');
    }
    if (!from && (name === '+' || name === '~')) {
      this.#at++;
      this.#fail('invalid usage of +N or ~N as first address');
    }
    if (!KNOWN.includes(name) || (this.#settings.posix && BEYOND_POSIX.includes(name))) this.#fail(`unknown command: \`${name}'`);
    if (from && name === ':') this.#fail(': doesn\'t want any addresses');
    if (from && name === '#') this.#fail('comments don\'t accept any addresses');
    if (from && name === '}') this.#fail(this.#blocks.length > 0 ? "`}' doesn't want any addresses" : "unexpected `}'");
    if (to && ('qQ'.includes(name) || (this.#settings.posix && POSIX_ONE_ADDRESS.includes(name)))) this.#fail('command only uses one address');
    const command: SedCommand = { name, ...(from ? { from } : {}), ...(to ? { to } : {}), negated, text: '', number: undefined, target: -1, open: false, openUntil: 0, closed: false };
    if (from?.kind === 'line' && from.line === 0) {
      command.open = true;
      command.openUntil = Infinity;
    }
    this.#body(command);
  }

  #unexpectedComma(): never {
    this.#at++;
    return this.#fail("unexpected `,'");
  }

  #body(command: SedCommand): void {
    const { name } = command;
    if ('erRwW'.includes(name)) this.#refuseInSandbox();
    if (name === '#') {
      const end = this.#text.indexOf('\n', this.#at);
      this.#at = end < 0 ? this.#text.length : end;
      return;
    }
    if (name === '{') {
      this.#blocks.push(this.#commands.push(command) - 1);
      return;
    }
    if (name === '}') {
      const open = this.#blocks.pop();
      if (open === undefined) this.#fail("unexpected `}'");
      this.#commands[open]!.target = this.#commands.length;
      return this.#end();
    }
    this.#commands.push(command);
    if ('aic'.includes(name)) command.text = this.#insertedText();
    else if (':btT'.includes(name)) command.text = this.#label(name);
    else if ('rRwW'.includes(name)) command.text = this.#fileName();
    else if (name === 'e') command.text = this.#restOfLine();
    else if (name === 's') command.substitution = this.#substitution();
    else if (name === 'y') this.#setTranslation(command);
    else {
      if ('qQl'.includes(name) && !this.#settings.posix) command.number = this.#number();
      if (name === 'v') this.#judgeVersion(this.#restOfLine());
      this.#end();
    }
  }

  #refuseInSandbox(): void {
    if (this.#settings.sandbox) this.#fail('e/r/w commands disabled in sandbox mode');
  }

  /** v: the version of GNU's sed that a script needs. */
  #judgeVersion(text: string): void {
    const [major = 0, minor = 0] = text.trim().split('.').map(Number);
    if (major > VERSION[0] || (major === VERSION[0] && minor > VERSION[1])) this.#fail('expected newer version of sed');
  }

  /** What may follow a command: `;`, `}`, a comment, the end of the line. */
  #end(): void {
    this.#skip(/[ \t\r]/);
    const next = this.#text[this.#at];
    if (next === undefined || next === '}' || next === '#') return;
    this.#at++;
    if (next !== ';' && next !== '\n') this.#fail('extra characters after command');
  }

  #number(): number | undefined {
    this.#skip(/[ \t]/);
    const digits = /^\d+/.exec(this.#text.slice(this.#at, this.#at + 16))?.[0];
    if (digits === undefined) return undefined;
    this.#at += digits.length;
    return Number(digits);
  }

  #address(): Address | undefined {
    const character = this.#text[this.#at];
    if (character === undefined) return undefined;
    if (/\d/.test(character)) {
      const line = this.#number()!;
      this.#skip(/[ \t]/);
      if (this.#text[this.#at] !== '~' || this.#settings.posix) return { kind: 'line', line };
      this.#at++;
      return { kind: 'step', first: line, step: this.#number() ?? 0 };
    }
    if (character === '$') {
      this.#at++;
      return { kind: 'last' };
    }
    if (character !== '/' && character !== '\\') return undefined;
    const delimiter = character === '/' ? '/' : this.#text[this.#at + 1] ?? '';
    this.#at += character === '/' ? 1 : 2;
    const found = delimited(this.#text, this.#at, delimiter, true);
    if (!found) {
      this.#at = this.#text.length;
      this.#fail('unterminated address regex');
    }
    this.#at = found.end;
    const flags = this.#settings.posix ? '' : /^[IM]*/.exec(this.#text.slice(this.#at, this.#at + 16))![0];
    this.#at += flags.length;
    return { kind: 'regex', regex: this.#regex(found.piece, flags.includes('I'), flags.includes('M')) };
  }

  #secondAddress(): Address | undefined {
    const sign = this.#text[this.#at];
    if ((sign !== '+' && sign !== '~') || this.#settings.posix) return this.#address();
    this.#at++;
    const count = this.#number() ?? this.#fail('expected number');
    return sign === '+' ? { kind: 'count', count } : { kind: 'multiple', multiple: count };
  }

  #regex(piece: string, ignoreCase: boolean, multiline: boolean): CompiledRegex | undefined {
    if (piece === '') {
      if (ignoreCase || multiline) this.#fail('cannot specify modifiers on empty regexp');
      return undefined;
    }
    try {
      return compileRegex(regexText(piece, this.#settings), { extended: this.#settings.extended, ignoreCase, multiline: multiline && !this.#settings.nullData });
    } catch (error) {
      if (error instanceof RegexSyntaxError) this.#fail(error.message);
      throw error;
    }
  }

  #restOfLine(): string {
    this.#skip(/[ \t]/);
    const end = this.#text.indexOf('\n', this.#at);
    const text = this.#text.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end + 1;
    return text;
  }

  #fileName(): string {
    return this.#restOfLine() || this.#fail('missing filename in r/R/w/W commands');
  }

  #label(name: string): string {
    this.#skip(/[ \t]/);
    const label = /^[^\s;}#]*/.exec(this.#text.slice(this.#at))![0];
    if (name === ':' && label === '') this.#fail('":" lacks a label');
    this.#at += label.length;
    // Behind a label that is set a blank is enough.
    if (name !== ':') this.#end();
    return label;
  }

  #insertedText(): string {
    this.#skip(/[ \t]/);
    if (this.#at >= this.#text.length) this.#fail("expected \\ after `a', `c' or `i'");
    if (this.#text[this.#at] === '\\') {
      this.#at++;
      const blank = /^[ \t]*\n/.exec(this.#text.slice(this.#at));
      if (this.#settings.posix && (this.#at >= this.#text.length || this.#settings.partEnds.has(this.#at))) this.#fail('incomplete command');
      if (blank) this.#at += blank[0].length;
      else if (this.#at >= this.#text.length) return '';
    } else if (this.#settings.posix) {
      this.#at++;
      this.#fail("expected \\ after `a', `c' or `i'");
    }
    let end = this.#at;
    while (end < this.#text.length && this.#text[end] !== '\n') end += this.#text[end] === '\\' ? 2 : 1;
    const text = this.#text.slice(this.#at, end);
    this.#at = Math.min(this.#text.length, end + 1);
    return `${plainText(text)}\n`;
  }

  #piece(delimiter: string, isRegex: boolean, command: 's' | 'y'): string {
    const found = delimited(this.#text, this.#at, delimiter, isRegex);
    if (!found) {
      this.#at = this.#text.length;
      return this.#fail(`unterminated \`${command}' command`);
    }
    this.#at = found.end;
    return found.piece;
  }

  #delimiter(command: 's' | 'y'): string {
    const delimiter = this.#text[this.#at];
    if (delimiter !== undefined) this.#at++;
    if (delimiter === undefined || delimiter === '\n' || delimiter === '\\') return this.#fail(`unterminated \`${command}' command`);
    if (MULTIBYTE.test(delimiter)) this.#fail('delimiter character is not a single-byte character');
    return delimiter;
  }

  #substitution(): Substitution {
    const delimiter = this.#delimiter('s');
    const pattern = this.#piece(delimiter, true, 's');
    const { posix } = this.#settings;
    const parts = parseReplacement(this.#piece(delimiter, false, 's'), posix);
    const result: Substitution = { regex: undefined, parts, plain: undefined, global: false, nth: 0, print: undefined, evaluate: false, file: undefined };
    let ignoreCase = false;
    let multiline = false;
    for (;;) {
      const flag = this.#text[this.#at];
      if (flag === undefined || flag === '}' || flag === '#') break;
      if (/[1-9]/.test(flag)) {
        const isSecond = result.nth > 0;
        result.nth = this.#number()!;
        if (isSecond) this.#fail("multiple number options to `s' command");
        continue;
      }
      this.#at++;
      if (flag === '\n' || flag === ';') break;
      if (flag === '\r' && this.#text[this.#at] === '\n') continue;
      if ((flag === 'g' && result.global) || (flag === 'p' && result.print !== undefined)) this.#fail(`multiple \`${flag}' options to \`s' command`);
      if (posix && 'iImMe'.includes(flag)) this.#fail("unknown option to `s'");
      if (flag === 'e' || flag === 'w') this.#refuseInSandbox();
      if (flag === 'g') result.global = true;
      else if (flag === 'p') result.print = result.evaluate ? 'after' : 'before';
      else if (flag === 'i' || flag === 'I') ignoreCase = true;
      else if (flag === 'm' || flag === 'M') multiline = true;
      else if (flag === 'e') result.evaluate = true;
      else if (flag === '0') this.#fail("number option to `s' command may not be zero");
      else if (flag === 'w') {
        result.file = this.#fileName();
        break;
      } else if (flag !== ' ' && flag !== '\t') this.#fail("unknown option to `s'");
    }
    result.nth ||= 1;
    result.regex = this.#regex(pattern, ignoreCase, multiline);
    const highest = Math.max(0, ...parts.map((part) => (part.kind === 'group' ? part.group : 0)));
    if (result.regex && highest > result.regex.groups && !posix) this.#fail(`invalid reference \\${highest} on \`s' command's RHS`);
    if (parts.length === 0) result.plain = '';
    else if (parts[0]!.kind === 'text' && parts.length === 1) result.plain = (parts[0] as { text: string }).text;
    return result;
  }

  #setTranslation(command: SedCommand): void {
    const delimiter = this.#delimiter('y');
    const unescape = (text: string): string[] => [...plainText(text)];
    const from = unescape(this.#piece(delimiter, false, 'y'));
    const to = unescape(this.#piece(delimiter, false, 'y'));
    if (from.length !== to.length) this.#fail("strings for `y' command are different lengths");
    this.#end();
    const map = new Map<string, string>();
    from.forEach((character, i) => { if (!map.has(character)) map.set(character, to[i]!); });
    command.translation = map;
    command.translated = new RegExp(`[${[...map.keys()].map((character) => `\\u{${character.codePointAt(0)!.toString(16)}}`).join('')}]`, 'gu');
  }

  #resolveLabels(): void {
    const labels = new Map<string, number>();
    this.#commands.forEach((command, i) => command.name === ':' && labels.set(command.text, i));
    for (const command of this.#commands) {
      if (!'btT'.includes(command.name)) continue;
      const target = command.text === '' ? this.#commands.length : labels.get(command.text);
      if (target === undefined) throw new SedScriptError(`-: can't find label for jump to \`${command.text}'`);
      command.target = target;
    }
  }
}
