// pr's command line: what is asked for, and the layout that follows from it.
import { parseOptions, UsageError, usageError } from '../../programs/stdio.js';
import { quoteName } from '../common/quote.js';

const SHORT = 'D:FJN:S::TW:abcde::fh:i::l:mn::o:rs::tvw:';
const LONG = {
  pages: 'required', columns: 'required', across: 'no', 'show-control-chars': 'no', 'double-space': 'no', 'date-format': 'required', 'expand-tabs': 'optional', 'form-feed': 'no', header: 'required',
  'output-tabs': 'optional', 'join-lines': 'no', length: 'required', merge: 'no', 'number-lines': 'optional', 'first-line-number': 'required', indent: 'required', 'no-file-warnings': 'no',
  separator: 'optional', 'sep-string': 'optional', 'omit-header': 'no', 'omit-pagination': 'no', 'show-nonprinting': 'no', width: 'required', 'page-width': 'required',
} as const;
const INT_MAX = 2 ** 31 - 1;
/** Of a page's header and of its footer. */
export const MARGIN_LINES = 5;

export interface Tab {
  readonly char: string;
  readonly width: number;
}

export interface Settings {
  readonly files: readonly string[];
  readonly isMerged: boolean;
  readonly isAcross: boolean;
  readonly columns: number;
  readonly firstPage: number;
  readonly lastPage: number;
  readonly bodyLines: number;
  readonly hasHeaders: boolean;
  readonly keepsFormFeeds: boolean;
  readonly endsWithFormFeed: boolean;
  readonly isDoubleSpaced: boolean;
  readonly header: string | undefined;
  readonly dateFormat: string;
  readonly pageWidth: number;
  readonly columnWidth: number;
  /** Whether lines are cut at the width of their column. */
  readonly truncates: boolean;
  readonly separator: string;
  readonly margin: number;
  readonly inputTab: Tab;
  readonly expandsTabs: boolean;
  readonly outputTab: Tab;
  readonly makesTabs: boolean;
  readonly nonPrinting: 'as it is' | 'octal' | 'caret';
  readonly number: (Tab & { /** Of the number and what follows it. */ readonly wholeWidth: number; readonly start: number; /** Whether skipped lines count. */ readonly countsSkipped: boolean }) | undefined;
  readonly isSilent: boolean;
}

/** Takes the digits of `-3`, `-t3` or `-13a` out of the words: they are the count of columns, the last run of them. */
function takeColumns(argv: readonly string[]): { words: string[]; columns: string | undefined } {
  const words: string[] = [argv[0]!];
  let columns: string | undefined;
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === '--') return { words: [...words, ...argv.slice(i)], columns };
    if (!/^-[^-]/.test(word)) {
      words.push(word);
      continue;
    }
    let kept = '-';
    let at = 1;
    for (let run = ''; at < word.length; at++) {
      const letter = word[at]!;
      if (/\d/.test(letter)) {
        run += letter;
        columns = run;
        continue;
      }
      run = '';
      kept += letter;
      const known = SHORT.indexOf(letter);
      if (SHORT[known + 1] !== ':') continue;
      kept += word.slice(at + 1);
      break;
    }
    if (kept !== '-') words.push(kept);
    const last = SHORT.indexOf(word.at(-1)!);
    if (at === word.length - 1 && SHORT[last + 1] === ':' && SHORT[last + 2] !== ':' && i + 1 < argv.length) words.push(argv[++i]!);
  }
  return { words, columns };
}

function count(text: string, min: number, what: string): number {
  if (!/^[ \t]*[+-]?\d+$/.test(text)) throw new UsageError(`${what}: ${quoteName(text)}`);
  const value = Number(text);
  if (value > INT_MAX || value < min) throw new UsageError(`${what}: ${quoteName(text)}: ${value > INT_MAX ? 'Value too large for defined data type' : 'Numerical result out of range'}`);
  return value;
}

/** `[CHAR][WIDTH]` of -e, -i and -n. */
function tab(argv: readonly string[], letter: string, text: string | undefined, char: string, width: number): Tab {
  if (text === undefined || text === '') return { char, width };
  const digits = /^\d/.test(text) ? text : text.slice(1);
  if (digits !== '' && (!/^\+?\d+$/.test(digits) || Number(digits) === 0)) throw usageError(argv, `'-${letter}' extra characters or invalid number in the argument: ${quoteName(digits)}`);
  return { char: digits === text ? char : text[0]!, width: digits === '' ? width : Number(digits) };
}

function pagesOf(text: string): [number, number] | undefined {
  const match = /^(\d+)(?::(\d+))?$/.exec(text);
  if (!match || Number(match[1]) === 0) return undefined;
  const last = match[2] === undefined ? Infinity : Number(match[2]);
  return last < Number(match[1]) ? undefined : [Number(match[1]), last];
}

export function settingsOf(argv: readonly string[]): Settings {
  const taken = takeColumns(argv);
  const options = parseOptions(taken.words, SHORT, LONG);
  const valueOf = (letter: string, name: string, min: number, what: string): number | undefined => {
    const text = options.value(letter, name);
    return text === undefined ? undefined : count(text, min, what);
  };
  const files = [...options.operands];
  const given = options.value('pages');
  let pages = given === undefined ? undefined : pagesOf(given);
  if (given !== undefined && !/^\d+(:|$)/.test(given)) throw new UsageError(`invalid --pages argument ${quoteName(given)}`);
  if (given !== undefined && !pages) throw new UsageError(`invalid page range ${quoteName(given)}`);
  const plus = pages ? -1 : files.findIndex((each) => each.startsWith('+') && pagesOf(each.slice(1)) !== undefined);
  if (plus >= 0) pages = pagesOf(files.splice(plus, 1)[0]!.slice(1));
  const columnText = taken.columns ?? options.value('columns');
  const asked = columnText === undefined ? undefined : count(columnText, 1, 'invalid number of columns');
  const isMerged = options.has('m', 'merge');
  const isAcross = options.has('a', 'across');
  const wide = valueOf('W', 'page-width', 1, `'-W PAGE_WIDTH' invalid number of characters`);
  const width = valueOf('w', 'width', 1, `'-w PAGE_WIDTH' invalid number of characters`);
  const length = valueOf('l', 'length', 1, `'-l PAGE_LENGTH' invalid number of lines`) ?? 66;
  const start = valueOf('N', 'first-line-number', -INT_MAX - 1, `'-N NUMBER' invalid starting line number`);
  const margin = valueOf('o', 'indent', 0, `'-o MARGIN' invalid line offset`) ?? 0;
  const inputTab = tab(argv, 'e', options.value('e', 'expand-tabs'), '\t', 8);
  const outputTab = tab(argv, 'i', options.value('i', 'output-tabs'), '\t', 8);
  const numbers = options.has('n', 'number-lines') ? tab(argv, 'n', options.value('n', 'number-lines'), '\t', 5) : undefined;
  if (isMerged && asked !== undefined) throw new UsageError('cannot specify number of columns when printing in parallel');
  if (isMerged && isAcross) throw new UsageError('cannot specify both printing across and printing in parallel');

  const columns = isMerged && files.length > 0 ? files.length : (asked ?? 1);
  const isColumnar = isMerged || asked !== undefined;
  const short = options.has('s', 'separator');
  const string = options.value('S', 'sep-string') ?? options.value('s', 'separator') ?? '';
  // POSIX's -w concerns columns alone, and its -s is a separator between lines that keep their length.
  let truncates = wide !== undefined || (width !== undefined && isColumnar);
  let joins = options.has('J', 'join-lines') || (width !== undefined && wide === undefined && !isColumnar);
  let hasSeparator = options.has('S', 'sep-string') || (short && isColumnar && truncates);
  if (short && isColumnar && !hasSeparator) {
    joins = true;
    hasSeparator = string !== '';
  }
  let separator = hasSeparator ? string : '';
  let expandsTabs = options.has('e', 'expand-tabs');
  if (columns > 1) {
    if (!hasSeparator) separator = joins ? '\t' : ' ';
    else if (!joins && separator === '\t') separator = ' ';
    truncates = true;
    expandsTabs ||= separator !== '\t';
  }
  if (joins) truncates = false;
  const hasHeaders = !options.has('t', 'omit-header', 'T', 'omit-pagination') && length > 2 * MARGIN_LINES;
  const lines = hasHeaders ? length - 2 * MARGIN_LINES : length;
  const isDoubleSpaced = options.has('d', 'double-space');
  const pageWidth = wide ?? width ?? 72;
  const numberWidth = numbers === undefined ? 0 : numbers.width + (numbers.char === '\t' ? 8 - (numbers.width % 8) : 1);
  const columnWidth = Math.trunc((pageWidth - (isMerged ? numberWidth : 0) - (columns - 1) * separator.length) / columns);
  if (columnWidth < 1) throw new UsageError('page width too narrow');
  return {
    files, isMerged: isMerged && files.length > 0, isAcross, columns, firstPage: pages?.[0] ?? 1, lastPage: pages?.[1] ?? Infinity,
    bodyLines: isDoubleSpaced ? Math.trunc(lines / 2) : lines, hasHeaders,
    keepsFormFeeds: (options.has('t', 'omit-header') && !options.has('T', 'omit-pagination')) || length <= 2 * MARGIN_LINES,
    endsWithFormFeed: options.has('f', 'F', 'form-feed'), isDoubleSpaced, header: options.value('h', 'header'), dateFormat: options.value('D', 'date-format') ?? '%Y-%m-%d %H:%M',
    pageWidth, columnWidth, truncates, separator, margin, inputTab, expandsTabs, outputTab, makesTabs: columns > 1 || options.has('i', 'output-tabs'),
    nonPrinting: options.has('v', 'show-nonprinting') ? 'octal' : options.has('c', 'show-control-chars') ? 'caret' : 'as it is',
    number: numbers && { ...numbers, wholeWidth: numberWidth, start: start ?? 1, countsSkipped: start === undefined }, isSilent: options.has('r', 'no-file-warnings'),
  };
}
