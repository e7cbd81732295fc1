// declare, typeset, local, export, readonly: attributes, values and listings of variables and functions.
import { functionText } from '../command-text.js';
import { isExportable } from '../execute/exported-functions.js';
import type { Task } from '../../kernel/wait.js';
import { elementsTask, type ExpandedAssignment, storeElements } from '../expand/assignment.js';
import type { Outcome } from '../parts.js';
import type { Shell } from '../shell.js';
import { quoteDash, quoteKey, quoteValue } from '../quote.js';
import { CAPITALIZED, EXPORTED, INTEGER, LOWERCASE, NAMEREF, READONLY, TRACED, UPPERCASE, type Variable } from '../variables/variable.js';
import { AssignmentError, isName, isSubscript, parseReference } from '../variables/variables.js';
import { ShellSyntaxError } from '../syntax/errors.js';
import { variableLines } from './options.js';
import { CommandAbort, ExpansionError } from '../flow.js';
import { fail, failSpecial, giveUp, print, usage } from './output.js';
import { refusal } from '../variables/assignment-error.js';

export const DECLARATIONS: ReadonlySet<string> = new Set(['declare', 'typeset', 'local', 'export', 'readonly']);

/** Of these bash tells the name when a value is no arithmetic. */
const DECLARATIONS_NAMED: ReadonlySet<string> = new Set(['declare', 'typeset', 'local']);

const ATTRIBUTES: Readonly<Record<string, number>> = { i: INTEGER, l: LOWERCASE, u: UPPERCASE, n: NAMEREF, r: READONLY, t: TRACED, x: EXPORTED, c: CAPITALIZED };
const SYNOPSIS: Readonly<Record<string, string>> = {
  declare: 'declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]',
  typeset: 'typeset [-aAfFgiIlnrtux] name[=value] ... or typeset -p [-aAfFilnrtux] [name ...]',
  local: 'local [option] name[=value] ...', export: 'export [-fn] [name[=value] ...] or export -p', readonly: 'readonly [-aAf] [name[=value] ...] or readonly -p',
};
const ALLOWED: Readonly<Record<string, string>> = { declare: 'aAfFgiIlnrtuxpc', typeset: 'aAfFgiIlnrtuxpc', local: 'aAfFgiIlnrtuxpc', export: 'aAfnp', readonly: 'aAfnp' };

interface Request {
  command: string;
  on: string;
  off: string;
  operands: readonly (string | ExpandedAssignment)[];
  /** Some were text that is read as an array's elements. */
  readsText?: boolean;
}

function parse(shell: Shell, argv: readonly (string | ExpandedAssignment)[]): Request | undefined {
  const command = argv[0] as string;
  let on = '';
  let off = '';
  let at = 1;
  for (; at < argv.length; at++) {
    const word = argv[at]!;
    if (typeof word !== 'string' || word.length < 2 || (word[0] !== '-' && (word[0] !== '+' || !/^(declare|typeset|local)$/.test(command)))) break;
    if (word === '--') {
      at++;
      break;
    }
    for (const letter of word.slice(1)) {
      if (!ALLOWED[command]!.includes(letter)) {
        usage(shell, command, `${word[0]}${letter}: invalid option`, SYNOPSIS[command]!);
        return undefined;
      }
      if (word[0] === '-') on += letter;
      else off += letter;
    }
  }
  return { command, on, off, operands: argv.slice(at) };
}

/** `declare -p`'s line for one variable. */
export function declaration(variable: Variable): string {
  const flags = variable.flags;
  const head = `declare -${flags === '' ? '-' : flags} ${variable.name}`;
  if (variable.isUnassigned && (variable.map ?? variable.list)?.size === 0) return head;
  if (variable.map) return variable.map.size === 0 ? `${head}=()` : `${head}=(${variable.keys.map((key) => `[${quoteKey(key)}]=${quoteValue(variable.map!.get(key)!)} `).join('')})`;
  if (variable.isArray) {
    const values = variable.elements;
    return `${head}=(${variable.keys.map((key, index) => `[${key}]=${quoteValue(values[index]!)}`).join(' ')})`;
  }
  const text = variable.has(NAMEREF) ? variable.value : variable.text;
  return text === undefined ? head : `${head}=${quoteValue(text)}`;
}

function functionLines(shell: Shell, names: readonly string[], namesOnly: boolean): string {
  return names.map((name) => {
    const found = shell.functions.get(name)!;
    const flags = `${found.isReadonly ? 'r' : ''}${found.isTraced ? 't' : ''}${found.isExported ? 'x' : ''}`;
    return namesOnly ? `declare -f${flags} ${name}\n` : `${functionText(name, found.definition.body)}\n`;
  }).join('');
}

function listFunctions(shell: Shell, { command, on, operands }: Request): Outcome {
  const names = operands.length > 0 ? operands.map(String) : [...shell.functions.keys()].sort();
  const known = names.filter((name) => {
    const found = shell.functions.get(name);
    if (!found || operands.length > 0) return found !== undefined;
    return (!on.includes('x') || found.isExported) && (!on.includes('r') || found.isReadonly) && (!on.includes('t') || found.isTraced);
  });
  const status = operands.length === 0 || known.length === names.length ? 0 : 1;
  if (on.includes('F') && operands.length > 0) return print(shell, command, known.map((name) => `${name}\n`).join(''), status);
  return print(shell, command, functionLines(shell, known, on.includes('F')), status);
}

/** `export -f`, `readonly -f`, `declare -ft`. */
function markFunctions(shell: Shell, { command, on, off, operands }: Request): number {
  let status = 0;
  for (const operand of operands) {
    const marks = command === 'export' || command === 'readonly';
    if (!marks && (typeof operand !== 'string' || /^\w+\+?=/.test(operand))) return fail(shell, command, "cannot use `-f' to make functions");
    const name = typeof operand === 'string' ? operand : operand.elements ? operand.name : argumentName(operand);
    const found = shell.functions.get(name);
    if (found?.isReadonly === true && off.includes('r')) {
      status = fail(shell, command, `${name}: readonly function`);
      continue;
    }
    if (!found) {
      status = fail(shell, command, `${name}: not a function`);
      continue;
    }
    if (command === 'export' && !on.includes('n') && !isExportable(name)) {
      status = fail(shell, command, `${name}: cannot export`);
      continue;
    }
    const isExported = command === 'export' ? !on.includes('n') : on.includes('x') || (found.isExported && !off.includes('x'));
    shell.functions.set(name, { ...found, isExported, isReadonly: found.isReadonly || command === 'readonly' || on.includes('r'), isTraced: on.includes('t') || (found.isTraced && !off.includes('t')) });
  }
  return status;
}

function argumentName({ name, append, value }: ExpandedAssignment): string {
  return `${name}${append ? '+' : ''}=${value ?? ''}`;
}

function* listOn(shell: Shell, request: Request, written: Task<number>, from: string | ExpandedAssignment): Task<number> {
  yield* written;
  const outcome = listVariables(shell, { ...request, operands: request.operands.slice(request.operands.indexOf(from)) });
  return typeof outcome === 'number' ? outcome : yield* outcome;
}

function listVariables(shell: Shell, { command, on, off, operands }: Request): Outcome {
  const { variables } = shell;
  if (operands.length > 0) {
    let outcome: Outcome = 0;
    let status = 0;
    let text = '';
    for (const operand of operands) {
      const bound = variables.binding(typeof operand === 'string' ? operand : `${operand.name}=`);
      // What acts when it is assigned is there even where it has no value.
      const isHook = bound?.special !== undefined && !bound.isSet && !bound.isArray && bound.attributes === 0;
      const variable = isHook || (command === 'local' && bound?.depth !== variables.functionDepth) ? undefined : bound;
      if (variable) text += `${declaration(variable)}\n`;
      else {
        // What is listed so far is seen before the complaint.
        if (text !== '') outcome = print(shell, command, text);
        if (typeof outcome !== 'number') return listOn(shell, { command, on, off, operands }, outcome, operand);
        text = '';
        status = fail(shell, command, `${typeof operand === 'string' ? operand : argumentName(operand)}: not found`);
      }
    }
    return print(shell, command, text, status);
  }
  const wanted = command === 'export' ? EXPORTED : command === 'readonly' ? READONLY : [...on].reduce((sum, letter) => sum | (ATTRIBUTES[letter] ?? 0), 0);
  const chosen = variables.names().map((name) => variables.binding(name)!).filter((variable) => (variable.isSet || variable.isArray || variable.attributes !== 0)
    && (wanted === 0 || (variable.attributes & wanted) === wanted) && (!on.includes('a') || variable.list !== undefined || variable.special?.list !== undefined) && (!on.includes('A') || variable.map !== undefined)
    && (command !== 'local' || variable.depth === variables.functionDepth));
  if (on === '' && (command === 'declare' || command === 'typeset')) return print(shell, command, variableLines(shell) + functionLines(shell, [...shell.functions.keys()].sort(), false));
  if (!shell.isBash || shell.options.posix) return print(shell, command, chosen.map((variable) => `${command} ${variable.name}${variable.text === undefined ? '' : `=${shell.isBash ? quoteValue(variable.text) : quoteDash(variable.text)}`}\n`).join(''));
  return print(shell, command, chosen.map((variable) => `${declaration(variable)}\n`).join(''));
}

/** `name=value` that came from an expansion is text. */
function parts(operand: string | ExpandedAssignment): ExpandedAssignment | undefined {
  if (typeof operand !== 'string') return operand;
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:\[(.*?)\])?(?:(\+)?=([^]*))?$/s.exec(operand);
  if (!match) return undefined;
  return { name: match[1]!, subscript: match[2], append: match[3] !== undefined, value: match[4], elements: undefined };
}

function target(shell: Shell, request: Request, name: string): Variable {
  const { variables } = shell;
  const { command, on } = request;
  const isNameref = on.includes('n') || request.off.includes('n');
  if (command === 'export' || command === 'readonly') {
    const variable = variables.writable(variables.follow(name).name);
    // `x=1 export x`, and in a function called as `x=1 f`: in bash it stays.
    if (shell.isBash && variables.isTemporary(variable.name)) variable.isKept = true;
    return variable;
  }
  if (on.includes('g')) return variables.global(name);
  if (variables.functionDepth === 0 && /[rx]/.test(on) && variables.isTemporary(name)) {
    const variable = variables.writable(name);
    variable.isKept = true;
    return variable;
  }
  if (variables.functionDepth > 0) return variables.bindAt(variables.functionDepth, name, on.includes('I') || shell.options.has('localvar_inherit') || !shell.isBash);
  return variables.writable(isNameref ? name : variables.follow(name).name);
}

/** Whether what is declared belongs to the running function: a global variable that is read-only has no local copies. */
function isLocal({ variables }: Shell, { command, on }: Request): boolean {
  return variables.functionDepth > 0 && command !== 'export' && command !== 'readonly' && !on.includes('g');
}

/**
 * bash assigns the lists among the arguments before it runs the built-in, in the name of what ran before if that is new: what cannot be
 * is told then, and outside of functions gives the command up; in a function the built-in meets it once more.
 */
function refuse(shell: Shell, { command, readsText }: Request, { elements }: ExpandedAssignment, message: string): number {
  if (shell.isBash && elements && readsText !== true) {
    shell.complain(`${shell.entered === undefined ? '' : `${shell.entered}: `}${message}`);
    if (shell.variables.functionDepth === 0) throw new CommandAbort(1);
  }
  return fail(shell, command, message);
}

function declareOne(shell: Shell, request: Request, operand: string | ExpandedAssignment): number {
  const { variables } = shell;
  const { command, on, off } = request;
  const assignment = parts(operand);
  if (!assignment || !isName(assignment.name)) {
    const text = typeof operand === 'string' ? operand : operand.name;
    if (shell.isBash) return fail(shell, command, `\`${text}': not a valid identifier`);
    giveUp(shell, command, `${text.split('=')[0]}: bad variable name`);
  }
  const { name, subscript, append, value, elements } = assignment;
  if (subscript !== undefined && !isSubscript(subscript)) return fail(shell, command, `\`${name}[${subscript}]${value === undefined ? '' : `=${value}`}': not a valid identifier`);
  if (subscript !== undefined && shell.isBash && (command === 'export' || command === 'readonly')) return fail(shell, command, `\`${name}[${subscript}]': not a valid identifier`);
  const outer = variables.binding(name);
  if (shell.isBash && outer?.depth === 0 && outer.has(READONLY) && isLocal(shell, request)) return refuse(shell, request, assignment, `${name}: readonly variable`);
  const variable = target(shell, request, name);
  // With these -n takes the attribute away; none can make what is read-only writable again.
  const marks = command === 'export' || command === 'readonly';
  let add = [...on].reduce((sum, letter) => sum | (ATTRIBUTES[letter] ?? 0), 0) & ~(marks ? NAMEREF : 0) | (!marks || on.includes('n') ? 0 : command === 'readonly' ? READONLY : EXPORTED);
  const remove = [...off].reduce((sum, letter) => sum | (ATTRIBUTES[letter] ?? 0), 0) | (command === 'export' && on.includes('n') ? EXPORTED : 0);
  if ((remove & READONLY) !== 0 && variable.has(READONLY)) return fail(shell, command, `${name}: readonly variable`);
  if (elements && variable.has(READONLY)) {
    if (!shell.isBash || request.readsText === true) return fail(shell, command, `${name}: readonly variable`);
    // As any other assignment: told without the function's name, and the command is given up.
    shell.complain(`${name}: readonly variable`);
    throw new CommandAbort(1);
  }
  if (off.includes('n') && variable.has(NAMEREF) && value !== undefined) {
    // What it leads to gets the value, and it keeps the name.
    variables.set(name, value, append);
    variables.mark(variable, 0, NAMEREF);
    return 0;
  }
  const isBare = value === undefined && elements === undefined;
  // bash: a local variable is exported where the one that it hides is.
  if (shell.isBash && variable !== outer && outer?.has(EXPORTED) === true && variable.depth > outer.depth && !off.includes('x')) add |= EXPORTED;
  if (outer?.special?.set && !outer.special.get && variable !== outer) variable.special = outer.special;
  // dash's local keeps the value, busybox's only that it is exported.
  if (isBare && command === 'local' && shell.dialect === 'ash' && variable !== outer) variable.value = undefined;
  const isNew = isBare && !variable.isArray && variable.value === undefined;
  if (isBare && command === 'readonly' && !variable.isArray) {
    // bash makes no array of a name that gets no value.
  } else if (on.includes('A')) {
    if (variable.list) return refuse(shell, request, assignment, `${name}: cannot convert indexed to associative array`);
    variable.becomeMap();
  } else if (on.includes('a') || (subscript !== undefined && !variable.map)) {
    if (variable.map) return refuse(shell, request, assignment, `${name}: cannot convert associative to indexed array`);
    variable.becomeList();
  }
  if ((add & NAMEREF) !== 0) {
    if (variable.isArray || elements !== undefined || subscript !== undefined) return fail(shell, command, `${subscript === undefined ? name : `${name}[${subscript}]`}: reference variable cannot be an array`);
    if (value === undefined && variable.value !== undefined && !parseReference(variable.value)) return fail(shell, command, `\`${variable.value}': invalid variable name for name reference`);
  }
  if ((add & NAMEREF) !== 0 && value !== undefined) {
    if (value === '') return fail(shell, command, "`': not a valid identifier");
    if (value === name && variables.functionDepth === 0) return fail(shell, command, `${name}: nameref variable self references not allowed`);
    const reference = parseReference(value);
    if (!reference) return fail(shell, command, `\`${value}': invalid variable name for name reference`);
    if (reference.name === name) shell.complain(`${command}: warning: ${name}: circular name reference`);
  }
  if (isNew && variable.isArray) variable.isUnassigned = true;
  if ((add & LOWERCASE) !== 0 && (add & UPPERCASE) !== 0) add &= ~(LOWERCASE | UPPERCASE);
  const exclusive = (add & LOWERCASE) !== 0 ? UPPERCASE : (add & UPPERCASE) !== 0 ? LOWERCASE : 0;
  variables.mark(variable, add & ~(READONLY | NAMEREF), remove | exclusive);
  if (elements) storeElements(shell, variable, elements, append);
  else if (value !== undefined && subscript !== undefined) variables.assignElement(variable, variables.elementKey(variable, subscript), value, append);
  else if (value !== undefined) {
    // The name that a nameref leads to is no number, whatever the variable was.
    if ((add & NAMEREF) !== 0) variables.mark(variable, 0, INTEGER | LOWERCASE | UPPERCASE);
    variables.assign(variable, value, append);
  }
  variables.mark(variable, add & (READONLY | NAMEREF));
  return 0;
}

/** An array that gets a text `(…)` gets the elements that the text is as a script. */
function isListText(shell: Shell, { command, on }: Request, operand: string | ExpandedAssignment): ExpandedAssignment | undefined {
  if (!shell.isBash) return undefined;
  const assignment = parts(operand);
  if (assignment?.subscript !== undefined || !/^\(.*\)$/s.test(assignment?.value ?? '')) return undefined;
  if (/[aA]/.test(on)) return assignment;
  const { variables } = shell;
  const bound = variables.find(assignment!.name);
  const isMeant = variables.functionDepth === 0 || on.includes('g') || bound?.depth === variables.functionDepth;
  return isMeant && command !== 'export' && command !== 'readonly' && bound?.isArray === true ? assignment : undefined;
}

function* readLists(shell: Shell, request: Request): Task<number> {
  const operands: (string | ExpandedAssignment)[] = [];
  let failed = 0;
  for (const operand of request.operands) {
    const assignment = isListText(shell, request, operand);
    if (!assignment) {
      operands.push(operand);
      continue;
    }
    try {
      const list = shell.execution.newParser(`${assignment.name}=${assignment.value}`, shell.line).next();
      const command = typeof list === 'object' ? list.items[0]?.command : undefined;
      const read = command?.type === 'simple' ? command.assignments[0] : undefined;
      operands.push(read?.array === undefined ? operand : { ...assignment, value: undefined, elements: yield* elementsTask(shell, read, request.on.includes('A')) });
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error;
      shell.execution.reportSyntax(error);
      failed = 1;
      operands.push({ ...assignment, value: undefined, elements: [] });
    }
  }
  const outcome = declareAll(shell, { ...request, operands, readsText: true });
  return (typeof outcome === 'number' ? outcome : yield* outcome) || failed;
}

/** Runs a declaration built-in; arguments that assign come in parts. */
export function runDeclaration(shell: Shell, argv: readonly (string | ExpandedAssignment)[]): Outcome {
  const request = parse(shell, argv);
  if (!request) return 2;
  return request.operands.some((operand) => isListText(shell, request, operand)) ? readLists(shell, request) : declareAll(shell, request);
}

function declareAll(shell: Shell, request: Request): Outcome {
  const { command, on, operands } = request;
  if (command === 'local' && shell.variables.functionDepth === 0) {
    if (shell.isBash) return fail(shell, 'local', 'can only be used in a function');
    giveUp(shell, 'local', 'not in a function');
  }
  const notForFunctions = /[aAilnu]/.exec(on)?.[0];
  if (on.includes('f') && notForFunctions !== undefined && (command === 'declare' || command === 'typeset')) return fail(shell, command, `-${notForFunctions}: invalid option`);
  if (/[fF]/.test(on)) return operands.length > 0 && (command === 'export' || command === 'readonly' || /[rtx]/.test(on + request.off) || operands.some((operand) => String(typeof operand === 'string' ? operand : argumentName(operand)).includes('='))) ? markFunctions(shell, request) : listFunctions(shell, request);
  if (operands.length === 0 || (on.includes('p') && command !== 'export' && command !== 'readonly')) return listVariables(shell, request);
  let status = 0;
  for (const operand of operands) {
    if (operand === '-' && command === 'local') {
      shell.variables.saveOptions(shell.options.clone());
      continue;
    }
    try {
      status = declareOne(shell, request, operand) || status;
    } catch (error) {
      if (error instanceof ExpansionError && !error.isReported && !error.isInner && DECLARATIONS_NAMED.has(command)) error.message = `${command}: ${error.message}`;
      if (!(error instanceof AssignmentError)) throw error;
      if (!shell.isBash) {
        giveUp(shell, command, refusal(error, shell.isBash));
      }
      // As export and readonly bash names itself only where text is to become an array's.
      shell.complain((command === 'export' || command === 'readonly') && request.readsText !== true ? error.message : `${command}: ${error.message}`);
      status = failSpecial(shell, command, 1);
    }
  }
  return status;
}
