// dash's export, readonly and local, whose arguments are texts.
import { quoteDash } from '../../quote.js';
import type { Builtin, Outcome } from '../../parts.js';
import type { Shell } from '../../shell.js';
import { EXPORTED, READONLY, type Variable } from '../../variables/variable.js';
import { AssignmentError, isName } from '../../variables/variables.js';
import { giveUp, print, readOptions } from '../output.js';

/** `name` or `name=value`. */
function split(shell: Shell, command: string, operand: string): { name: string; value: string | undefined } {
  const at = operand.indexOf('=');
  const name = at < 0 ? operand : operand.slice(0, at);
  if (!isName(name)) giveUp(shell, command, `${name}: bad variable name`);
  return { name, value: at < 0 ? undefined : operand.slice(at + 1) };
}

function assign(shell: Shell, command: string, variable: Variable, value: string): void {
  try {
    shell.variables.assign(variable, value);
  } catch (error) {
    if (!(error instanceof AssignmentError)) throw error;
    giveUp(shell, command, `${variable.name}: is read only`);
  }
}

function list(shell: Shell, command: string, attribute: number): Outcome {
  const { variables } = shell;
  const marked = variables.names().map((name) => variables.binding(name)!).filter((variable) => variable.has(attribute));
  return print(shell, command, marked.map(({ name, text }) => `${command} ${name}${text === undefined ? '' : `=${quoteDash(text)}`}\n`).join(''));
}

export const declare: Builtin = (shell, argv) => {
  const command = argv[0]!;
  const attribute = command === 'export' ? EXPORTED : READONLY;
  // What follows a `p` is not looked at.
  if (argv[1]?.startsWith('-p') === true) return list(shell, command, attribute);
  const { operands } = readOptions(shell, argv, '', '')!;
  if (operands.length === 0) return list(shell, command, attribute);
  const { variables } = shell;
  for (const operand of operands) {
    const { name, value } = split(shell, command, operand);
    const variable = variables.writable(name);
    if (value !== undefined) assign(shell, command, variable, value);
    variables.mark(variable, attribute);
  }
  return 0;
};

/** A local variable begins with the value that its name had; `local -` is for the options. */
export const local: Builtin = (shell, argv) => {
  const { variables } = shell;
  if (variables.functionDepth === 0) giveUp(shell, 'local', 'not in a function');
  for (const operand of argv.slice(1)) {
    if (operand === '-') {
      variables.saveOptions(shell.options.clone());
      continue;
    }
    const { name, value } = split(shell, 'local', operand);
    const variable = variables.bindAt(variables.functionDepth, name, true);
    if (value !== undefined) assign(shell, 'local', variable, value);
  }
  return 0;
};
