// SYMTAB and FUNCTAB of gawk: a program's variables and functions as arrays.
import type { Runtime } from './runtime.js';
import { AwkFatal, type Value } from './values.js';

/** An array whose elements are given: none comes, none goes. */
abstract class GivenTable extends Map<string, Value> {
  abstract readonly title: string;

  override delete(): never {
    throw new AwkFatal(`\`delete' is not allowed with ${this.title}`);
  }

  override clear(): never {
    return this.delete();
  }

  /** What is said of an element that is not there: looking at it would make it. */
  protected refuse(name: string, value: Value, words: string): never {
    throw new AwkFatal(value === undefined ? `reference to uninitialized element \`${this.title}["${name}"] is not allowed'` : words);
  }
}

/** What is no variable of the program's: a table is not among its own elements. */
const TABLES: ReadonlySet<string> = new Set(['SYMTAB', 'FUNCTAB']);

/** The variables: what is written here is written there. */
export class SymbolTable extends GivenTable {
  readonly title = 'SYMTAB';
  readonly #runtime: Runtime;

  constructor(runtime: Runtime) {
    super();
    this.#runtime = runtime;
  }

  override has(name: string): boolean {
    return this.#runtime.specials.has(name) || this.#cell(name) !== undefined;
  }

  #cell(name: string): ReturnType<Runtime['globals']['get']> {
    return TABLES.has(name) ? undefined : this.#runtime.globals.get(name);
  }

  override get(name: string): Value {
    const special = this.#runtime.specials.get(name);
    if (special) return special.get();
    const cell = this.#cell(name);
    return cell?.isArray === true ? cell.array : (cell?.value ?? (cell && null));
  }

  override set(name: string, value: Value): this {
    const special = this.#runtime.specials.get(name);
    const cell = this.#cell(name);
    if (special) special.set(value);
    else if (cell) cell.scalar = value;
    else this.refuse(name, value, 'cannot assign to arbitrary elements of SYMTAB');
    return this;
  }

  override get size(): number {
    return [...this.#names()].length;
  }

  override *[Symbol.iterator](): MapIterator<[string, Value]> {
    for (const name of [...this.#names()]) yield [name, this.get(name)];
  }

  *#names(): Iterable<string> {
    yield* this.#runtime.specials.keys();
    for (const name of this.#runtime.globals.keys()) if (!TABLES.has(name)) yield name;
  }
}

/** The functions: each name is its own value, to be called by. */
export class FunctionTable extends GivenTable {
  readonly title = 'FUNCTAB';
  readonly #names: ReadonlySet<string>;

  constructor(names: Iterable<string>) {
    super();
    this.#names = new Set(names);
  }

  override has(name: string): boolean {
    return this.#names.has(name);
  }

  override get(name: string): Value {
    return this.#names.has(name) ? name : undefined;
  }

  override set(name: string, value: Value): this {
    return this.refuse(name, value, 'cannot assign to elements of FUNCTAB');
  }

  override get size(): number {
    return this.#names.size;
  }

  override *[Symbol.iterator](): MapIterator<[string, Value]> {
    for (const name of this.#names) yield [name, name];
  }
}
