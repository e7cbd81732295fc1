// seq: numbers in steps.
import { PREEMPT } from '../kernel/wait.js';
import { formatPrintf } from '../shell/printf.js';
import { command, parseOptions, UsageError } from '../programs/stdio.js';

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

function decimals(text: string): number {
  return text.includes('.') && !/[eE]/.test(text) ? text.length - text.indexOf('.') - 1 : 0;
}

/** Negative numbers are operands, not options. */
function protect(argv: readonly string[]): string[] {
  const at = argv.findIndex((word, index) => index > 0 && /^-[\d.]/.test(word) && argv[index - 1] !== '-s' && argv[index - 1] !== '-f');
  return at < 0 ? [...argv] : [...argv.slice(0, at), '--', ...argv.slice(at)];
}

export const seq = command(function* (process, output) {
  const options = parseOptions(protect(process.argv), 's:f:w', { separator: 'required', format: 'required', 'equal-width': 'no' }, { posix: true });
  const { operands } = options;
  if (operands.length === 0) throw new UsageError("missing operand\nTry 'seq --help' for more information.");
  if (operands.length > 3) throw new UsageError(`extra operand '${operands[3]}'\nTry 'seq --help' for more information.`);
  const bad = operands.find((word) => !NUMBER.test(word));
  if (bad !== undefined) throw new UsageError(`invalid floating point argument: '${bad}'\nTry 'seq --help' for more information.`);
  const [firstText, stepText, lastText] = operands.length === 1 ? ['1', '1', operands[0]!] : operands.length === 2 ? [operands[0]!, '1', operands[1]!] : [operands[0]!, operands[1]!, operands[2]!];
  const [first, step, last] = [Number(firstText), Number(stepText), Number(lastText)];
  if (step === 0) throw new UsageError(`invalid Zero increment value: '${stepText}'\nTry 'seq --help' for more information.`);
  const digits = Math.max(decimals(firstText), decimals(stepText));
  const separator = options.value('s', 'separator') ?? '\n';
  const format = options.value('f', 'format');
  const width = options.has('w', 'equal-width') ? Math.max(first.toFixed(digits).length, last.toFixed(digits).length) : 0;
  const text = (value: number): string => {
    if (format !== undefined) return formatPrintf(format, [String(value)], () => '').text;
    const plain = value.toFixed(digits);
    return width === 0 ? plain : plain.startsWith('-') ? `-${plain.slice(1).padStart(width - 1, '0')}` : plain.padStart(width, '0');
  };
  let printed = false;
  for (let n = 0; ; n++) {
    const value = first + n * step;
    if (step > 0 ? value > last + 1e-12 : value < last - 1e-12) break;
    output.print(printed ? separator + text(value) : text(value));
    printed = true;
    if (output.isFull) {
      yield* output.flush();
      yield PREEMPT;
    }
  }
  if (printed) output.print('\n');
  return 0;
});
