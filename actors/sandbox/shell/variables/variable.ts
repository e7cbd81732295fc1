// One shell variable: a value or an array, its attributes, and the outer variable of the same name that it hides.
import { sum } from '../syntax/constant.js';
import { AssociativeArray, BUCKETS_CONVERTED, IndexedArray, type Key } from './arrays.js';

export const EXPORTED = 1, READONLY = 2, INTEGER = 4, LOWERCASE = 8, UPPERCASE = 16, NAMEREF = 32, TRACED = 64, CAPITALIZED = 128;

/** Attributes whose values are changed or checked on assignment: without them an assignment is a plain store. */
export const WATCHED = READONLY | INTEGER | LOWERCASE | UPPERCASE | NAMEREF | CAPITALIZED;

/** A variable whose value is computed (RANDOM, SECONDS), or whose assignment does something (OPTIND). */
export interface SpecialValue {
  get?(): string | undefined;
  /** Called with the assigned text. */
  set?(value: string): void;
  /** Called after it was unset; it then stays what it is. */
  unset?(): void;
  /** An array made when asked for (FUNCNAME, PIPESTATUS). */
  list?(): readonly string[];
  /** An associative array that is another view of what the shell keeps (BASH_ALIASES, BASH_CMDS). */
  readonly map?: AssociativeArray;
  /** Called with what is assigned to an element of such an array. */
  setElement?(key: Key, value: string): void;
}

/**
 * `generation` says which shell may change it in place: a fork shares all variables with its parent, and whoever writes first
 * makes a copy.
 */
export class Variable {
  readonly name: string;
  value: string | undefined;
  list: IndexedArray | undefined;
  map: AssociativeArray | undefined;
  attributes = 0;
  /** The scope it belongs to; 0 is global. */
  readonly depth: number;
  hidden: Variable | undefined;
  generation: number;
  special: SpecialValue | undefined;
  /** Of the assignments in front of a command: it outlives the command (`x=1 export x`, and special built-ins in bash's posix mode). */
  isKept = false;
  /** A local one that began as an assignment in front of the function's call: it stays exported when it is unset. */
  isGiven = false;
  /** An array that was declared and never assigned. */
  isUnassigned = false;

  constructor(name: string, depth: number, generation: number) {
    this.name = name;
    this.depth = depth;
    this.generation = generation;
  }

  get isArray(): boolean {
    return this.list !== undefined || this.map !== undefined || this.special?.list !== undefined;
  }

  /** Declared and given a value (an array: at least one element). */
  get isSet(): boolean {
    if (this.list) return this.list.size > 0;
    if (this.map) return this.map.size > 0;
    if (this.special?.list) return this.special.list().length > 0;
    return this.value !== undefined || this.special?.get !== undefined;
  }

  has(attribute: number): boolean {
    return (this.attributes & attribute) !== 0;
  }

  /** What `$name` is: for arrays the element 0. */
  get text(): string | undefined {
    if (this.special) {
      if (this.special.get) return this.special.get();
      if (this.special.list) return this.special.list()[0];
    }
    if (this.list) return this.list.get(0);
    if (this.map) return this.map.get('0');
    return this.value;
  }

  /** The elements, a scalar being an array of one. */
  get elements(): string[] {
    if (this.special?.list) return [...this.special.list()];
    if (this.list) return this.list.values();
    if (this.map) return this.map.values();
    const text = this.text;
    return text === undefined ? [] : [text];
  }

  /** The keys that go with `elements`. */
  get keys(): string[] {
    if (this.special?.list) return this.special.list().map((_, index) => String(index));
    if (this.list) return this.list.keys().map(String);
    if (this.map) return this.map.keys();
    return this.text === undefined ? [] : ['0'];
  }

  /** The element under a key (a number for indexed arrays, negative from the end). */
  element(key: Key): string | undefined {
    if (this.map) return this.map.get(String(key));
    const list = this.list ?? (this.special?.list ? IndexedArray.of(this.special.list()) : undefined);
    if (!list) return Number(key) === 0 || Number(key) === -1 ? this.text : undefined;
    const index = typeof key === 'string' ? Number(key) : key;
    return list.get(index < 0 ? sum(sum(list.last, 1), index) : index);
  }

  /** A copy for another generation. */
  copyFor(generation: number): Variable {
    const copy = new Variable(this.name, this.depth, generation);
    copy.value = this.value;
    copy.list = this.list?.clone();
    copy.map = this.map?.clone();
    copy.attributes = this.attributes;
    copy.hidden = this.hidden;
    copy.special = this.special;
    copy.isKept = this.isKept;
    copy.isGiven = this.isGiven;
    return copy;
  }

  /** Becomes an indexed array; a scalar value becomes element 0. */
  becomeList(): IndexedArray {
    if (this.list) return this.list;
    this.list = new IndexedArray();
    if (this.value !== undefined) this.list.set(0, this.value);
    this.value = undefined;
    return this.list;
  }

  becomeMap(): AssociativeArray {
    if (this.map) return this.map;
    this.map = new AssociativeArray([], this.value === undefined ? undefined : BUCKETS_CONVERTED);
    if (this.value !== undefined) this.map.set('0', this.value);
    this.value = undefined;
    return this.map;
  }

  /** The letters of `declare -p`, in bash's order; empty when it has no attributes. */
  get flags(): string {
    let flags = '';
    if (this.list || this.special?.list) flags += 'a';
    if (this.map) flags += 'A';
    if (this.has(INTEGER)) flags += 'i';
    if (this.has(NAMEREF)) flags += 'n';
    if (this.has(READONLY)) flags += 'r';
    if (this.has(TRACED)) flags += 't';
    if (this.has(EXPORTED)) flags += 'x';
    if (this.has(CAPITALIZED)) flags += 'c';
    if (this.has(LOWERCASE)) flags += 'l';
    if (this.has(UPPERCASE)) flags += 'u';
    return flags;
  }
}
