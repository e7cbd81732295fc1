// The state of a running awk program: variables, special variables, the record, the main input.
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { complain } from '../../programs/stdio.js';
import { openInput } from '../text-input.js';
import type { AwkManners } from './ast.js';
import { joinBytes, unescapeString } from './lexer.js';
import { Record } from './record.js';
import { RecordReader } from './records.js';
import { awkRegex } from './regex.js';
import { piecesOf, regexSplitter, splitBlanks, type Splitter, splitterOf, widthsSplitter } from './split.js';
import { type Location, placeOf } from './source.js';
import type { Streams } from './streams.js';
import { SymbolTable } from './symbol-table.js';
import { AwkFatal, Cell, InputText, NO_FIELD, RegexText, toBoolean, toNumber, toText, type Value } from './values.js';

/** A special variable is not where others are: reading and writing it does something. */
export interface Special {
  get(): Value;
  set(value: Value): void;
}

export class Runtime {
  readonly process: Process;
  readonly manners: AwkManners;
  readonly streams: Streams;
  readonly globals = new Map<string, Cell>();
  readonly specials: ReadonlyMap<string, Special>;
  readonly record = new Record(splitBlanks);
  #fpat = '[^[:space:]]+';
  #widths = '';
  convfmt = '%.6g';
  ofmt = '%.6g';
  ofs = ' ';
  ors = '\n';
  rs = '\n';
  subsep = '\x1c';
  /** IGNORECASE: expressions and comparisons of texts do not tell capitals from small letters. */
  ignoresCase = false;
  #ignoreCase: Value = 0;
  nr = 0;
  fnr = 0;
  exitCode = 0;
  /** What a function returns, on its way to the caller. */
  returned: Value = undefined;
  /** The cells of the function that runs. */
  frame: Cell[] = [];
  depth = 0;
  /** The statement that runs. */
  where: Location | undefined;
  #fs = ' ';
  /** What FS means, which FPAT or FIELDWIDTHS may stand in for. */
  #fsSplitter: Splitter = splitBlanks;
  #reader: RecordReader | undefined;
  #nextOperand = 1;
  #readsStandardInput = true;
  /** Why the file at hand cannot be read, while the program may still say that it goes on without. */
  #failure: Errno | undefined;
  /** The program looks at every file before it is read, also at those that cannot be. */
  judgesFiles = false;

  constructor(process: Process, streams: Streams, manners: AwkManners) {
    this.process = process;
    this.manners = manners;
    this.streams = streams;
    const text = (get: () => string, set: (text: string) => void): Special => ({ get, set: (value) => set(this.text(value)) });
    const number = (get: () => number, set: (number: number) => void): Special => ({ get, set: (value) => set(toNumber(value)) });
    this.specials = new Map<string, Special>([
      ['FS', text(() => this.#fs, (fs) => this.#setSeparator(fs, this.rs))],
      ['RS', text(() => this.rs, (rs) => this.#setSeparator(this.#fs, rs))],
      // A record that has yet to be put together is so with the separator of before.
      ['OFS', text(() => this.ofs, (ofs) => { this.recordText(); this.ofs = ofs; })],
      ['ORS', text(() => this.ors, (ors) => { this.ors = ors; })],
      ['SUBSEP', text(() => this.subsep, (subsep) => { this.subsep = subsep; })],
      ['CONVFMT', text(() => this.convfmt, (format) => { this.convfmt = format; })],
      ['OFMT', text(() => this.ofmt, (format) => { this.ofmt = format; })],
      ['NF', number(() => this.record.count, (count) => this.#setFieldCount(count))],
      ['NR', number(() => this.nr, (nr) => { this.nr = nr; })],
      ['FNR', number(() => this.fnr, (fnr) => { this.fnr = fnr; })],
      ['FPAT', text(() => this.#fpat, (fpat) => { this.#fpat = fpat; this.#setSplitter((line) => piecesOf(line, awkRegex(fpat, this.ignoresCase)), 'FPAT'); })],
      ['FIELDWIDTHS', text(() => this.#widths, (widths) => this.#setWidths(widths))],
      ['IGNORECASE', { get: () => this.#ignoreCase, set: (value) => this.#setIgnoreCase(value) }],
      ['RT', text(() => this.#reader?.terminator ?? '', () => undefined)],
    ]);
  }

  /** What stands before a message about the program at work. */
  get place(): string {
    const place = this.where ? `${placeOf(this.where)}: ` : '';
    return this.fnr > 0 ? `${place}(FILENAME=${this.text(this.cell('FILENAME').value) || '-'} FNR=${this.fnr}) ` : place;
  }

  /** Notes in ERRNO why something did not work. */
  noteError(error: Errno): void {
    this.cell('ERRNO').value = this.manners === 'busybox' ? error.number : error.message;
  }

  text(value: Value): string {
    return toText(value, this.convfmt);
  }

  cell(name: string): Cell {
    let cell = this.globals.get(name);
    if (!cell) this.globals.set(name, (cell = new Cell(name)));
    if (name === 'SYMTAB' && cell.value === undefined && this.manners === 'gnu') cell.value = new SymbolTable(this);
    return cell;
  }

  #setFieldCount(count: number): void {
    if (count < 0) throw new AwkFatal('NF set to negative value');
    this.record.count = Math.trunc(count);
  }

  /** PROCINFO tells what cuts fields. */
  #noteSplitter(name: 'FS' | 'FPAT' | 'FIELDWIDTHS'): void {
    const procinfo = this.globals.get('PROCINFO');
    if (procinfo?.isArray === true) procinfo.array.set('FS', name);
  }

  #setSplitter(split: Splitter, name: 'FPAT' | 'FIELDWIDTHS'): void {
    this.#noteSplitter(name);
    this.record.settle();
    this.record.split = split;
  }

  #setIgnoreCase(value: Value): void {
    this.#ignoreCase = value;
    const isByFs = this.record.split === this.#fsSplitter;
    this.ignoresCase = toBoolean(value);
    if (isByFs) this.#setSeparator(this.#fs, this.rs);
  }

  #setWidths(widths: string): void {
    const split = widthsSplitter(widths);
    this.#widths = widths;
    this.#setSplitter(split, 'FIELDWIDTHS');
  }

  #setSeparator(fs: string, rs: string): void {
    this.record.settle();
    this.#fs = fs;
    this.rs = rs;
    this.#fsSplitter = this.#splitter(fs, rs);
    this.#noteSplitter('FS');
    this.record.split = this.#fsSplitter;
  }

  #splitter(fs: string, rs: string): Splitter {
    // In paragraph mode a line end separates fields, whatever else does.
    if (rs !== '' || fs === ' ' || fs === '') return splitterOf(fs, this.ignoresCase);
    return regexSplitter(`(${fs.length === 1 ? fs.replace(/[.*[\]^$+?(){}|\\]/, '\\$&') : fs})|\n`, this.ignoresCase);
  }

  // --- fields -----------------------------------------------------------------------------------------------------------------

  readonly #join = (fields: readonly Value[]): string => fields.map((field) => this.text(field)).join(this.ofs);

  recordText(): string {
    return this.record.text(this.#join);
  }

  field(index: number): Value {
    if (index === 0) {
      const text = this.recordText();
      return this.record.isString ? text : new InputText(text);
    }
    if (!(index > 0)) throw new AwkFatal(`attempt to access field ${Math.trunc(index)}`);
    return this.record.field(Math.trunc(index)) ?? (this.manners === 'busybox' ? null : NO_FIELD);
  }

  fieldText(index: number, format = this.convfmt): string {
    if (index === 0) return this.recordText();
    if (!(index > 0)) throw new AwkFatal(`attempt to access field ${index}`);
    const field = this.record.fieldText(Math.trunc(index));
    return typeof field === 'string' ? field : toText(field, format);
  }

  setField(index: number, value: Value): void {
    if (!(index >= 0)) throw new AwkFatal(`attempt to access field ${index}`);
    if (index === 0) this.record.set(this.text(value), typeof value === 'string');
    else this.record.setField(Math.trunc(index), value);
  }

  // --- assignments from outside -----------------------------------------------------------------------------------------------

  /** `-v name=value` and operands like it: the value may look like a number, and escapes in it are read. */
  assign(name: string, text: string): void {
    const regex = /^@\/([^]*)\/$/.exec(text);
    const value = regex ? new RegexText(regex[1]!) : new InputText(joinBytes(unescapeString(text)));
    const special = this.specials.get(name);
    if (special) special.set(value);
    else this.cell(name).value = value;
  }

  // --- the main input ---------------------------------------------------------------------------------------------------------

  /** The next record of the main input; undefined at its end. */
  *nextRecord(): Task<string | undefined> {
    for (;;) {
      if (!this.#reader) {
        if (!(yield* this.#openNext())) return undefined;
        if (!this.#failure || this.judgesFiles) yield* this.onFile('begins');
        if (this.#failure) throw new AwkFatal(`cannot open file \`${this.text(this.cell('FILENAME').value)}' for reading: ${this.#failure.message}`);
        if (!this.#reader) continue;
      }
      const reader = this.#reader as RecordReader;
      const record = reader.take(this.rs, this.ignoresCase) ?? (yield* reader.next(this.rs, this.ignoresCase));
      if (record !== undefined) {
        this.nr++;
        this.fnr++;
        return record;
      }
      yield* this.endFile();
    }
  }

  /** What the program wants to do at the ends of each file (gawk's BEGINFILE and ENDFILE). */
  onFile: (what: 'begins' | 'ends') => Task = function* nothing() {};

  /** The file is done with, read to its end or not. */
  *endFile(): Task {
    if (!this.#reader) return;
    yield* this.onFile('ends');
    this.skipFile();
  }

  /** The next record if it can be had without waiting. */
  takeRecord(): string | undefined {
    const record = this.#reader?.take(this.rs, this.ignoresCase);
    if (record === undefined) return undefined;
    this.nr++;
    this.fnr++;
    return record;
  }

  /** nextfile. */
  skipFile(): void {
    if (this.#reader && this.#reader.fd > 0) this.process.close(this.#reader.fd);
    this.#reader = undefined;
    this.#failure = undefined;
  }

  *#openNext(): Task<boolean> {
    const argv = this.cell('ARGV').array;
    while (this.#nextOperand < toNumber(this.cell('ARGC').value)) {
      const operand = this.text(argv.get(String(this.#nextOperand++)));
      const assignment = /^([A-Za-z_]\w*)=([^]*)$/.exec(operand);
      if (operand === '') continue;
      if (assignment) {
        this.assign(assignment[1]!, assignment[2]!);
        continue;
      }
      this.#readsStandardInput = false;
      this.fnr = 0;
      try {
        if (yield* this.#openFile(operand)) return true;
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        if (this.judgesFiles) this.noteError(error);
        this.#failure = error;
        this.cell('FILENAME').value = operand;
        return true;
      }
    }
    if (!this.#readsStandardInput) return false;
    this.#readsStandardInput = false;
    this.#open(0, '');
    return true;
  }

  /** A folder among the files is left out, unless the program looks at each. */
  *#openFile(operand: string): Task<boolean> {
    const { process } = this;
    if (this.manners === 'gnu' && !this.judgesFiles && operand !== '-' && process.files.exists(operand) && process.files.stat(operand).type === 'directory') {
      yield* this.streams.flushAll();
      yield* complain(process, `${this.place}warning: command line argument \`${operand}' is a directory: skipped`);
      return false;
    }
    const fd = openInput(process, operand === '/dev/stdin' ? '-' : operand);
    if (this.judgesFiles) this.cell('ERRNO').value = '';
    this.#open(fd, operand);
    return true;
  }

  #open(fd: number, name: string): void {
    this.#reader = new RecordReader(this.process, fd, () => this.streams.flushAll());
    this.fnr = 0;
    this.cell('FILENAME').value = name;
  }
}
