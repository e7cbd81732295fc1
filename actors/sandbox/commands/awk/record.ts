// The current record and its fields, each made from the other only when needed.
import { InputText, type Value } from './values.js';
import { cutBlanks, splitBlanks, type Splitter } from './split.js';

const FIELDS_MAX = 1 << 20;

export class Record {
  split: Splitter;
  /** Paragraph mode: line ends separate fields too. */
  separator = ' ';
  #text = '';
  #fields: Value[] = [];
  #isSplit = true;
  #cutAt = 0;
  #isJoined = true;

  constructor(split: Splitter) {
    this.split = split;
  }

  /** Whether the whole was assigned as a string, which is no number whatever it looks like. */
  isString = false;

  /** A new record; fields are cut later, by the separator of now. */
  set(text: string, isString = false): void {
    this.isString = isString;
    this.#text = text;
    this.#fields = [];
    this.#cutAt = 0;
    this.#isSplit = false;
    this.#isJoined = true;
    this.#raw = true;
  }

  /** To be called before FS changes. */
  settle(): void {
    if (!this.#isSplit) this.#cut();
  }

  /** All fields, or as many as are wanted: most programs look at the first few of a line. */
  #cut(wanted = Infinity): void {
    if (this.split === splitBlanks) this.#cutAt = cutBlanks(this.#text, this.#cutAt, this.#fields as string[], wanted);
    else this.#fields = this.split(this.#text);
    this.#isSplit = this.split !== splitBlanks || this.#cutAt < 0;
  }

  /** Whether all fields are plain strings just cut. */
  #raw = false;

  text(join: (fields: readonly Value[]) => string): string {
    if (!this.#isJoined) {
      this.#text = join(this.#fields);
      this.isString = false;
      this.#isJoined = true;
    }
    return this.#text;
  }

  get count(): number {
    if (!this.#isSplit) this.#cut();
    return this.#fields.length;
  }

  set count(count: number) {
    if (!this.#isSplit) this.#cut();
    const size = Math.min(Math.max(0, count), FIELDS_MAX);
    while (this.#fields.length < size) this.#fields.push('');
    this.#fields.length = size;
    this.#isJoined = false;
  }

  /** Field 1… as it is kept: cut fields are strings that stand for input. */
  field(index: number): Value {
    if (!this.#isSplit) this.#cut(index);
    const field = this.#fields[index - 1];
    return typeof field === 'string' && this.#raw ? new InputText(field) : field;
  }

  fieldText(index: number): string | Value {
    if (!this.#isSplit) this.#cut(index);
    return this.#fields[index - 1];
  }

  setField(index: number, value: Value): void {
    if (!this.#isSplit) this.#cut();
    if (this.#raw) {
      this.#fields = this.#fields.map((field) => new InputText(field as string));
      this.#raw = false;
    }
    if (index > FIELDS_MAX) return;
    while (this.#fields.length < index) this.#fields.push(undefined);
    this.#fields[index - 1] = value;
    this.#isJoined = false;
  }
}
