// Expands the parts of words into sinks: text, quotes, parameters, substitutions; at once where nothing in them can block, else as a Task.
import type { Task } from '../../kernel/wait.js';
import { ExpansionError } from '../flow.js';
import type { Shell } from '../shell.js';
import type { ArithmeticText, Parameter, WordPart } from '../syntax/ast.js';
import type { Key } from '../variables/arrays.js';
import { endingPosix, evaluateSource } from './arithmetic.js';
import { keyOf, namesList, plainValue } from './lookup.js';
import { decide, type Decision, finish, isJoined, isListNow, isText, isUnsetSlice, isWithoutOperands, type Operands, reaches, unbound, ofParameter } from './parameter.js';
import { AssignedSink, QuietSink, type Sink, SubscriptSink, TextSink } from './sinks.js';
import { runProcessSubstitution, substituteCommand } from './substitution.js';
import { expandTilde } from './tilde.js';

/** How literal text counts: as in the script, inside double quotes, or as the operand of an unquoted `${x:-…}` (which splits). */
type Mode = 'word' | 'quoted' | 'operand';

/** In a replacement, what was quoted keeps its ampersands. */
function escapeAmpersand(text: string): string {
  return text.replace(/[&\\]/g, '\\$&');
}

export class PartExpander {
  readonly #shell: Shell;

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  get #joint(): string {
    const ifs = this.#shell.separators;
    return ifs === '' ? '' : String.fromCodePoint(ifs.codePointAt(0)!);
  }

  textOf(parts: readonly WordPart[], escape?: (text: string) => string, mode: Mode = 'word'): string {
    const sink = new TextSink(this.#joint, escape, this.#shell.isBash ? ' ' : this.#joint);
    this.pour(parts, sink, mode);
    return sink.text;
  }

  *textOfTask(parts: readonly WordPart[], escape?: (text: string) => string, mode: Mode = 'word'): Task<string> {
    const sink = new TextSink(this.#joint, escape, this.#shell.isBash ? ' ' : this.#joint);
    yield* this.pourTask(parts, sink, mode);
    return sink.text;
  }

  assignedText(parts: readonly WordPart[]): string {
    const sink = this.#assignedSink();
    this.pour(parts, sink, 'word');
    return sink.text;
  }

  *assignedTextTask(parts: readonly WordPart[]): Task<string> {
    const sink = this.#assignedSink();
    yield* this.pourTask(parts, sink, 'word');
    return sink.text;
  }

  #assignedSink(): TextSink {
    return this.#shell.isBash ? new AssignedSink(this.#joint) : new TextSink(this.#joint, undefined, this.#joint);
  }

  // --- parts ------------------------------------------------------------------------------------------------------------------

  pour(parts: readonly WordPart[], sink: Sink, mode: Mode): void {
    for (const part of parts) this.#part(part, sink, mode);
  }

  *pourTask(parts: readonly WordPart[], sink: Sink, mode: Mode): Task {
    for (const part of parts) {
      switch (part.type) {
        case 'command': {
          const text = yield* substituteCommand(this.#shell, part);
          if (mode === 'quoted') sink.quoted(text);
          else sink.split(text);
          break;
        }
        case 'process':
          sink.quoted(runProcessSubstitution(this.#shell, part));
          break;
        case 'double':
          yield* this.pourTask(part.parts, this.#marked(part.parts, sink), 'quoted');
          break;
        case 'arithmetic':
          this.#number(yield* this.#expansionTask(part.text), sink, mode);
          break;
        case 'parameter':
          yield* this.#parameterTask(part, sink, mode);
          break;
        case 'subscript': {
          const inside = new SubscriptSink(this.#joint);
          yield* this.pourTask(part.word.parts, inside, 'word');
          sink.literal(inside.text);
          break;
        }
        default:
          this.#part(part, sink, mode);
      }
    }
  }

  /**
   * Double quotes make a field even of nothing, but where `"$@"` without parameters is all (for dash: the very text), or with it only
   * what is nothing too.
   */
  #marked(parts: readonly WordPart[], sink: Sink): Sink {
    const lists = parts.filter((part) => part.type === 'parameter' && isListNow(this.#shell, part)).length;
    if (!this.#shell.isBash) {
      const [part] = parts;
      if (parts.length !== 1 || lists === 0 || (part!.type === 'parameter' && part!.operation !== undefined)) sink.quoted('');
      return sink;
    }
    if (lists === 0) sink.quoted('');
    return lists === 0 || lists === parts.length || sink.star !== undefined ? sink : new QuietSink(sink);
  }

  *#expansionTask(text: ArithmeticText): Task<number | bigint> {
    if (!text.blocking) return endingPosix(() => this.#shell.expansion.arithmetic(text));
    const source = yield* this.textOfTask(text.parts, undefined, 'quoted');
    return endingPosix(() => evaluateSource(this.#shell, source));
  }

  #number(value: number | bigint, sink: Sink, mode: Mode): void {
    if (mode === 'quoted') sink.quoted(String(value));
    else sink.split(String(value));
  }

  #part(part: WordPart, sink: Sink, mode: Mode): void {
    switch (part.type) {
      case 'literal':
        if (mode === 'quoted') sink.quoted(part.text);
        else if (mode === 'operand') sink.split(part.text);
        else sink.literal(part.text);
        break;
      case 'quoted':
        sink.quoted(part.text);
        break;
      case 'double':
        this.pour(part.parts, this.#marked(part.parts, sink), 'quoted');
        break;
      case 'parameter':
        this.#parameter(part, sink, mode);
        break;
      case 'arithmetic':
        this.#number(endingPosix(() => this.#shell.expansion.arithmetic(part.text)), sink, mode);
        break;
      case 'tilde':
        sink.quoted(expandTilde(this.#shell, part.user));
        break;
      case 'subscript': {
        const inside = new SubscriptSink(this.#joint);
        this.pour(part.word.parts, inside, 'word');
        sink.literal(inside.text);
        break;
      }
      default:
        throw new ExpansionError('command substitution: cannot be run here');
    }
  }

  // --- parameters -------------------------------------------------------------------------------------------------------------

  #parameter(part: Parameter, sink: Sink, mode: Mode): void {
    const { operation, index, name } = part;
    const isPlain = operation === undefined && index === undefined && !part.indirect && name !== '@' && name !== '*';
    const plain = isPlain ? plainValue(this.#shell, name) : undefined;
    if (plain !== undefined || (isPlain && !namesList(this.#shell, name))) {
      const value = plain ?? unbound(this.#shell, part);
      if (mode === 'quoted') sink.quoted(value);
      else sink.split(value);
      return;
    }
    const key = index !== undefined && index.all === undefined ? this.#key(part) : undefined;
    const decided = decide(this.#shell, part, key, mode === 'quoted', sink.isText === true);
    if (mode === 'quoted' && isText(part, decided)) sink.quoted('');
    if (decided.word !== undefined) {
      const word = decided.word;
      if (decided.use === 'pour') this.pour(word.parts, sink, mode === 'quoted' ? 'quoted' : 'operand');
      else finish(this.#shell, part, decided, { word: this.textOf(word.parts, undefined, mode === 'quoted' ? 'quoted' : 'word') }, sink, mode === 'quoted');
      return;
    }
    if (isUnsetSlice(part, decided)) return this.#unset(part, sink, mode);
    if (mode === 'operand' && operation === undefined && isJoined(this.#shell, decided, sink)) return sink.split(decided.value.list!.join(' '));
    finish(this.#shell, part, decided, isWithoutOperands(this.#shell, part, decided) ? {} : this.#operands(part, decided), sink, mode === 'quoted');
  }

  *#parameterTask(part: Parameter, sink: Sink, mode: Mode): Task {
    const { index } = part;
    const key = index !== undefined && index.all === undefined ? yield* this.#keyTask(part) : undefined;
    if (part.operation === undefined && index === undefined) return this.#parameter(part, sink, mode);
    const decided = decide(this.#shell, part, key, mode === 'quoted', sink.isText === true);
    if (mode === 'quoted' && isText(part, decided)) sink.quoted('');
    if (decided.word !== undefined) {
      const word = decided.word;
      if (decided.use === 'pour') yield* this.pourTask(word.parts, sink, mode === 'quoted' ? 'quoted' : 'operand');
      else finish(this.#shell, part, decided, { word: yield* this.textOfTask(word.parts, undefined, mode === 'quoted' ? 'quoted' : 'word') }, sink, mode === 'quoted');
      return;
    }
    if (isUnsetSlice(part, decided)) return this.#unset(part, sink, mode);
    finish(this.#shell, part, decided, isWithoutOperands(this.#shell, part, decided) ? {} : yield* this.#operandsTask(part, decided), sink, mode === 'quoted');
  }

  #unset(part: Parameter, sink: Sink, mode: Mode): void {
    const nothing = part.index?.all === undefined ? unbound(this.#shell, part) : '';
    if (mode === 'quoted' && part.index?.all !== '@') sink.quoted(nothing);
  }

  #key({ index, name }: Parameter): Key {
    const { variables } = this.#shell;
    return keyOf(this.#shell, index!, variables.find(name));
  }

  *#keyTask({ index, name }: Parameter): Task<Key> {
    const variable = this.#shell.variables.find(name);
    if (variable?.map) return yield* this.#shell.expansion.textTask(index!.word);
    return yield* this.#shell.expansion.arithmeticTask(index!.arithmetic);
  }

  #operands({ operation, name }: Parameter, { value }: Decision): Operands {
    switch (operation?.type) {
      case 'trim':
      case 'case':
        return operation.pattern ? { pattern: this.#shell.expansion.pattern(operation.pattern) } : {};
      case 'replace':
        return {
          pattern: this.#shell.expansion.pattern(operation.pattern),
          replacement: operation.replacement ? this.textOf(operation.replacement.parts, this.#replacementEscape) : '',
        };
      case 'slice':
      {
        return ofParameter(name, () => {
          const offset = Number(this.#shell.expansion.arithmetic(operation.offset));
          return operation.length && reaches(this.#shell, value, offset) ? { offset, length: Number(this.#shell.expansion.arithmetic(operation.length)) } : { offset };
        });
      }
      default:
        return {};
    }
  }

  *#operandsTask({ operation }: Parameter, { value }: Decision): Task<Operands> {
    switch (operation?.type) {
      case 'trim':
      case 'case':
        return operation.pattern ? { pattern: yield* this.#shell.expansion.patternTask(operation.pattern) } : {};
      case 'replace':
        return {
          pattern: yield* this.#shell.expansion.patternTask(operation.pattern),
          replacement: operation.replacement ? yield* this.textOfTask(operation.replacement.parts, this.#replacementEscape) : '',
        };
      case 'slice':
      {
        const offset = Number(yield* this.#shell.expansion.arithmeticTask(operation.offset));
        return operation.length && reaches(this.#shell, value, offset) ? { offset, length: Number(yield* this.#shell.expansion.arithmeticTask(operation.length)) } : { offset };
      }
      default:
        return {};
    }
  }

  get #replacementEscape(): ((text: string) => string) | undefined {
    return this.#shell.options.has('patsub_replacement') ? escapeAmpersand : undefined;
  }
}
