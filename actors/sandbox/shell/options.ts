// The options of `set` and `shopt`: their names, letters and defaults.

/** `set -o` names in the order in which bash lists them, each with its letter. */
export const SET_OPTIONS = {
  allexport: 'a', braceexpand: 'B', emacs: '', errexit: 'e', errtrace: 'E', functrace: 'T', hashall: 'h', histexpand: 'H', history: '',
  ignoreeof: '', 'interactive-comments': '', keyword: 'k', monitor: 'm', noclobber: 'C', noexec: 'n', noglob: 'f', nolog: '', notify: 'b',
  nounset: 'u', onecmd: 't', physical: 'P', pipefail: '', posix: '', privileged: 'p', verbose: 'v', vi: '', xtrace: 'x',
} as const;

export type SetOption = keyof typeof SET_OPTIONS;

/** The options that dash knows, in its order (busybox ash lacks privileged and adds pipefail). */
export const DASH_OPTIONS: readonly (readonly [string, SetOption | undefined])[] = [
  ['errexit', 'errexit'], ['noglob', 'noglob'], ['ignoreeof', 'ignoreeof'], ['interactive', undefined], ['monitor', 'monitor'],
  ['noexec', 'noexec'], ['stdin', undefined], ['xtrace', 'xtrace'], ['verbose', 'verbose'], ['vi', 'vi'], ['emacs', 'emacs'],
  ['noclobber', 'noclobber'], ['allexport', 'allexport'], ['notify', 'notify'], ['nounset', 'nounset'], ['privileged', 'privileged'], ['nolog', 'nolog'], ['debug', undefined],
];

/** The letters of dash's options, in its order; those of what only a shell's start can set have no option. */
export const DASH_LETTERS: ReadonlyMap<string, SetOption | undefined> = new Map<string, SetOption | undefined>([
  ['e', 'errexit'], ['f', 'noglob'], ['I', 'ignoreeof'], ['i', undefined], ['m', 'monitor'], ['n', 'noexec'], ['s', undefined], ['x', 'xtrace'],
  ['v', 'verbose'], ['V', 'vi'], ['E', 'emacs'], ['C', 'noclobber'], ['a', 'allexport'], ['b', 'notify'], ['u', 'nounset'], ['p', 'privileged'],
]);

const ON_AT_START: ReadonlySet<SetOption> = new Set<SetOption>(['braceexpand', 'hashall', 'interactive-comments']);

/** `shopt` names with their defaults in a shell that runs a script. */
export const SHOPT_OPTIONS: Readonly<Record<string, boolean>> = {
  autocd: false, assoc_expand_once: false, cdable_vars: false, cdspell: false, checkhash: false, checkjobs: false, checkwinsize: true,
  cmdhist: true, compat31: false, compat32: false, compat40: false, compat41: false, compat42: false, compat43: false, compat44: false,
  complete_fullquote: true, direxpand: false, dirspell: false, dotglob: false, execfail: false, expand_aliases: false, extdebug: false,
  extglob: false, extquote: true, failglob: false, force_fignore: true, globasciiranges: true, globskipdots: true, globstar: false,
  gnu_errfmt: false, histappend: false, histreedit: false, histverify: false, hostcomplete: true, huponexit: false,
  inherit_errexit: false, interactive_comments: true, lastpipe: false, lithist: false, localvar_inherit: false, localvar_unset: false,
  login_shell: false, mailwarn: false, no_empty_cmd_completion: false, nocaseglob: false, nocasematch: false, noexpand_translation: false,
  nullglob: false, patsub_replacement: true, progcomp: true, progcomp_alias: false, promptvars: true, restricted_shell: false,
  shift_verbose: false, sourcepath: true, varredir_close: false, xpg_echo: false,
};

/** The state of all options of one shell. The ones that the interpreter asks for each command are plain fields. */
export class Options {
  errexit = false;
  nounset = false;
  xtrace = false;
  noglob = false;
  noexec = false;
  verbose = false;
  noclobber = false;
  errtrace = false;
  functrace = false;
  pipefail = false;
  posix = false;
  monitor = false;
  physical = false;
  extglob = false;
  nocasematch = false;
  expandAliases = false;
  /** Never turned off again. */
  restricted = false;
  readonly #set: Set<SetOption>;
  readonly #shopt: Set<string>;

  constructor(from?: Options) {
    this.#set = new Set(from ? from.#set : ON_AT_START);
    this.restricted = from?.restricted ?? false;
    this.#shopt = new Set(from ? from.#shopt : Object.keys(SHOPT_OPTIONS).filter((name) => SHOPT_OPTIONS[name] === true));
    this.#refresh();
  }

  clone(): Options {
    return new Options(this);
  }

  isSet(name: SetOption): boolean {
    return this.#set.has(name);
  }

  set(name: SetOption, on: boolean): void {
    if (on) this.#set.add(name);
    else this.#set.delete(name);
    if (on && name === 'vi') this.#set.delete('emacs');
    if (on && name === 'emacs') this.#set.delete('vi');
    this.#refresh();
  }

  /** A `shopt` option. */
  has(name: string): boolean {
    return this.#shopt.has(name);
  }

  shopt(name: string, on: boolean): void {
    if (on) this.#shopt.add(name);
    else this.#shopt.delete(name);
    this.#refresh();
  }

  #refresh(): void {
    this.errexit = this.#set.has('errexit');
    this.nounset = this.#set.has('nounset');
    this.xtrace = this.#set.has('xtrace');
    this.noglob = this.#set.has('noglob');
    this.noexec = this.#set.has('noexec');
    this.verbose = this.#set.has('verbose');
    this.noclobber = this.#set.has('noclobber');
    this.errtrace = this.#set.has('errtrace');
    this.functrace = this.#set.has('functrace');
    this.pipefail = this.#set.has('pipefail');
    this.posix = this.#set.has('posix');
    this.monitor = this.#set.has('monitor');
    this.physical = this.#set.has('physical');
    this.extglob = this.#shopt.has('extglob');
    this.nocasematch = this.#shopt.has('nocasematch');
    this.expandAliases = this.#shopt.has('expand_aliases');
  }

  /** The letters of `$-` that come from options. */
  get letters(): string {
    const order = 'abefhkmnprtuvxBCEHPT';
    const on = (Object.keys(SET_OPTIONS) as SetOption[]).filter((name) => this.#set.has(name)).map((name) => SET_OPTIONS[name]);
    return [...order].filter((letter) => (on as string[]).includes(letter) || (letter === 'r' && this.restricted)).join('');
  }

  /** $SHELLOPTS */
  get setNames(): string {
    return (Object.keys(SET_OPTIONS) as SetOption[]).filter((name) => this.#set.has(name)).join(':');
  }

  /** $BASHOPTS */
  get shoptNames(): string {
    return Object.keys(SHOPT_OPTIONS).filter((name) => this.#shopt.has(name)).join(':');
  }

  /** The set option of a letter. */
  static ofLetter(letter: string): SetOption | undefined {
    return (Object.keys(SET_OPTIONS) as SetOption[]).find((name) => SET_OPTIONS[name] === letter);
  }
}
