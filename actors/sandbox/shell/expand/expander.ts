// Expands words: into fields, strings, patterns and regular expressions; at once where nothing in them can block, else as a Task.
import { TooBig } from '../../kernel/memory-limit.js';
import type { Task } from '../../kernel/wait.js';
import { expandBraces } from '../braces.js';
import { traceAssignment } from '../execute/trace.js';
import { ExpansionError } from '../flow.js';
import type { Expansion } from '../parts.js';
import type { Shell } from '../shell.js';
import type { ArithmeticText, Assignment, Word } from '../syntax/ast.js';
import { evaluateText, evaluateSource } from './arithmetic.js';
import { assignValue, elementsOf, elementsTask, storeAssignment } from './assignment.js';
import { glob } from './glob.js';
import { subscriptBlocks } from './lookup.js';
import { onlyField, onlyText } from './only.js';
import { PartExpander } from './part-expander.js';
import { promptText } from './prompt.js';
import { DocumentSink, escapePattern, FieldSink, separatorsOf } from './sinks.js';
import { markQuoted, quotedRegex } from './regex-quoting.js';
import { withSubscripts } from './run-time-subscripts.js';

/** More words at a time no command is given: a larger array could not grow any more, which V8 answers with the end of the whole process. */
const FIELDS_MAX = 2 ** 24;

export class Expander implements Expansion {
  readonly #shell: Shell;
  readonly #parts: PartExpander;

  constructor(shell: Shell) {
    this.#shell = shell;
    this.#parts = new PartExpander(shell);
  }

  // --- words ------------------------------------------------------------------------------------------------------------------

  /** The fields are added to `out`: one by one, as there can be more of them than a call can have arguments. */
  fields(words: readonly Word[], out: string[] = []): string[] {
    for (const word of words) {
      if (word.literal !== undefined) {
        out.push(word.literal);
        continue;
      }
      const only = onlyField(this.#shell, word);
      if (only !== undefined) {
        out.push(only);
        continue;
      }
      for (const each of word.braces ? expandBraces(word) : [word]) {
        const sink = this.#fieldSink(out);
        this.#parts.pour(each.parts, sink, 'word');
        sink.end();
      }
    }
    return out;
  }

  *fieldsTask(words: readonly Word[], out: string[] = []): Task<string[]> {
    for (const word of words) {
      if (!word.blocking) {
        this.fields([word], out);
        continue;
      }
      for (const each of word.braces ? expandBraces(word) : [word]) {
        const sink = this.#fieldSink(out);
        yield* this.#parts.pourTask(each.parts, sink, 'word');
        sink.end();
      }
    }
    return out;
  }

  #fieldSink(out: string[]): FieldSink {
    const shell = this.#shell;
    return new FieldSink(separatorsOf(shell.separators), (text, pattern) => {
      if (out.length >= FIELDS_MAX) throw new TooBig();
      if (pattern === undefined || shell.options.noglob) out.push(text);
      else glob(shell, text, pattern, out);
    }, !shell.isBash);
  }

  text(word: Word): string {
    return word.literal ?? onlyText(this.#shell, word) ?? this.#parts.textOf(word.parts);
  }

  *textTask(word: Word): Task<string> {
    return word.blocking ? yield* this.#parts.textOfTask(word.parts) : this.text(word);
  }

  assigned(word: Word): string {
    return word.literal ?? onlyText(this.#shell, word) ?? this.#parts.assignedText(word.parts);
  }

  *assignedTask(word: Word): Task<string> {
    return word.blocking ? yield* this.#parts.assignedTextTask(word.parts) : this.assigned(word);
  }

  document(word: Word): string {
    if (!this.#hasStar(word)) return this.text(word);
    const fields: string[] = [];
    const sink = this.#documentSink(fields, word);
    this.#parts.pour(word.parts, sink, 'word');
    sink.end();
    return fields.join(' ');
  }

  *documentTask(word: Word): Task<string> {
    if (!this.#hasStar(word)) return yield* this.textTask(word);
    const fields: string[] = [];
    const sink = this.#documentSink(fields, word);
    yield* this.#parts.pourTask(word.parts, sink, 'word');
    sink.end();
    return fields.join(' ');
  }

  #hasStar(word: Word): boolean {
    return this.#shell.isBash && word.literal === undefined && word.source.includes('*');
  }

  #documentSink(fields: string[], { source }: Word): DocumentSink {
    return new DocumentSink(separatorsOf(this.#shell.separators), (text) => fields.push(text), /\$\{?@|\[@\]/.test(source));
  }

  pattern(word: Word): string {
    return this.#parts.textOf(word.parts, escapePattern);
  }

  *patternTask(word: Word, escape = escapePattern): Task<string> {
    return yield* this.#parts.textOfTask(word.parts, escape);
  }

  regex(word: Word): string {
    return quotedRegex(this.#parts.textOf(word.parts, markQuoted));
  }

  *regexTask(word: Word): Task<string> {
    return quotedRegex(yield* this.#parts.textOfTask(word.parts, markQuoted));
  }

  // --- arithmetic -------------------------------------------------------------------------------------------------------------

  arithmetic(text: ArithmeticText): number | bigint {
    return evaluateText(this.#shell, text, () => inner(() => this.#parts.textOf(text.parts, undefined, 'quoted')));
  }

  *arithmeticTask(text: ArithmeticText, tell?: (source: string) => void): Task<number | bigint> {
    if (!text.blocking && !tell) return yield* withSubscripts(this.#shell, () => this.arithmetic(text));
    const source = yield* this.#parts.textOfTask(text.parts, undefined, 'quoted');
    tell?.(source);
    return yield* withSubscripts(this.#shell, () => evaluateSource(this.#shell, source));
  }

  evaluate(text: string): number | bigint {
    try {
      return evaluateSource(this.#shell, text);
    } catch (error) {
      if (error instanceof ExpansionError) error.isSubscript = true;
      throw error;
    }
  }

  // --- assignments ------------------------------------------------------------------------------------------------------------

  assign(assignment: Assignment): void {
    const text = assignment.value && this.assigned(assignment.value);
    traceAssignment(this.#shell, assignment, text);
    if (text === undefined) storeAssignment(this.#shell, assignment, elementsOf(this.#shell, assignment));
    else if (assignment.index === undefined) this.#shell.variables.set(assignment.name, text, assignment.append);
    else assignValue(this.#shell, assignment, text);
  }

  *assignTask(assignment: Assignment): Task {
    if (assignment.value === undefined) {
      traceAssignment(this.#shell, assignment);
      storeAssignment(this.#shell, assignment, yield* elementsTask(this.#shell, assignment));
      return;
    }
    const value = yield* this.assignedTask(assignment.value);
    traceAssignment(this.#shell, assignment, value);
    if (assignment.index === undefined) {
      this.#shell.variables.set(assignment.name, value, assignment.append);
      return;
    }
    const { index } = assignment;
    assignValue(this.#shell, assignment, value, subscriptBlocks(index) ? yield* this.textTask(index.word) : undefined);
  }

  prompt(text: string): string {
    return promptText(this.#shell, text);
  }
}

/** Marks errors of expansions within arithmetic. */
function inner(expand: () => string): string {
  try {
    return expand();
  } catch (error) {
    if (error instanceof ExpansionError) error.isInner = true;
    throw error;
  }
}
