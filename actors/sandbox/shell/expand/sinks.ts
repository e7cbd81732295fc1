// Where the parts of a word go while it is expanded: into fields (split and globbed), or into one string.

/** What a word's parts are poured into. */
export interface Sink {
  /** All becomes one text. */
  readonly isText?: boolean;
  /** Text of the script outside quotes: glob characters are active. */
  literal(text: string): void;
  /** Text that means itself. `''` still makes a field. */
  quoted(text: string): void;
  /** The outcome of an expansion outside quotes. */
  split(text: string): void;
  /** `"$@"`: each value a field, the first and last joined to what is around. */
  list(values: readonly string[]): void;
  /** `$@` or `$*` outside quotes; `star` tells which. */
  splitList(values: readonly string[], star: boolean): void;
  /** `$*` where it is joined by blanks whatever IFS is: in a here-document of bash. */
  star?(values: readonly string[]): void;
  /** A `$*` that an operation has changed, within quotes that hold a `$@` too. */
  besideList?(values: readonly string[]): void;
  /** The values of a `$@` that an operation has changed, in what is assigned. */
  readonly changed?: ((values: readonly string[]) => void) | undefined;
  /** All of it becomes one text, which nothing splits. */
  readonly joins?: true;
}

const GLOB_SPECIAL = /[*?[\]\\!()|+@]/;
const GLOB_ESCAPED = /[*?[\]\\!()|+@^-]/g;
const GLOB_ACTIVE = /[*?[]|[+@!]\(/;

/** Special only between brackets, where the text may come to stand. */
const IN_CLASS = /[-^]/;

/** Makes text stand for itself in a pattern. */
export function escapePattern(text: string): string {
  return GLOB_SPECIAL.test(text) || IN_CLASS.test(text) ? text.replace(GLOB_ESCAPED, '\\$&') : text;
}

/** The same for every character, as bash shows it. */
export function escapeEach(text: string): string {
  return text.replace(/./gsu, '\\$&');
}

/** How IFS splits, worked out once per value of IFS. */
export interface Separators {
  readonly whitespace: ReadonlySet<string>;
  readonly others: ReadonlySet<string>;
  /** Matches any of them; undefined when nothing splits. */
  readonly any: RegExp | undefined;
  readonly text: string;
}

let lastSeparators: Separators | undefined;

export function separatorsOf(ifs: string): Separators {
  if (lastSeparators?.text === ifs) return lastSeparators;
  const characters = [...ifs];
  const whitespace: ReadonlySet<string> = new Set(characters.filter((character) => character === ' ' || character === '\t' || character === '\n'));
  const others: ReadonlySet<string> = new Set(characters.filter((character) => !whitespace.has(character)));
  const any = ifs === '' ? undefined : new RegExp(`[${ifs.replace(/[\]\\^-]/g, '\\$&')}]`, 'u');
  lastSeparators = { whitespace, others, any, text: ifs };
  return lastSeparators;
}

/** Collects fields. `pattern` runs beside `text` with quoted glob characters escaped; it is undefined while it would be the same. */
export class FieldSink implements Sink {
  readonly #separators: Separators;
  readonly #finish: (text: string, pattern: string | undefined) => void;
  #text = '';
  #pattern: string | undefined;
  #hasField = false;
  #mayGlob = false;
  /** The last field was ended by IFS white space, which a following other separator belongs to. */
  #afterWhitespace = false;
  readonly #dropsEmpty: boolean;

  /** `finish` gets each field, with its pattern where pathname expansion is due; dash drops the empty ones of an unquoted `$@` whatever IFS is. */
  constructor(separators: Separators, finish: (text: string, pattern: string | undefined) => void, dropsEmpty = false) {
    this.#separators = separators;
    this.#dropsEmpty = dropsEmpty;
    this.#finish = finish;
  }

  literal(text: string): void {
    this.#text += text;
    if (this.#pattern !== undefined) this.#pattern += text;
    this.#hasField = true;
    this.#afterWhitespace = false;
    if (!this.#mayGlob && GLOB_ACTIVE.test(text)) this.#mayGlob = true;
  }

  quoted(text: string): void {
    const escaped = escapePattern(text);
    if (escaped !== text) this.#pattern ??= this.#text;
    this.#text += text;
    if (this.#pattern !== undefined) this.#pattern += escaped;
    this.#hasField = true;
    this.#afterWhitespace = false;
  }

  split(text: string): void {
    if (text === '') return;
    const { any } = this.#separators;
    if (any === undefined || !any.test(text)) {
      this.#unquoted(text);
      return;
    }
    this.#splitSlowly(text);
  }

  #unquoted(text: string): void {
    this.#text += text;
    if (this.#pattern !== undefined) this.#pattern += text;
    this.#hasField = true;
    this.#afterWhitespace = false;
    if (!this.#mayGlob && (GLOB_ACTIVE.test(text) || text.includes('\\'))) this.#mayGlob = true;
  }

  #splitSlowly(text: string): void {
    const { whitespace, others } = this.#separators;
    let start = 0;
    let at = 0;
    const flush = (): void => {
      if (at > start) this.#unquoted(text.slice(start, at));
    };
    while (at < text.length) {
      const code = text.codePointAt(at)!;
      const character = String.fromCodePoint(code);
      if (whitespace.has(character)) {
        flush();
        if (this.#hasField) {
          this.end();
          this.#afterWhitespace = true;
        }
        start = ++at;
      } else if (others.has(character)) {
        flush();
        if (this.#afterWhitespace && !this.#hasField) this.#afterWhitespace = false;
        else this.#endEven();
        at += character.length;
        start = at;
      } else {
        at += character.length;
      }
    }
    flush();
  }

  list(values: readonly string[]): void {
    values.forEach((value, index) => {
      if (index > 0) this.end();
      this.quoted(value);
    });
  }

  splitList(values: readonly string[]): void {
    const { others, text } = this.#separators;
    if (this.#dropsEmpty) {
      values.forEach((value, index) => {
        if (index > 0) this.end();
        this.split(value);
      });
      return;
    }
    const [first = ''] = text;
    let isFirst = true;
    for (const value of values) {
      if (!isFirst) {
        // As if joined by the first character of IFS: one that is no white space keeps the empty ones apart.
        if (others.has(first)) this.split(first);
        else this.end();
      }
      this.split(value);
      isFirst = false;
    }
  }

  /** Ends the current field, where there is one. */
  end(): void {
    if (this.#hasField) this.#endEven();
  }

  #endEven(): void {
    this.#finish(this.#text, this.#mayGlob ? this.#pattern ?? this.#text : undefined);
    this.#text = '';
    this.#pattern = undefined;
    this.#hasField = false;
    this.#mayGlob = false;
    this.#afterWhitespace = false;
  }
}

/** Passes on what is something: an empty text makes no field here. */
export class QuietSink implements Sink {
  readonly #sink: Sink;
  constructor(sink: Sink) {
    this.#sink = sink;
  }
  get isText(): boolean {
    return this.#sink.isText === true;
  }
  get changed(): ((values: readonly string[]) => void) | undefined {
    return this.#sink.changed && ((values) => this.#sink.changed!(values));
  }
  literal(text: string): void {
    this.#sink.literal(text);
  }
  quoted(text: string): void {
    if (text !== '') this.#sink.quoted(text);
  }
  split(text: string): void {
    this.#sink.split(text);
  }
  list(values: readonly string[]): void {
    this.#sink.list(values);
  }
  splitList(values: readonly string[], star: boolean): void {
    this.#sink.splitList(values, star);
  }
  besideList(values: readonly string[]): void {
    this.#sink.list(values);
  }
}

/** A here-document of bash: with a `$@` somewhere in it, `$*` is split. Its fields are joined by blanks. */
export class DocumentSink extends FieldSink {
  readonly #splits: boolean;
  readonly #separates: boolean;
  constructor(separators: Separators, finish: (text: string) => void, splits: boolean) {
    super(separators, finish);
    this.#splits = splits;
    this.#separates = separators.any !== undefined;
  }

  star(values: readonly string[]): void {
    if (!this.#splits) this.quoted(values.join(' '));
    else if (this.#separates) this.split(values.join(' '));
    else this.quoted(values.filter((value) => value !== '').join(' '));
  }
}

/** Collects one string; `escape` treats what means itself (patterns, regular expressions), `raw` what does not. */
export class TextSink implements Sink {
  readonly isText = true;
  readonly joins = true;
  text = '';
  readonly #escape: ((text: string) => string) | undefined;
  readonly #joint: string;
  readonly #between: string;

  /** `joint` is what `$*` is joined with (the first character of IFS), `between` what `$@` is. */
  constructor(joint: string, escape?: (text: string) => string, between = ' ') {
    this.#joint = joint;
    this.#between = between;
    this.#escape = escape;
  }

  literal(text: string): void {
    this.text += text;
  }

  quoted(text: string): void {
    this.text += this.#escape ? this.#escape(text) : text;
  }

  split(text: string): void {
    this.text += text;
  }

  list(values: readonly string[]): void {
    this.quoted(values.join(this.#between));
  }

  splitList(values: readonly string[], star: boolean): void {
    this.text += values.join(star ? this.#joint : this.#between);
  }
}

/** What is assigned: there bash joins the values of a `$@` that an operation has changed as it joins `$*`. */
export class AssignedSink extends TextSink {
  readonly #changedJoint: string;
  constructor(joint: string) {
    super(joint);
    this.#changedJoint = joint === '' ? ' ' : joint;
  }

  readonly changed = (values: readonly string[]): void => this.quoted(values.join(this.#changedJoint));
}

/** What begins an expansion or a quote, or ends a subscript. */
const SUBSCRIPT_SPECIAL = /[[\]$`~\\'"]/g;

/** Collects the inside of a subscript that will be read once more: what has been quoted or expanded means itself then. */
export class SubscriptSink extends TextSink {
  constructor(joint: string) {
    super(joint, (text) => text.replace(SUBSCRIPT_SPECIAL, '\\$&'));
  }

  override split(text: string): void {
    this.quoted(text);
  }

  override splitList(values: readonly string[]): void {
    this.list(values);
  }
}
