// dash's command, unset, shift and eval where they are not as bash's are.
import type { Builtin, Outcome } from '../../parts.js';
import type { Shell } from '../../shell.js';
import { AssignmentError, isName } from '../../variables/variables.js';
import { giveUp, readOptions } from '../output.js';
import { describe } from './describe.js';
import { resetGetopts, restartGetopts } from './getopts.js';
import { numberOperand } from './number.js';

export const command: Builtin = (shell, argv) => {
  const { flags, operands } = readOptions(shell, argv, 'pvV', '')!;
  if (operands.length === 0) return 0;
  const defaultPath = flags.includes('p');
  if (/[vV]/.test(flags)) return describe(shell, operands[0]!, { terse: !flags.includes('V'), defaultPath });
  if (operands[0] !== 'local') return shell.execution.runWords(operands, { defaultPath });
  // What is local to `command` is over with it.
  shell.variables.push('function');
  try {
    return shell.execution.runWords(operands) as number;
  } finally {
    shell.variables.pop();
  }
};

function unsetVariable(shell: Shell, name: string): void {
  if (!isName(name)) giveUp(shell, 'unset', `${name}: bad variable name`);
  if (name === 'OPTIND') resetGetopts(shell, '', 'unset');
  try {
    shell.variables.unset(name);
  } catch (error) {
    if (!(error instanceof AssignmentError)) throw error;
    giveUp(shell, 'unset', `${name}: is read only`);
  }
}

export const unset: Builtin = (shell, argv) => {
  const { flags, operands } = readOptions(shell, argv, 'vf', '')!;
  for (const operand of operands) {
    if (flags.endsWith('f')) shell.functions.delete(operand);
    else unsetVariable(shell, operand);
  }
  return 0;
};

export const shift: Builtin = (shell, argv) => {
  const count = argv[1] === undefined ? 1 : numberOperand(shell, 'shift', argv[1]);
  if (count > shell.positional.length) giveUp(shell, 'shift', "can't shift that many");
  shell.positional = shell.positional.slice(count);
  restartGetopts(shell);
  return 0;
};

function jump(type: 'break' | 'continue'): Builtin {
  return (shell, argv) => {
    const levels = argv[1] === undefined ? 1 : numberOperand(shell, type, argv[1]);
    if (levels === 0) giveUp(shell, type, `Illegal number: ${argv[1]}`);
    if (shell.loopDepth > 0) shell.flow = { type, levels: Math.min(levels, shell.loopDepth) };
    return 0;
  };
}

export const breakBuiltin = jump('break');
export const continueBuiltin = jump('continue');

export const returnBuiltin: Builtin = (shell, argv): Outcome => {
  const status = argv[1] === undefined ? shell.status : numberOperand(shell, 'return', argv[1]);
  shell.flow = { type: 'return' };
  shell.returnedStatus = argv[1] === undefined ? undefined : status;
  return status;
};
