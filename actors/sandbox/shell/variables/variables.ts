// The variables of one shell: values and attributes, assignment, namerefs, the environment for children.
import { type Integer, sum } from '../syntax/constant.js';
import { AssociativeArray, IndexedArray, type Key } from './arrays.js';
import { AssignmentError } from './assignment-error.js';
import { Bindings, globalName } from './bindings.js';
import { byHash } from './hash-order.js';
import { isName, isSubscript, parseReference, type Reference, wholeReference } from './reference.js';
import { CAPITALIZED, EXPORTED, INTEGER, LOWERCASE, NAMEREF, READONLY, UPPERCASE, type Variable, WATCHED } from './variable.js';

export { AssignmentError, isName, isSubscript, parseReference, type Reference, wholeReference };

const NAMEREF_HOPS_MAX = 16;

export class Variables extends Bindings {
  /** Set by the shell: evaluates the value of an integer variable. */
  evaluate: (text: string) => string = (text) => text;
  /** Set by the shell: an element's key from the text of a subscript; `isKey` says whether it is one as it stands in an associative array. */
  elementKey: (variable: Variable | undefined, subscript: string, isKey?: boolean) => Key = (_, subscript) => subscript;

  /** Set by the shell: tells of what is odd. */
  warn: (message: string) => void = () => undefined;

  /** What came with the environment and is no variable: it is passed on. */
  readonly foreign = new Map<string, string>();

  fork(): Variables {
    const copy = new Variables();
    this.forkInto(copy);
    for (const [name, text] of this.foreign) copy.foreign.set(name, text);
    return copy;
  }

  /** Ends the innermost scope; what outlives it is assigned around it, and outlives that too where it is a command's. */
  override pop(): void {
    const { kept } = this;
    super.pop();
    for (const { name, text, attributes } of kept) {
      const variable = this.writable(name);
      this.assign(variable, text ?? '');
      this.mark(variable, attributes);
      variable.isKept = this.isTemporary(name);
    }
  }

  // --- reading ----------------------------------------------------------------------------------------------------------------

  /** Follows namerefs from a name to where it leads. One of a function that leads back to its own name means the global variable. */
  follow(name: string): Reference {
    let at = name;
    for (let hops = 0; hops < NAMEREF_HOPS_MAX; hops++) {
      const variable = this.bindings.get(at);
      if (!variable || (variable.attributes & NAMEREF) === 0 || variable.value === undefined || variable.value === '') return { name: at, subscript: undefined };
      const reference = parseReference(variable.value);
      if (!reference) return { name: at, subscript: undefined };
      if ((reference.name === at || reference.name === name) && variable.depth > 0) {
        this.warn(`warning: ${name}: circular name reference`);
        return { name: globalName(reference.name), subscript: reference.subscript };
      }
      if (reference.subscript !== undefined) return reference;
      at = reference.name;
    }
    return { name, subscript: undefined };
  }

  /** The variable a name means, namerefs followed (a nameref to an element gives the whole array). */
  find(name: string): Variable | undefined {
    const variable = this.bindings.get(name);
    if (!variable || (variable.attributes & NAMEREF) === 0) return variable;
    return this.binding(this.follow(name).name);
  }

  /** The value of `$name`, undefined when unset, and where it names a list. */
  get(name: string): string | undefined {
    const variable = this.bindings.get(name);
    if (!variable) return undefined;
    if ((variable.attributes & NAMEREF) === 0) return variable.special ? variable.text : variable.value ?? variable.text;
    const { name: target, subscript } = this.follow(name);
    const found = this.binding(target);
    if (subscript === '@' || subscript === '*') return undefined;
    if (subscript !== undefined) return found?.element(this.elementKey(found, subscript));
    return found && (found.attributes & NAMEREF) === 0 ? found.text : undefined;
  }

  // --- assignment -------------------------------------------------------------------------------------------------------------

  /** `name=value` or `name+=value`. */
  set(name: string, value: string, append = false): void {
    const variable = this.bindings.get(name);
    if (variable !== undefined && variable.generation === this.generation && variable.attributes === 0 && !append
      && variable.list === undefined && variable.map === undefined && variable.special === undefined && !this.exportAll) {
      variable.value = value;
      this.changes++;
      return;
    }
    const reference = this.#target(name);
    if (reference.subscript === '@' || reference.subscript === '*') throw new AssignmentError(`${reference.name}[${reference.subscript}]: bad array subscript`);
    if (reference.subscript !== undefined) return this.setElement(reference.name, reference.subscript, value, append);
    this.assign(this.writable(reference.name), value, append);
  }

  /** The name an assignment goes to. */
  #target(name: string): Reference {
    const variable = this.bindings.get(name);
    if (!variable || !variable.has(NAMEREF)) return { name, subscript: undefined };
    const reference = this.follow(name);
    const next = parseReference(variable.value ?? '')?.name ?? name;
    if (next !== name && reference.name === name && reference.subscript === undefined) throw new AssignmentError(`warning: ${name}: circular name reference`);
    return reference;
  }

  /** Assigns to a variable in hand, minding its attributes. The variable must be `writable`. */
  assign(variable: Variable, value: string, append = false): void {
    this.changes++;
    if (this.exportAll) variable.attributes |= EXPORTED;
    if ((variable.attributes & EXPORTED) !== 0) this.passedOn = undefined;
    const old = append ? variable.text ?? '' : '';
    const text = (variable.attributes & WATCHED) === 0 ? old + value : this.#convert(variable, value, append, old);
    if (variable.special) {
      variable.special.set?.(text);
      if (!variable.special.get && !variable.special.list) variable.value = text;
      return;
    }
    if (variable.list) variable.list.set(0, text);
    else if (variable.map) variable.map.set('0', text);
    else variable.value = text;
  }

  #convert(variable: Variable, value: string, append: boolean, old: string): string {
    if (variable.has(READONLY)) throw new AssignmentError(`${variable.name}: readonly variable`, true);
    if (variable.has(NAMEREF) && !append && !parseReference(value)) throw new AssignmentError(`\`${value}': not a valid identifier`);
    if (variable.has(INTEGER)) return this.evaluate(append && old !== '' ? `(${old})+(${value === '' ? '0' : value})` : value);
    const text = old + value;
    if (variable.has(LOWERCASE)) return text.toLowerCase();
    if (variable.has(UPPERCASE)) return text.toUpperCase();
    if (variable.has(CAPITALIZED)) return text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
    return text;
  }

  /** Assigns to what a built-in's argument names: a variable or an element. */
  setNamed(text: string, value: string): void {
    const { name, subscript } = parseReference(text)!;
    if (subscript === undefined) this.set(name, value);
    else this.setElement(name, subscript, value);
  }

  /** `name[subscript]=value`; the subscript is the text between the brackets. */
  setElement(name: string, subscript: string, value: string, append = false): void {
    const target = this.#target(name).name;
    if ((subscript === '@' || subscript === '*') && !this.binding(target)?.map) throw new AssignmentError(`${name}[${subscript}]: bad array subscript`);
    this.assignElement(this.writable(target), this.elementKey(this.binding(target), subscript), value, append);
  }

  /** Assigns one element under an evaluated key. */
  assignElement(variable: Variable, key: Key, value: string, append = false): void {
    this.changes++;
    if (this.exportAll) variable.attributes |= EXPORTED;
    if ((variable.attributes & EXPORTED) !== 0) this.passedOn = undefined;
    if (variable.special?.list) return variable.special.setElement?.(key, value);
    variable.isUnassigned = false;
    if (variable.map) {
      const old = append ? variable.map.get(String(key)) ?? '' : '';
      variable.map.set(String(key), this.#convert(variable, value, append, old));
      return;
    }
    variable.becomeList();
    this.assignAt(variable, this.indexOf(variable, key), value, append);
  }

  /** Assigns to an index of a list as it is: one below 0, to which counting upwards has wrapped, too. */
  assignAt(variable: Variable, index: Integer, value: string, append = false): void {
    const list = variable.becomeList();
    list.set(index, this.#convert(variable, value, append, append ? list.get(index) ?? '' : ''));
  }

  /** A key as an index, negative ones counted from the end. */
  indexOf(variable: Variable, key: Key): Integer {
    const index = this.#indexAt(variable, key);
    if (index === undefined) throw new AssignmentError(`${variable.name}[${key}]: bad array subscript`);
    return index;
  }

  /** Undefined where it is before the beginning. */
  #indexAt(variable: Variable, key: Key): Integer | undefined {
    const index = typeof key === 'string' ? Number(key) : key;
    const at = index < 0 ? sum(sum(variable.list?.last ?? 0, 1), index) : index;
    return at < 0 ? undefined : at;
  }

  /** Replaces the content by an array. */
  assignList(variable: Variable, values: readonly string[]): void {
    this.changes++;
    if (variable.has(READONLY)) throw new AssignmentError(`${variable.name}: readonly variable`, true);
    if (variable.has(EXPORTED)) this.passedOn = undefined;
    variable.value = undefined;
    variable.map = undefined;
    variable.list = IndexedArray.of(variable.has(WATCHED) ? values.map((value) => this.#convert(variable, value, false, '')) : values);
  }

  /** `name=(…)` for an associative array starts from nothing. */
  clearMap(variable: Variable): void {
    variable.value = undefined;
    variable.map = variable.special?.map ?? variable.map?.emptied() ?? new AssociativeArray();
  }

  /** Adds or takes attributes away (sums of the constants of variable.ts). */
  mark(variable: Variable, add: number, remove = 0): void {
    variable.attributes = (variable.attributes & ~remove) | add;
    if (((add | remove) & EXPORTED) !== 0) this.passedOn = undefined;
  }

  /** Gives a name a computed value. */
  define(name: string, special: Variable['special']): void {
    const variable = this.writable(name);
    variable.special = special;
    if (special?.map) variable.map = special.map;
  }

  // --- unset ------------------------------------------------------------------------------------------------------------------

  /**
   * Unsets what is bound to the name (namerefs are the caller's business). A local of the running function stays local, without a
   * value; one of a caller goes, and what it hid is seen again.
   */
  unset(name: string): void {
    if (this.bindings.get(name)?.has(READONLY) === true) throw new AssignmentError(`${name}: cannot unset: readonly variable`, true);
    this.discard(name);
  }

  /** `unset name[key]`. */
  unsetElement(name: string, key: Key): void {
    if (!this.bindings.has(name)) return;
    this.changes++;
    const variable = this.writable(name);
    if (variable.has(READONLY)) throw new AssignmentError(`${name}: cannot unset: readonly variable`, true);
    if (variable.map) variable.map.delete(String(key));
    else if (variable.list) {
      const index = this.#indexAt(variable, key);
      if (index === undefined) throw new AssignmentError(`[${key}]: bad array subscript`);
      variable.list.delete(index);
    }
    else if (Number(key) === 0) this.unset(name);
  }

  /** dash and ash pass their variables on in the order of their hash table, which scripts that print it get to see. */
  ordersByHash = false;

  // --- environment ------------------------------------------------------------------------------------------------------------

  /** What children get: the exported variables that have a value. */
  environment(): Map<string, string> {
    if (this.passedOn) return this.passedOn;
    const environment = new Map<string, string>();
    for (const [, variable] of this.bindings.entries()) {
      // In bash a local variable that is not passed on leaves it to the one that it hides.
      for (let each: Variable | undefined = variable; each; each = this.keepsUnset ? undefined : each.hidden) {
        if ((each.attributes & EXPORTED) === 0 || each.list || each.map) continue;
        const text = (each.attributes & NAMEREF) === 0 ? each.text : each.value;
        if (text === undefined) continue;
        environment.set(each.name, text);
        break;
      }
    }
    for (const [name, text] of this.foreign) environment.set(name, text);
    this.passedOn = this.ordersByHash ? byHash(environment) : environment;
    return this.passedOn;
  }
}
