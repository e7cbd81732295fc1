// printf, with -v into a variable.
import { strftime } from '../strftime.js';
import { formatPrintf } from '../printf.js';
import { AssignmentError, parseReference } from '../variables/variables.js';
import type { Builtin } from '../shell.js';
import { fail, print, usage } from './output.js';

const SYNOPSIS = 'printf [-v var] format [arguments]';

export const printfBuiltin: Builtin = (shell, argv) => {
  let at = 1;
  let variable: string | undefined;
  if (shell.isBash) {
    while (at < argv.length && argv[at]!.startsWith('-') && argv[at] !== '-') {
      if (argv[at] === '--') {
        at++;
        break;
      }
      if (!argv[at]!.startsWith('-v')) return usage(shell, 'printf', `${argv[at]!.slice(0, 2)}: invalid option`, SYNOPSIS);
      variable = argv[at]!.length > 2 ? argv[at]!.slice(2) : argv[++at];
      at++;
      if (variable === undefined) return usage(shell, 'printf', '-v: option requires an argument', SYNOPSIS);
      if (!parseReference(variable)) return fail(shell, 'printf', `\`${variable}': not a valid identifier`, 2);
    }
  } else if (argv[at] === '--') {
    at++;
  }
  const format = argv[at];
  if (format === undefined) return shell.isBash ? usage(shell, 'printf', 'usage: printf [-v var] format [arguments]'.slice(7), SYNOPSIS) : fail(shell, 'printf', 'usage: printf format [arg ...]', 2);
  const zone = shell.variables.get('TZ');
  const { text, errors, status } = formatPrintf(format, argv.slice(at + 1), (pattern, seconds) => strftime(pattern, seconds * 1000, zone));
  if (variable === undefined) {
    const outcome = print(shell, 'printf', text, status);
    for (const { message } of errors) fail(shell, 'printf', message);
    return outcome;
  }
  for (const { message } of errors) fail(shell, 'printf', message);
  try {
    const { name, subscript } = parseReference(variable)!;
    const value = text.split('\0', 1)[0]!;
    if (subscript === undefined) shell.variables.set(name, value);
    else shell.variables.setElement(name, subscript, value);
    return status;
  } catch (error) {
    if (!(error instanceof AssignmentError)) throw error;
    return fail(shell, 'printf', error.message);
  }
};
