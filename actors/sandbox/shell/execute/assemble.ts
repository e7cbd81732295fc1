// Puts a shell together: its state and the parts that work on it.
import { ASH_BUILTINS, BUILTINS, DASH_BUILTINS } from '../builtins/table.js';
import { Expander } from '../expand/expander.js';
import { JobTable } from '../jobs.js';
import type { Shell } from '../shell.js';
import { defineSpecials } from '../special-variables.js';
import { Traps } from '../traps.js';
import { Redirector } from './redirector.js';
import { Runtime, type ScriptMain } from './runtime.js';
import type { Subscript } from '../syntax/ast.js';
import { ShellSyntaxError } from '../syntax/errors.js';
import { parseSubscript } from '../syntax/script-parts.js';
import { keyOf } from '../expand/lookup.js';

/** Gives a new or forked shell its parts. */
export function assemble(shell: Shell, scriptMain: ScriptMain): void {
  shell.assemble = (forked) => assemble(forked, scriptMain);
  shell.builtins = shell.isBash ? BUILTINS : shell.dialect === 'ash' ? ASH_BUILTINS : DASH_BUILTINS;
  if (!shell.isBash) shell.options.shopt('patsub_replacement', false);
  shell.jobs ??= new JobTable(shell);
  shell.traps ??= new Traps(shell);
  shell.execution = new Runtime(shell, scriptMain);
  shell.expansion = new Expander(shell);
  shell.redirection = new Redirector(shell);
  shell.variables.evaluate = (text) => String(shell.expansion.evaluate(text));
  shell.variables.warn = (message) => shell.complain(message);
  shell.variables.elementKey = (variable, subscript, isKey = shell.options.has('assoc_expand_once')) => {
    if (variable?.map && isKey) return subscript;
    let parsed: Subscript;
    try {
      parsed = parseSubscript(subscript, shell.dialect);
    } catch (error) {
      // Text that came at run time (`unset "a[it's]"`) may be no shell word: a key is what it is, an index is judged as arithmetic.
      if (!(error instanceof ShellSyntaxError)) throw error;
      return variable?.map ? subscript : String(shell.expansion.evaluate(subscript));
    }
    if (variable?.map && /^["'$\\]/.test(subscript) === false && !/[$`"'\\]/.test(subscript)) return subscript;
    return keyOf(shell, parsed, variable);
  };
  defineSpecials(shell);
}
