// What the names of one shell are bound to: variables in dynamic scopes by shallow binding, shared with forked shells until written.
import type { Options } from '../options.js';
import { ForkedMap } from './forked-map.js';
import { EXPORTED, NAMEREF, READONLY, Variable } from './variable.js';

interface Scope {
  kind: 'function' | 'temporary';
  names: string[];
  options?: Options;
}

let generations = 0;

/** In front of a name: the global variable of that name, whatever hides it. No name of a script begins so. */
const GLOBAL = '\0';

export function globalName(name: string): string {
  return GLOBAL + name;
}

function isGlobalName(name: string): boolean {
  return name.charCodeAt(0) === 0;
}

export class Bindings {
  protected bindings = new ForkedMap<Variable>();
  #scopes: Scope[] = [];
  protected generation = ++generations;
  /** What children get; undefined when it must be gathered anew. */
  protected passedOn: Map<string, string> | undefined;
  /** Counts what changes variables, so that it can be told whether anything has. */
  changes = 0;
  /** set -a. */
  exportAll = false;
  /** dash and ash: what is unset in a scope of a function or command stays unset there. */
  keepsUnset = false;

  /** Makes `copy` that of a forked shell; both sides copy a variable before their first change to it. */
  protected forkInto(copy: Bindings): void {
    copy.bindings = this.bindings.fork();
    copy.#scopes = this.#scopes.map((scope) => ({ kind: scope.kind, names: [...scope.names] }));
    copy.passedOn = this.passedOn;
    copy.exportAll = this.exportAll;
    this.generation = ++generations;
  }

  /** The shell has ended. */
  release(): void {
    this.bindings.release();
  }

  /** What is bound to the name, namerefs not followed. */
  binding(name: string): Variable | undefined {
    if (!isGlobalName(name)) return this.bindings.get(name);
    let variable = this.bindings.get(name.slice(1));
    while (variable?.hidden) variable = variable.hidden;
    return variable?.depth === 0 ? variable : undefined;
  }

  /** Names of all variables that are set, sorted. */
  names(): string[] {
    return [...this.bindings.entries()].map(([name]) => name).sort();
  }

  // --- scopes -----------------------------------------------------------------------------------------------------------------

  get depth(): number {
    return this.#scopes.length;
  }

  get inFunction(): boolean {
    return this.#scopes.some((scope) => scope.kind === 'function');
  }

  push(kind: Scope['kind']): void {
    this.#scopes.push({ kind, names: [] });
  }

  /** Ends the innermost scope: what its variables hid comes back. */
  pop(): void {
    const depth = this.#scopes.length;
    const scope = this.#scopes.pop();
    if (!scope) return;
    for (const name of scope.names) {
      const variable = this.bindings.get(name);
      if (variable?.depth !== depth) continue;
      if (variable.hidden) this.bindings.set(name, variable.hidden);
      else this.bindings.delete(name);
      if (variable.has(EXPORTED) || variable.hidden?.has(EXPORTED) === true) this.passedOn = undefined;
    }
  }

  /** Ends all scopes. */
  popAll(): void {
    while (this.#scopes.length > 0) this.pop();
  }

  /** Whether what is bound to the name was assigned in front of a command that runs. */
  isTemporary(name: string): boolean {
    return this.#isTemporary(this.bindings.get(name));
  }

  #isTemporary(variable: Variable | undefined): boolean {
    return variable !== undefined && variable.depth > 0 && this.#scopes[variable.depth - 1]!.kind === 'temporary';
  }

  /** What the innermost scope holds and leaves behind. */
  protected get kept(): Variable[] {
    return (this.#scopes.at(-1)?.names ?? []).map((name) => this.bindings.get(name)!).filter((variable) => variable?.isKept === true && variable.depth === this.depth);
  }

  /** Takes what the innermost scope holds out of sight, until what is given back is called. */
  hide(): () => void {
    const { depth } = this;
    const own = (this.#scopes.at(-1)?.names ?? []).map((name) => this.bindings.get(name)).filter((variable) => variable?.depth === depth) as Variable[];
    for (const { name, hidden } of own) {
      if (hidden) this.bindings.set(name, hidden);
      else this.bindings.delete(name);
    }
    this.passedOn = undefined;
    return () => {
      for (const variable of own) {
        const shown = variable.copyFor(this.generation);
        shown.hidden = this.bindings.get(variable.name);
        this.bindings.set(variable.name, shown);
      }
      this.passedOn = undefined;
    };
  }

  /** `local -`: the options to be given back when the running function ends. */
  saveOptions(options: Options): void {
    const scope = this.#scopes[this.functionDepth - 1];
    if (scope) scope.options ??= options;
  }

  localOptions(): Options | undefined {
    return this.#scopes.at(-1)?.options;
  }

  isLocal(name: string): boolean {
    return this.functionDepth > 0 && this.bindings.get(name)?.depth === this.functionDepth;
  }

  /** The depth of the innermost function's scope, 0 outside functions. */
  get functionDepth(): number {
    for (let at = this.#scopes.length; at > 0; at--) if (this.#scopes[at - 1]!.kind === 'function') return at;
    return 0;
  }

  /** A variable of the scope at `depth`, new unless it is there already. `inherit`: starts with the outer value and attributes. */
  bindAt(depth: number, name: string, inherit = false): Variable {
    const outer = this.bindings.get(name);
    if (outer?.depth === depth) return this.#own(outer);
    const variable = new Variable(name, depth, this.generation);
    // A plain `local x` starts with the temporary assignment around it (`x=1 f`), and takes the place of that of its own call.
    const isTemporary = this.#isTemporary(outer);
    if (outer && (inherit || isTemporary)) {
      variable.value = outer.special ? outer.text : outer.value;
      if (inherit) {
        variable.list = outer.list?.clone();
        variable.map = outer.map?.clone();
      }
      variable.attributes = outer.attributes & ~(inherit ? NAMEREF : NAMEREF | READONLY);
      variable.isGiven = isTemporary;
    }
    this.#insert(variable, isTemporary && outer?.depth === depth - 1 && this.#scopes[depth - 1]!.kind === 'function' ? outer.hidden : outer);
    return variable;
  }

  /** Puts a variable into the chain of its name at its depth (there may be deeper ones above it). */
  #insert(variable: Variable, top: Variable | undefined): void {
    if (variable.depth > 0) this.#scopes[variable.depth - 1]!.names.push(variable.name);
    if (!top || top.depth < variable.depth) {
      variable.hidden = top;
      this.bindings.set(variable.name, variable);
      if (top?.has(EXPORTED) === true || variable.has(EXPORTED)) this.passedOn = undefined;
      return;
    }
    let above = this.#own(top);
    while (above.hidden && above.hidden.depth > variable.depth) above = this.#ownHidden(above);
    if (above.hidden?.depth === variable.depth) return;
    variable.hidden = above.hidden;
    above.hidden = variable;
  }

  #ownHidden(above: Variable): Variable {
    const hidden = above.hidden!;
    if (hidden.generation === this.generation) return hidden;
    above.hidden = hidden.copyFor(this.generation);
    return above.hidden;
  }

  /** The global variable of that name, made when absent (`declare -g`). */
  global(name: string): Variable {
    const top = this.bindings.get(name);
    if (!top) return this.writable(name);
    let at = this.#own(top);
    while (at.hidden) at = this.#ownHidden(at);
    if (at.depth === 0) return at;
    at.hidden = new Variable(name, 0, this.generation);
    return at.hidden;
  }

  #own(variable: Variable): Variable {
    if (variable.generation === this.generation) return variable;
    const copy = variable.copyFor(this.generation);
    this.bindings.set(variable.name, copy);
    return copy;
  }

  /** The variable bound to the name, made global when there is none, safe to change in place. Namerefs are not followed. */
  writable(name: string): Variable {
    if (isGlobalName(name)) return this.global(name.slice(1));
    const variable = this.bindings.get(name);
    if (variable) return variable.generation === this.generation ? variable : this.#own(variable);
    const made = new Variable(name, 0, this.generation);
    if (this.exportAll) made.attributes = EXPORTED;
    this.bindings.set(name, made);
    return made;
  }

  /** Unsets also what is read-only: getopts does so with OPTARG. */
  discard(name: string): void {
    const variable = this.bindings.get(name);
    if (!variable) return;
    this.changes++;
    if (variable.has(EXPORTED)) this.passedOn = undefined;
    if (variable.depth > 0 && (this.keepsUnset || variable.depth === this.functionDepth)) {
      const empty = new Variable(name, variable.depth, this.generation);
      empty.hidden = variable.hidden;
      if (this.keepsUnset) empty.attributes = variable.attributes;
      else if (variable.isGiven) empty.attributes = variable.attributes & EXPORTED;
      empty.isGiven = variable.isGiven;
      this.bindings.set(name, empty);
    } else if (variable.hidden) {
      this.bindings.set(name, variable.hidden);
      this.passedOn = undefined;
    } else this.bindings.delete(name);
    if (variable.special?.unset) this.writable(name).special = variable.special;
    variable.special?.unset?.();
  }
}
