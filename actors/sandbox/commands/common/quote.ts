// How GNU's commands quote file names in messages and listings (gnulib's quotearg, shell-escape styles).

const UNPRINTABLE = /[\x00-\x1f\x7f\udc80-\udcff]/;
const NAMED: Readonly<Record<string, string>> = {
  '\x07': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v',
};

/** Characters a shell would take for something else; names with any of them are quoted in listings on a terminal. */
const SPECIAL = /[\s!"$&'()*;<=>?[\\^`|{}]|^[#~]/;

/** `'name'` always quoted, so that a shell reads back exactly this name; used in messages. */
export function quoteName(name: string): string {
  if (UNPRINTABLE.test(name)) return quotePieces(name);
  if (!name.includes("'")) return `'${name}'`;
  if (!/["$`\\]/.test(name)) return `"${name}"`;
  return `'${name.replaceAll("'", `'\\''`)}'`;
}

/** Quoted only where a shell needs it, as `ls` does on a terminal. */
export function quoteIfNeeded(name: string): string {
  return name === '' || SPECIAL.test(name) || UNPRINTABLE.test(name) ? quoteName(name) : name;
}

/** `'a'$'\n''b'`: unprintable bytes in their own `$'…'` parts. */
function quotePieces(name: string): string {
  let text = "'";
  let inEscape = false;
  for (const character of name) {
    const escaped = UNPRINTABLE.test(character);
    if (escaped !== inEscape) text += escaped ? "'$'" : "''";
    inEscape = escaped;
    if (escaped) text += NAMED[character] ?? `\\${(character.charCodeAt(0) & 0xff).toString(8).padStart(3, '0')}`;
    else text += character === "'" ? `'\\''` : character;
  }
  return `${text}'`.replace(/^''(?=\$)/, "''");
}

/** C escapes as `ls -b` and `find -ls` print them. */
export function escapeName(name: string): string {
  return name.replace(/[\x00-\x20\\\x7f\udc80-\udcff]/g, (character) => {
    if (character === '\\' || character === ' ') return `\\${character}`;
    return NAMED[character] ?? `\\${(character.charCodeAt(0) & 0xff).toString(8).padStart(3, '0')}`;
  });
}

/** `?` for everything that would disturb a terminal. */
export function hideUnprintable(name: string): string {
  return name.replace(/[\x00-\x1f\x7f\udc80-\udcff]/g, '?');
}
