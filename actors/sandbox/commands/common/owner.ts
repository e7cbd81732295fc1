// `user:group` as chown, install and tar take it.
import type { Accounts } from './accounts.js';

/** -1 = left as it is. */
export interface Ownership {
  uid: number;
  gid: number;
}

/** `user`, `user:group`, `:group`, `user:` (the user's login group), also with `.`; the message of chown when it is none. */
export function parseOwner(text: string, accounts: Accounts): Ownership | string {
  const separator = text.includes(':') ? ':' : text.includes('.') && accounts.uid(text) === undefined ? '.' : undefined;
  const at = separator === undefined ? text.length : text.indexOf(separator);
  const [userText, groupText] = [text.slice(0, at), text.slice(at + 1)];
  const uid = userText === '' ? -1 : accounts.uid(userText);
  if (uid === undefined) return `invalid user: '${text}'`;
  if (groupText !== '') {
    const gid = accounts.gid(groupText);
    return gid === undefined ? `invalid group: '${text}'` : { uid, gid };
  }
  if (separator === undefined || userText === '') return { uid, gid: -1 };
  const user = accounts.users.find((candidate) => candidate.uid === uid);
  return user ? { uid, gid: user.gid } : `invalid spec: '${text}'`;
}
