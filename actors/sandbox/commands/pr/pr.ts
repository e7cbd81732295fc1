// pr: files in pages with headers, in one or several columns, or side by side.
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import type { Task } from '../../kernel/wait.js';
import { command, complain, type Output, UsageError } from '../../programs/stdio.js';
import { formatDate } from '../common/dates/format.js';
import { nowMs } from '../common/dates/now.js';
import { zoneOf } from '../common/dates/zone.js';
import { latin1 } from '../text-stream.js';
import { openInput } from '../text-input.js';
import { ColumnInput } from './column-input.js';
import { MARGIN_LINES, type Settings, settingsOf } from './options.js';
import { type Page, Pages } from './page.js';
import { Row } from './row.js';

class Printer {
  readonly #process: Process;
  readonly #output: Output;
  readonly #settings: Settings;
  failed = false;

  constructor(process: Process, output: Output, settings: Settings) {
    this.#process = process;
    this.#output = output;
    this.#settings = settings;
  }

  /** The files as columns side by side, or the one file. */
  *print(names: readonly string[]): Task {
    const opened: number[] = [];
    for (const name of names) {
      try {
        opened.push(openInput(this.#process, name));
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        if (error.code === 'EISDIR') throw new UsageError(`${name}: ${error.message}`);
        this.failed = true;
        if (!this.#settings.isSilent) yield* complain(this.#process, `${name}: ${error.message}`);
      }
    }
    if (opened.length > 0) yield* this.#pages(names[0]!, opened);
    for (const fd of opened) if (fd > 0) this.#process.close(fd);
  }

  *#pages(name: string, opened: readonly number[]): Task {
    const { firstPage, lastPage } = this.#settings;
    const pages = new Pages(this.#settings, opened.map((fd) => new ColumnInput(this.#process, fd)));
    for (let number = 1; number < firstPage; number++) {
      yield* pages.next();
      if (pages.isEnded) return yield* complain(this.#process, `starting page number ${firstPage} exceeds page count ${number}`);
    }
    pages.restartNumbers();
    const title = this.#title(name);
    for (let number = firstPage; number <= lastPage && !pages.isEnded; number++) {
      const page = yield* pages.next();
      yield* this.#page(page, title(`Page ${number}`));
    }
  }

  /** The header's line, around the page's number. */
  #title(name: string): (page: string) => string {
    const { isMerged, header, dateFormat, pageWidth, margin } = this.#settings;
    const isNamed = !isMerged && name !== '-';
    const timeMs = isNamed ? this.#process.files.stat(name).mtimeMs : nowMs();
    const date = formatDate(dateFormat, timeMs, zoneOf(this.#process));
    const text = header ?? (isNamed ? name : '');
    return (page) => {
      const free = Math.max(0, pageWidth - date.length - text.length - page.length);
      const left = free >> 1;
      return latin1(`${' '.repeat(margin)}${date}${' '.repeat(Math.max(1, left))}${text}${' '.repeat(Math.max(1, free - left))}${page}`);
    };
  }

  *#page({ rows, isFed, isEndKnown }: Page, title: string): Task {
    const { hasHeaders, bodyLines, isDoubleSpaced, endsWithFormFeed, keepsFormFeeds } = this.#settings;
    const isShown = rows.length > 0 || (isFed && hasHeaders);
    const lineEnd = isDoubleSpaced ? '\n\n' : '\n';
    if (isShown && hasHeaders) this.#put(`${Row.margin(this.#settings)}\n\n${title}\n\n\n`);
    for (const [at, cells] of rows.entries()) {
      const row = new Row(this.#settings);
      cells.forEach((cell, index) => row.add(index, cell));
      const isLast = at === rows.length - 1;
      this.#put(row.text + (isLast && isEndKnown && !hasHeaders && rows.length < bodyLines ? '\n' : lineEnd));
      if (this.#output.isFull) yield* this.#output.flush();
    }
    if (isShown && hasHeaders && endsWithFormFeed) this.#put(rows.length === 0 ? '\n\f' : '\f');
    else if (isShown && hasHeaders) this.#put('\n'.repeat((bodyLines - rows.length) * lineEnd.length + MARGIN_LINES));
    else if (isFed && keepsFormFeeds) this.#put('\f');
  }

  #put(bytes: string): void {
    this.#output.print(Buffer.from(bytes, 'latin1'));
  }
}

export const pr: Main = command(function* (process, output) {
  const settings = settingsOf(process.argv);
  const printer = new Printer(process, output, settings);
  const { files, isMerged } = settings;
  if (isMerged) yield* printer.print(files);
  else for (const file of files.length > 0 ? files : ['-']) yield* printer.print([file]);
  return printer.failed ? 1 : 0;
});
