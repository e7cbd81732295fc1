// The names of POSIX's collating symbols, `[.hyphen.]` (POSIX 6.1, "Portable Character Set"), beside letters and digits that name themselves.

const SYMBOLS: Readonly<Record<string, string>> = {
  NUL: '\0', SOH: '\x01', STX: '\x02', ETX: '\x03', EOT: '\x04', ENQ: '\x05', ACK: '\x06', alert: '\x07', BS: '\b', backspace: '\b', HT: '\t', tab: '\t',
  LF: '\n', newline: '\n', VT: '\v', 'vertical-tab': '\v', FF: '\f', 'form-feed': '\f', CR: '\r', 'carriage-return': '\r', SO: '\x0e', SI: '\x0f',
  DLE: '\x10', DC1: '\x11', DC2: '\x12', DC3: '\x13', DC4: '\x14', NAK: '\x15', SYN: '\x16', ETB: '\x17', CAN: '\x18', EM: '\x19', SUB: '\x1a', ESC: '\x1b',
  IS4: '\x1c', FS: '\x1c', IS3: '\x1d', GS: '\x1d', IS2: '\x1e', RS: '\x1e', IS1: '\x1f', US: '\x1f', DEL: '\x7f',
  space: ' ', 'exclamation-mark': '!', 'quotation-mark': '"', 'number-sign': '#', 'dollar-sign': '$', 'percent-sign': '%', ampersand: '&', apostrophe: "'",
  'left-parenthesis': '(', 'right-parenthesis': ')', asterisk: '*', 'plus-sign': '+', comma: ',', hyphen: '-', 'hyphen-minus': '-', minus: '-', dash: '-',
  period: '.', 'full-stop': '.', slash: '/', solidus: '/', colon: ':', semicolon: ';', 'less-than-sign': '<', 'equals-sign': '=', 'greater-than-sign': '>',
  'question-mark': '?', 'commercial-at': '@', 'left-square-bracket': '[', backslash: '\\', 'reverse-solidus': '\\', 'right-square-bracket': ']',
  circumflex: '^', 'circumflex-accent': '^', underscore: '_', 'grave-accent': '`', 'left-brace': '{', 'left-curly-bracket': '{', 'vertical-line': '|',
  'right-brace': '}', 'right-curly-bracket': '}', tilde: '~',
  zero: '0', one: '1', two: '2', three: '3', four: '4', five: '5', six: '6', seven: '7', eight: '8', nine: '9',
};

/** The character that a symbol stands for; '' when there is none of that name. */
export function collatingSymbol(name: string): string {
  if (Array.from(name).length === 1) return name;
  return Object.hasOwn(SYMBOLS, name) ? SYMBOLS[name]! : '';
}
