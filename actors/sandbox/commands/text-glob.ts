// File name patterns of options (`--include=*.c`) as regular expressions.

/** A whole-name match of `*`, `?`, `[…]` and backslash; `*` crosses slashes, as fnmatch(3) without FNM_PATHNAME. */
export function globRegex(pattern: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!;
    if (character === '*') source += '[^]*';
    else if (character === '?') source += '[^]';
    else if (character === '\\' && at + 1 < pattern.length) source += escaped(pattern[++at]!);
    else if (character === '[') {
      const set = /^\[([!^]?)(\]?[^\]]*)\]/.exec(pattern.slice(at));
      if (set) {
        source += `[${set[1] === '' ? '' : '^'}${set[2]!.replace(/[\\\]^]/g, '\\$&')}]`;
        at += set[0].length - 1;
      } else {
        source += '\\[';
      }
    } else source += escaped(character);
  }
  return new RegExp(`^${source}$`);
}

function escaped(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
}
