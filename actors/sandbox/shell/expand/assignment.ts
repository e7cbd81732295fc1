// Assignments of elements and arrays: `a[i]=x`, `a=(…)`, `a+=(…)`, and the arguments of declare and its relatives.
import type { Task } from '../../kernel/wait.js';
import { endsScript } from '../execute/given-up.js';
import { CommandAbort, ShellExit } from '../flow.js';
import type { Shell } from '../shell.js';
import type { ArrayElement, Assignment, Word } from '../syntax/ast.js';
import { sum } from '../syntax/constant.js';
import type { Key } from '../variables/arrays.js';
import { NAMEREF, READONLY, type Variable } from '../variables/variable.js';
import { AssignmentError } from '../variables/variables.js';
import { badSubscript, isBefore, keyOf } from './lookup.js';

/** One element of `(…)` with everything expanded. `key` is the text of an explicit subscript. */
export interface ExpandedElement {
  readonly key: string | undefined;
  readonly append: boolean;
  readonly value: string;
}

/** An argument of a declaration built-in with its right side expanded. */
export interface ExpandedAssignment {
  readonly name: string;
  readonly subscript: string | undefined;
  readonly append: boolean;
  readonly value: string | undefined;
  readonly elements: readonly ExpandedElement[] | undefined;
}

/** The array that an assignment of elements means: what a nameref leads to, which cannot be an element; one that leads nowhere is none any more. */
function arrayName(shell: Shell, given: string): string {
  const { name, subscript } = shell.variables.follow(given);
  if (subscript !== undefined) throw new AssignmentError(`\`${name}[${subscript}]': not a valid identifier`);
  if (shell.variables.binding(name)?.has(NAMEREF) === true) {
    shell.complain(`warning: ${name}: removing nameref attribute`);
    const variable = shell.variables.writable(name);
    shell.variables.mark(variable, 0, NAMEREF);
    variable.value = undefined;
  }
  return name;
}

/** `name[index]=value`; `keyText` when the subscript had to be expanded apart. */
export function assignValue(shell: Shell, assignment: Assignment, value: string, keyText?: string): void {
  const { variables } = shell;
  const name = arrayName(shell, assignment.name);
  const bound = variables.binding(name);
  const { index } = assignment;
  if (index!.word.source === '') throw new AssignmentError(`${assignment.name}[]: bad array subscript`);
  if (index!.all !== undefined && !bound?.map) throw new AssignmentError(`${assignment.name}[${index!.all}]: bad array subscript`);
  const key = keyText === undefined ? keyOf(shell, index!, bound) : bound?.map ? keyText : shell.expansion.evaluate(keyText);
  storeElement(shell, name, key, value, assignment.append);
}

/** Stores one element under an evaluated key. */
export function storeElement(shell: Shell, name: string, key: Key, value: string, append: boolean): void {
  const variable = shell.variables.writable(name);
  if (variable.map && key === '') throw new AssignmentError(`${name}[]: bad array subscript`);
  shell.variables.assignElement(variable, key, value, append);
}

/** The elements of `name=(…)`. Each explicit subscript is kept as text: what it means depends on the variable's kind. */
export function elementsOf(shell: Shell, { name, array }: Assignment, isMap = false): ExpandedElement[] {
  const out: ExpandedElement[] = [];
  for (const element of elementsFor(shell, name, array!, isMap)) {
    if (element.index) out.push({ key: shell.expansion.text(element.index.word), append: element.append, value: shell.expansion.assigned(element.value) });
    else for (const value of shell.expansion.fields([element.value])) out.push({ key: undefined, append: false, value });
  }
  return out;
}

export function* elementsTask(shell: Shell, { name, array }: Assignment, isMap = false): Task<ExpandedElement[]> {
  const out: ExpandedElement[] = [];
  for (const element of elementsFor(shell, name, array!, isMap)) {
    if (element.index) {
      const key = yield* shell.expansion.textTask(element.index.word);
      out.push({ key, append: element.append, value: yield* shell.expansion.assignedTask(element.value) });
    } else {
      for (const value of yield* shell.expansion.fieldsTask([element.value])) out.push({ key: undefined, append: false, value });
    }
  }
  return out;
}

/** The elements of an associative array know no tildes. */
function withoutTildes(word: Word): Word {
  if (!word.parts.some(({ type }) => type === 'tilde')) return word;
  return { ...word, parts: word.parts.map((part) => (part.type === 'tilde' ? { type: 'literal', text: `~${part.user}` } : part)) };
}

/** In an indexed array, elements whose braces expand have no subscripts. */
function elementsFor(shell: Shell, name: string, array: readonly ArrayElement[], isMap: boolean): readonly ArrayElement[] {
  if (isMap || shell.variables.find(name)?.map) return array.map((element) => (element.index === undefined ? element : { ...element, value: withoutTildes(element.value) }));
  if (!array.some(({ whole }) => whole !== undefined)) return array;
  return array.map((element) => (element.whole === undefined ? element : { index: undefined, append: false, value: element.whole }));
}

/** Stores `name=(…)` or `name+=(…)`. */
export function storeAssignment(shell: Shell, assignment: Assignment, elements: readonly ExpandedElement[]): void {
  if (assignment.index !== undefined) {
    throw new AssignmentError(`${assignment.name}[${assignment.index.word.source}]: cannot assign list to array member`);
  }
  const name = arrayName(shell, assignment.name);
  storeElements(shell, shell.variables.writable(name), elements, assignment.append);
}

/** Fills an array variable; without `append` it is emptied first. */
export function storeElements(shell: Shell, variable: Variable, elements: readonly ExpandedElement[], append: boolean): void {
  const { variables } = shell;
  if (variable.has(READONLY)) throw new AssignmentError(`${variable.name}: readonly variable`, true);
  variable.isUnassigned = false;
  if (variable.map) return storePairs(shell, variable, elements, append);
  if (elements.every(({ key }) => key === undefined) && !append) {
    variables.assignList(variable, elements.map(({ value }) => value));
    return;
  }
  if (!append) variables.assignList(variable, []);
  else variable.becomeList();
  let next = sum(variable.list!.last, 1);
  for (const { key, append: adds, value } of elements) {
    if (key !== undefined) {
      // Subscripts see the array as it was: `a=([${#a[@]}]=x)` is expanded before, only their arithmetic is done here.
      // bash's own mark for what is quoted, the byte 1, is lost on the way.
      const index = shell.expansion.evaluate(key.replaceAll('\x01', ''));
      if (isBefore(variable, index)) {
        badSubscript(shell, `[${key}]=${value}`);
        continue;
      }
      next = variables.indexOf(variable, index);
    }
    variables.assignAt(variable, next, value, adds);
    next = sum(next, 1);
  }
}

/** Associative: `([k]=v …)`, or bash 5.1's `(k v k v)`. */
function storePairs(shell: Shell, variable: Variable, elements: readonly ExpandedElement[], append: boolean): void {
  const { variables } = shell;
  // bash: `+=` in a list that replaces the array adds to what the element was before.
  const old = append ? undefined : variable.map?.clone();
  if (!append) variables.clearMap(variable);
  const isPairs = elements.length > 0 && elements[0]!.key === undefined;
  if (isPairs) {
    for (let at = 0; at < elements.length; at += 2) {
      const key = elements[at]!.value;
      if (key === '') badSubscript(shell, `${key}`);
      else variables.assignElement(variable, key, elements[at + 1]?.value ?? '');
    }
    return;
  }
  for (const { key, append: adds, value } of elements) {
    if (key === undefined) {
      shell.complain(`${variable.name}: ${value}: must use subscript when assigning associative array`);
      continue;
    }
    if (key === '') {
      badSubscript(shell, `['']=${value}`);
      continue;
    }
    if (adds && old) variables.assignElement(variable, key, (old.get(key) ?? '') + value);
    else variables.assignElement(variable, key, value, adds);
  }
}

/** Expands an argument of a declaration built-in without splitting it. */
export function expandArgument(shell: Shell, assignment: Assignment, isMap = false): ExpandedAssignment {
  const { name, append, index } = assignment;
  const subscript = index ? shell.expansion.text(index.word) : undefined;
  if (assignment.array) return { name, subscript, append, value: undefined, elements: elementsOf(shell, assignment, isMap) };
  return { name, subscript, append, value: shell.expansion.assigned(assignment.value!), elements: undefined };
}

export function* expandArgumentTask(shell: Shell, assignment: Assignment, isMap = false): Task<ExpandedAssignment> {
  const { name, append, index } = assignment;
  const subscript = index ? yield* shell.expansion.textTask(index.word) : undefined;
  if (assignment.array) return { name, subscript, append, value: undefined, elements: yield* elementsTask(shell, assignment, isMap) };
  return { name, subscript, append, value: yield* shell.expansion.assignedTask(assignment.value!), elements: undefined };
}

/** What `for` does with its variable at each turn; false after a complaint. */
export function assignsLoopVariable(shell: Shell, name: string, value: string): boolean {
  const variable = shell.variables.binding(name);
  try {
    // A nameref as loop variable is pointed at each name in turn.
    if (variable && (variable.attributes & 32) !== 0) shell.variables.assign(shell.variables.writable(name), value);
    else shell.variables.set(name, value);
    return true;
  } catch (error) {
    if (!(error instanceof AssignmentError) || !shell.isBash || endsScript(shell)) throw error;
    shell.complain(error.message);
    shell.status = 1;
    return false;
  }
}

/** A list in front of a command is no array but the text between the parentheses, expanded. */
export function* temporaryText(shell: Shell, { value, array }: Assignment): Task<string> {
  if (value !== undefined) return yield* shell.expansion.assignedTask(value);
  const texts: string[] = [];
  for (const element of array ?? []) {
    const text = yield* shell.expansion.textTask(element.value);
    texts.push(element.index === undefined ? text : `[${yield* shell.expansion.textTask(element.index.word)}]=${text}`);
  }
  return `(${texts.join(' ')})`;
}

/** `a[0]=x command`: elements have no place in an environment. `isSpecial`: in front of a special built-in of a POSIX shell. */
export function complainOfElement(shell: Shell, { source }: Assignment, isSpecial = false): void {
  shell.complain(`\`${source.slice(0, source.indexOf(']') + 1)}': not a valid identifier`);
  if (isSpecial && !shell.isInteractive) throw new ShellExit(shell.commandString === undefined ? 1 : 127);
  if (shell.options.posix) throw new CommandAbort(1);
}
