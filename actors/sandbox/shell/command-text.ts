// The text of a command, on one line: for job lists, `declare -f` and exported functions. Reading it gives the command back.
import type { Assignment, Command, List, Redirect, Test, Word, WordPart } from './syntax/ast.js';

const words = (list: readonly Word[]): string => list.map(wordText).join(' ');

/** A word as bash prints it: the commands of its substitutions in bash's own layout, where they are on one line. */
export function wordText({ parts, source }: Word): string {
  return substitutionsText(parts, source);
}

/** `name=value` likewise. */
export function assignmentText({ value, source }: Assignment): string {
  return value === undefined ? source : substitutionsText(value.parts, source);
}

function substitutionsText(parts: readonly WordPart[], source: string): string {
  let text = source;
  let from = 0;
  for (const part of parts.flatMap((each) => (each.type === 'double' ? each.parts : [each]))) {
    if (part.type !== 'command' || part.source === undefined) continue;
    const at = text.indexOf(`$(${part.source})`, from);
    if (at < 0) continue;
    const printed = isOneLine(part.script) && !part.source.includes('\n') ? `$(${listText(part.script).trimStart()})` : `$(${part.source})`;
    text = text.slice(0, at) + printed + text.slice(at + part.source.length + 3);
    from = at + printed.length;
  }
  return text;
}

/** Simple commands and what joins them; bash lays others out over lines. */
function isOneLine(command: Command): boolean {
  switch (command.type) {
    case 'simple':
      return true;
    case 'list':
      return command.items.every((item) => isOneLine(item.command));
    case 'pipeline':
      return command.commands.every(isOneLine);
    case 'and-or':
      return isOneLine(command.first) && command.rest.every((each) => isOneLine(each.command));
    default:
      return false;
  }
}

/** A redirection as bash prints it: a blank before file names, the descriptor always before `&`. */
export function redirectText({ variable, fd, operator, target }: Redirect): string {
  const duplicates = operator === '>&' || operator === '<&';
  const standard = operator.startsWith('<') && operator !== '<>' ? 0 : operator === '<>' ? 0 : 1;
  const isDescriptor = duplicates && /^(?:\d+-?|-|\$.*)$/.test(target.source);
  if (duplicates && !isDescriptor && fd === undefined && variable === undefined) return `&> ${target.source}`;
  if (duplicates && target.source === '-') return `${variable === undefined ? fd ?? standard : `{${variable}}`}>&-`;
  const shown = duplicates ? fd ?? standard : fd === standard ? undefined : fd;
  const left = variable === undefined ? shown ?? '' : `{${variable}}`;
  return `${left}${operator}${duplicates || operator === '<<' || operator === '<<-' ? '' : ' '}${target.source}`;
}

/** The text of here-documents follows the line that begins them. */
function documents(command: Command): string {
  return command.redirects.filter(({ document }) => document !== undefined).map(({ document, target }) => `\n${document!.source}${target.source.replace(/["'\\]/g, '')}\n`).join('');
}

function listText(list: List): string {
  return list.items.map((item) => `${printCommand(item.command)}${item.background ? ' &' : ''}`).join('; ').replaceAll(' &;', ' &');
}

function bodyText(list: List): string {
  const text = listText(list);
  return text.endsWith('&') ? text : `${text};`;
}

export function testText(test: Test): string {
  switch (test.type) {
    case 'word':
      return `-n ${test.word.source}`;
    case 'unary':
      return `${test.operator} ${test.operand.source}`;
    case 'binary':
      return `${test.left.source} ${test.operator} ${test.right.source}`;
    case 'not':
      return `! ${testText(test.operand)}`;
    case 'group':
      return `( ${testText(test.operand)} )`;
    default:
      return `${testText(test.left)} ${test.type === 'and' ? '&&' : '||'} ${testText(test.right)}`;
  }
}

/** A command on one line. */
export function printCommand(command: Command): string {
  const redirects = command.redirects.length > 0 ? ` ${command.redirects.map(redirectText).join(' ')}` : '';
  return `${bare(command)}${redirects}${documents(command)}`;
}

/** What BASH_COMMAND says of a command: of a loop or `case` only its head. */
export function commandHead(command: Command): string {
  switch (command.type) {
    case 'for':
    case 'select':
      return `${command.type} ${command.name} in ${command.words === undefined ? '"$@"' : words(command.words)}`;
    case 'case':
      return `case ${command.word.source} in `;
    default:
      return printCommand(command);
  }
}

function bare(command: Command): string {
  switch (command.type) {
    case 'simple':
      return [...command.assignments.map(assignmentText), ...command.words.map(wordText)].join(' ');
    case 'list':
      return listText(command);
    case 'pipeline':
      return `${command.negated ? '! ' : ''}${command.commands.map(printCommand).join(' | ')}`;
    case 'and-or':
      return [printCommand(command.first), ...command.rest.flatMap(({ operator, command: next }) => [operator, printCommand(next)])].join(' ');
    case 'subshell':
      return `( ${listText(command.body)} )`;
    case 'group':
      return `{ ${bodyText(command.body)} }`;
    case 'if': {
      const arms = command.arms.map(({ test, body }, i) => `${i === 0 ? 'if' : 'elif'} ${bodyText(test)} then ${bodyText(body)}`);
      return `${arms.join(' ')}${command.otherwise ? ` else ${bodyText(command.otherwise)}` : ''} fi`;
    }
    case 'while':
      return `${command.until ? 'until' : 'while'} ${bodyText(command.test)} do ${bodyText(command.body)} done`;
    case 'for':
      return `for ${command.name}${command.words === undefined ? '' : ` in ${words(command.words)}`}; do ${bodyText(command.body)} done`;
    case 'select':
      return `select ${command.name}${command.words === undefined ? '' : ` in ${words(command.words)}`}; do ${bodyText(command.body)} done`;
    case 'arithmetic-for':
      return `for ((${command.start?.source ?? ''}; ${command.test?.source ?? ''}; ${command.step?.source ?? ''})); do ${bodyText(command.body)} done`;
    case 'case':
      return `case ${command.word.source} in ${command.clauses.map(({ patterns, body, end }) => `${patterns.map(({ source }) => source).join(' | ')}) ${body.items.length > 0 ? listText(body) : ''} ${end}`).join(' ')} esac`;
    case 'function':
      return `function ${command.name} () ${printCommand(command.body)}`;
    case 'arithmetic':
      return `((${command.text.source}))`;
    case 'coproc':
      return `coproc ${command.name} ${printCommand(command.command)}`;
    default:
      return `[[ ${testText(command.test)} ]]`;
  }
}
