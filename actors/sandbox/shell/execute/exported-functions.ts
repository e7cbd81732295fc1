// Exported functions travel through the environment as BASH_FUNC_name%%, and are taken from there for nothing but functions.
import { environmentText } from '../command-text.js';
import type { Shell } from '../shell.js';
import type { FunctionDefinition, List } from '../syntax/ast.js';
import { ShellSyntaxError } from '../syntax/errors.js';
import { isName } from '../variables/variables.js';

/** What children get. */
export function childEnvironment(shell: Shell): ReadonlyMap<string, string> {
  const env = shell.variables.environment();
  const exported = shell.isBash ? [...shell.functions].filter(([, { isExported }]) => isExported) : [];
  if (exported.length === 0) return env;
  const copy = new Map(env);
  for (const [name, { definition }] of exported) copy.set(`BASH_FUNC_${name}%%`, environmentText(definition.body));
  return copy;
}

/** Whether a function of that name may be in an environment. */
export function isExportable(name: string): boolean {
  return !/[/=]/.test(name);
}

/** The function that the text is the definition of, and of nothing else; undefined after a complaint. */
function read(shell: Shell, name: string, text: string): FunctionDefinition | undefined {
  let list: List | 'incomplete' | 'end';
  try {
    list = shell.execution.newParser(`${name} ${text}`, 0).next();
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    shell.execution.reportSyntax(error, name);
    return undefined;
  }
  const item = typeof list === 'object' && list.items.length === 1 ? list.items[0]! : undefined;
  if (item?.command.type === 'function' && item.command.name === name && !item.background) return item.command;
  shell.warnRaw(`${shell.name}: warning: ${name}: ignoring function definition attempt\n`);
  return undefined;
}

const VARIABLE = /^BASH_FUNC_(.+)%%$/s;

/** Whether an entry of an environment is for a function. */
export function isFunctionVariable(name: string, text: string): boolean {
  return VARIABLE.test(name) && text.startsWith('() {');
}

/** Defines the functions that the environment brings. */
export function importFunctions(shell: Shell): void {
  for (const [variable, text] of shell.process.env) {
    if (!isFunctionVariable(variable, text)) continue;
    const name = VARIABLE.exec(variable)![1]!;
    const isAllowed = !name.includes('/') && (!shell.options.posix || isName(name));
    const definition = isAllowed ? read(shell, name, text) : undefined;
    if (definition) {
      shell.functions.set(name, { definition, source: 'environment', isExported: true, isReadonly: false, isTraced: false });
      continue;
    }
    shell.variables.foreign.set(variable, text);
    shell.warnRaw(`${shell.name}: error importing function definition for \`${name}'\n`);
  }
}
