// A piece of an awk program's text: where something is in it, and how errors point there.

export interface Source {
  /** The file as it was named; none for the command line. */
  readonly name: string | undefined;
  readonly text: string;
}

/** A line of a program. */
export interface Location {
  readonly source: Source;
  readonly line: number;
}

/** `prog.awk:3` */
export function placeOf({ source, line }: Location): string {
  return `${source.name ?? 'cmd. line'}:${line}`;
}

/** A program that is none: what gawk says of it, each line to be told under the program's name; `busybox` is what busybox says. */
export class AwkSyntaxError extends Error {
  readonly lines: readonly string[];
  readonly line: number;
  readonly busybox: string;
  constructor(lines: readonly string[], line: number, busybox = 'Unexpected token') {
    super(lines.join('\n'));
    this.lines = lines;
    this.line = line;
    this.busybox = busybox;
  }
}

/** Points into the text: its line, and a caret under the place. */
export function syntaxError(where: Location, offset: number, message: string, busybox?: string): AwkSyntaxError {
  const { text } = where.source;
  const at = Math.min(offset, text.length);
  const begin = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', begin);
  const place = placeOf(where);
  const indent = text.slice(begin, at).replace(/[^\t]/g, ' ');
  return new AwkSyntaxError([`${place}: ${text.slice(begin, end < 0 ? undefined : end)}`, `${place}: ${indent}^ ${message}`], where.line, busybox);
}

/** What is wrong with a program that can be read. */
export function programError(where: Location, message: string, busybox?: string): AwkSyntaxError {
  return programErrors([{ where, message }], busybox);
}

export function programErrors(errors: readonly { where: Location; message: string }[], busybox?: string): AwkSyntaxError {
  return new AwkSyntaxError(errors.map(({ where, message }) => `${placeOf(where)}: error: ${message}`), errors[0]!.where.line, busybox);
}
