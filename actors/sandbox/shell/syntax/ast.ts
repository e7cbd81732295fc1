// The tree that a shell script parses to: commands, redirections, words with their expansions, arithmetic; data only.
//
// What can be known without running is marked here, so that running need not find it out again: whether a word is a plain literal,
// whether it may block (command or process substitution), whether it may glob or has braces, whether an argument looks like an assignment.

import type { ArithmeticError } from './arithmetic-error.js';

/** Which shell's grammar: `bash`; `posix` is bash --posix or bash called as sh; `dash` is dash; `ash` is busybox's (dash plus a few of bash's forms). */
export type Dialect = 'bash' | 'posix' | 'dash' | 'ash';

// ---------------------------------------------------------------- words

/** Text outside quotes. Glob characters in it are active; backslashes are gone (what they escaped is a `quoted` part). */
export interface Literal {
  readonly type: 'literal';
  readonly text: string;
}

/** Text that means itself: `'…'`, `$'…'` (already decoded), or one character after a backslash. */
export interface Quoted {
  readonly type: 'quoted';
  readonly text: string;
  readonly style: 'single' | 'ansi' | 'escape';
}

/** `"…"`, or `$"…"` when `translated`. Parts are literal (meaning themselves), parameter, command, arithmetic. */
export interface DoubleQuoted {
  readonly type: 'double';
  readonly parts: readonly WordPart[];
  readonly translated: boolean;
}

/** `~`, `~user`, `~+`, `~-`, `~N` where a tilde is active; `user` is what follows the tilde. */
export interface Tilde {
  readonly type: 'tilde';
  readonly user: string;
}

/** `$name`, `$1`, `$@`, `${…}`. */
export interface Parameter {
  readonly type: 'parameter';
  /** A variable name, digits, or one of `@ * # ? - $ !`. For `names` the prefix. */
  readonly name: string;
  readonly braced: boolean;
  /** `${!name…}`: the value names the parameter meant (not for `keys` and `names`, which have their own operations). */
  readonly indirect: boolean;
  readonly index: Subscript | undefined;
  readonly operation: ParameterOperation | undefined;
  /** As written, `${` to `}` included, for error messages. */
  readonly source: string;
}

export type ParameterOperation =
  /** `${#x}`, `${#x[@]}`, `${#@}` */
  | { readonly type: 'length' }
  /** `${!x[@]}`, `${!x[*]}`: which of the two, the subscript's `all` says. */
  | { readonly type: 'keys' }
  /** `${!prefix@}`, `${!prefix*}` */
  | { readonly type: 'names'; readonly all: '@' | '*' }
  /** `-`, `=`, `?`, `+`; `colon` when empty counts as unset. */
  | { readonly type: 'default' | 'assign' | 'error' | 'alternate'; readonly colon: boolean; readonly word: Word }
  /** `#`, `##`, `%`, `%%` */
  | { readonly type: 'trim'; readonly side: 'prefix' | 'suffix'; readonly greedy: boolean; readonly pattern: Word }
  /** `:offset`, `:offset:length` */
  | { readonly type: 'slice'; readonly offset: ArithmeticText; readonly length: ArithmeticText | undefined }
  /** `/p/r` first, `//p/r` all, `/#p/r` prefix, `/%p/r` suffix */
  | { readonly type: 'replace'; readonly scope: 'first' | 'all' | 'prefix' | 'suffix'; readonly pattern: Word; readonly replacement: Word | undefined }
  /** `^ ^^ , ,, ~ ~~` */
  | { readonly type: 'case'; readonly change: 'upper' | 'lower' | 'toggle'; readonly all: boolean; readonly pattern: Word | undefined }
  /** `@Q @E @P @A @K @a @k @u @U @L` */
  | { readonly type: 'transform'; readonly operator: string }
  /** Parses, but running it fails: `SOURCE: bad substitution`. */
  | { readonly type: 'bad' };

/** `$(…)` or backquotes. */
export interface CommandSubstitution {
  readonly type: 'command';
  readonly script: List;
  /** What stands between the parentheses; undefined for backquotes. */
  readonly source?: string;
  readonly backquote: boolean;
  /** Backquotes are parsed when run: what was wrong then. `script` is empty. */
  readonly failure: SyntaxFailure | undefined;
  readonly line: number;
}

/** `$((…))`, or `$[…]` when `bracket`. */
export interface ArithmeticSubstitution {
  readonly type: 'arithmetic';
  readonly text: ArithmeticText;
  readonly bracket: boolean;
}

/** `<(…)` or `>(…)`. */
export interface ProcessSubstitution {
  readonly type: 'process';
  readonly direction: '<' | '>';
  readonly script: List;
  /** What stands between the parentheses. */
  readonly source: string;
  readonly line: number;
}

/** The inside of a subscript in text that is expanded and then read as arithmetic: what it expands to means itself when it is read again. */
export interface SubscriptText {
  readonly type: 'subscript';
  readonly word: Word;
}

export type WordPart = Literal | Quoted | DoubleQuoted | Tilde | Parameter | CommandSubstitution | ArithmeticSubstitution | ProcessSubstitution | SubscriptText;

export interface Word {
  readonly parts: readonly WordPart[];
  /** As written. */
  readonly source: string;
  readonly line: number;
  /** The one field this word always expands to, when nothing in it expands (no glob, brace, tilde or `$`); else undefined. */
  readonly literal: string | undefined;
  /** Contains a command or process substitution anywhere inside. If false, expansion is synchronous. */
  readonly blocking: boolean;
  /** Has unquoted `* ? [` or an extended pattern in its literal parts. */
  readonly glob: boolean;
  /** Has an unquoted `{…,…}` or `{…..…}`: `expandBraces(word)` in braces.ts gives the words it stands for. */
  readonly braces: boolean;
  /** Set on arguments that look like `name=value`: what a declaration built-in (export, local, declare…) makes of them. */
  readonly assignment: Assignment | undefined;
}

/** Text that is expanded as in double quotes and then evaluated as arithmetic. */
export interface ArithmeticText {
  readonly parts: readonly WordPart[];
  readonly source: string;
  readonly line: number;
  readonly blocking: boolean;
  /**
   * Parsed in advance when the text has no expansions but plain parameters that stand alone (`$i + 1`), which then are `dollar`
   * nodes. Valid only when every value of `dollars` is a plain decimal number: otherwise, and when undefined, expand `parts` and
   * parse the outcome.
   */
  readonly expression: Expression | undefined;
  readonly dollars: readonly Parameter[];
}

/** What stands between `[` and `]`. Which reading holds depends on the variable: `word` for associative arrays, `arithmetic` for others. */
export interface Subscript {
  readonly all: '@' | '*' | undefined;
  readonly word: Word;
  readonly arithmetic: ArithmeticText;
}

// ---------------------------------------------------------------- arithmetic

export type Variable = { readonly type: 'variable'; readonly name: string; readonly index: Subscript | undefined };

export type Expression =
  /** Safe integers are numbers, larger 64-bit ones bigint. */
  | { readonly type: 'number'; readonly value: number | bigint }
  | Variable
  /** A plain parameter; the value is `dollars[slot]` of the ArithmeticText, taken before evaluation begins. */
  | { readonly type: 'dollar'; readonly slot: number }
  | { readonly type: 'unary'; readonly operator: '+' | '-' | '!' | '~'; readonly operand: Expression }
  | { readonly type: 'update'; readonly operator: '++' | '--'; readonly prefix: boolean; readonly target: Variable }
  | { readonly type: 'binary'; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression; readonly rest: string }
  | { readonly type: 'logical'; readonly operator: '&&' | '||'; readonly left: Expression; readonly right: Expression }
  | { readonly type: 'conditional'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  /** `operator` undefined is plain `=`. */
  | { readonly type: 'assign'; readonly operator: BinaryOperator | undefined; readonly target: Variable; readonly value: Expression; readonly rest: string }
  | { readonly type: 'comma'; readonly left: Expression; readonly right: Expression }
  | Unreadable;

/** Where the text is no expression: evaluating it fails. */
export interface Unreadable {
  readonly type: 'unreadable';
  readonly error: ArithmeticError;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '**' | '<<' | '>>' | '<' | '>' | '<=' | '>=' | '==' | '!=' | '&' | '|' | '^';

// ---------------------------------------------------------------- assignments and redirections

export interface Assignment {
  readonly name: string;
  readonly index: Subscript | undefined;
  /** `+=` */
  readonly append: boolean;
  /** Exactly one of `value` and `array` is set. */
  readonly value: Word | undefined;
  readonly array: readonly ArrayElement[] | undefined;
  /** As written. */
  readonly source: string;
  readonly line: number;
}

/** One element of `(…)`: `value`, `[index]=value` or `[index]+=value`. A bare word may expand to many. */
export interface ArrayElement {
  readonly index: Subscript | undefined;
  readonly append: boolean;
  readonly value: Word;
  /** Set where an element with a subscript has braces: what it is in an indexed array. */
  readonly whole?: Word;
}

export type RedirectOperator = '<' | '>' | '>>' | '>|' | '<>' | '<&' | '>&' | '&>' | '&>>' | '<<' | '<<-' | '<<<';

export interface Redirect {
  readonly operator: RedirectOperator;
  /** The number before the operator; undefined: 0 for `<…`, 1 for `>…`. */
  readonly fd: number | undefined;
  /** `{name}>…`: the shell picks the descriptor and assigns it. The text between the braces (may have a subscript). */
  readonly variable: string | undefined;
  /** For here-documents the delimiter as written. For `<&` and `>&`: a number, `-`, `number-` (move) after expansion. */
  readonly target: Word;
  /** The text of `<<` and `<<-`, tabs already stripped; its one expansion is that of double quotes, or none (`literal` is then set). */
  readonly document: Word | undefined;
  readonly line: number;
}

// ---------------------------------------------------------------- commands

interface CommandBase {
  readonly line: number;
  readonly redirects: readonly Redirect[];
}

export interface SimpleCommand extends CommandBase {
  readonly type: 'simple';
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
}

/** `a | b` (`|&` has become a redirection of a); `! a` and `time a` may hold a single command (or none: `!` and `time` alone). */
export interface Pipeline extends CommandBase {
  readonly type: 'pipeline';
  readonly commands: readonly Command[];
  readonly negated: boolean;
  /** `time` or `time -p`. */
  readonly timed: 'bash' | 'posix' | undefined;
}

/** `first && a || b`, left to right with equal precedence. */
export interface AndOr extends CommandBase {
  readonly type: 'and-or';
  readonly first: Command;
  readonly rest: readonly { readonly operator: '&&' | '||'; readonly command: Command }[];
}

/** Commands one after another. Empty only as a whole script or the body of a substitution, case clause. */
export interface List extends CommandBase {
  readonly type: 'list';
  readonly items: readonly ListItem[];
}

export interface ListItem {
  readonly command: Command;
  /** Ended by `&`. */
  readonly background: boolean;
}

export interface Subshell extends CommandBase {
  readonly type: 'subshell';
  /** Where its `)` is: bash's line of it. */
  readonly closingLine: number;
  readonly body: List;
}

export interface Group extends CommandBase {
  readonly type: 'group';
  readonly body: List;
}

/** `if`/`elif` arms in order, then `else`. */
export interface If extends CommandBase {
  readonly type: 'if';
  readonly arms: readonly { readonly test: List; readonly body: List }[];
  readonly otherwise: List | undefined;
}

/** `while`, or `until`. */
export interface While extends CommandBase {
  readonly type: 'while';
  readonly until: boolean;
  readonly test: List;
  readonly body: List;
}

/** `for name in words`; `words` undefined means `"$@"`. */
export interface For extends CommandBase {
  readonly type: 'for' | 'select';
  readonly name: string;
  readonly words: readonly Word[] | undefined;
  readonly body: List;
}

/** `for ((start; test; step))`; an absent part counts as 1. */
export interface ArithmeticFor extends CommandBase {
  readonly type: 'arithmetic-for';
  readonly start: ArithmeticText | undefined;
  readonly test: ArithmeticText | undefined;
  readonly step: ArithmeticText | undefined;
  readonly body: List;
}

export interface Case extends CommandBase {
  readonly type: 'case';
  readonly word: Word;
  readonly clauses: readonly CaseClause[];
}

export interface CaseClause {
  readonly patterns: readonly Word[];
  readonly body: List;
  readonly end: ';;' | ';&' | ';;&';
}

/** Redirections of a definition belong to `body` and apply at each call. */
export interface FunctionDefinition extends CommandBase {
  readonly type: 'function';
  readonly name: string;
  readonly body: Command;
  /** Written with the word `function`. */
  readonly keyword: boolean;
}

/** `((…))` */
export interface ArithmeticCommand extends CommandBase {
  readonly type: 'arithmetic';
  readonly text: ArithmeticText;
}

/** `[[ … ]]` */
export interface Conditional extends CommandBase {
  readonly type: 'conditional';
  readonly test: Test;
}

/** `coproc [name] command` */
export interface Coprocess extends CommandBase {
  readonly type: 'coproc';
  /** `COPROC` unless named. */
  readonly name: string;
  readonly command: Command;
}

export type Command =
  | SimpleCommand | Pipeline | AndOr | List | Subshell | Group | If | While | For | ArithmeticFor | Case
  | FunctionDefinition | ArithmeticCommand | Conditional | Coprocess;

export type Test =
  | { readonly type: 'word'; readonly word: Word }
  /** `-f`, `-z`, `-v`, … */
  | { readonly type: 'unary'; readonly operator: string; readonly operand: Word }
  /** `= == != =~ < > -eq … -nt -ot -ef`. The right side of the first three is a pattern, of `=~` a regular expression; quoted parts are literal. */
  | { readonly type: 'binary'; readonly operator: string; readonly left: Word; readonly right: Word }
  | { readonly type: 'not'; readonly operand: Test }
  /** Parentheses: kept for printing. */
  | { readonly type: 'group'; readonly operand: Test }
  | { readonly type: 'and' | 'or'; readonly left: Test; readonly right: Test };

// ---------------------------------------------------------------- errors

/** A syntax error as the shell words it, without the `bash: line 3: ` in front. */
export interface SyntaxFailure {
  /** bash ends with the status of the command before: its readers of `[[ … ]]` and of what is quoted fail in ways of their own. */
  readonly keepsStatus?: boolean;
  /** In `$(…)`: bash leaves the shell at once then, wherever it was. */
  readonly inSubstitution?: boolean;
  /** Only the line is given up, with status 1: bash reads `(…)` of an assignment by a reader of its own. */
  readonly discards?: boolean;
  /** Where the error is reported, counted from 1. */
  readonly line: number;
  /** E.g. "syntax error near unexpected token `fi'", or for dash `Syntax error: "fi" unexpected`; empty where bash says nothing. */
  readonly message: string;
  /** The source line that bash shows as a second message (`` `…' `` around it); undefined when it shows none. */
  readonly sourceLine: string | undefined;
  /** Another message after it. */
  readonly second?: { readonly line: number; readonly message: string };
}
