// Reads the text of here-documents, which begins on the line after the one with the operator.
import type { List, Word, WordPart } from './ast.js';
import { Incomplete, ShellSyntaxError } from './errors.js';
import { readQuotedText } from './read-parts.js';
import type { PendingDocument, Reader } from './reader.js';
import { makeWord, NO_MARKS } from './word.js';

const NOTHING: List = { type: 'list', items: [], line: 0, redirects: [] };

/** At the beginning of a line: reads every pending document in order. */
export function readDocuments(reader: Reader): void {
  const documents = reader.pending;
  reader.pending = [];
  for (const document of documents) readDocument(reader, document);
}

function readDocument(reader: Reader, document: PendingDocument): void {
  const firstLine = reader.line;
  const warn = (): void => {
    const line = reader.lineAt(Math.max(0, reader.pos - 1));
    const message = `warning: here-document at line ${document.line} delimited by end-of-file (wanted \`${document.delimiter}')`;
    if (!reader.features.terse) reader.warnings.push({ line, message, sourceLine: undefined });
  };
  const lines: string[] = [];
  // A line and what follows its continuations: the delimiter may be broken over lines too, but for busybox.
  let logical = '';
  let begun = 0;
  for (;;) {
    if (reader.pos >= reader.text.length) {
      if (!reader.final) throw new Incomplete(document.delimiter);
      warn();
      break;
    }
    const newline = reader.text.indexOf('\n', reader.pos);
    if (newline < 0 && !reader.final) throw new Incomplete(document.delimiter);
    const end = newline < 0 ? reader.text.length : newline;
    let line = reader.text.slice(reader.pos, end);
    reader.pos = newline < 0 ? end : newline + 1;
    // bash looks for a delimiter that begins with tabs before they go.
    if (logical === '' && reader.features.bash && line === document.delimiter) break;
    if (document.stripTabs && logical === '') line = line.replace(/^\t+/, '');
    if (logical === '') begun = lines.length;
    if (logical + line === document.delimiter) {
      lines.length = begun;
      break;
    }
    // bash: in `$(…)` the line of the delimiter may go on with the parenthesis.
    if (reader.inSubstitution && logical === '' && line.startsWith(document.delimiter) && line.includes(')', document.delimiter.length)) {
      reader.pos = end - line.length + document.delimiter.length;
      warn();
      break;
    }
    lines.push(newline < 0 ? line : `${line}\n`);
    logical = !document.quoted && reader.settings.dialect !== 'ash' && /(?:^|[^\\])(?:\\\\)*\\$/.test(line) ? logical + line.slice(0, -1) : '';
  }
  document.fill(lines.join(''), firstLine);
}

/** The text as a word: taken as it is if the delimiter was quoted, else expanded as in double quotes (where `"` is ordinary). */
export function documentWord(reader: Reader, text: string, quoted: boolean, line: number): Word {
  const parts: WordPart[] = quoted ? [{ type: 'quoted', style: 'single', text }] : documentParts(reader.inner(text, line));
  return makeWord([{ type: 'double', parts, translated: false }], text, line, NO_MARKS);
}

function documentParts(reader: Reader): WordPart[] {
  reader.isDocument = true;
  try {
    return readQuotedText(reader, '', '$`\\');
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    // Bash finds this out only when the document is expanded.
    const { failure } = error;
    if (failure.discards === true) return [{ type: 'command', script: NOTHING, backquote: false, failure, line: failure.line }];
    return [{ type: 'parameter', name: '', braced: true, indirect: false, index: undefined, operation: { type: 'bad' }, source: reader.text }];
  }
}
